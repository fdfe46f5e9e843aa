// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.Files;

/// <content>What is decided when all fields of a record are there: ports, times, totals, flags, direction.</content>
public ref partial struct FlowRow
{
    /// <summary>The record is complete: makes the flow, or says why there is none.</summary>
    public FlowRowKind Finish(ref FlowRecord flow, ref string rule)
    {
        if (_notIp)
        {
            return FlowRowKind.NotIp;
        }

        if (!_hasSource || !_hasDestination)
        {
            rule = Rules[(int)(_hasSource ? FlowColumn.Destination : FlowColumn.Source)];
            return FlowRowKind.Refused;
        }

        if (!SetPorts())
        {
            rule = "port";
            return FlowRowKind.Refused;
        }

        if (TimeFault() is { Length: > 0 } fault)
        {
            rule = fault;
            return FlowRowKind.Refused;
        }

        if (_hasTotals && !TrySplitTotals())
        {
            rule = "source counters above the totals";
            return FlowRowKind.Refused;
        }

        _flow.Octets = _hasOctets ? _flow.Octets : _payload;
        _flow.ReverseOctets = _hasReverseOctets || _hasTotals ? _flow.ReverseOctets : _reversePayload;
        _flow.Traits |= _hasReverse || _hasTotals || dialect == FlowDialect.Zeek ? FlowTraits.Biflow : FlowTraits.None;
        SetFlags();
        if (_direction.IndexOf((byte)'<') >= 0 && _direction.IndexOf((byte)'>') < 0)
        {
            Reverse();
        }

        flow = _flow;
        return FlowRowKind.Flow;
    }

    /// <summary>What of the totals each side sent. Argus as CTU-13 has it tells of the source its octets and not its
    /// packets: they are shared by the octets, and a side that sent none answered nothing. Totals alone prove no
    /// answer.</summary>
    private bool TrySplitTotals()
    {
        if (!_hasPackets && !_hasOctets)
        {
            (_flow.Packets, _flow.Octets, _hasOctets, _hasTotals) = (_totalPackets, _totalOctets, true, false);
            return true;
        }

        if (_totalPackets < _flow.Packets || _totalOctets < _flow.Octets)
        {
            return false;
        }

        _flow.ReverseOctets = _totalOctets - _flow.Octets;
        if (!_hasPackets)
        {
            var share = (ulong)Math.Round((double)_totalPackets * _flow.Octets / Math.Max(1, _totalOctets));
            _flow.Packets = _flow.Octets == 0 ? 0 : _flow.ReverseOctets == 0 || _totalPackets < 2 ? _totalPackets
                : Math.Clamp(share, 1, _totalPackets - 1);
        }

        _flow.ReversePackets = _totalPackets - _flow.Packets;
        return true;
    }

    /// <summary>Sets the end; what is wrong with the times, empty for nothing.</summary>
    private string TimeFault()
    {
        if (_durationMs is < 0 or > FlowCalendar.LatestMs)
        {
            return "duration";
        }

        // A duration has the finer clock where a tool writes both (nfdump writes its times in whole seconds).
        _flow.EndMs = _hasDuration || _flow.EndMs == 0 ? _flow.StartMs + _durationMs : _flow.EndMs;
        return _flow.EndMs < _flow.StartMs ? "end before start"
            : !FlowCalendar.Holds(_flow.StartMs) || !FlowCalendar.Holds(_flow.EndMs) ? "time beyond the year 2106"
            : "";
    }

    private bool SetPorts()
    {
        if (!IsIcmp)
        {
            return ProtocolText.TryPort(_sourcePort, out _flow.SourcePort)
                && ProtocolText.TryPort(_destinationPort, out _flow.DestinationPort);
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
            ? new(
                (byte)(pair.Forward | (_payload > 0 ? data : 0)),
                (byte)(pair.Reverse | (_reversePayload > 0 ? data : 0)), true)
            : pair;
    }

    /// <summary>Argus saw the answer first and points the arrow to the left: the destination opened.</summary>
    private void Reverse()
    {
        (_flow.Source, _flow.Destination) = (_flow.Destination, _flow.Source);
        (_flow.Packets, _flow.ReversePackets) = (_flow.ReversePackets, _flow.Packets);
        (_flow.Octets, _flow.ReverseOctets) = (_flow.ReverseOctets, _flow.Octets);
        (_flow.TcpFlags, _flow.ReverseTcpFlags) = (_flow.ReverseTcpFlags, _flow.TcpFlags);
        if (!IsIcmp)
        {
            (_flow.SourcePort, _flow.DestinationPort) = (_flow.DestinationPort, _flow.SourcePort);
        }
    }
}
