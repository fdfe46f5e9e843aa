// SPDX-License-Identifier: Apache-2.0
//
// What was really exported between subscribers and the places of the truth. An exchange is decided as Weir's design
// decides it: on both directions within ten minutes, by flags and packet counts, never on one record.
using System.Runtime.InteropServices;
using Weir.Lab.Traffic;
using Weir.Wire;

namespace Weir.Lab.Telling;

/// <summary>What a subscriber and a place were seen to do.</summary>
internal struct SimulatedContact
{
    /// <summary>Ten-minute windows with an exchange, with one direction only, and with no more
    /// than an attempt.</summary>
    public int Exchanges;
    public int OneSided;
    public int Attempts;

    /// <summary>Start of the first record of an exchange, milliseconds since the UNIX epoch.</summary>
    public long FirstExchangeMs;
    public long Flows;

    private long _window;
    private long _windowFirstMs;
    private ulong _packetsOut;
    private ulong _packetsIn;
    private byte _flagsOut;
    private byte _flagsIn;
    private bool _tcp;

    public void Add(in PendingRecord told, uint interval)
    {
        ref readonly var record = ref told.Record;
        var window = record.StartMs / 600_000;
        if (window != _window || Flows == 0)
        {
            Close(interval);
            _window = window;
            _windowFirstMs = record.StartMs;
            (_packetsOut, _packetsIn, _flagsOut, _flagsIn) = (0, 0, 0, 0);
            _tcp = record.Protocol == Tcp.Number;
        }

        Flows++;
        _windowFirstMs = Math.Min(_windowFirstMs, record.StartMs);
        var out_ = told.Outbound ? (record.Packets, record.TcpFlags) : (record.ReversePackets, record.ReverseTcpFlags);
        var in_ = told.Outbound ? (record.ReversePackets, record.ReverseTcpFlags) : (record.Packets, record.TcpFlags);
        _packetsOut += out_.Item1;
        _packetsIn += in_.Item1;
        _flagsOut |= out_.Item2;
        _flagsIn |= in_.Item2;
    }

    public void Close(uint interval)
    {
        if (_packetsOut + _packetsIn == 0)
        {
            return;
        }

        var beyondSyn = (_flagsOut & Tcp.Ack) != 0 && (_flagsOut & (Tcp.Psh | Tcp.Fin)) != 0;
        var answered = _packetsIn > 0 && (!_tcp || (_flagsIn & Tcp.Rst) == 0 || (_flagsIn & Tcp.Psh) != 0);
        if (_tcp
            ? (beyondSyn && answered) || (_packetsOut >= 3 && _packetsIn >= 3 && answered)
            : _packetsOut > 0 && _packetsIn > 0)
        {
            if (Exchanges++ == 0)
            {
                FirstExchangeMs = _windowFirstMs;
            }
        }
        else if (interval > 1 && _packetsOut > 0
            && (!_tcp || ((_flagsOut & Tcp.Ack) != 0 && (_flagsOut & Tcp.Rst) == 0)))
        {
            OneSided++;
        }
        else
        {
            Attempts++;
        }

        (_packetsOut, _packetsIn) = (0, 0);
    }
}

/// <summary>Counts what leaves the routers.</summary>
internal sealed class Ledger(uint interval)
{
    private readonly Dictionary<long, SimulatedContact> _contacts = [];
    private readonly Dictionary<int, (long Flows, long FirstMs, long LastMs)> _attacks = [];

    public long Flows { get; private set; }

    public long Packets { get; private set; }

    public long Octets { get; private set; }

    public void Add(in PendingRecord told)
    {
        Flows++;
        Packets += (long)(told.Record.Packets + told.Record.ReversePackets);
        Octets += (long)(told.Record.Octets + told.Record.ReverseOctets);
        if (told.Mark != 0)
        {
            ref var contact = ref CollectionsMarshal.GetValueRefOrAddDefault(
                _contacts, ((long)told.Mark << 32) | (uint)told.Subscriber, out _);
            contact.Add(told, interval);
        }

        if (told.Attack != 0)
        {
            ref var attack = ref CollectionsMarshal.GetValueRefOrAddDefault(_attacks, told.Attack, out var seen);
            attack = (
                attack.Flows + 1, seen ? Math.Min(attack.FirstMs, told.Record.StartMs) : told.Record.StartMs,
                Math.Max(attack.LastMs, told.Record.EndMs));
        }
    }

    /// <summary>Every contact, closed; call once, when all is told.</summary>
    public IEnumerable<(int Mark, int Subscriber, SimulatedContact Contact)> Contacts()
    {
        foreach (var (key, open) in _contacts)
        {
            var contact = open;
            contact.Close(interval);
            yield return ((int)(key >> 32), (int)key, contact);
        }
    }

    public (long Flows, long FirstMs, long LastMs) Attack(int attack) => _attacks.GetValueOrDefault(attack);
}
