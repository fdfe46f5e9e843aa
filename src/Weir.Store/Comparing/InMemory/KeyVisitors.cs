// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;

namespace Weir.Store.Comparing.InMemory;

/// <summary>Counts keys that enough of the subjects marked contact.</summary>
internal struct SizeVisitor(WindowFilter filter, DistinctSubjects distinct, bool[] asked, int minimum) : IKeyVisitor
{
    private int _subjects;

    public long Size { get; private set; }

    public void Add(ReadOnlySpan<PairTimes> rows)
    {
        foreach (ref readonly var row in rows)
        {
            if (_subjects >= minimum)
            {
                return;
            }

            _subjects += filter.Has(row) && asked[row.Subject] && distinct.IsNew(row.Subject) ? 1 : 0;
        }
    }

    public void End(Endpoint key)
    {
        Size += _subjects >= minimum ? 1 : 0;
        _subjects = 0;
        distinct.Next();
    }
}

/// <summary>Counts each key's subjects by the numbers they bear: permutations, or the stratum.</summary>
internal struct LabelVisitor(WindowFilter filter, DistinctSubjects distinct, SubjectNumbers numbers, int minimum)
    : IKeyVisitor
{
    private readonly int[] _counts = new int[numbers.Largest + 1];
    private readonly List<ushort> _met = [];

    /// <summary>A row for each key and number with enough subjects; strata stand where permutations do.</summary>
    public List<LabelCount> Counts { get; } = [];

    public readonly void Add(ReadOnlySpan<PairTimes> rows)
    {
        foreach (ref readonly var row in rows)
        {
            var borne = numbers.Of(row.Subject);
            if (borne.IsEmpty || !filter.Has(row) || !distinct.IsNew(row.Subject))
            {
                continue;
            }

            foreach (var number in borne)
            {
                if (_counts[number]++ == 0)
                {
                    _met.Add(number);
                }
            }
        }
    }

    public readonly void End(Endpoint key)
    {
        foreach (var number in _met)
        {
            if (_counts[number] >= minimum)
            {
                Counts.Add(new(number, key, _counts[number]));
            }

            _counts[number] = 0;
        }

        _met.Clear();
        distinct.Next();
    }
}

/// <summary>Counts each key's subjects but for those marked.</summary>
internal struct OthersVisitor(WindowFilter filter, DistinctSubjects distinct, bool[] leftOut) : IKeyVisitor
{
    private int _subjects;

    public List<OthersCount> Counts { get; } = [];

    public void Add(ReadOnlySpan<PairTimes> rows)
    {
        foreach (ref readonly var row in rows)
        {
            _subjects += !leftOut[row.Subject] && filter.Has(row) && distinct.IsNew(row.Subject) ? 1 : 0;
        }
    }

    public void End(Endpoint key)
    {
        if (_subjects > 0)
        {
            Counts.Add(new(key, _subjects));
        }

        _subjects = 0;
        distinct.Next();
    }
}

/// <summary>Who of the subjects marked contacts each key on a port above well-known ones that only few of them
/// do.</summary>
internal readonly struct PeerVisitor(
    WindowFilter filter, DistinctSubjects distinct, bool[] asked, int most, NumberedSubjects subjects) : IKeyVisitor
{
    private readonly List<uint> _met = [];

    public List<PeerUse> Uses { get; } = [];

    public void Add(ReadOnlySpan<PairTimes> rows)
    {
        foreach (ref readonly var row in rows)
        {
            if (_met.Count > most)
            {
                return;
            }

            if (asked[row.Subject] && filter.Has(row) && distinct.IsNew(row.Subject))
            {
                _met.Add(row.Subject);
            }
        }
    }

    public void End(Endpoint key)
    {
        if (key.Port >= PeerUse.FirstPort && _met.Count >= 2 && _met.Count <= most)
        {
            foreach (var subject in _met)
            {
                Uses.Add(new(subjects[(int)subject], key));
            }
        }

        _met.Clear();
        distinct.Next();
    }
}

/// <summary>Every row of the subjects marked.</summary>
internal struct HourVisitor(WindowFilter filter, bool[] asked, long[] hours, NumberedSubjects subjects) : IKeyVisitor
{
    private int _from;

    public List<PairHour> Hours { get; } = [];

    public readonly void Add(ReadOnlySpan<PairTimes> rows)
    {
        foreach (ref readonly var row in rows)
        {
            if (asked[row.Subject] && filter.Has(row))
            {
                Hours.Add(new(
                    subjects[(int)row.Subject], default, hours[row.Hour] + row.FirstOffsetMs,
                    hours[row.Hour] + row.LastOffsetMs, row.Flows, row.Volume));
            }
        }
    }

    public void End(Endpoint key)
    {
        foreach (ref var hour in CollectionsMarshal.AsSpan(Hours)[_from..])
        {
            hour = hour with { Key = key };
        }

        _from = Hours.Count;
    }
}

/// <summary>When the subjects marked contacted each key first and last.</summary>
internal readonly struct ContactVisitor(WindowFilter filter, bool[] asked, long[] hours, NumberedSubjects subjects)
    : IKeyVisitor
{
    private readonly Dictionary<uint, (long FirstMs, long LastMs)> _spans = [];

    public List<PairContact> Contacts { get; } = [];

    public void Add(ReadOnlySpan<PairTimes> rows)
    {
        foreach (ref readonly var row in rows)
        {
            if (!asked[row.Subject] || !filter.Has(row))
            {
                continue;
            }

            var (first, last) = (hours[row.Hour] + row.FirstOffsetMs, hours[row.Hour] + row.LastOffsetMs);
            ref var span = ref CollectionsMarshal.GetValueRefOrAddDefault(_spans, row.Subject, out var known);
            span = known ? (Math.Min(span.FirstMs, first), Math.Max(span.LastMs, last)) : (first, last);
        }
    }

    public void End(Endpoint key)
    {
        foreach (var (subject, (first, last)) in _spans)
        {
            Contacts.Add(new(subjects[(int)subject], key, first, last));
        }

        _spans.Clear();
    }
}
