// SPDX-License-Identifier: Apache-2.0
//
// Sums per hour × subject × endpoint. Seven million pairs do not fit a cache, so a look-up per flow costs misses of the
// cache, and what counts is how many lines of memory it touches: two for IPv4, the slot's and the entry's, since an
// entry is one line and names its addresses by 32 bits each. Whatever is not of IPv4 has a third, its addresses in
// full. A batch is walked three times: hash and ask for the slot, read the slot and ask for the entry, add; so the
// misses of a batch overlap. Entries lie dense in memory, so writing them out is a straight pass.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Memory;
using Weir.Wire;

namespace Weir.Collector.Digesting;

/// <summary>Pair sums of one shard, in memory, within a stated bound. Not for several threads.</summary>
internal sealed unsafe class PairTable : IDisposable
{
    public const int MaxBatch = FlowBatch.DefaultCapacity;

    /// <summary>Octets an IPv4 pair takes, its share of the slots among them; any other takes its addresses
    /// besides.</summary>
    public const int PairOctets = PairEntry.Octets + (2 * sizeof(ulong));

    private const int WideOctets = PairOctets + AddressOctets;
    private const int AddressOctets = 2 * 16;

    /// <summary>Flows walked together: enough misses at once, few enough lines to stay in the first cache.</summary>
    private const int Stride = 64;
    private const uint HourMs = 3_600_000;

    /// <summary>Bit of a slot's entry number: the entry is a wide one.</summary>
    private const uint Wide = 0x8000_0000;

    private readonly Asked[] _asked = new Asked[Stride];
    private readonly int _capacity;
    private readonly uint _mask;
    private readonly PairEntry* _entries;
    private readonly PairEntry* _wideEntries;
    private readonly UInt128* _addresses;

    /// <summary>Open addressing: upper 32 bits the hash, lower 32 the entry's number plus one; 0 = free.</summary>
    private readonly ulong* _slots;
    private int _count;
    private int _wideCount;

    /// <param name="capacity">IPv4 pairs held at most; pages are taken as they fill.</param>
    public PairTable(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2 * MaxBatch);
        _capacity = capacity;
        var slots = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity + ((uint)capacity / 2));
        _mask = slots - 1;
        _slots = (ulong*)LargePages.Allocate(slots * sizeof(ulong));
        _entries = (PairEntry*)LargePages.Allocate(EntryOctets);
        _wideEntries = (PairEntry*)LargePages.Allocate(EntryOctets);
        _addresses = (UInt128*)LargePages.Allocate(AllAddressOctets);
    }

    /// <summary>Pairs held.</summary>
    public int Count => _count + _wideCount;

    /// <summary>Pairs held at most.</summary>
    public int Capacity => _capacity;

    /// <summary>Whether a whole batch still fits without passing the bound.</summary>
    public bool HasRoom => ((long)_count * PairOctets) + ((_wideCount + MaxBatch) * (long)WideOctets)
        <= (long)_capacity * PairOctets;

    private ulong EntryOctets => (ulong)_capacity * PairEntry.Octets;

    private ulong AllAddressOctets => (ulong)_capacity * AddressOctets;

    /// <summary>An entry by its number, below <see cref="Count"/>. Adding gives other numbers.</summary>
    public ref readonly PairEntry this[int number] =>
        ref number < _count ? ref _entries[number] : ref _wideEntries[number - _count];

    public UInt128 SubjectOf(int number) => number < _count
        ? IpKey.FromV4((uint)_entries[number].Name.Ends).Bits : _addresses[2 * (number - _count)];

    public UInt128 RemoteOf(int number) => number < _count
        ? IpKey.FromV4((uint)(_entries[number].Name.Ends >> 32)).Bits : _addresses[(2 * (number - _count)) + 1];

    /// <summary>Asks for an entry that will soon be read.</summary>
    public void Prefetch(int number)
    {
        if (number < _count)
        {
            LargePages.Prefetch(_entries + number);
        }
        else
        {
            PrefetchWide(number - _count);
        }
    }

    /// <summary>Adds flows; at most <see cref="MaxBatch"/>, and only while <see cref="HasRoom"/>.
    /// Allocates nothing.</summary>
    public void Add(ReadOnlySpan<Flow> flows)
    {
        Debug.Assert(flows.Length <= MaxBatch && HasRoom, "ask HasRoom first");
        for (var start = 0; start < flows.Length; start += Stride)
        {
            AddStride(flows.Slice(start, Math.Min(Stride, flows.Length - start)));
        }
    }

    public void Clear()
    {
        NativeMemory.Clear(_slots, (nuint)(_mask + 1) * sizeof(ulong));
        (_count, _wideCount) = (0, 0);
    }

    public void Dispose()
    {
        LargePages.Return(_slots, (ulong)(_mask + 1) * sizeof(ulong));
        LargePages.Return(_entries, EntryOctets);
        LargePages.Return(_wideEntries, EntryOctets);
        LargePages.Return(_addresses, AllAddressOctets);
    }

    private void AddStride(ReadOnlySpan<Flow> flows)
    {
        var asked = _asked.AsSpan(0, flows.Length);
        for (var i = 0; i < flows.Length; i++)
        {
            asked[i] = Ask(flows[i]);
            LargePages.Prefetch(_slots + (asked[i].Hash & _mask));
        }

        for (var i = 0; i < flows.Length; i++)
        {
            var slot = (uint)_slots[asked[i].Hash & _mask];
            if (slot > Wide)
            {
                PrefetchWide((int)(slot - Wide) - 1);
            }
            else if (slot != 0)
            {
                LargePages.Prefetch(_entries + (slot - 1));
            }
        }

        for (var i = 0; i < flows.Length; i++)
        {
            PairSums.Add(ref Find(flows[i], asked[i]), flows[i]);
        }
    }

    private void PrefetchWide(int number)
    {
        LargePages.Prefetch(_wideEntries + number);
        LargePages.Prefetch(_addresses + (2 * number));
    }

    private ref PairEntry Find(in Flow flow, in Asked asked)
    {
        for (var at = asked.Hash & _mask; ; at = (at + 1) & _mask)
        {
            var slot = _slots[at];
            if (slot == 0)
            {
                _slots[at] = ((ulong)asked.Hash << 32) | Fill(flow, asked.Name);
                return ref asked.Name.IsWide ? ref _wideEntries[_wideCount - 1] : ref _entries[_count - 1];
            }

            if ((uint)(slot >> 32) != asked.Hash)
            {
                continue;
            }

            if ((uint)slot < Wide)
            {
                ref var entry = ref _entries[(uint)slot - 1];
                if (entry.Name == asked.Name)
                {
                    return ref entry;
                }
            }
            else
            {
                var number = (uint)slot - Wide - 1;
                ref var entry = ref _wideEntries[number];
                if (entry.Name == asked.Name && _addresses[2 * number] == flow.Subject.Bits
                    && _addresses[(2 * number) + 1] == flow.Remote.Bits)
                {
                    return ref entry;
                }
            }
        }
    }

    /// <summary>Makes the next entry the pair's.</summary>
    /// <returns>What its slot says of it.</returns>
    private uint Fill(in Flow flow, in PairName name)
    {
        var entry = new PairEntry { Name = name, Access = flow.AccessType, FirstOffsetMs = uint.MaxValue };
        if (!name.IsWide)
        {
            _entries[_count++] = entry;
            return (uint)_count;
        }

        _addresses[2 * _wideCount] = flow.Subject.Bits;
        _addresses[(2 * _wideCount) + 1] = flow.Remote.Bits;
        _wideEntries[_wideCount++] = entry;
        return Wide + (uint)_wideCount;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Asked Ask(in Flow flow)
    {
        var isWide = !(flow.Subject.IsV4 & flow.Remote.IsV4);
        var ends = isWide
            ? Fold(Fold(flow.Subject.Upper, flow.Remote.Upper), Fold(flow.Subject.Lower, flow.Remote.Lower))
            : (uint)flow.Subject.Lower | (flow.Remote.Lower << 32);
        var rest = PairName.RestOf(
            (uint)(flow.StartMs / HourMs), flow.Endpoint.Port, flow.Protocol, flow.Role, isWide);
        var mixed = Fold(ends, rest);
        return new(new(ends, rest), (uint)(mixed ^ (mixed >> 32)));
    }

    /// <summary>Both halves of a product: every bit of either goes into the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b) =>
        Math.BigMul(a ^ 0x9E3779B97F4A7C15UL, b ^ 0xD6E8FEB86659FD93UL, out var low) ^ low;

    private readonly record struct Asked(PairName Name, uint Hash);
}
