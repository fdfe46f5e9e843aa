// SPDX-License-Identifier: Apache-2.0
//
// Open addressing by groups of sixteen places. Beside the places lies an octet of the hash for each, small enough to
// stay in the cache: sixteen are compared at once, so a subject costs one line of memory wherever in its group it lies.
// Where a stretch of groups is full, the one that has been idle longest and has no detail gives way; where all have
// detail, the newcomer is not counted.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weir.Contracts.Memory;
using Weir.Wire;

namespace Weir.Collector.Detecting;

/// <summary>Counters of subjects in memory of a fixed bound. Not for several threads.</summary>
internal sealed unsafe class CounterTable : IDisposable
{
    /// <summary>Octets a subject held with ease takes, its share of free places among them.</summary>
    public const int SubjectOctets = 96;

    private const int Group = 16;
    private const uint StretchGroups = 4;
    private const int PlaceOctets = SubjectCounters.Octets + 1;

    /// <summary>Marks of places that hold nobody: never used since the group had room, and used before.</summary>
    private const byte Free = 0;
    private const byte Left = 1;
    private const byte Marks = 2;

    private readonly SubjectCounters* _places;
    private readonly byte* _marks;
    private readonly uint _groups;
    private readonly ulong _key;
    private uint _swept;

    /// <param name="subjects">Subjects held with ease; there are almost half as many places again.</param>
    /// <param name="key">Of the hash, so that nobody can choose addresses that collide.</param>
    public CounterTable(int subjects, ulong key)
    {
        _groups = (uint)Math.Max(2 * StretchGroups, (long)subjects * SubjectOctets / PlaceOctets / Group);
        _key = key | 1;
        _places = (SubjectCounters*)LargePages.Allocate(Places * SubjectCounters.Octets);
        _marks = (byte*)LargePages.Allocate(Places);
    }

    /// <summary>Subjects held.</summary>
    public int Held { get; private set; }

    /// <summary>Idle subjects that gave way to others.</summary>
    public long Evicted { get; private set; }

    public ulong Octets => Places * PlaceOctets;

    private ulong Places => (ulong)_groups * Group;

    /// <summary>Where a subject belongs: its group and its mark; and a hint to the memory that the group's
    /// marks will be read.</summary>
    public ulong SlotOf(in IpKey subject)
    {
        var hash = ((subject.Upper * 0x9E3779B97F4A7C15UL) ^ subject.Lower ^ _key) * 0xD6E8FEB86659FD93UL;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93UL;
        var group = (hash >> 32) * _groups >> 32;
        var mark = (byte)(hash >> 8);
        LargePages.Prefetch(_marks + (group * Group));
        return (group << 8) | (mark < Marks ? (byte)(mark + Marks) : mark);
    }

    /// <summary>The place that is most likely the subject's, and a hint that it will be read; null says nothing. Ask
    /// <see cref="IsOf"/>.</summary>
    public SubjectCounters* Probe(ulong home)
    {
        var at = (home >> 8) * Group;
        var found = Same(at, (byte)home);
        if (found == 0)
        {
            return null;
        }

        var place = _places + at + (uint)BitOperations.TrailingZeroCount(found);
        LargePages.Prefetch(place);
        return place;
    }

    /// <summary>Whether counters are a subject's own.</summary>
    public static bool IsOf(SubjectCounters* place, in IpKey subject) =>
        (Vector128.Load((ulong*)place) == Vector128.LoadUnsafe(
            in Unsafe.As<IpKey, ulong>(ref Unsafe.AsRef(in subject))))
        & place->Minute != 0;

    /// <summary>The subject's counters, made where there are none; null where no room could be made.</summary>
    public SubjectCounters* Find(in IpKey subject, ulong home, uint minute)
    {
        SubjectCounters* room = null;
        var group = (uint)(home >> 8);
        for (var step = 0; step < StretchGroups; step++, group = Next(group))
        {
            if (In(group, subject, (byte)home) is var place && place is not null)
            {
                return place;
            }

            room = room is null ? RoomIn(group) : room;
            if (Same(group * (ulong)Group, Free) != 0)
            {
                break;
            }
        }

        room = room is null ? Idle((uint)(home >> 8)) : room;
        return room is null ? null : Fill(room, subject, (byte)home, minute);
    }

    /// <summary>The counters of a subject that is there; null where it is not.</summary>
    public SubjectCounters* Find(in IpKey subject)
    {
        var home = SlotOf(subject);
        var group = (uint)(home >> 8);
        for (var step = 0; step < StretchGroups; step++, group = Next(group))
        {
            if (In(group, subject, (byte)home) is var place && place is not null)
            {
                return place;
            }

            if (Same(group * (ulong)Group, Free) != 0)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>Forgets subjects idle since before a minute, in a part of the table: after <paramref name="parts"/>
    /// calls in all of it.</summary>
    public void Sweep(uint before, uint parts)
    {
        for (var left = Math.Min(_groups, (_groups / parts) + 1); left > 0; left--)
        {
            var first = _swept * (ulong)Group;
            for (var at = first; at < first + Group; at++)
            {
                var place = _places + at;
                if (_marks[at] >= Marks && place->Minute < before && !place->HasBlocks)
                {
                    // Nobody was ever put further on because of a group that has a free place, so the
                    // place is free too.
                    _marks[at] = Same(first, Free) != 0 ? Free : Left;
                    *place = default;
                    Held--;
                }
            }

            _swept = Next(_swept);
        }
    }

    public void Dispose()
    {
        LargePages.Return(_places, Places * SubjectCounters.Octets);
        LargePages.Return(_marks, Places);
    }

    private uint Next(uint group) => group + 1 == _groups ? 0 : group + 1;

    /// <summary>Which places of a group bear a mark, one bit each.</summary>
    private uint Same(ulong at, byte mark) =>
        Vector128.Equals(Vector128.Load(_marks + at), Vector128.Create(mark)).ExtractMostSignificantBits();

    private SubjectCounters* In(uint group, in IpKey subject, byte mark)
    {
        for (var same = Same(group * (ulong)Group, mark); same != 0; same &= same - 1)
        {
            var place = _places + (group * (ulong)Group) + (uint)BitOperations.TrailingZeroCount(same);
            if (IsOf(place, subject))
            {
                return place;
            }
        }

        return null;
    }

    /// <summary>A place of the group that holds nobody; null where all do.</summary>
    private SubjectCounters* RoomIn(uint group)
    {
        var at = group * (ulong)Group;
        var none = Same(at, Left) is var left && left != 0 ? left : Same(at, Free);
        return none == 0 ? null : _places + at + (uint)BitOperations.TrailingZeroCount(none);
    }

    /// <summary>The place of the stretch that has been idle longest and has no detail.</summary>
    private SubjectCounters* Idle(uint group)
    {
        SubjectCounters* idle = null;
        for (var step = 0; step < StretchGroups; step++, group = Next(group))
        {
            var first = _places + (group * (ulong)Group);
            for (var place = first; place < first + Group; place++)
            {
                idle = !place->HasBlocks && (idle is null || place->Minute < idle->Minute) ? place : idle;
            }
        }

        if (idle is not null)
        {
            Evicted++;
            Held--;
        }

        return idle;
    }

    private SubjectCounters* Fill(SubjectCounters* place, in IpKey subject, byte mark, uint minute)
    {
        Held++;
        _marks[place - _places] = mark;
        *place = new SubjectCounters { Subject = subject, Minute = Math.Max(1, minute) };
        return place;
    }
}
