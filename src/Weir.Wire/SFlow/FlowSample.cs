// SPDX-License-Identifier: Apache-2.0
//
// A flow sample (format 1) or an expanded one (format 3): where and at which rate the packet was taken, then records
// about it. The packet's own first octets are believed before a switch's digest of them.
//
// Standards: sFlow Version 5 §5.3 (flow_sample, flow_sample_expanded, sampled_header, sampled_ipv4, sampled_ipv6).
namespace Weir.Wire.SFlow;

/// <summary>Reads one flow sample: at most one flow of one packet.</summary>
internal static class FlowSample
{
    private const uint InternalInterface = 0x3FFF_FFFF;

    /// <summary>Format of an output that says why the packet went nowhere (§5.3, 1 = discarded).</summary>
    private const uint Discarded = 1;
    internal const string HeaderRule = "sFlow v5 §5.3 flow sample header";
    internal const string RecordLengthRule = "sFlow v5 §5.3 flow record length";

    public static Damage Read<TVisitor>(WireReader sample, int offset, bool expanded, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        var flow = default(FlowRecord);
        if (!TryHeader(ref sample, expanded, ref flow, out var records))
        {
            return Fault(Damage.SkipRecord, offset + sample.Offset, HeaderRule, ref visitor);
        }

        var found = PacketFinding.Nothing;
        for (uint i = 0; i < records; i++)
        {
            var at = sample.Offset;
            if (!sample.TryU32(out var format) || !sample.TryU32(out var told)
                || told > int.MaxValue || !sample.TryCut((int)told, out var record))
            {
                return Fault(Damage.SkipRecord, offset + at, RecordLengthRule, ref visitor);
            }

            found = Better(found, Record(format, record, found, ref flow, ref visitor));
        }

        switch (found)
        {
            case PacketFinding.Header or PacketFinding.Digest:
                visitor.OnFlow(in flow);
                return Damage.None;
            case PacketFinding.NotIp:
                visitor.OnIgnored(IgnoredReason.NotIp);
                return Damage.None;
            case PacketFinding.Cut:
                return Fault(Damage.SkipRecord, offset, SampledPacket.CutRule, ref visitor);
            default:
                visitor.OnIgnored(IgnoredReason.OtherSample);
                return Damage.None;
        }
    }

    private static bool TryHeader(ref WireReader sample, bool expanded, ref FlowRecord flow, out uint records)
    {
        records = 0;
        if (!TrySource(ref sample, expanded, out var source)
            || !sample.TryU32(out flow.SamplingInterval) || !sample.TrySkip(8))
        {
            return false;
        }

        uint inputFormat;
        uint outputFormat;
        if (expanded)
        {
            if (!sample.TryU32(out inputFormat) || !sample.TryU32(out flow.InputInterface)
                || !sample.TryU32(out outputFormat) || !sample.TryU32(out flow.OutputInterface))
            {
                return false;
            }
        }
        else
        {
            if (!sample.TryU32(out var input) || !sample.TryU32(out var output))
            {
                return false;
            }

            (inputFormat, flow.InputInterface) = (input >> 30, input & InternalInterface);
            (outputFormat, flow.OutputInterface) = (output >> 30, output & InternalInterface);
        }

        flow.InputInterface = Index(inputFormat, flow.InputInterface, expanded);
        flow.OutputInterface = Index(outputFormat, flow.OutputInterface, expanded);
        flow.Traits = outputFormat == Discarded ? FlowTraits.Dropped : FlowTraits.None;
        if (source != 0)
        {
            flow.Traits |= source == flow.InputInterface ? FlowTraits.Ingress
                : source == flow.OutputInterface ? FlowTraits.Egress : FlowTraits.None;
        }

        flow.Packets = 1;
        return sample.TryU32(out records);
    }

    /// <summary>The data source that sampled: an ifIndex where its type is 0, else 0.</summary>
    private static bool TrySource(ref WireReader sample, bool expanded, out uint index)
    {
        index = 0;
        if (!sample.TrySkip(4) || !sample.TryU32(out var type))
        {
            return false;
        }

        if (!expanded)
        {
            index = type >> 24 == 0 ? type & 0xFF_FFFF : 0;
            return true;
        }

        var isRead = sample.TryU32(out var value);
        index = type == 0 ? value : 0;
        return isRead;
    }

    /// <summary>Format 0 is an ifIndex; the others say why a packet was dropped, or how many
    /// ports it left by.</summary>
    private static uint Index(uint format, uint value, bool expanded) =>
        format != 0 || value == (expanded ? uint.MaxValue : InternalInterface) ? 0 : value;

    private static PacketFinding Record<TVisitor>(
        uint format, WireReader record, PacketFinding known, ref FlowRecord flow, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor => format switch
        {
            1 when known != PacketFinding.Header => Header(record, known, ref flow, ref visitor),
            3 when known < PacketFinding.Digest => Digest(record, 4, ref flow),
            4 when known < PacketFinding.Digest => Digest(record, 16, ref flow),
            _ => PacketFinding.Nothing,
        };

    private static PacketFinding Header<TVisitor>(
        WireReader record, PacketFinding known, ref FlowRecord flow, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        if (!record.TryU32(out var protocol) || !record.TryU32(out var frame)
            || !record.TryU32(out var stripped) || !record.TryU32(out var told))
        {
            return PacketFinding.Cut;
        }

        if (!record.TrySpan((int)Math.Min(told, (uint)record.Left), out var packet))
        {
            return PacketFinding.Cut;
        }

        // A digest that came before stays where the header tells nothing.
        var before = known >= PacketFinding.Digest ? flow : default;
        flow.Octets = 0;
        var finding = SampledPacket.ReadThrough(protocol, packet, ref flow, ref visitor, out var link);
        if (finding != PacketFinding.Header && known >= PacketFinding.Digest)
        {
            flow = before;
        }
        else if (flow.Octets == 0)
        {
            // A network card with segmentation offload leaves no length; the frame's is the next best.
            flow.Octets = (ulong)Math.Max(0, (long)frame - stripped - link);
        }

        return finding;
    }

    /// <summary>sampled_ipv4 and sampled_ipv6: length, protocol, addresses, ports, flags, type of service.</summary>
    private static PacketFinding Digest(WireReader record, int addressOctets, ref FlowRecord flow)
    {
        if (!record.TryU32(out var length) || !record.TryU32(out var protocol)
            || !record.TrySpan(addressOctets, out var source) || !record.TrySpan(addressOctets, out var destination)
            || !record.TryU32(out var sourcePort)
            || !record.TryU32(out var destinationPort) || !record.TryU32(out var flags))
        {
            return PacketFinding.Cut;
        }

        flow.Source = SampledPacket.Address(source);
        flow.Destination = SampledPacket.Address(destination);
        flow.Octets = length;
        flow.Protocol = (byte)protocol;
        flow.SourcePort = (ushort)sourcePort;
        flow.DestinationPort = (ushort)destinationPort;
        flow.TcpFlags = (byte)flags;
        flow.Traits |= FlowTraits.FlagsKnown;
        return PacketFinding.Digest;
    }

    private static PacketFinding Better(PacketFinding left, PacketFinding right) => left > right ? left : right;

    private static Damage Fault<TVisitor>(Damage damage, int offset, string rule, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        visitor.OnMalformed(new Malformed(damage, offset, rule));
        return damage;
    }
}
