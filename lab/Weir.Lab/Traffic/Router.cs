// SPDX-License-Identifier: Apache-2.0
//
// What a router makes of packets: a record per direction, cut at the active timeout of 60 s, told when the flow has
// ended (TCP by FIN or RST) or has been idle for 15 s, and only of the packets that its sampler took. The sampler
// takes each packet by its own chance, so counts are binomial; flags are the union over the packets taken.
using Weir.Wire;

namespace Weir.Lab.Traffic;

/// <summary>Turns conversations into the records a router would export.</summary>
internal sealed class Router(LabOptions options, ExportSchedule calendar, Dice dice)
{
    public const int ActiveTimeoutMs = 60_000;
    public const int IdleTimeoutMs = 15_000;
    private const uint InsideInterface = 1;
    private const uint OutsideInterface = 2;

    private readonly uint _interval = options.Interval;
    private readonly bool _packets = options.Protocol == ExportProtocol.SFlow5;
    private readonly long _endMs = options.EndMs;

    public void Handle(in Conversation talk)
    {
        // What lies behind the end of the run never happened.
        var duration = Math.Min(talk.DurationMs, _endMs - talk.StartMs);
        if (duration < 0)
        {
            return;
        }

        var cut = talk;
        if (duration < talk.DurationMs)
        {
            var share = (double)duration / talk.DurationMs;
            cut.DurationMs = duration;
            cut.PacketsOut = Part(talk.PacketsOut, share);
            cut.PacketsIn = Part(talk.PacketsIn, share);
            cut.OctetsOut = (long)((double)talk.OctetsOut / Math.Max(1, talk.PacketsOut) * cut.PacketsOut);
            cut.OctetsIn = (long)((double)talk.OctetsIn / Math.Max(1, talk.PacketsIn) * cut.PacketsIn);
        }

        var pieces = (cut.DurationMs / ActiveTimeoutMs) + 1;
        for (long piece = 0; piece < pieces; piece++)
        {
            TakePiece(cut, piece, pieces);
        }
    }

    private static long Part(long packets, double share) => packets == 0 ? 0 : Math.Max(1, (long)(packets * share));

    private void TakePiece(in Conversation talk, long piece, long pieces)
    {
        var start = talk.StartMs + (talk.DurationMs * piece / pieces);
        var end = talk.StartMs + (talk.DurationMs * (piece + 1) / pieces);
        var first = piece == 0;
        var last = piece == pieces - 1;
        var outbound = CreateRecord(
            talk, outbound: true, start, end,
            talk.PacketsOut * (piece + 1) / pieces - (talk.PacketsOut * piece / pieces), first, last);
        var inbound = CreateRecord(
            talk, outbound: false, start, end,
            talk.PacketsIn * (piece + 1) / pieces - (talk.PacketsIn * piece / pieces), first, last);
        var closed = !last || ((talk.FlagsOut | talk.FlagsIn) & (Tcp.Fin | Tcp.Rst)) != 0;
        var wait = closed ? 200 : IdleTimeoutMs;
        if (options.Biflow && outbound.Packets > 0 && inbound.Packets > 0)
        {
            Emit(talk, talk.RemoteOpened ? Join(inbound, outbound) : Join(outbound, inbound), !talk.RemoteOpened, wait);
            return;
        }

        Emit(talk, outbound, true, wait);
        Emit(talk, inbound, false, wait);
    }

    /// <summary>The record of one direction of one piece; no packets where the sampler took none.</summary>
    private FlowRecord CreateRecord(
        in Conversation talk, bool outbound, long start, long end, long packets, bool first, bool last)
    {
        var taken = _packets ? packets : dice.Thin(packets, _interval);
        if (taken == 0)
        {
            return default;
        }

        var all = Math.Max(1, outbound ? talk.PacketsOut : talk.PacketsIn);
        var octets = (outbound ? talk.OctetsOut : talk.OctetsIn) * (double)taken / all;
        var flags = outbound ? talk.FlagsOut : talk.FlagsIn;
        if (!first && flags != Tcp.Syn)
        {
            flags &= unchecked((byte)~Tcp.Syn);
        }

        if (!last)
        {
            flags &= unchecked((byte)~(Tcp.Fin | Tcp.Rst));
        }

        var record = new FlowRecord
        {
            Source = outbound ? talk.Local : talk.Remote,
            Destination = outbound ? talk.Remote : talk.Local,
            SourcePort = outbound ? talk.LocalPort : talk.RemotePort,
            DestinationPort = outbound ? talk.RemotePort : talk.LocalPort,
            Protocol = talk.Protocol,
            TcpFlags = flags,
            Packets = (ulong)taken,
            Octets = (ulong)Math.Max(octets, taken * 40.0),
            StartMs = start,
            EndMs = end,
            InputInterface = outbound ? InsideInterface : OutsideInterface,
            OutputInterface = outbound ? OutsideInterface : InsideInterface,
            Traits = FlowTraits.FlagsKnown,
            SamplingInterval = _interval,
        };
        if (_interval > 1 && !_packets)
        {
            Thinned(ref record, flags, packets);
        }

        return record;
    }

    /// <summary>First and last packet taken of a uniform run, and the flags they carried.</summary>
    private void Thinned(ref FlowRecord record, byte flags, long packets)
    {
        var taken = (double)record.Packets;
        var span = record.EndMs - record.StartMs;
        var begin = 1 - Math.Pow(1 - dice.Share(), 1 / taken);
        var finish = taken < 2 ? begin : begin + ((1 - begin) * Math.Pow(dice.Share(), 1 / (taken - 1)));
        (record.StartMs, record.EndMs) =
            (record.StartMs + (long)(span * begin), record.StartMs + (long)(span * finish));
        byte seen = 0;
        for (long i = 0, looks = Math.Min((long)taken, 16); i < looks; i++)
        {
            seen |= PacketFlags(flags, packets);
        }

        record.TcpFlags = seen;
    }

    /// <summary>The flags of one packet drawn from a flow of so many: the first bears SYN, the
    /// last FIN or RST.</summary>
    private byte PacketFlags(byte flags, long packets)
    {
        if (packets <= 1 || (flags & Tcp.Ack) == 0)
        {
            return flags;
        }

        var at = (long)(dice.Share() * packets);
        if (at == 0 && (flags & Tcp.Syn) != 0)
        {
            return Tcp.Syn;
        }

        var ends = (byte)(flags & (Tcp.Fin | Tcp.Rst));
        return at == packets - 1 && ends != 0
            ? (byte)(ends | Tcp.Ack) : dice.Chance(0.5) ? (byte)(flags & (Tcp.Psh | Tcp.Ack)) : Tcp.Ack;
    }

    private static FlowRecord Join(FlowRecord forward, in FlowRecord back)
    {
        forward.ReversePackets = back.Packets;
        forward.ReverseOctets = back.Octets;
        forward.ReverseTcpFlags = back.TcpFlags;
        forward.StartMs = Math.Min(forward.StartMs, back.StartMs);
        forward.EndMs = Math.Max(forward.EndMs, back.EndMs);
        forward.Traits |= FlowTraits.Biflow;
        return forward;
    }

    private void Emit(in Conversation talk, in FlowRecord record, bool outbound, int waitMs)
    {
        if (record.Packets == 0)
        {
            return;
        }

        var told = new PendingRecord
        {
            Record = record,
            Subscriber = talk.Subscriber,
            Mark = talk.Mark,
            Attack = talk.Attack,
            Outbound = outbound
        };
        if (!_packets)
        {
            told.ExportMs = record.EndMs + waitMs + dice.Below(800);
            calendar.Add(told);
            return;
        }

        // sFlow tells packets: each one taken leaves as soon as it has passed.
        var size = Math.Clamp(record.Octets / record.Packets, record.Source.IsV4 ? 40u : 60u, 1_500u);
        for (var left = dice.Thin((long)record.Packets, _interval); left > 0; left--)
        {
            var at = record.StartMs + (long)(dice.Share() * (record.EndMs - record.StartMs + 1));
            told.Record.Packets = 1;
            told.Record.Octets = size;
            told.Record.StartMs = at;
            told.Record.EndMs = at;
            told.Record.TcpFlags = PacketFlags(record.TcpFlags, (long)record.Packets);
            told.ExportMs = at + dice.Below(500);
            calendar.Add(told);
        }
    }
}
