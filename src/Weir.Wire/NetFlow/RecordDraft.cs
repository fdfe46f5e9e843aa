// SPDX-License-Identifier: Apache-2.0
//
// A record while it is being read. Steps write what they find; what is told twice keeps its first value that is not
// zero; at the end addresses are chosen, times are worked out from whatever was told, and ICMP goes to the port. Where
// the record holds the first octets of a packet instead of its addresses, they are read as sFlow's are.
using System.Buffers.Binary;
using Weir.Wire.SFlow;

namespace Weir.Wire.NetFlow;

/// <summary>The fields of one record before they are a flow or a sampling rate.</summary>
internal struct RecordDraft
{
    /// <summary>firewallEvent (233): flow denied.</summary>
    private const ulong Denied = 3;

    public FlowRecord Flow;
    private IpKey _sourceV6;
    private IpKey _destinationV6;
    private uint _sourceV4;
    private uint _destinationV4;
    private RecordTimes _times;
    private RecordSampling _sampling;
    private ushort _icmp;
    private byte _ipVersion;
    private byte _biflowDirection;
    private FieldKind _section;
    private ushort _sectionAt;
    private byte _sectionWidth;
    private uint _scopeDomain;
    private uint _scopeSelector;
    private uint _scopeOther;
    private ulong _droppedPackets;
    private ulong _droppedOctets;

    public readonly long SystemInitMs => _times.SystemInitMs;

    public readonly uint SamplingInterval => _sampling.Interval;

    /// <summary>What a record of options announces.</summary>
    /// <param name="domain">Of its message; a scope may name another.</param>
    /// <param name="interval">One in so many packets.</param>
    public readonly SamplingAnnouncement Announce(uint domain, uint interval) => new(
        _scopeDomain != 0 ? _scopeDomain : domain,
        _scopeSelector != 0 && Flow.Selector == 0 ? _scopeSelector
            : Flow is { Selector: 0, InputInterface: 0, OutputInterface: not 0 }
                ? OptionsScope.OfOutput(Flow.OutputInterface)
            : Flow.Selector,
        Flow.InputInterface, interval) { Other = _scopeOther };

    public void ReadFields(ReadOnlySpan<byte> record, ReadOnlySpan<FieldStep> steps, in ExportClock clock)
    {
        foreach (ref readonly var step in steps)
        {
            switch (step.Kind)
            {
                case FieldKind.SourceV6:
                    _sourceV6 = Address(record, in step, _sourceV6);
                    break;
                case FieldKind.DestinationV6:
                    _destinationV6 = Address(record, in step, _destinationV6);
                    break;
                case FieldKind.FrameSection or FieldKind.PacketSection:
                    if (_sectionWidth == 0)
                    {
                        (_section, _sectionAt, _sectionWidth) = (step.Kind, step.Offset, step.Width);
                    }

                    break;
                default:
                    SetField(step.Kind, Number(record.Slice(step.Offset, step.Width)), step.Width, in clock);
                    break;
            }
        }
    }

    /// <summary>Reads the record's section of a packet as a sampled header (RFC 7133 §3.1, §4.1; RFC 5477
    /// §8.3.1).</summary>
    public PacketFinding ReadSection<TVisitor>(
        ReadOnlySpan<byte> record, RecordPlan plan, in ExportClock clock, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        if (_sectionWidth == 0)
        {
            return PacketFinding.Nothing;
        }

        var packet = record.Slice(_sectionAt, _sectionWidth);
        var link = _section == FieldKind.FrameSection ? SampledPacket.Ethernet
            : packet[0] >> 4 == 6 ? SampledPacket.IPv6 : SampledPacket.IPv4;
        var told = Flow.Octets;
        var finding = SampledPacket.ReadThrough(link, packet, ref Flow, ref visitor, out _);
        if (finding == PacketFinding.Header)
        {
            Flow.Octets = told != 0 ? told : Flow.Octets;
            Flow.Packets = Flow.Packets != 0 ? Flow.Packets : 1;
            Complete(plan, in clock);
        }

        return finding;
    }

    /// <summary>Makes the flow; false where the record names no two ends.</summary>
    public bool TryFinish(RecordPlan plan, in ExportClock clock)
    {
        if ((_sourceV4 | _destinationV4) != 0 && _ipVersion != 6)
        {
            Flow.Source = IpKey.FromV4(_sourceV4);
            Flow.Destination = IpKey.FromV4(_destinationV4);
        }
        else if ((_sourceV6.Bits | _destinationV6.Bits) != UInt128.Zero)
        {
            Flow.Source = _sourceV6;
            Flow.Destination = _destinationV6;
        }
        else if ((_sourceV4 | _destinationV4) != 0)
        {
            Flow.Source = IpKey.FromV4(_sourceV4);
            Flow.Destination = IpKey.FromV4(_destinationV4);
        }
        else
        {
            return false;
        }

        if (_icmp != 0 && Flow.Protocol is 1 or 58)
        {
            Flow.DestinationPort = _icmp;
        }

        if ((Flow.Packets | Flow.Octets | Flow.ReversePackets | Flow.ReverseOctets) == 0
            && (_droppedPackets | _droppedOctets) != 0)
        {
            // Nothing of the flow went on: what was sent stands in the counters of what was dropped alone.
            (Flow.Packets, Flow.Octets) = (_droppedPackets, _droppedOctets);
            Flow.Traits |= FlowTraits.Dropped;
        }

        Flow.Traits |= plan.HasFlags ? FlowTraits.FlagsKnown : 0;
        Complete(plan, in clock);
        if (_biflowDirection == 2 && plan.IsReversible)
        {
            Reverse();
        }

        return true;
    }

    /// <summary>Both ends are told by the header this draft was read for.</summary>
    public readonly bool IsWhole =>
        (_sourceV4 != 0 && _destinationV4 != 0)
        || (_sourceV6.Bits != UInt128.Zero && _destinationV6.Bits != UInt128.Zero);

    private void Complete(RecordPlan plan, in ExportClock clock)
    {
        Flow.SamplingInterval = _sampling.Interval;
        Flow.Traits |= (plan.IsBiflow ? FlowTraits.Biflow : 0) | (plan.IsRunningTotal ? FlowTraits.RunningTotals : 0)
            | (plan.HasTotalsBeside ? FlowTraits.TotalsBeside : 0);
        (Flow.StartMs, Flow.EndMs) = _times.Resolve(in clock);
    }

    /// <summary>RFC 7270 §4.12: the two high bits 10 say dropped. Four octets in NetFlow v9 exporters; the lowest one
    /// tells.</summary>
    internal static bool IsDropped(byte forwardingStatus) => forwardingStatus >> 6 == 2;

    private static ulong Number(ReadOnlySpan<byte> octets)
    {
        switch (octets.Length)
        {
            case 1:
                return octets[0];
            case 2:
                return BinaryPrimitives.ReadUInt16BigEndian(octets);
            case 4:
                return BinaryPrimitives.ReadUInt32BigEndian(octets);
            case 8:
                return BinaryPrimitives.ReadUInt64BigEndian(octets);
            default:
                ulong value = 0;
                foreach (var octet in octets)
                {
                    value = (value << 8) | octet;
                }

                return value;
        }
    }

    private static IpKey Address(ReadOnlySpan<byte> record, in FieldStep step, IpKey known) =>
        step.Width == 16 && known.Bits == UInt128.Zero ? IpKey.FromV6(record.Slice(step.Offset, 16)) : known;

    private void SetField(FieldKind kind, ulong value, int width, in ExportClock clock)
    {
        // In the order of the enumeration: each group is one comparison away.
        switch (kind)
        {
            case <= FieldKind.IcmpCode:
                SetEnd(kind, value);
                break;
            case <= FieldKind.TotalOctets:
                SetCount(kind, value);
                break;
            case <= FieldKind.SystemInit:
                _times.SetField(kind, value, in clock);
                break;
            case >= FieldKind.SamplingInterval and <= FieldKind.SelectorAlgorithm:
                _sampling.SetField(kind, value, width);
                break;
            default:
                SetPath(kind, value);
                break;
        }
    }

    /// <summary>The two ends: addresses, ports, protocol, and the flags and ICMP type of what they sent.</summary>
    private void SetEnd(FieldKind kind, ulong value)
    {
        switch (kind)
        {
            case FieldKind.SourceV4:
                First(ref _sourceV4, value);
                break;
            case FieldKind.DestinationV4:
                First(ref _destinationV4, value);
                break;
            case FieldKind.IpVersion:
                _ipVersion = (byte)value;
                break;
            case FieldKind.SourcePort:
                First(ref Flow.SourcePort, value);
                break;
            case FieldKind.DestinationPort:
                First(ref Flow.DestinationPort, value);
                break;
            case FieldKind.Protocol:
                Flow.Protocol = (byte)value;
                break;
            case FieldKind.TcpFlags:
                Flow.TcpFlags |= (byte)value;
                break;
            case FieldKind.ReverseTcpFlags:
                Flow.ReverseTcpFlags |= (byte)value;
                break;
            case FieldKind.IcmpTypeAndCode:
                First(ref _icmp, value);
                break;
            case FieldKind.IcmpType:
                _icmp |= (ushort)(value << 8);
                break;
            case FieldKind.IcmpCode:
                _icmp |= (byte)value;
                break;
            default:
                break;
        }
    }

    /// <summary>Packets and octets of both ways.</summary>
    private void SetCount(FieldKind kind, ulong value)
    {
        switch (kind)
        {
            case FieldKind.Packets:
                First(ref Flow.Packets, value);
                break;
            case FieldKind.Octets:
                First(ref Flow.Octets, value);
                break;
            case FieldKind.ReversePackets or FieldKind.TotalPackets:
                First(ref Flow.ReversePackets, value);
                break;
            default:
                First(ref Flow.ReverseOctets, value);
                break;
        }
    }

    /// <summary>The way through the router: interfaces, direction, sampler, and whether the packets went on.</summary>
    private void SetPath(FieldKind kind, ulong value)
    {
        switch (kind)
        {
            case FieldKind.InputInterface:
                First(ref Flow.InputInterface, value);
                break;
            case FieldKind.OutputInterface:
                First(ref Flow.OutputInterface, value);
                break;
            case FieldKind.Direction:
                Flow.Traits |= value == 1 ? FlowTraits.Egress : value == 0 ? FlowTraits.Ingress : 0;
                break;
            case FieldKind.BiflowDirection:
                _biflowDirection = (byte)value;
                break;
            case FieldKind.Selector:
                First(ref Flow.Selector, OptionsScope.Narrow(value));
                break;
            case FieldKind.ForwardingStatus:
                Flow.Traits |= IsDropped((byte)value) ? FlowTraits.Dropped : 0;
                break;
            case FieldKind.DroppedPackets:
                First(ref _droppedPackets, value);
                break;
            case FieldKind.DroppedOctets:
                First(ref _droppedOctets, value);
                break;
            case FieldKind.FirewallEvent:
                Flow.Traits |= value == Denied ? FlowTraits.Dropped : 0;
                break;
            case FieldKind.ScopeDomain:
                First(ref _scopeDomain, value);
                break;
            case FieldKind.ScopeTemplate:
                First(ref _scopeSelector, OptionsScope.OfTemplate((ushort)value));
                break;
            case FieldKind.ScopeOther:
                _scopeOther = OptionsScope.Mix(_scopeOther, value);
                break;
            case FieldKind.ScopeCard:
                First(ref _scopeSelector, OptionsScope.OfCard((ushort)value));
                break;
            default:
                break;
        }
    }

    private static void First(ref uint place, ulong value) => place = place == 0 ? (uint)value : place;

    private static void First(ref ushort place, ulong value) => place = place == 0 ? (ushort)value : place;

    private static void First(ref ulong place, ulong value) => place = place == 0 ? value : place;

    /// <summary>RFC 5103 §4.3 biflowDirection 2: the source answered, so the record is turned to start at
    /// the initiator.</summary>
    private void Reverse()
    {
        (Flow.Source, Flow.Destination) = (Flow.Destination, Flow.Source);
        (Flow.SourcePort, Flow.DestinationPort) = (Flow.DestinationPort, Flow.SourcePort);
        (Flow.Packets, Flow.ReversePackets) = (Flow.ReversePackets, Flow.Packets);
        (Flow.Octets, Flow.ReverseOctets) = (Flow.ReverseOctets, Flow.Octets);
        (Flow.TcpFlags, Flow.ReverseTcpFlags) = (Flow.ReverseTcpFlags, Flow.TcpFlags);
    }
}
