// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Store.Comparing.InMemory;

public sealed partial class MemoryPairCounts
{
    public Task<WindowTotals> TotalsAsync(PairWindow window, CancellationToken cancel)
    {
        var filter = FilterOf(window with { TwoWayOnly = false });
        var seen = new bool[_subjects.Count];
        foreach (var pairs in Grouped(cancel))
        {
            foreach (ref readonly var row in pairs.Rows)
            {
                seen[row.Subject] |= filter.Has(row);
            }
        }

        var (packets, octets) = (0UL, 0UL);
        foreach (var hour in _hours.Where(hour => window.Holds(hour.Seconds)))
        {
            packets += hour.Packets;
            octets += hour.Octets;
        }

        return Task.FromResult(new WindowTotals(seen.LongCount(met => met), (long)packets, (long)octets));
    }

    public Task<IReadOnlyList<SubjectActivity>> ActivityAsync(PairWindow window, CancellationToken cancel)
    {
        var filter = FilterOf(window);
        var partitions = Grouped(cancel);
        var endpoints = new int[_subjects.Count];
        foreach (var pairs in partitions)
        {
            for (var endpoint = 0; endpoint < pairs.Endpoints; endpoint++)
            {
                _distinct.Next();
                foreach (ref readonly var row in pairs.RowsOfEndpoint(endpoint))
                {
                    if (filter.Has(row) && _distinct.IsNew(row.Subject))
                    {
                        endpoints[row.Subject]++;
                    }
                }
            }
        }

        var activity = new List<SubjectActivity>(endpoints.Length);
        for (var subject = 0; subject < endpoints.Length; subject++)
        {
            if (endpoints[subject] > 0)
            {
                activity.Add(new(_subjects[subject], endpoints[subject], _lines.AccessOf(_access[subject])));
            }
        }

        return Task.FromResult<IReadOnlyList<SubjectActivity>>(activity);
    }

    public Task<IReadOnlyDictionary<SubjectKey, int>> OrdinaryActivityAsync(
        PairWindow window, int usedBy, CancellationToken cancel)
    {
        var filter = FilterOf(window);
        var partitions = Grouped(cancel);
        var endpoints = new int[_subjects.Count];
        var met = new List<uint>();
        foreach (var pairs in partitions)
        {
            for (var endpoint = 0; endpoint < pairs.Endpoints; endpoint++)
            {
                _distinct.Next();
                foreach (ref readonly var row in pairs.RowsOfEndpoint(endpoint))
                {
                    if (filter.Has(row) && _distinct.IsNew(row.Subject))
                    {
                        met.Add(row.Subject);
                    }
                }

                foreach (var subject in met.Count >= usedBy ? met : [])
                {
                    endpoints[subject]++;
                }

                met.Clear();
            }
        }

        return Task.FromResult<IReadOnlyDictionary<SubjectKey, int>>(
            Enumerable.Range(0, endpoints.Length).Where(subject => endpoints[subject] > 0)
                .ToDictionary(subject => _subjects[subject], subject => endpoints[subject]));
    }

    public Task<IReadOnlyDictionary<SubjectKey, long>> FirstSeenAsync(
        PairWindow window, IReadOnlyList<SubjectKey> subjects, CancellationToken cancel)
    {
        var filter = FilterOf(window);
        var asked = Marks(subjects);
        var first = new long[_subjects.Count];
        Array.Fill(first, long.MaxValue);
        foreach (var pairs in Grouped(cancel))
        {
            foreach (ref readonly var row in pairs.Rows)
            {
                if (asked[row.Subject] && filter.Has(row))
                {
                    first[row.Subject] = Math.Min(first[row.Subject], _hours[row.Hour].StartMs + row.FirstOffsetMs);
                }
            }
        }

        return Task.FromResult<IReadOnlyDictionary<SubjectKey, long>>(
            Enumerable.Range(0, first.Length).Where(subject => first[subject] != long.MaxValue)
                .ToDictionary(subject => _subjects[subject], subject => first[subject]));
    }

    public Task<long> FamilySizeAsync(
        FamilyQuery family, IReadOnlyList<StratumAssignment> cohort, int minimum, CancellationToken cancel)
    {
        var keys = Keys(family, cancel);
        var visitor = new SizeVisitor(
            FilterOf(family.Window), _distinct, StrataOf(cohort).Borne(), minimum);
        keys.Visit(family.Unit, ref visitor);
        return Task.FromResult(visitor.Size);
    }

    public Task<IReadOnlyList<LabelCount>> LabelCountsAsync(
        FamilyQuery family, IReadOnlyList<Label> labels, int minimum, CancellationToken cancel)
    {
        var keys = Keys(family, cancel);
        var visitor = new LabelVisitor(
            FilterOf(family.Window), _distinct, Numbers(labels.Select(l => (l.Subject, l.Permutation))), minimum);
        keys.Visit(family.Unit, ref visitor);
        return Task.FromResult<IReadOnlyList<LabelCount>>(visitor.Counts);
    }

    public Task<IReadOnlyList<StratumCount>> StratumCountsAsync(
        FamilyQuery family, IReadOnlyList<StratumAssignment> cohort, IReadOnlyList<Endpoint> keys,
        CancellationToken cancel)
    {
        var all = Keys(family, cancel);
        var visitor = new LabelVisitor(
            FilterOf(family.Window), _distinct, StrataOf(cohort), 1);
        all.Visit(family.Unit, keys, ref visitor);
        return Task.FromResult<IReadOnlyList<StratumCount>>(
            visitor.Counts.ConvertAll(c => new StratumCount(c.Key, c.Permutation, c.Subjects)));
    }

    public Task<IReadOnlyList<OthersCount>> OthersAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> leftOut, IReadOnlyList<Endpoint> keys, CancellationToken cancel)
    {
        var all = Keys(family, cancel);
        var visitor = new OthersVisitor(FilterOf(family.Window), _distinct, Marks(leftOut));
        all.Visit(family.Unit, keys, ref visitor);
        return Task.FromResult<IReadOnlyList<OthersCount>>(visitor.Counts);
    }

    public Task<IReadOnlyList<PeerUse>> PeersAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> cohort, int most, CancellationToken cancel)
    {
        var all = Keys(family, cancel);
        var visitor = new PeerVisitor(FilterOf(family.Window), _distinct, Marks(cohort), most, _subjects);
        all.Visit(family.Unit, ref visitor);
        return Task.FromResult<IReadOnlyList<PeerUse>>(visitor.Uses);
    }

    public Task<IReadOnlyList<PairHour>> HoursAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> subjects, IReadOnlyList<Endpoint> keys, CancellationToken cancel)
    {
        var all = Keys(family, cancel);
        var visitor = new HourVisitor(
            FilterOf(family.Window), Marks(subjects), [.. _hours.Select(hour => hour.StartMs)], _subjects);
        all.Visit(family.Unit, keys, ref visitor);
        return Task.FromResult<IReadOnlyList<PairHour>>(visitor.Hours);
    }

    public Task<IReadOnlyList<ActiveHour>> ActiveHoursAsync(
        PairWindow window, IReadOnlyList<SubjectKey> subjects, CancellationToken cancel)
    {
        var filter = FilterOf(window);
        var asked = Marks(subjects);
        var met = new HashSet<(uint Subject, long Hour)>();
        foreach (var pairs in Grouped(cancel))
        {
            foreach (ref readonly var row in pairs.Rows)
            {
                if (asked[row.Subject] && filter.Has(row))
                {
                    met.Add((row.Subject, _hours[row.Hour].StartMs / HourMs));
                }
            }
        }

        return Task.FromResult<IReadOnlyList<ActiveHour>>(
            [.. met.Select(one => new ActiveHour(_subjects[(int)one.Subject], one.Hour))]);
    }

    public Task<IReadOnlyList<ServiceCount>> ServicesAsync(PairWindow window, CancellationToken cancel)
    {
        var filter = FilterOf(window);
        var rows = new Dictionary<(ushort Port, byte Protocol), long>();
        foreach (var pairs in Grouped(cancel))
        {
            for (var endpoint = 0; endpoint < pairs.Endpoints; endpoint++)
            {
                long count = 0;
                foreach (ref readonly var row in pairs.RowsOfEndpoint(endpoint))
                {
                    count += filter.Has(row) ? 1 : 0;
                }

                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                    rows, pairs.Service(endpoint), out _) += count;
            }
        }

        return Task.FromResult<IReadOnlyList<ServiceCount>>(
            [.. rows.Where(one => one.Value > 0).Select(one => new ServiceCount(
                one.Key.Port, one.Key.Protocol, one.Value))]);
    }

    public Task<IReadOnlyList<PairContact>> ContactsAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> subjects, IReadOnlyList<Endpoint> keys, CancellationToken cancel)
    {
        var all = Keys(family, cancel);
        var visitor = new ContactVisitor(
            FilterOf(family.Window), Marks(subjects), [.. _hours.Select(hour => hour.StartMs)], _subjects);
        all.Visit(family.Unit, keys, ref visitor);
        return Task.FromResult<IReadOnlyList<PairContact>>(visitor.Contacts);
    }
}
