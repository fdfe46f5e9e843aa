// SPDX-License-Identifier: Apache-2.0
//
// NetFlow version 5: a 24-octet header, then fixed 48-octet records. There is no RFC; the layout is Cisco's, and the
// sampling word (two bits of mode, fourteen of interval) is taken as an interval whenever it is not zero, because
// several exporters leave the mode out.
//
// What may be wrong and what it costs: header short → datagram; fewer records than the header promises → those.
using System.Buffers.Binary;

namespace Weir.Wire.NetFlow;

/// <summary>Reads NetFlow v5.</summary>
public static class NetFlow5
{
    public const int HeaderOctets = 24;
    public const int RecordOctets = 48;
    internal const string HeaderRule = "NetFlow v5 header";
    internal const string CountRule = "NetFlow v5 record count";

    /// <summary>Whether more than the version word speaks for it.</summary>
    /// <param name="payload">At least 16 octets.</param>
    /// <param name="cut">Only the beginning was kept, so the records may be missing.</param>
    internal static bool LooksLike(ReadOnlySpan<byte> payload, bool cut)
    {
        int count = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        var fits = payload.Length >= HeaderOctets + (count * RecordOctets);
        return payload.Length >= HeaderOctets && count > 0
            && (fits || cut || (payload.Length - HeaderOctets) % RecordOctets == 0);
    }

    /// <summary>Octets its header promises; may be more than there are.</summary>
    internal static int Length(ReadOnlySpan<byte> run) =>
        HeaderOctets + (BinaryPrimitives.ReadUInt16BigEndian(run[2..]) * RecordOctets);

    /// <summary>Reads one message from the start of <paramref name="octets"/>.</summary>
    /// <param name="octets">The message and whatever follows it.</param>
    /// <param name="offset">Where it lies in the datagram; for faults.</param>
    /// <param name="visitor">Takes what is found.</param>
    /// <param name="length">Octets the message took.</param>
    public static Damage Read<TVisitor>(ReadOnlySpan<byte> octets, int offset, ref TVisitor visitor, out int length)
        where TVisitor : struct, IFlowVisitor
    {
        length = octets.Length;
        if (octets.Length < HeaderOctets)
        {
            visitor.OnMalformed(new Malformed(Damage.DropDatagram, offset, HeaderRule));
            return Damage.DropDatagram;
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        var uptime = BinaryPrimitives.ReadUInt32BigEndian(octets[4..]);
        var exported = (BinaryPrimitives.ReadUInt32BigEndian(octets[8..]) * 1000L)
            + (BinaryPrimitives.ReadUInt32BigEndian(octets[12..]) / 1_000_000);
        var clock = new ExportClock(exported, uptime, true, 0);
        var header = new ExportHeader(
            ExportProtocol.NetFlow5, BinaryPrimitives.ReadUInt16BigEndian(octets[20..]),
            BinaryPrimitives.ReadUInt32BigEndian(octets[16..]), exported, uptime);
        visitor.OnMessage(in header);

        var sampling = BinaryPrimitives.ReadUInt16BigEndian(octets[22..]) & 0x3FFFu;
        var whole = Math.Min(count, (octets.Length - HeaderOctets) / RecordOctets);
        var records = octets.Slice(HeaderOctets, whole * RecordOctets);
        while (records.Length >= RecordOctets)
        {
            ReadRecord(records[..RecordOctets], sampling, in clock, ref visitor);
            records = records[RecordOctets..];
        }

        var damage = Damage.None;
        if (whole < count)
        {
            damage = Damage.SkipRecord;
            visitor.OnMalformed(new Malformed(damage, offset + HeaderOctets + (whole * RecordOctets), CountRule));
        }
        else
        {
            length = HeaderOctets + (whole * RecordOctets);
        }

        visitor.OnMessageEnd((uint)whole);
        return damage;
    }

    private static void ReadRecord<TVisitor>(
        ReadOnlySpan<byte> record, uint sampling, in ExportClock clock, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        var addresses = BinaryPrimitives.ReadUInt64BigEndian(record);
        if (addresses == 0)
        {
            visitor.OnIgnored(IgnoredReason.NotAFlow);
            return;
        }

        var flow = new FlowRecord
        {
            Source = IpKey.FromV4((uint)(addresses >> 32)),
            Destination = IpKey.FromV4((uint)addresses),
            InputInterface = BinaryPrimitives.ReadUInt16BigEndian(record[12..]),
            OutputInterface = BinaryPrimitives.ReadUInt16BigEndian(record[14..]),
            Packets = BinaryPrimitives.ReadUInt32BigEndian(record[16..]),
            Octets = BinaryPrimitives.ReadUInt32BigEndian(record[20..]),
            StartMs = clock.FromUptime(BinaryPrimitives.ReadUInt32BigEndian(record[24..])),
            EndMs = clock.FromUptime(BinaryPrimitives.ReadUInt32BigEndian(record[28..])),
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(record[32..]),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(record[34..]),
            TcpFlags = record[37],
            Protocol = record[38],
            SamplingInterval = sampling,
            Traits = FlowTraits.FlagsKnown,
        };
        visitor.OnFlow(in flow);
    }
}
