// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Store.Comparing;

/// <summary>The seam answered from rows held in memory, 32 octets each: for the self-test, for reproducing published
/// figures, and as the yardstick of the store.</summary>
/// <param name="capacity">Rows expected.</param>
public sealed class MemoryPairCounts(int capacity = 0) : IPairCounts
{
    private const uint HourMs = 3_600_000;

    private readonly List<Row> _rows = new(capacity);
    private readonly Dictionary<SubjectKey, int> _subjectIds = [];
    private readonly Dictionary<Endpoint, int> _endpointIds = [];
    private readonly List<SubjectKey> _subjects = [];
    private readonly List<Endpoint> _endpoints = [];
    private readonly Dictionary<SubjectKey, byte> _access = [];
    private bool _sorted = true;

    public void Add(SubjectKey subject, Endpoint endpoint, long firstMs, long lastMs, bool twoWay = true)
    {
        var id = Intern(_subjectIds, _subjects, subject);
        _sorted &= _rows.Count == 0 || _rows[^1].Subject <= id;
        _rows.Add(
            new(id, Intern(_endpointIds, _endpoints, endpoint), firstMs, lastMs, (uint)(firstMs / HourMs), twoWay));
    }

    /// <summary>Says what kind of line a subject has; 0 where nothing is said.</summary>
    public void SetAccess(SubjectKey subject, byte access) => _access[subject] = access;

    public Task<IReadOnlyList<SubjectActivity>> ActivityAsync(PairWindow window, CancellationToken cancel)
    {
        var endpoints = new int[_subjects.Count];
        EachDistinct(window, null, (subject, _) => endpoints[subject]++);
        return Task.FromResult<IReadOnlyList<SubjectActivity>>([
            .. endpoints.Select((n, i) => new SubjectActivity(_subjects[i], n, _access.GetValueOrDefault(_subjects[i])))
                .Where(a => a.Endpoints > 0)]);
    }

    public Task<IReadOnlyDictionary<SubjectKey, long>> FirstSeenAsync(
        PairWindow window, IReadOnlyList<SubjectKey> subjects, CancellationToken cancel)
    {
        var asked = Marks(subjects);
        var seen = new Dictionary<SubjectKey, long>();
        Each(window, (in Row row) =>
        {
            if (asked[row.Subject])
            {
                ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    seen, _subjects[row.Subject], out var known);
                first = known ? Math.Min(first, row.FirstMs) : row.FirstMs;
            }
        });
        return Task.FromResult<IReadOnlyDictionary<SubjectKey, long>>(seen);
    }

    public Task<long> FamilySizeAsync(
        FamilyQuery family, IReadOnlyList<StratumAssignment> cohort, int minimum, CancellationToken cancel)
    {
        var keys = Keys(family);
        var counts = new int[_endpoints.Count];
        var asked = Marks([.. cohort.Select(p => p.Subject)]);
        EachDistinct(family.Window, keys, (subject, key) => counts[key] += asked[subject] ? 1 : 0);
        return Task.FromResult(counts.LongCount(n => n >= minimum));
    }

    public Task<IReadOnlyList<LabelCount>> LabelCountsAsync(
        FamilyQuery family, IReadOnlyList<Label> labels, int minimum, CancellationToken cancel)
    {
        var permutations = new List<ushort>?[_subjects.Count];
        foreach (var label in labels)
        {
            if (_subjectIds.TryGetValue(label.Subject, out var id))
            {
                (permutations[id] ??= []).Add(label.Permutation);
            }
        }

        var counts = new Dictionary<(ushort, int), int>();
        EachDistinct(family.Window, Keys(family), (subject, key) =>
        {
            foreach (var permutation in permutations[subject] ?? [])
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, (permutation, key), out _)++;
            }
        });
        return Task.FromResult<IReadOnlyList<LabelCount>>([.. counts.Where(c => c.Value >= minimum)
            .Select(c => new LabelCount(c.Key.Item1, KeyOf(c.Key.Item2, family), c.Value))]);
    }

    public Task<IReadOnlyList<StratumCount>> StratumCountsAsync(
        FamilyQuery family, IReadOnlyList<StratumAssignment> cohort, IReadOnlyList<Endpoint> keys,
        CancellationToken cancel)
    {
        var strata = new int[_subjects.Count];
        Array.Fill(strata, -1);
        foreach (var placement in cohort)
        {
            if (_subjectIds.TryGetValue(placement.Subject, out var id))
            {
                strata[id] = placement.Stratum;
            }
        }

        var counts = new Dictionary<(int, ushort), int>();
        EachDistinct(family.Window, Keys(family, keys), (subject, key) =>
        {
            if (strata[subject] >= 0)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, (key, (ushort)strata[subject]), out _)++;
            }
        });
        return Task.FromResult<IReadOnlyList<StratumCount>>(
            [.. counts.Select(c => new StratumCount(KeyOf(c.Key.Item1, family), c.Key.Item2, c.Value))]);
    }

    public Task<IReadOnlyList<OthersCount>> OthersAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> leftOut, IReadOnlyList<Endpoint> keys, CancellationToken cancel)
    {
        var skipped = Marks(leftOut);
        var counts = new Dictionary<int, int>();
        EachDistinct(family.Window, Keys(family, keys), (subject, key) =>
        {
            if (!skipped[subject])
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
            }
        });
        return Task.FromResult<IReadOnlyList<OthersCount>>(
            [.. counts.Select(c => new OthersCount(KeyOf(c.Key, family), c.Value))]);
    }

    public Task<IReadOnlyList<PairContact>> ContactsAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> subjects, IReadOnlyList<Endpoint> keys, CancellationToken cancel)
    {
        var asked = Marks(subjects);
        var mapped = Keys(family, keys);
        var contacts = new Dictionary<(int Subject, int Key), (long First, long Last)>();
        Each(family.Window, (in Row row) =>
        {
            if (asked[row.Subject] && mapped[row.Endpoint] >= 0)
            {
                ref var span = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    contacts, (row.Subject, mapped[row.Endpoint]), out var known);
                span = known
                    ? (Math.Min(span.First, row.FirstMs), Math.Max(span.Last, row.LastMs))
                    : (row.FirstMs, row.LastMs);
            }
        });
        return Task.FromResult<IReadOnlyList<PairContact>>([.. contacts.Select(
            c => new PairContact(_subjects[c.Key.Subject], KeyOf(c.Key.Key, family), c.Value.First, c.Value.Last))]);
    }

    private Endpoint KeyOf(int id, FamilyQuery family) => FamilyQuery.KeyOf(_endpoints[id], family.Unit);

    /// <summary>For each endpoint the first endpoint of the same key, or -1 where it is left out or
    /// not asked for.</summary>
    private int[] Keys(FamilyQuery family, IReadOnlyList<Endpoint>? only = null)
    {
        var listed = family.Listed.ToHashSet();
        var addresses = family.Listed.Select(l => l.Address).ToHashSet();
        var asked = only?.ToHashSet();
        var first = new Dictionary<Endpoint, int>();
        var keys = new int[_endpoints.Count];
        for (var id = 0; id < keys.Length; id++)
        {
            var endpoint = _endpoints[id];
            var key = FamilyQuery.KeyOf(endpoint, family.Unit);
            var left = family.Unit == EndpointUnit.Endpoint
                ? endpoint.Port == 0 || listed.Contains(endpoint)
                : addresses.Contains(endpoint.Address);
            keys[id] = left || (asked is not null && !asked.Contains(key))
                || family.Benign.Any(b => b.Contains(endpoint.Address))
                ? -1
                : first.TryGetValue(key, out var known) ? known
                : first[key] = id;
        }

        return keys;
    }

    private bool[] Marks(IReadOnlyList<SubjectKey> subjects)
    {
        var marks = new bool[_subjects.Count];
        foreach (var subject in subjects)
        {
            if (_subjectIds.TryGetValue(subject, out var id))
            {
                marks[id] = true;
            }
        }

        return marks;
    }

    /// <summary>Visits each pair of subject and key once.</summary>
    private void EachDistinct(PairWindow window, int[]? keys, Action<int, int> visit)
    {
        var last = new int[_endpoints.Count];
        Array.Fill(last, -1);
        Each(window, (in Row row) =>
        {
            var key = keys is null ? row.Endpoint : keys[row.Endpoint];
            if (key >= 0 && last[key] != row.Subject)
            {
                last[key] = row.Subject;
                visit(row.Subject, key);
            }
        });
    }

    private void Each(PairWindow window, RowVisitor visit)
    {
        if (!_sorted)
        {
            _rows.Sort((a, b) => a.Subject.CompareTo(b.Subject));
            _sorted = true;
        }

        foreach (ref readonly var row in CollectionsMarshal.AsSpan(_rows))
        {
            if ((row.Hour + 1L) * HourMs > window.FromMs
                && row.Hour * (long)HourMs < window.UntilMs && (row.TwoWay || !window.TwoWayOnly))
            {
                visit(in row);
            }
        }
    }

    private static int Intern<T>(Dictionary<T, int> ids, List<T> values, T value)
        where T : notnull
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(ids, value, out var known);
        if (!known)
        {
            id = values.Count;
            values.Add(value);
        }

        return id;
    }

    private delegate void RowVisitor(in Row row);

    private readonly record struct Row(int Subject, int Endpoint, long FirstMs, long LastMs, uint Hour, bool TwoWay);
}
