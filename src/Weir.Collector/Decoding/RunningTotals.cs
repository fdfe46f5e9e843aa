// SPDX-License-Identifier: Apache-2.0
//
// Exporters that tell totals (IPFIX elements 85, 86 and their like) tell the same packets in every report of a flow.
// What counts is the difference to the last report. A flow is known by its ends and its start: another start is another
// flow, told from nought.
using System.Runtime.InteropServices;
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>The last totals of each flow of one exporter, bounded: two halves, of which the older goes when the newer
/// is full.</summary>
internal sealed class RunningTotals(int capacity = RunningTotals.DefaultCapacity)
{
    public const int DefaultCapacity = 131_072;

    /// <summary>A start computed from uptime differs by the header's whole seconds.</summary>
    private const long StartSlackMs = 2_000;

    private readonly record struct FlowKey(
        ExportProtocol Protocol, uint Domain, ushort Port, IpKey Source, IpKey Destination, ushort SourcePort,
        ushort DestinationPort, byte IpProtocol, uint Input, FlowTraits Direction);

    private record struct Totals(
        long StartMs, long EndMs, ulong Packets, ulong Octets, ulong ReversePackets, ulong ReverseOctets);

    private Dictionary<FlowKey, Totals> _newer = [];
    private Dictionary<FlowKey, Totals> _older = [];

    /// <summary>Turns totals into what is new; false where nothing is, the report being a repetition or late.</summary>
    public bool TryDifference(in ExportHeader header, ushort port, ref FlowRecord flow)
    {
        var key = new FlowKey(
            header.Protocol, header.Domain, port, flow.Source, flow.Destination, flow.SourcePort, flow.DestinationPort,
            flow.Protocol, flow.InputInterface, flow.Traits & (FlowTraits.Ingress | FlowTraits.Egress));
        if (flow.Is(FlowTraits.TotalsBeside))
        {
            return TryBeside(in key, ref flow);
        }

        var told = new Totals(
            flow.StartMs, flow.EndMs, flow.Packets, flow.Octets, flow.ReversePackets, flow.ReverseOctets);
        flow.Traits &= ~FlowTraits.RunningTotals;
        if (!_newer.TryGetValue(key, out var last) && !_older.TryGetValue(key, out last))
        {
            Remember(key, told);
            return true;
        }

        var isSame = Math.Abs(told.StartMs - last.StartMs) <= StartSlackMs;
        var isBehind = told.Packets < last.Packets || told.Octets < last.Octets
            || told.ReversePackets < last.ReversePackets || told.ReverseOctets < last.ReverseOctets;
        if (isSame && isBehind && told.EndMs != 0 && told.EndMs <= last.EndMs)
        {
            return false;
        }

        Remember(key, told);
        if (!isSame || isBehind)
        {
            return true;
        }

        flow.Packets -= last.Packets;
        flow.Octets -= last.Octets;
        flow.ReversePackets -= last.ReversePackets;
        flow.ReverseOctets -= last.ReverseOctets;
        flow.StartMs = last.EndMs != 0 && last.EndMs <= flow.EndMs ? last.EndMs : flow.StartMs;
        return (flow.Packets | flow.Octets | flow.ReversePackets | flow.ReverseOctets) != 0;
    }

    /// <summary>What is new is told; where that is nought, or of one of packets and octets is not told at all, the
    /// total may know more than was told before.</summary>
    private bool TryBeside(in FlowKey key, ref FlowRecord flow)
    {
        var told = new Totals(flow.StartMs, flow.EndMs, flow.ReversePackets, flow.ReverseOctets, 0, 0);
        (flow.ReversePackets, flow.ReverseOctets) = (0, 0);
        flow.Traits &= ~FlowTraits.TotalsBeside;
        var known = _newer.TryGetValue(key, out var last) || _older.TryGetValue(key, out last);
        if ((told.Packets | told.Octets) != 0)
        {
            Remember(key, told);
        }

        var before = known && Math.Abs(told.StartMs - last.StartMs) <= StartSlackMs && told.Packets >= last.Packets
            && told.Octets >= last.Octets ? last : default;
        flow.Packets = flow.Packets != 0 ? flow.Packets : told.Packets - before.Packets;
        flow.Octets = flow.Octets != 0 ? flow.Octets : told.Octets - before.Octets;

        return true;
    }

    /// <summary>Takes over what another remembers.</summary>
    public void Take(RunningTotals other)
    {
        foreach (var half in (Dictionary<FlowKey, Totals>[])[other._older, other._newer])
        {
            foreach (var (key, totals) in half)
            {
                Remember(in key, in totals);
            }
        }
    }

    private void Remember(in FlowKey key, in Totals totals)
    {
        if (_newer.Count >= capacity / 2 && !_newer.ContainsKey(key))
        {
            (_older, _newer) = (_newer, _older);
            _newer.Clear();
        }

        CollectionsMarshal.GetValueRefOrAddDefault(_newer, key, out _) = totals;
    }
}
