// SPDX-License-Identifier: Apache-2.0
//
// The short way for templates as routers usually send them: one address family, each thing told once, in the usual
// width, at a fixed place. It reads straight from compiled offsets and takes what RecordDraft would take, only faster;
// a test holds the two against each other. Templates that are not so usual go the long way.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weir.Wire.NetFlow;

/// <summary>How a usual template writes its times.</summary>
internal enum TimeForm : byte
{
    None,
    Uptime,
    Milliseconds,
    Seconds,
}

/// <summary>Offsets of the fields of a usual template; -1 where it has none.</summary>
internal sealed class CommonTemplatePlan
{
    private const int Absent = -1;

    private int _source = Absent;
    private int _destination = Absent;
    private int _sourcePort = Absent;
    private int _destinationPort = Absent;
    private int _protocol = Absent;
    private int _flags = Absent;
    private int _packets = Absent;
    private int _octets = Absent;
    private int _start = Absent;
    private int _end = Absent;
    private int _input = Absent;
    private int _output = Absent;
    private int _direction = Absent;
    private int _status = Absent;
    private int _icmp = Absent;
    private int _selector = Absent;
    private int _sampling = Absent;
    private byte _selectorWidth;
    private byte _samplingWidth;
    private bool _isV6;
    private bool _packetsAreWide;
    private bool _octetsAreWide;
    private bool _inputIsWide;
    private bool _outputIsWide;
    private TimeForm _time;

    private CommonTemplatePlan()
    {
    }

    /// <summary>The plan, or null where the template goes the long way.</summary>
    public static CommonTemplatePlan? Create(ExportProtocol protocol, ReadOnlySpan<FieldStep> steps)
    {
        var plan = new CommonTemplatePlan();
        var families = 0;
        foreach (ref readonly var step in steps)
        {
            families |= step.Kind is FieldKind.SourceV4 or FieldKind.DestinationV4
                ? 4 : step.Kind is FieldKind.SourceV6 or FieldKind.DestinationV6 ? 6 << 4 : 0;
            if (!plan.TryPlace(in step, protocol))
            {
                return null;
            }
        }

        return families is 4 or (6 << 4) && plan._source >= 0
            && plan._destination >= 0 && (plan._start >= 0) == (plan._end >= 0)
            ? plan
            : null;
    }

    /// <summary>Reads one record; false where it names no two ends.</summary>
    public bool TryRead(ReadOnlySpan<byte> record, in ExportClock clock, out FlowRecord flow)
    {
        flow = default;
        if (!TryReadAddresses(record, ref flow))
        {
            return false;
        }

        ReadTransport(record, ref flow);
        ReadCounts(record, ref flow);
        ReadInterfaces(record, ref flow);
        ReadTraits(record, ref flow);
        ReadTimes(record, in clock, ref flow);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadAddresses(ReadOnlySpan<byte> record, ref FlowRecord flow)
    {
        if (_isV6)
        {
            flow.Source = IpKey.FromV6(record.Slice(_source, 16));
            flow.Destination = IpKey.FromV6(record.Slice(_destination, 16));
            return (flow.Source.Bits | flow.Destination.Bits) != UInt128.Zero;
        }

        var source = U32(record, _source);
        var destination = U32(record, _destination);
        if ((source | destination) == 0)
        {
            return false;
        }

        flow.Source = IpKey.FromV4(source);
        flow.Destination = IpKey.FromV4(destination);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadTransport(ReadOnlySpan<byte> record, ref FlowRecord flow)
    {
        if (_sourcePort >= 0)
        {
            flow.SourcePort = U16(record, _sourcePort);
        }

        if (_destinationPort >= 0)
        {
            flow.DestinationPort = U16(record, _destinationPort);
        }

        if (_protocol >= 0)
        {
            flow.Protocol = record[_protocol];
            if (_icmp >= 0 && flow.Protocol is 1 or 58)
            {
                ReadIcmp(record, ref flow);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadCounts(ReadOnlySpan<byte> record, ref FlowRecord flow)
    {
        if (_packets >= 0)
        {
            flow.Packets = _packetsAreWide ? U64(record, _packets) : U32(record, _packets);
        }

        if (_octets >= 0)
        {
            flow.Octets = _octetsAreWide ? U64(record, _octets) : U32(record, _octets);
        }

        if (_selector >= 0)
        {
            flow.Selector = Narrow(record, _selector, _selectorWidth);
        }

        if (_sampling >= 0)
        {
            flow.SamplingInterval = Narrow(record, _sampling, _samplingWidth);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadInterfaces(ReadOnlySpan<byte> record, ref FlowRecord flow)
    {
        if (_input >= 0)
        {
            flow.InputInterface = _inputIsWide ? U32(record, _input) : U16(record, _input);
        }

        if (_output >= 0)
        {
            flow.OutputInterface = _outputIsWide ? U32(record, _output) : U16(record, _output);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadTraits(ReadOnlySpan<byte> record, ref FlowRecord flow)
    {
        if (_flags >= 0)
        {
            flow.TcpFlags = record[_flags];
            flow.Traits = FlowTraits.FlagsKnown;
        }

        if (_direction >= 0)
        {
            flow.Traits |= record[_direction] switch
            {
                0 => FlowTraits.Ingress,
                1 => FlowTraits.Egress,
                _ => FlowTraits.None,
            };
        }

        if (_status >= 0 && RecordDraft.IsDropped(record[_status]))
        {
            flow.Traits |= FlowTraits.Dropped;
        }
    }

    private static ushort U16(ReadOnlySpan<byte> record, int at) => BinaryPrimitives.ReadUInt16BigEndian(record[at..]);

    private static uint U32(ReadOnlySpan<byte> record, int at) => BinaryPrimitives.ReadUInt32BigEndian(record[at..]);

    private static ulong U64(ReadOnlySpan<byte> record, int at) => BinaryPrimitives.ReadUInt64BigEndian(record[at..]);

    private static uint Narrow(ReadOnlySpan<byte> record, int at, byte width) => width switch
    {
        1 => record[at],
        2 => U16(record, at),
        _ => U32(record, at),
    };

    private void ReadTimes(ReadOnlySpan<byte> record, in ExportClock clock, ref FlowRecord flow)
    {
        switch (_time)
        {
            case TimeForm.Uptime:
                flow.StartMs = clock.FromUptime(U32(record, _start));
                flow.EndMs = clock.FromUptime(U32(record, _end));
                break;
            case TimeForm.Milliseconds:
                flow.StartMs = RecordTimes.Bounded(U64(record, _start));
                flow.EndMs = RecordTimes.Bounded(U64(record, _end));
                break;
            case TimeForm.Seconds:
                flow.StartMs = U32(record, _start) * 1000L;
                flow.EndMs = U32(record, _end) * 1000L;
                break;
            default:
                break;
        }
    }

    private void ReadIcmp(ReadOnlySpan<byte> record, ref FlowRecord flow)
    {
        var told = U16(record, _icmp);
        if (told != 0)
        {
            flow.DestinationPort = told;
        }
    }

    private bool TryPlace(in FieldStep step, ExportProtocol protocol) => (step.Kind, step.Width) switch
    {
        (FieldKind.SourceV4, _) => Place(ref _source, step),
        (FieldKind.DestinationV4, _) => Place(ref _destination, step),
        (FieldKind.SourceV6, _) => Place(ref _source, step) && (_isV6 = true),
        (FieldKind.DestinationV6, _) => Place(ref _destination, step) && (_isV6 = true),
        (FieldKind.SourcePort, 2) => Place(ref _sourcePort, step),
        (FieldKind.DestinationPort, 2) => Place(ref _destinationPort, step),
        (FieldKind.Protocol, 1) => Place(ref _protocol, step),
        (FieldKind.IcmpTypeAndCode, 2) => Place(ref _icmp, step),
        (FieldKind.TcpFlags, 1 or 2) =>
            Place(ref _flags, new FieldStep(step.Kind, 1, (ushort)(step.Offset + step.Width - 1))),
        (FieldKind.Packets, 4 or 8) => Place(ref _packets, step, ref _packetsAreWide, 8),
        (FieldKind.Octets, 4 or 8) => Place(ref _octets, step, ref _octetsAreWide, 8),
        (FieldKind.InputInterface, 2 or 4) => Place(ref _input, step, ref _inputIsWide, 4),
        (FieldKind.OutputInterface, 2 or 4) => Place(ref _output, step, ref _outputIsWide, 4),
        (FieldKind.Direction, 1) => Place(ref _direction, step),
        (FieldKind.ForwardingStatus, 1 or 4) =>
            Place(ref _status, new FieldStep(step.Kind, 1, (ushort)(step.Offset + step.Width - 1))),
        (FieldKind.Selector, 1 or 2 or 4) => Place(ref _selector, step) && (_selectorWidth = step.Width) > 0,
        (FieldKind.SamplingInterval, 1 or 2 or 4) => Place(ref _sampling, step) && (_samplingWidth = step.Width) > 0,
        (FieldKind.StartUptime, 4) when protocol == ExportProtocol.NetFlow9 => Place(ref _start, step, TimeForm.Uptime),
        (FieldKind.EndUptime, 4) when protocol == ExportProtocol.NetFlow9 => Place(ref _end, step, TimeForm.Uptime),
        (FieldKind.StartMs, 8) => Place(ref _start, step, TimeForm.Milliseconds),
        (FieldKind.EndMs, 8) => Place(ref _end, step, TimeForm.Milliseconds),
        (FieldKind.StartSeconds, 4) => Place(ref _start, step, TimeForm.Seconds),
        (FieldKind.EndSeconds, 4) => Place(ref _end, step, TimeForm.Seconds),
        (FieldKind.IpVersion, _) => true,
        _ => false,
    };

    private static bool Place(ref int place, in FieldStep step)
    {
        if (place != Absent)
        {
            return false;
        }

        place = step.Offset;
        return true;
    }

    private static bool Place(ref int place, in FieldStep step, ref bool isWide, int wide)
    {
        isWide = step.Width == wide;
        return Place(ref place, in step);
    }

    private bool Place(ref int place, in FieldStep step, TimeForm form)
    {
        if (_time != TimeForm.None && _time != form)
        {
            return false;
        }

        _time = form;
        return Place(ref place, in step);
    }
}
