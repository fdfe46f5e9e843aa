// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.Files;

/// <summary>What one line of a flow table turned out to be.</summary>
public enum LineKind : byte
{
    Flow,

    /// <summary>Empty, a comment, a heading or a closing summary.</summary>
    NoFlow,

    /// <summary>A record of something that is not IP (ARP, link layer, the tool's own status).</summary>
    NotIp,
    Refused,
}

/// <summary>Collects the fields of one record and makes a flow of them.</summary>
public ref struct FlowRow(FlowDialect dialect, TimeReading times)
{
    private FlowRecord _flow;
    private ReadOnlySpan<byte> _history;
    private ReadOnlySpan<byte> _state;
    private ReadOnlySpan<byte> _sourcePort;
    private ReadOnlySpan<byte> _destinationPort;
    private ReadOnlySpan<byte> _direction;
    private long _durationMs;
    private ulong _totalPackets;
    private ulong _totalOctets;
    private ulong _payload;
    private ulong _reversePayload;
    private int _icmpType;
    private int _icmpCode;
    private bool _hasSource;
    private bool _hasDestination;
    private bool _hasNumber;
    private bool _hasOctets;
    private bool _hasReverseOctets;
    private bool _hasReverse;
    private bool _hasTotals;
    private bool _hasDuration;
    private bool _notIp;

    /// <summary>The record tells out counters, which are left aside.</summary>
    public bool HasOutCounters { get; private set; }

    /// <summary>Takes a field; false = not what its column promises. Unset marks (empty, <c>-</c>, <c>NA</c>) leave the default.</summary>
    public bool Set(FlowColumn column, ReadOnlySpan<byte> text, ref string rule)
    {
        if (text.IsEmpty || text is [(byte)'-'] or [(byte)'N', (byte)'A'])
        {
            _hasReverse |= column is FlowColumn.ReversePackets or FlowColumn.ReverseOctets;
            return true;
        }

        rule = Rules[(int)column];
        switch (column)
        {
            case FlowColumn.Source:
                _hasSource = TextAddress.TryParse(text, out _flow.Source);
                return true;
            case FlowColumn.Destination:
                _hasDestination = TextAddress.TryParse(text, out _flow.Destination);
                return true;
            case FlowColumn.SourcePort:
                _sourcePort = text;
                return true;
            case FlowColumn.DestinationPort:
                _destinationPort = text;
                return true;
            case FlowColumn.Protocol:
                return _hasNumber || SetProtocol(text);
            case FlowColumn.ProtocolNumber:
                _hasNumber = TextNumber.TryUnsigned(text, out var number) && number <= byte.MaxValue;
                _flow.Protocol = (byte)number;
                _notIp &= !_hasNumber;
                return _hasNumber;
            case FlowColumn.Start:
                return TextTime.TryParse(text, times, out _flow.StartMs);
            case FlowColumn.End:
                return TextTime.TryParse(text, times, out _flow.EndMs);
            case FlowColumn.DurationSeconds:
                _hasDuration = TextNumber.TryThousands(text, out _durationMs);
                return _hasDuration;
            case FlowColumn.DurationMilliseconds or FlowColumn.DurationMicroseconds:
                return SetDuration(text, column == FlowColumn.DurationMicroseconds ? 1_000 : 1);
            case FlowColumn.Packets:
                return TextNumber.TryCount(text, out _flow.Packets);
            case FlowColumn.Octets:
                _hasOctets = TextNumber.TryCount(text, out _flow.Octets);
                return _hasOctets;
            case FlowColumn.ReversePackets:
                _hasReverse = true;
                return TextNumber.TryCount(text, out _flow.ReversePackets);
            case FlowColumn.ReverseOctets:
                _hasReverse = true;
                _hasReverseOctets = TextNumber.TryCount(text, out _flow.ReverseOctets);
                return _hasReverseOctets;
            case FlowColumn.TotalPackets:
                _hasTotals = true;
                return TextNumber.TryCount(text, out _totalPackets);
            case FlowColumn.TotalOctets:
                _hasTotals = true;
                return TextNumber.TryCount(text, out _totalOctets);
            case FlowColumn.PayloadOctets:
                return TextNumber.TryCount(text, out _payload);
            case FlowColumn.ReversePayloadOctets:
                return TextNumber.TryCount(text, out _reversePayload);
            case FlowColumn.OutPackets or FlowColumn.OutOctets:
                HasOutCounters |= text is not [(byte)'0'];
                return true;
            case FlowColumn.TcpFlags:
                return FlagText.TryOne(text, out _flow.TcpFlags);
            case FlowColumn.ReverseTcpFlags:
                return FlagText.TryOne(text, out _flow.ReverseTcpFlags);
            case FlowColumn.ZeekHistory:
                _history = text;
                return true;
            case FlowColumn.ZeekState or FlowColumn.ArgusState:
                _state = text;
                return true;
            case FlowColumn.ArgusDirection:
                _direction = text;
                return true;
            case FlowColumn.IcmpType:
                _icmpType = TextNumber.TryUnsigned(text, out var type) && type <= 255 ? (int)type : 0;
                return true;
            case FlowColumn.IcmpCode:
                _icmpCode = TextNumber.TryUnsigned(text, out var code) && code <= 255 ? (int)code : 0;
                return true;
            case FlowColumn.InputInterface:
                return Narrow(text, out _flow.InputInterface);
            case FlowColumn.OutputInterface:
                return Narrow(text, out _flow.OutputInterface);
            case FlowColumn.ExportDirection:
                _flow.Traits |= text is [(byte)'1'] or [(byte)'E', ..] ? FlowTraits.Egress : FlowTraits.None;
                return true;
            default:
                return true;
        }
    }

    /// <summary>The record is complete: makes the flow, or says why there is none.</summary>
    public LineKind Finish(ref FlowRecord flow, ref string rule)
    {
        if (_notIp)
        {
            return LineKind.NotIp;
        }

        if (!_hasSource || !_hasDestination)
        {
            rule = Rules[(int)(_hasSource ? FlowColumn.Destination : FlowColumn.Source)];
            return LineKind.Refused;
        }

        if (!SetPorts())
        {
            rule = "port";
            return LineKind.Refused;
        }

        if (_durationMs < 0 || (_hasDuration && _durationMs > long.MaxValue / 4))
        {
            rule = "duration";
            return LineKind.Refused;
        }

        // A duration has the finer clock where a tool writes both (nfdump writes its times in whole seconds).
        _flow.EndMs = _hasDuration || _flow.EndMs == 0 ? _flow.StartMs + _durationMs : _flow.EndMs;
        if (_flow.EndMs < _flow.StartMs)
        {
            rule = "end before start";
            return LineKind.Refused;
        }

        if (_hasTotals)
        {
            if (_totalPackets < _flow.Packets || _totalOctets < _flow.Octets)
            {
                rule = "source counters above the totals";
                return LineKind.Refused;
            }

            _flow.ReversePackets = _totalPackets - _flow.Packets;
            _flow.ReverseOctets = _totalOctets - _flow.Octets;
        }

        _flow.Octets = _hasOctets ? _flow.Octets : _payload;
        _flow.ReverseOctets = _hasReverseOctets || _hasTotals ? _flow.ReverseOctets : _reversePayload;
        _flow.Traits |= _hasReverse || _hasTotals || dialect == FlowDialect.Zeek ? FlowTraits.Biflow : FlowTraits.None;
        SetFlags();
        if (_direction.IndexOf((byte)'<') >= 0 && _direction.IndexOf((byte)'>') < 0)
        {
            Turn();
        }

        flow = _flow;
        return LineKind.Flow;
    }

    private bool SetDuration(ReadOnlySpan<byte> text, long perMillisecond)
    {
        // CICFlowMeter writes −1 or so where two clocks met; such a flow lasted nothing measurable.
        var parsed = TextNumber.TryThousands(text, out var thousands);
        _durationMs = Math.Max(0, thousands / 1_000 / perMillisecond);
        _hasDuration = parsed;
        return parsed;
    }

    private bool SetProtocol(ReadOnlySpan<byte> text)
    {
        var known = ProtocolText.TryParse(text, out _flow.Protocol, out var notIp);
        _notIp = notIp;
        return known || notIp;
    }

    private bool SetPorts()
    {
        if (_flow.Protocol is not (1 or 58))
        {
            return ProtocolText.TryPort(_sourcePort, out _flow.SourcePort) && ProtocolText.TryPort(_destinationPort, out _flow.DestinationPort);
        }

        if (_flow.Protocol == 1 && !_flow.Source.IsV4)
        {
            _flow.Protocol = 58;
        }

        var type = _icmpType;
        var code = _icmpCode;
        if (type == 0 && code == 0 && !ProtocolText.TryIcmp(_sourcePort, _destinationPort, dialect, out type, out code))
        {
            return false;
        }

        _flow.DestinationPort = (ushort)((type << 8) | code);
        return true;
    }

    private void SetFlags()
    {
        if (_flow.Protocol != 6)
        {
            _flow.TcpFlags = 0;
            _flow.ReverseTcpFlags = 0;
            return;
        }

        var pair = dialect switch
        {
            FlowDialect.Zeek => ZeekFlags(),
            FlowDialect.Argus => FlagText.Argus(_state),
            _ => new(_flow.TcpFlags, _flow.ReverseTcpFlags, (_flow.TcpFlags | _flow.ReverseTcpFlags) != 0),
        };
        _flow.TcpFlags = pair.Forward;
        _flow.ReverseTcpFlags = pair.Reverse;
        _flow.Traits |= pair.Known ? FlowTraits.FlagsKnown : FlowTraits.None;
    }

    private readonly FlagPair ZeekFlags()
    {
        var pair = FlagText.ZeekHistory(_history);
        if (pair.Known)
        {
            return pair;
        }

        pair = FlagText.ZeekState(_state);
        const byte data = 8 | 16;
        return pair.Known
            ? new((byte)(pair.Forward | (_payload > 0 ? data : 0)), (byte)(pair.Reverse | (_reversePayload > 0 ? data : 0)), true)
            : pair;
    }

    /// <summary>Argus saw the answer first and points the arrow to the left: the destination opened.</summary>
    private void Turn()
    {
        (_flow.Source, _flow.Destination) = (_flow.Destination, _flow.Source);
        (_flow.Packets, _flow.ReversePackets) = (_flow.ReversePackets, _flow.Packets);
        (_flow.Octets, _flow.ReverseOctets) = (_flow.ReverseOctets, _flow.Octets);
        (_flow.TcpFlags, _flow.ReverseTcpFlags) = (_flow.ReverseTcpFlags, _flow.TcpFlags);
        if (_flow.Protocol is not (1 or 58))
        {
            (_flow.SourcePort, _flow.DestinationPort) = (_flow.DestinationPort, _flow.SourcePort);
        }
    }

    private static bool Narrow(ReadOnlySpan<byte> text, out uint value)
    {
        var parsed = TextNumber.TryUnsigned(text, out var wide) && wide <= uint.MaxValue;
        value = parsed ? (uint)wide : 0;
        return parsed;
    }

    /// <summary>By column: what is wrong when its field cannot be read.</summary>
    private static readonly string[] Rules = [.. Enum.GetNames<FlowColumn>().Select(name => string.Concat(
        name.Select((letter, at) => char.IsAsciiLetterUpper(letter) && at > 0 ? " " + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString())))];
}
