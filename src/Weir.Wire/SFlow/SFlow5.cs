// SPDX-License-Identifier: Apache-2.0
//
// sFlow version 5: samples of packets and counters, in XDR. A datagram is a header and a run of samples, each with its
// length; a flow sample is a header and a run of records, each with its length; one of them holds the first octets of
// the packet. One sample is one packet of frame_length octets, seen by a rate the sample itself tells. Counters, and
// packets that were discarded rather than forwarded, are stepped over and counted.
//
// What may be wrong and what it costs: header short → datagram; a sample longer than what is left → the rest; a record
// longer than its sample → the sample.
//
// Standards: sFlow Version 5 (sflow.org, July 2004) §5; sFlow Dropped Packet Notification Structures (format 5).
namespace Weir.Wire.SFlow;

/// <summary>Reads sFlow v5.</summary>
public static class SFlow5
{
    internal const string HeaderRule = "sFlow v5 §5 datagram header";
    internal const string SampleLengthRule = "sFlow v5 §5 sample length";

    /// <summary>Reads one datagram from the start of <paramref name="octets"/>.</summary>
    /// <param name="octets">The datagram and whatever follows it.</param>
    /// <param name="offset">Where it lies in the payload; for faults.</param>
    /// <param name="visitor">Takes what is found.</param>
    /// <param name="length">Octets the datagram took.</param>
    public static Damage Read<TVisitor>(ReadOnlySpan<byte> octets, int offset, ref TVisitor visitor, out int length)
        where TVisitor : struct, IFlowVisitor
    {
        length = octets.Length;
        var reader = new WireReader(octets);
        if (!TryHeader(ref reader, out var header, out var samples))
        {
            visitor.OnMalformed(new Malformed(Damage.DropDatagram, offset + reader.Offset, HeaderRule));
            return Damage.DropDatagram;
        }

        visitor.OnMessage(in header);
        var damage = Damage.None;
        for (uint i = 0; i < samples; i++)
        {
            var at = offset + reader.Offset;
            if (!reader.TryU32(out var format) || !reader.TryU32(out var told)
                || told > int.MaxValue || !reader.TryCut((int)told, out var sample))
            {
                visitor.OnMalformed(new Malformed(Damage.SkipSet, at, SampleLengthRule));
                visitor.OnMessageEnd(1);
                return Damage.SkipSet;
            }

            var lost = Sample(format, sample, at + 8, ref visitor);
            damage = lost > damage ? lost : damage;
        }

        length = reader.Offset;
        visitor.OnMessageEnd(1);
        return damage;
    }

    private static bool TryHeader(ref WireReader reader, out ExportHeader header, out uint samples)
    {
        header = default;
        samples = 0;
        if (!reader.TryU32(out _) || !reader.TryU32(out var family))
        {
            return false;
        }

        var address = family switch
        {
            0 => 0,
            1 => 4,
            2 => 16,
            _ => -1,
        };
        if (!reader.TrySkip(address) || !reader.TryU32(out var agent) || !reader.TryU32(out var sequence)
            || !reader.TryU32(out var uptime) || !reader.TryU32(out samples))
        {
            return false;
        }

        header = new ExportHeader(ExportProtocol.SFlow5, agent, sequence, 0, uptime);
        return true;
    }

    private static Damage Sample<TVisitor>(uint format, WireReader sample, int offset, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        switch (format)
        {
            case 1:
                return FlowSample.Read(sample, offset, expanded: false, ref visitor);
            case 3:
                return FlowSample.Read(sample, offset, expanded: true, ref visitor);
            case 2 or 4:
                visitor.OnIgnored(IgnoredReason.Counters);
                return Damage.None;
            default:
                visitor.OnIgnored(IgnoredReason.OtherSample);
                return Damage.None;
        }
    }
}
