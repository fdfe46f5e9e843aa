// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.Files;

/// <summary>What one line of a flow table turned out to be.</summary>
public enum FlowRowKind : byte
{
    Flow,

    /// <summary>Empty, a comment, a heading or a closing summary.</summary>
    NoFlow,

    /// <summary>A record of something that is not IP (ARP, link layer, the tool's own status).</summary>
    NotIp,
    Refused,
}

/// <summary>Collects the fields of one record and makes a flow of them.</summary>
public ref partial struct FlowRow(FlowDialect dialect, TimeReading times)
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
    private bool _hasPackets;
    private bool _hasReverseOctets;
    private bool _hasReverse;
    private bool _hasTotals;
    private bool _hasDuration;
    private bool _notIp;

    /// <summary>The record tells out counters, which are left aside.</summary>
    public bool HasOutCounters { get; private set; }

    public readonly bool IsIcmp => _flow.Protocol is 1 or 58;

    /// <summary>Takes a field; false = not what its column promises. Unset marks (empty, <c>-</c>, <c>NA</c>)
    /// leave the default.</summary>
    public bool Set(FlowColumn column, ReadOnlySpan<byte> text, ref string rule)
    {
        if (text.IsEmpty || text is [(byte)'-'] or [(byte)'N', (byte)'A'])
        {
            _hasReverse |= column is FlowColumn.ReversePackets or FlowColumn.ReverseOctets;
            return true;
        }

        rule = Rules[(int)column];
        return column switch
        {
            <= FlowColumn.ProtocolNumber => SetEnd(column, text),
            <= FlowColumn.DurationMicroseconds => SetTime(column, text),
            <= FlowColumn.OutOctets => SetCount(column, text),
            _ => SetTrait(column, text),
        };
    }

    private bool SetEnd(FlowColumn column, ReadOnlySpan<byte> text)
    {
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
            default:
                return true;
        }
    }

    private bool SetTime(FlowColumn column, ReadOnlySpan<byte> text)
    {
        switch (column)
        {
            case FlowColumn.Start:
                return TextTime.TryParse(text, times, out _flow.StartMs);
            case FlowColumn.End:
                return TextTime.TryParse(text, times, out _flow.EndMs);
            case FlowColumn.DurationSeconds:
                _hasDuration = TextNumber.TryThousands(text, out _durationMs);
                return _hasDuration;
            default:
                return SetDuration(text, column == FlowColumn.DurationMicroseconds ? 1_000 : 1);
        }
    }

    private bool SetCount(FlowColumn column, ReadOnlySpan<byte> text)
    {
        switch (column)
        {
            case FlowColumn.Packets:
                _hasPackets = TextNumber.TryCount(text, out _flow.Packets);
                return _hasPackets;
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
            default:
                HasOutCounters |= text is not [(byte)'0'];
                return true;
        }
    }

    private bool SetTrait(FlowColumn column, ReadOnlySpan<byte> text)
    {
        switch (column)
        {
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
            case FlowColumn.Action:
                _flow.Traits |= FlagText.IsRefusal(text) ? FlowTraits.Dropped : FlowTraits.None;
                return true;
            case FlowColumn.ForwardingStatus:
                _flow.Traits |= TextNumber.TryUnsigned(text, out var status) && status >> 6 == 2
                    ? FlowTraits.Dropped : FlowTraits.None;
                return true;
            case FlowColumn.InputInterface:
                return Narrow(text, out _flow.InputInterface);
            case FlowColumn.OutputInterface:
                return Narrow(text, out _flow.OutputInterface);
            default:
                _flow.Traits |= text is [(byte)'1'] or [(byte)'E', ..] ? FlowTraits.Egress : FlowTraits.None;
                return true;
        }
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

    private static bool Narrow(ReadOnlySpan<byte> text, out uint value)
    {
        var parsed = TextNumber.TryUnsigned(text, out var wide) && wide <= uint.MaxValue;
        value = parsed ? (uint)wide : 0;
        return parsed;
    }

    /// <summary>By column: what is wrong when its field cannot be read.</summary>
    private static readonly string[] Rules = [.. Enum.GetNames<FlowColumn>().Select(name => string.Concat(
        name.Select((letter, at) => char.IsAsciiLetterUpper(letter) && at > 0
            ? " " + char.ToLowerInvariant(letter)
            : char.ToLowerInvariant(letter).ToString())))];
}
