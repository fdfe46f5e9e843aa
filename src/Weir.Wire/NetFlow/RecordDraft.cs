// SPDX-License-Identifier: Apache-2.0
//
// A record while it is being read. Steps write what they find; what is told twice keeps its first value that is not
// zero; at the end addresses are chosen, times are worked out from whatever was told, and ICMP goes to the port.
using System.Buffers.Binary;

namespace Weir.Wire.NetFlow;

/// <summary>The fields of one record before they are a flow or a sampling rate.</summary>
internal struct RecordDraft
{
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

    public readonly long SystemInitMs => _times.SystemInitMs;

    public readonly uint SamplingInterval => _sampling.Interval;

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
                default:
                    SetField(step.Kind, Number(record.Slice(step.Offset, step.Width)), step.Width, in clock);
                    break;
            }
        }
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

        Flow.SamplingInterval = _sampling.Interval;
        Flow.Traits |= (plan.IsBiflow ? FlowTraits.Biflow : 0) | (plan.HasFlags ? FlowTraits.FlagsKnown : 0);
        (Flow.StartMs, Flow.EndMs) = _times.Resolve(in clock);
        if (_biflowDirection == 2 && plan.IsReversible)
        {
            Reverse();
        }

        return true;
    }

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
            case FieldKind.Packets:
                First(ref Flow.Packets, value);
                break;
            case FieldKind.Octets:
                First(ref Flow.Octets, value);
                break;
            case FieldKind.ReversePackets:
                First(ref Flow.ReversePackets, value);
                break;
            case FieldKind.ReverseOctets:
                First(ref Flow.ReverseOctets, value);
                break;
            case FieldKind.InputInterface:
                First(ref Flow.InputInterface, value);
                break;
            case FieldKind.OutputInterface:
                First(ref Flow.OutputInterface, value);
                break;
            case FieldKind.Direction:
                Flow.Traits |= value == 1 ? FlowTraits.Egress : 0;
                break;
            case FieldKind.BiflowDirection:
                _biflowDirection = (byte)value;
                break;
            case FieldKind.Selector:
                First(ref Flow.Selector, value);
                break;
            case >= FieldKind.StartUptime and <= FieldKind.SystemInit:
                _times.SetField(kind, value, in clock);
                break;
            case >= FieldKind.SamplingInterval and <= FieldKind.SamplingProbability:
                _sampling.SetField(kind, value, width);
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
