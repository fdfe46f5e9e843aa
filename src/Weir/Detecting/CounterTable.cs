// SPDX-License-Identifier: Apache-2.0
//
// Open addressing without deletion: a subject lies within a stretch of places from its hash on. Where the stretch is full,
// the one that has been idle longest and has no detail gives way; where all have detail, the newcomer is not counted.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weir.Flows;
using Weir.Wire;

namespace Weir.Detecting;

/// <summary>Counters of subjects in memory of a fixed bound. Not for several threads.</summary>
internal sealed unsafe class CounterTable : IDisposable
{
    private const int Stretch = 64;
    private const uint NearPlaces = 6;

    /// <summary>No address: the place of a subject that was forgotten.</summary>
    private static readonly IpKey Forgotten = new(UInt128.MaxValue);

    private readonly SubjectCounters* _places;
    private readonly uint _count;
    private readonly ulong _key;
    private uint _swept;

    /// <param name="subjects">Subjects held with ease; there are half as many places again.</param>
    /// <param name="key">Of the hash, so that nobody can choose addresses that collide.</param>
    public CounterTable(int subjects, ulong key)
    {
        _count = (uint)Math.Max(Stretch * 2L, subjects + (subjects / 2L));
        _key = key | 1;
        _places = (SubjectCounters*)LargePages.Take(_count * (ulong)SubjectCounters.Octets);
    }

    /// <summary>Subjects held.</summary>
    public int Held { get; private set; }

    /// <summary>Idle subjects that gave way to others.</summary>
    public long Evicted { get; private set; }

    public ulong Octets => _count * (ulong)SubjectCounters.Octets;

    /// <summary>The home of a subject, and a hint to the memory that it will be read.</summary>
    public uint Home(in IpKey subject)
    {
        var hash = ((subject.Upper * 0x9E3779B97F4A7C15UL) ^ subject.Lower ^ _key) * 0xD6E8FEB86659FD93UL;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93UL;
        var home = (uint)(((hash >> 32) * _count) >> 32);
        LargePages.Prefetch(_places + home);
        LargePages.Prefetch(_places + home + 1);
        return home;
    }

    /// <summary>The subject's counters, if they lie within a few places of its home; null says nothing.</summary>
    public SubjectCounters* Near(in IpKey subject, uint home)
    {
        var last = _places + Math.Min(home + NearPlaces, _count);
        for (var place = _places + home; place < last; place++)
        {
            if (IsOf(place, subject))
            {
                return place;
            }

            if (place->Minute == 0)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>Whether counters are a subject's own.</summary>
    public static bool IsOf(SubjectCounters* place, in IpKey subject) =>
        (Vector128.Load((ulong*)place) == Vector128.LoadUnsafe(in Unsafe.As<IpKey, ulong>(ref Unsafe.AsRef(in subject)))) & place->Minute != 0;

    /// <summary>The subject's counters, made where there are none; null where no room could be made.</summary>
    public SubjectCounters* Find(in IpKey subject, uint home, uint minute)
    {
        SubjectCounters* idle = null;
        for (uint step = 0, at = home; step < Stretch; step++, at = at + 1 == _count ? 0 : at + 1)
        {
            var place = _places + at;
            if (IsOf(place, subject))
            {
                return place;
            }

            if (place->Minute == 0)
            {
                Held++;
                return Fill(idle is not null && idle->Subject == Forgotten ? idle : place, subject, minute);
            }

            if (!place->HasBlocks && (idle is null || place->Minute < idle->Minute))
            {
                idle = place;
            }
        }

        if (idle is null)
        {
            return null;
        }

        if (idle->Subject == Forgotten)
        {
            Held++;
        }
        else
        {
            Evicted++;
        }

        return Fill(idle, subject, minute);
    }

    /// <summary>The counters of a subject that is there; null where it is not.</summary>
    public SubjectCounters* Find(in IpKey subject)
    {
        for (uint step = 0, at = Home(subject); step < Stretch; step++, at = at + 1 == _count ? 0 : at + 1)
        {
            var place = _places + at;
            if (place->Minute == 0)
            {
                return null;
            }

            if (place->Subject == subject)
            {
                return place;
            }
        }

        return null;
    }

    /// <summary>Forgets subjects idle since before a minute, in a part of the table: after <paramref name="parts"/> calls in all of it.</summary>
    public void Sweep(uint before, uint parts)
    {
        for (var left = Math.Min(_count, (_count / parts) + 1); left > 0; left--)
        {
            var place = _places + _swept;
            if (place->Minute != 0 && place->Minute < before && !place->HasBlocks && place->Subject != Forgotten)
            {
                *place = new SubjectCounters { Subject = Forgotten, Minute = 1 };
                Held--;
            }

            _swept = _swept + 1 == _count ? 0 : _swept + 1;
        }
    }

    public void Dispose() => LargePages.Return(_places, Octets);

    private static SubjectCounters* Fill(SubjectCounters* place, in IpKey subject, uint minute)
    {
        *place = new SubjectCounters { Subject = subject, Minute = Math.Max(2, minute) };
        return place;
    }
}
