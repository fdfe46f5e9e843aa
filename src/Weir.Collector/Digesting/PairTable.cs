// SPDX-License-Identifier: Apache-2.0
//
// Sums per hour × subject × endpoint. Seven million pairs do not fit a cache, so a look-up per flow costs a cache miss;
// taken one after the other these misses were the whole cost of the sketch with one table. Here a batch is walked three
// times: hash and ask for the slot, read the slot and ask for the entry, add. The misses of a batch then overlap, and
// what is left is the arithmetic. Entries lie dense in memory, so writing them out is a straight pass.
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

    /// <summary>Flows walked together: enough misses at once, few enough lines to stay in the first cache.</summary>
    private const int Stride = 64;
    private const uint HourMs = 3_600_000;
    private const byte Fin = 0x01;
    private const byte Syn = 0x02;
    private const byte Rst = 0x04;
    private const byte Psh = 0x08;
    private const byte Ack = 0x10;

    private readonly uint[] _hashes = new uint[Stride];
    private readonly int _capacity;
    private readonly uint _mask;
    private readonly PairEntry* _entries;

    /// <summary>Open addressing: upper 32 bits the hash, lower 32 the entry's number plus one; 0 = free.</summary>
    private readonly ulong* _slots;

    /// <param name="capacity">Pairs held at most, at about 110 octets each; pages are taken as they fill.</param>
    public PairTable(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, MaxBatch);
        _capacity = capacity;
        var slots = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity + ((uint)capacity / 2));
        _mask = slots - 1;
        _slots = (ulong*)LargePages.Allocate(slots * sizeof(ulong));
        _entries = (PairEntry*)LargePages.Allocate((ulong)capacity * (ulong)sizeof(PairEntry));
    }

    public int Count { get; private set; }

    /// <summary>Whether a whole batch still fits without passing the bound.</summary>
    public bool HasRoom => Count + MaxBatch <= _capacity;

    public ReadOnlySpan<PairEntry> Entries => new(_entries, Count);

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

    private void AddStride(ReadOnlySpan<Flow> flows)
    {
        var hashes = _hashes.AsSpan(0, flows.Length);
        for (var i = 0; i < flows.Length; i++)
        {
            var hash = Hash(flows[i]);
            hashes[i] = hash;
            LargePages.Prefetch(_slots + (hash & _mask));
        }

        for (var i = 0; i < flows.Length; i++)
        {
            var slot = _slots[hashes[i] & _mask];
            if (slot != 0)
            {
                // An entry of 96 octets lies on two lines of the cache.
                LargePages.Prefetch(_entries + ((uint)slot - 1));
                LargePages.Prefetch((byte*)(_entries + (uint)slot) - 1);
            }
        }

        for (var i = 0; i < flows.Length; i++)
        {
            Sum(ref Find(flows[i], hashes[i]), flows[i]);
        }
    }

    public void Clear()
    {
        NativeMemory.Clear(_slots, (nuint)(_mask + 1) * sizeof(ulong));
        Count = 0;
    }

    public void Dispose()
    {
        LargePages.Return(_slots, (ulong)(_mask + 1) * sizeof(ulong));
        LargePages.Return(_entries, (ulong)_capacity * (ulong)sizeof(PairEntry));
    }

    private ref PairEntry Find(in Flow flow, uint hash)
    {
        var hour = (uint)(flow.StartMs / HourMs);
        var endpoint = flow.Endpoint;
        for (var at = hash & _mask; ; at = (at + 1) & _mask)
        {
            var slot = _slots[at];
            if (slot == 0)
            {
                _slots[at] = ((ulong)hash << 32) | (uint)(Count + 1);
                ref var fresh = ref _entries[Count++];
                fresh = new PairEntry
                {
                    Subject = flow.Subject.Bits,
                    Remote = flow.Remote.Bits,
                    Hour = hour,
                    Port = endpoint.Port,
                    Protocol = flow.Protocol,
                    Role = flow.Role,
                    Access = flow.AccessType,
                    FirstOffsetMs = uint.MaxValue,
                };
                return ref fresh;
            }

            if ((uint)(slot >> 32) == hash)
            {
                ref var entry = ref _entries[(uint)slot - 1];
                if (entry.Remote == flow.Remote.Bits && entry.Subject == flow.Subject.Bits && entry.Hour == hour
                    && entry.Port == endpoint.Port && entry.Protocol == flow.Protocol && entry.Role == flow.Role)
                {
                    return ref entry;
                }
            }
        }
    }

    private static void Sum(ref PairEntry entry, in Flow flow)
    {
        entry.Flows++;
        entry.PacketsOut += flow.PacketsOut * flow.SamplingInterval;
        entry.OctetsOut += flow.OctetsOut * flow.SamplingInterval;
        if (!flow.Is(FlowTraits.Dropped))
        {
            entry.PacketsIn += flow.PacketsIn * flow.SamplingInterval;
            entry.OctetsIn += flow.OctetsIn * flow.SamplingInterval;
        }

        var hourStart = (long)entry.Hour * HourMs;
        entry.FirstOffsetMs = Math.Min(entry.FirstOffsetMs, (uint)(flow.StartMs - hourStart));
        entry.LastOffsetMs = Math.Max(
            entry.LastOffsetMs, (uint)Math.Min(uint.MaxValue, Math.Max(flow.EndMs, flow.StartMs) - hourStart));
        entry.Seen |= Evidence(flow);
    }

    /// <summary>What a flow says towards "both ways" (statistics.md B.1): a bare SYN is no answer-worthy speech, a lone
    /// RST no answer.</summary>
    private static ExchangeFlags Evidence(in Flow flow)
    {
        var seen = flow.SamplingInterval > 1 ? ExchangeFlags.Sampled : ExchangeFlags.None;
        if (flow.Protocol == Protocols.Tcp && !flow.FlagsKnown)
        {
            seen |= ExchangeFlags.FlagsMissing;
        }

        if (flow.Is(FlowTraits.Dropped))
        {
            // Went nowhere: speaks for neither way.
            return seen;
        }

        var flagged = flow.Protocol == Protocols.Tcp && flow.FlagsKnown;
        if (flow.PacketsOut > 0 && !(flagged && flow.FlagsOut == Syn))
        {
            seen |= ExchangeFlags.Out;
        }

        if (flow.PacketsIn > 0 && !(flagged && (flow.FlagsIn & ~(Rst | Ack)) == 0 && (flow.FlagsIn & Rst) != 0))
        {
            seen |= ExchangeFlags.In;
        }

        // Data or FIN after SYN and ACK: the subject spoke where the exporter does not look (ADR 0007).
        const byte Answered = Syn | Ack;
        if (flagged && flow.PacketsOut == 0 && flow.PacketsIn >= 3
            && (flow.FlagsIn & Answered) == Answered && (flow.FlagsIn & (Psh | Fin)) != 0)
        {
            seen |= ExchangeFlags.Out;
        }

        return seen;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(in Flow flow)
    {
        var rest = ((ulong)flow.Endpoint.Port << 40) | ((ulong)flow.Protocol << 32) | (uint)(flow.StartMs / HourMs);
        var low = Math.BigMul(
            flow.Remote.Lower ^ 0x9E3779B97F4A7C15UL, flow.Subject.Lower ^ 0xD6E8FEB86659FD93UL, out var a);
        var high = Math.BigMul(
            flow.Remote.Upper ^ rest ^ 0xA0761D6478BD642FUL, flow.Subject.Upper ^ a ^ 0xE7037ED1A0B428DBUL, out var b);
        var mixed = low ^ high ^ b;
        return (uint)(mixed ^ (mixed >> 32));
    }
}
