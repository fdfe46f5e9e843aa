// SPDX-License-Identifier: Apache-2.0
//
// A capture of packets, not of exports: the packets are put together to flows, as an exporter would. A flow is one
// direction of a 5-tuple; it is told when it was silent for 15 s or has lasted 60 s, both by the capture's clock, and
// at the end. The table is bounded: when it is full all of it is told.
using System.Runtime.InteropServices;
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Collector.Collecting.Files;

/// <summary>Packets to flows, by one capture.</summary>
internal sealed class PacketFlows(InputLosses losses, int capacity = PacketFlows.DefaultCapacity)
{
    public const int DefaultCapacity = 1_000_000;
    public const long ActiveMs = 60_000;
    public const long InactiveMs = 15_000;
    private const long SweepMs = 5_000;

    private readonly record struct FiveTuple(
        IpKey Source, IpKey Destination, ushort SourcePort, ushort DestinationPort, byte Protocol)
    {
        /// <summary>Every packet asks once: mixed as a whole, not member by member.</summary>
        public override int GetHashCode()
        {
            var mixed = (Source.Upper ^ Destination.Upper) * 0x9E37_79B9_7F4A_7C15UL;
            mixed = (mixed ^ Source.Lower) * 0x9E37_79B9_7F4A_7C15UL;
            mixed = (mixed ^ (mixed >> 29) ^ Destination.Lower) * 0xBF58_476D_1CE4_E5B9UL;
            mixed ^= (mixed >> 31)
                ^ (((ulong)SourcePort << 24) | ((ulong)DestinationPort << 8) | Protocol);
            mixed *= 0x94D0_49BB_1331_11EBUL;
            return (int)(mixed >> 32);
        }
    }

    private readonly Dictionary<FiveTuple, FlowRecord> _flows = [];
    private readonly List<FiveTuple> _over = [];
    private long _sweptMs;

    /// <summary>Adds a frame; flows that are over are told to <paramref name="visitor"/>.</summary>
    public void Add<TVisitor>(ReadOnlySpan<byte> frame, LinkType link, long atMs, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        losses.Packets++;
        if (!PacketHeaders.TryRead(frame, link, ref visitor, out var packet, out var why))
        {
            losses.PacketsOtherLink += why == PacketKind.OtherLink ? 1 : 0;
            losses.PacketsDamaged += why == PacketKind.Damaged ? 1 : 0;
            losses.LinesNotIp += why == PacketKind.NotIp ? 1 : 0;
            return;
        }

        losses.PacketsJoined++;
        if (_flows.Count >= capacity)
        {
            End(ref visitor);
        }

        var key = new FiveTuple(
            packet.Source, packet.Destination, packet.SourcePort, packet.DestinationPort, packet.Protocol);
        ref var flow = ref CollectionsMarshal.GetValueRefOrAddDefault(_flows, key, out var known);
        if (known && (atMs - flow.EndMs > InactiveMs || atMs - flow.StartMs > ActiveMs))
        {
            Tell(in flow, ref visitor);
            known = false;
        }

        if (!known)
        {
            flow = packet;
            (flow.StartMs, flow.EndMs) = (atMs, atMs);
        }
        else
        {
            flow.Packets++;
            flow.Octets += packet.Octets;
            flow.TcpFlags |= packet.TcpFlags;
            flow.StartMs = Math.Min(flow.StartMs, atMs);
            flow.EndMs = Math.Max(flow.EndMs, atMs);
        }

        if (atMs - _sweptMs > SweepMs)
        {
            _sweptMs = atMs;
            Sweep(atMs, ref visitor);
        }
    }

    /// <summary>Tells what is left.</summary>
    public void End<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        foreach (var flow in _flows.Values)
        {
            Tell(in flow, ref visitor);
        }

        _flows.Clear();
    }

    private void Sweep<TVisitor>(long nowMs, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        _over.Clear();
        foreach (var (key, flow) in _flows)
        {
            if (nowMs - flow.EndMs > InactiveMs || nowMs - flow.StartMs > ActiveMs)
            {
                Tell(in flow, ref visitor);
                _over.Add(key);
            }
        }

        foreach (var key in _over)
        {
            _flows.Remove(key);
        }
    }

    private void Tell<TVisitor>(in FlowRecord flow, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        losses.Flows++;
        visitor.OnFlow(in flow);
    }
}
