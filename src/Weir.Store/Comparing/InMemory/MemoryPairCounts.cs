// SPDX-License-Identifier: Apache-2.0
//
// The comparison's questions answered from memory. Rows are parted by the network of their remote as they come and
// grouped by endpoint at the first question; from then on every question is a walk over rows that lie together, and a
// subject is told apart by the number of the key that met it last: no hash table, no sorting of rows, no store.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;

namespace Weir.Store.Comparing.InMemory;

/// <summary>Takes pair digests and answers for them. Rows may come from several threads; questions come one after the
/// other once all rows have come.</summary>
/// <param name="octetsAtMost">Memory it may take. Rows beyond are counted and not kept, and no question is
/// answered.</param>
/// <param name="lines">What the rows' codes of lines stand for; null = the access types themselves.</param>
public sealed partial class MemoryPairCounts(long octetsAtMost = long.MaxValue, SubscriberLineKinds? lines = null)
    : IPairCounts, IDigestSink, IDisposable
{
    private const long OctetsOfRow = 56;
    private const long OctetsOfSubject = 128;
    private const long HourMs = 3_600_000;
    private const int HoursAtMost = ushort.MaxValue;

    /// <summary>Rows ahead whose subject's key is asked for, as many later its slot: they lie anywhere in
    /// memory.</summary>
    private const int Ahead = 8;

    private readonly Lock _gate = new();
    private readonly SubscriberLineKinds _lines = lines ?? SubscriberLineKinds.None;
    private readonly PairPartitions _rows = new();
    private readonly NumberedSubjects _subjects = new();
    private readonly List<byte> _access = [];
    private readonly Dictionary<(uint Seconds, long StartMs), ushort> _hourNumbers = [];
    private readonly List<HourSums> _hours = [];
    private GroupedRows? _groupedRows;
    private GroupedPairs[]? _grouped;
    private DistinctSubjects? _distinct;
    private FamilyKeys? _keys;
    private (IReadOnlyList<StratumAssignment>? Cohort, SubjectNumbers Numbers) _strata;
    private long _count;

    /// <summary>Rows that follow each other are mostly of one hour.</summary>
    private ushort _lastHour;

    /// <summary>Octets that all rows so far need at most, whether they are held or not.</summary>
    public long Needed => PairPartitions.Slack + (_count * OctetsOfRow) + (_subjects.Count * OctetsOfSubject);

    /// <summary>Whether all rows are held; no question is answered where not.</summary>
    public bool HoldsAll { get; private set; } = true;

    /// <summary>Rows are grouped anew here, whatever their order.</summary>
    public bool WantsOrder => false;

    public bool WaitsForDisk => false;

    public void Write(ReadOnlySpan<PairDigest> rows)
    {
        lock (_gate)
        {
            if (_grouped is not null)
            {
                throw new InvalidOperationException("a question was asked already: rows come before all questions");
            }

            for (var i = 0; i < rows.Length; i++)
            {
                _subjects.AskSlot(rows[Math.Min(i + (2 * Ahead), rows.Length - 1)].Subject);
                _subjects.AskKey(rows[Math.Min(i + Ahead, rows.Length - 1)].Subject);
                Add(rows[i]);
            }
        }
    }

    /// <summary>Adds one contact of its own hour.</summary>
    public void Add(
        SubjectKey subject, Endpoint endpoint, long firstMs, long lastMs, bool twoWay = true, byte access = 0) =>
            Write([new PairDigest
            {
                HourSeconds = (uint)(firstMs / HourMs * 3_600),
                Subject = subject,
                Endpoint = endpoint,
                Access = access,
                TwoWay = twoWay ? (byte)1 : (byte)0,
                FirstMs = firstMs,
                LastMs = lastMs,
            }]);

    public void Dispose()
    {
        HoldsAll = false;
        _rows.Dispose();
        _groupedRows?.Dispose();
    }

    /// <summary>Groups what came, at the first question.</summary>
    /// <exception cref="InvalidOperationException">Not all rows are held.</exception>
    [MemberNotNull(nameof(_distinct))]
    private GroupedPairs[] Grouped(CancellationToken cancel)
    {
        if (!HoldsAll)
        {
            throw new InvalidOperationException("not all rows are held: no question is answered");
        }

        _distinct ??= new DistinctSubjects(_subjects.Count);
        if (_grouped is null)
        {
            var scratch = new GroupingScratch();
            _groupedRows = new GroupedRows(_rows.Rows);
            var grouped = new GroupedPairs[PairPartitions.Count];
            for (var partition = 0; partition < grouped.Length; partition++)
            {
                cancel.ThrowIfCancellationRequested();
                grouped[partition] = new GroupedPairs(_rows, partition, scratch, _groupedRows);
                _rows.Return(partition);
            }

            _rows.Dispose();
            _grouped = grouped;
        }

        cancel.ThrowIfCancellationRequested();
        return _grouped;
    }

    [MemberNotNull(nameof(_distinct))]
    private FamilyKeys Keys(FamilyQuery family, CancellationToken cancel)
    {
        var grouped = Grouped(cancel);
        return _keys is { } known && known.Suit(family) ? known : _keys = new(grouped, family.Listed, family.Benign);
    }

    private WindowFilter FilterOf(PairWindow window) => new(window, [.. _hours.Select(hour => hour.Seconds)]);

    private bool[] Marks(IReadOnlyList<SubjectKey> subjects)
    {
        var marks = new bool[_subjects.Count];
        foreach (var subject in subjects)
        {
            if (_subjects.Find(subject) is >= 0 and var number)
            {
                marks[number] = true;
            }
        }

        return marks;
    }

    /// <summary>A cohort is asked about for one family after the other.</summary>
    private SubjectNumbers StrataOf(IReadOnlyList<StratumAssignment> cohort)
    {
        if (!ReferenceEquals(_strata.Cohort, cohort))
        {
            _strata = (cohort, Numbers(cohort.Select(c => (c.Subject, c.Stratum))));
        }

        return _strata.Numbers;
    }

    private SubjectNumbers Numbers(IEnumerable<(SubjectKey Subject, ushort Number)> borne) => new(
        _subjects.Count,
        [.. borne.Select(b => (Subject: _subjects.Find(b.Subject), b.Number)).Where(b => b.Subject >= 0)]);

    private void Add(in PairDigest row)
    {
        var subject = _subjects.GetOrAdd(row.Subject);
        _count++;
        if (!HoldsAll)
        {
            return;
        }

        if (Needed > octetsAtMost || !TryHour(row, out var hour))
        {
            HoldsAll = false;
            _rows.Dispose();
            return;
        }

        if (subject == _access.Count)
        {
            _access.Add(row.Access);
        }

        _access[subject] = Math.Max(_access[subject], row.Access);
        ref var sums = ref CollectionsMarshal.AsSpan(_hours)[hour];
        sums.Packets += row.PacketsOut + row.PacketsIn;
        sums.Octets += row.OctetsOut + row.OctetsIn;
        _rows.Add(new PairRow(row, subject, hour, sums.StartMs));
    }

    /// <summary>The number of a row's hour; false where there are too many of them. A clock that is far off may name
    /// another hour than that of the first contact, so both are told apart.</summary>
    private bool TryHour(in PairDigest row, out ushort hour)
    {
        var offset = row.FirstMs % HourMs;
        var start = row.FirstMs - (offset < 0 ? offset + HourMs : offset);
        if (_lastHour < _hours.Count && _hours[_lastHour] is var last
            && last.Seconds == row.HourSeconds && last.StartMs == start)
        {
            hour = _lastHour;
            return true;
        }

        if (_hourNumbers.TryGetValue((row.HourSeconds, start), out hour))
        {
            _lastHour = hour;
            return true;
        }

        hour = (ushort)_hours.Count;
        if (_hours.Count == HoursAtMost)
        {
            return false;
        }

        _hourNumbers.Add((row.HourSeconds, start), hour);
        _hours.Add(new() { Seconds = row.HourSeconds, StartMs = start });
        return true;
    }

    private struct HourSums
    {
        public uint Seconds;
        public long StartMs;
        public ulong Packets;
        public ulong Octets;
    }
}
