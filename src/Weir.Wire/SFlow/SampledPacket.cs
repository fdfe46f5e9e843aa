// SPDX-License-Identifier: Apache-2.0
//
// The first octets of a sampled packet, read down to ports and TCP flags and no further: what follows is content and
// is never looked at. On the way: Ethernet, VLAN tags however many, PPPoE, MPLS, IPv4 with options and fragments, IPv6
// with extension headers.
//
// A header that the switch cut inside its IP part is damaged; cut behind it, the flow is there without its ports.
//
// Standards: IEEE 802.3, 802.1Q, 802.1ad; RFC 2516 (PPPoE), RFC 1661 (PPP), RFC 3032 (MPLS), RFC 791, RFC 8200, RFC
// 4302 (AH), RFC 9293, RFC 768.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weir.Wire.SFlow;

/// <summary>How much a record told of the packet. Ordered: a larger value is better to have.</summary>
internal enum PacketFinding : byte
{
    Nothing,
    Cut,
    NotIp,
    Digest,
    Header,
}

/// <summary>Reads a packet's headers into a flow.</summary>
internal static class SampledPacket
{
    internal const string CutRule = "sampled packet cut inside its IP header";
    public const uint Ethernet = 1;
    public const uint IPv4 = 11;
    public const uint IPv6 = 12;
    public const uint Mpls = 13;
    internal const uint Ppp = 7;

    /// <summary>Packets in packets are followed no deeper.</summary>
    private const int MaxDepth = 4;

    /// <param name="protocol">sFlow header_protocol.</param>
    /// <param name="packet">The octets the switch copied.</param>
    /// <param name="flow">Takes addresses, protocol, ports, flags, and in its octets the IP packet's length: 0 where
    /// the header does not tell it.</param>
    /// <param name="shape">Where the IP packet begins, and what it carries; pass it empty.</param>
    public static PacketFinding Read(
        uint protocol, ReadOnlySpan<byte> packet, ref FlowRecord flow, ref PacketShape shape) => protocol switch
        {
            Ethernet => FromEthernet(packet, ref flow, ref shape),
            Ppp => FromPpp(packet, ref flow, ref shape),
            IPv4 => FromIPv4(packet, ref flow, ref shape),
            IPv6 => FromIPv6(packet, ref flow, ref shape),
            Mpls => FromMpls(packet, ref flow, ref shape),
            _ => PacketFinding.NotIp,
        };

    /// <summary>Reads a packet, and the one it carries where that is whole and wanted.</summary>
    /// <param name="protocol">sFlow header_protocol.</param>
    /// <param name="packet">The octets the switch copied.</param>
    /// <param name="flow">As <see cref="Read"/> fills it.</param>
    /// <param name="visitor">Asked which of two headers it wants.</param>
    /// <param name="linkOctets">Octets in front of the outer IP header.</param>
    public static PacketFinding ReadThrough<TVisitor>(
        uint protocol, ReadOnlySpan<byte> packet, ref FlowRecord flow, ref TVisitor visitor, out int linkOctets)
        where TVisitor : struct, IFlowVisitor
    {
        var shape = default(PacketShape);
        var finding = Read(protocol, packet, ref flow, ref shape);
        linkOctets = packet.Length - shape.FromIp;
        if (shape.Form != TunnelForm.None)
        {
            Descend(packet, shape, ref flow, ref visitor);
        }

        return finding;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Descend<TVisitor>(
        ReadOnlySpan<byte> packet, PacketShape shape, ref FlowRecord flow, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        for (var depth = 0; depth < MaxDepth && shape.Form != TunnelForm.None; depth++)
        {
            var (form, link) = (shape.Form, shape.InnerLink);
            packet = packet[(packet.Length - shape.FromInner)..];
            shape = default;
            var inner = flow;
            (inner.SourcePort, inner.DestinationPort, inner.TcpFlags, inner.Octets) = (0, 0, 0, 0);
            inner.Traits &= ~FlowTraits.FlagsKnown;
            if (Read(link, packet, ref inner, ref shape) != PacketFinding.Header
                || !visitor.IsInnerWanted(form, flow.Source, flow.Destination))
            {
                return;
            }

            flow = inner;
        }
    }

    public static IpKey Address(ReadOnlySpan<byte> octets) =>
        octets.Length == 4 ? IpKey.FromV4(BinaryPrimitives.ReadUInt32BigEndian(octets)) : IpKey.FromV6(octets);

    private static PacketFinding FromEthernet(
        ReadOnlySpan<byte> packet, ref FlowRecord flow, ref PacketShape shape)
    {
        var at = 12;
        while (TryU16(packet, at, out var type))
        {
            at += 2;
            switch (type)
            {
                case 0x8100 or 0x88A8 or 0x9100 or 0x9200:
                    at += 2;
                    break;
                case 0x0800:
                    return FromIPv4(packet[at..], ref flow, ref shape);
                case 0x86DD:
                    return FromIPv6(packet[at..], ref flow, ref shape);
                case 0x8847 or 0x8848:
                    return FromMpls(packet[at..], ref flow, ref shape);
                case 0x8864:
                    return packet.Length < at + 6 ? PacketFinding.Cut
                        : FromPpp(packet[(at + 6)..], ref flow, ref shape);
                case < 0x0600 when TryU16(packet, at, out var sap) && sap == 0xAAAA:
                    at += 6;
                    break;
                default:
                    return PacketFinding.NotIp;
            }
        }

        return PacketFinding.Cut;
    }

    /// <summary>RFC 1661 §2, §6.5: a protocol field, one octet where that is odd, perhaps behind HDLC address and
    /// control.</summary>
    private static PacketFinding FromPpp(
        ReadOnlySpan<byte> packet, ref FlowRecord flow, ref PacketShape shape)
    {
        if (TryU16(packet, 0, out var lead) && lead == 0xFF03)
        {
            packet = packet[2..];
        }

        if (!TryU16(packet, 0, out var protocol))
        {
            return PacketFinding.Cut;
        }

        var octets = (protocol & 0x0100) != 0 ? 1 : 2;
        protocol = octets == 1 ? (ushort)(protocol >> 8) : protocol;
        packet = packet[octets..];
        return protocol switch
        {
            0x0021 => FromIPv4(packet, ref flow, ref shape),
            0x0057 => FromIPv6(packet, ref flow, ref shape),
            0x0281 or 0x0283 => FromMpls(packet, ref flow, ref shape),
            _ => PacketFinding.NotIp,
        };
    }

    /// <summary>RFC 3032 §2.1: labels until the bottom of the stack; the packet's first nibble then
    /// tells its version. A nibble of 0 begins the control word of a pseudowire (RFC 4385 §3), four octets in front of
    /// its Ethernet frame (RFC 4448 §4.6); any other, a frame without one.</summary>
    private static PacketFinding FromMpls(
        ReadOnlySpan<byte> packet, ref FlowRecord flow, ref PacketShape shape)
    {
        while (packet.Length > 4)
        {
            var bottom = (packet[2] & 1) != 0;
            packet = packet[4..];
            if (bottom)
            {
                return (packet[0] >> 4) switch
                {
                    4 => FromIPv4(packet, ref flow, ref shape),
                    6 => FromIPv6(packet, ref flow, ref shape),
                    0 => FromPseudowire(packet, ref flow, ref shape),
                    _ => FromEthernet(packet, ref flow, ref shape),
                };
            }
        }

        return PacketFinding.Cut;
    }

    /// <summary>The control word is optional, and most addresses of cards begin with the same nibble: where no IP is
    /// found behind a word, there may be none.</summary>
    private static PacketFinding FromPseudowire(ReadOnlySpan<byte> packet, ref FlowRecord flow, ref PacketShape shape)
    {
        var finding = FromEthernet(packet[Math.Min(4, packet.Length)..], ref flow, ref shape);
        return finding == PacketFinding.NotIp ? FromEthernet(packet, ref flow, ref shape) : finding;
    }

    private static PacketFinding FromIPv4(
        ReadOnlySpan<byte> packet, ref FlowRecord flow, ref PacketShape shape)
    {
        if (packet.Length < 20)
        {
            return PacketFinding.Cut;
        }

        var octets = (packet[0] & 0x0F) * 4;
        if (packet[0] >> 4 != 4 || octets < 20)
        {
            return PacketFinding.NotIp;
        }

        shape.FromIp = packet.Length;
        flow.Octets = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        flow.Source = Address(packet.Slice(12, 4));
        flow.Destination = Address(packet.Slice(16, 4));
        flow.Protocol = packet[9];
        var isFirst = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1FFF) == 0;
        if (isFirst && octets <= packet.Length)
        {
            FromTransport(packet[octets..], ref flow, ref shape);
        }

        return PacketFinding.Header;
    }

    private static PacketFinding FromIPv6(
        ReadOnlySpan<byte> packet, ref FlowRecord flow, ref PacketShape shape)
    {
        if (packet.Length < 40)
        {
            return PacketFinding.Cut;
        }

        if (packet[0] >> 4 != 6)
        {
            return PacketFinding.NotIp;
        }

        shape.FromIp = packet.Length;
        var payload = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        flow.Octets = payload == 0 ? 0u : payload + 40u;
        flow.Source = Address(packet.Slice(8, 16));
        flow.Destination = Address(packet.Slice(24, 16));
        flow.Protocol = packet[6];
        var rest = packet[40..];
        var isFirst = true;
        while (isFirst && TryExtension(flow.Protocol, rest, out var octets))
        {
            isFirst = flow.Protocol != 44 || (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) & 0xFFF8) == 0;
            flow.Protocol = rest[0];
            rest = octets < rest.Length ? rest[octets..] : default;
        }

        if (isFirst)
        {
            FromTransport(rest, ref flow, ref shape);
        }

        return PacketFinding.Header;
    }

    /// <summary>RFC 8200 §4: hop-by-hop, routing, fragment, destination options; RFC 4302 AH;
    /// mobility, HIP, shim6.</summary>
    private static bool TryExtension(byte header, ReadOnlySpan<byte> rest, out int octets)
    {
        octets = 0;
        if (rest.Length < 8)
        {
            return false;
        }

        octets = header switch
        {
            0 or 43 or 60 or 135 or 139 or 140 => (rest[1] + 1) * 8,
            44 => 8,
            51 => (rest[1] + 2) * 4,
            _ => 0,
        };
        return octets != 0;
    }

    private static void FromTransport(ReadOnlySpan<byte> rest, ref FlowRecord flow, ref PacketShape shape)
    {
        switch (flow.Protocol)
        {
            case 6 or 17 or 33 or 132 or 136 when rest.Length >= 4:
                flow.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(rest);
                flow.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
                if (flow.Protocol == 6 && rest.Length > 13)
                {
                    flow.TcpFlags = rest[13];
                    flow.Traits |= FlowTraits.FlagsKnown;
                }
                else if (flow.Protocol == 17 && flow.DestinationPort is TunnelHeader.VxlanPort or TunnelHeader.GtpUPort)
                {
                    TunnelHeader.FromUdp(rest, flow.DestinationPort, ref shape);
                }

                break;
            case 4 or 41 or 47 or 143:
                TunnelHeader.FromIp(flow.Protocol, rest, ref shape);
                break;
            case 1 or 58 when rest.Length >= 2:
                flow.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(rest);
                break;
            default:
                break;
        }
    }

    private static bool TryU16(ReadOnlySpan<byte> packet, int at, out ushort value)
    {
        value = 0;
        return at <= packet.Length && BinaryPrimitives.TryReadUInt16BigEndian(packet[at..], out value);
    }
}
