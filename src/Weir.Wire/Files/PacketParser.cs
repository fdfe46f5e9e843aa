// SPDX-License-Identifier: Apache-2.0
//
// From a captured frame to the UDP payload in it: link layer (Ethernet, PPP, Cisco HDLC, cooked, none), VLAN tags, IPv4
// or IPv6 with extension headers, UDP. Nothing behind UDP is looked at here. Trailing octets (Ethernet padding, frame
// checks) are cut off by the lengths that IP and UDP tell.
//
// Standards: IEEE 802.1Q, RFC 791 §3.1, RFC 8200 §4, RFC 768; LINKTYPE_ numbers of the tcpdump registry.
namespace Weir.Wire.Files;

/// <summary>Parses captured frames; never throws, never reads behind UDP.</summary>
public static class PacketParser
{
    private const byte Udp = 17;
    private const int MaxTags = 8;
    private const int MaxExtensions = 16;

    public static ParsedPacket Read(ReadOnlySpan<byte> frame, LinkType link)
    {
        var packet = default(ParsedPacket);
        var reader = new WireReader(frame);
        packet.Kind = link switch
        {
            LinkType.Ethernet => Tagged(ref reader, reader.TrySkip(12), ref packet),
            LinkType.LinuxSll => Tagged(ref reader, reader.TrySkip(14), ref packet),
            LinkType.LinuxSll2 => Sll2(ref reader, ref packet),
            LinkType.Null or LinkType.Loop => Loopback(ref reader, ref packet),
            LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.IPv4 or LinkType.IPv6 =>
                Ip(ref reader, ref packet),
            LinkType.Ppp => Ppp(ref reader, ref packet),
            LinkType.PppHdlc when frame is [0xFF, ..] => Ppp(ref reader, ref packet),
            LinkType.PppEther => reader.TrySkip(6) ? Ppp(ref reader, ref packet) : PacketKind.Damaged,
            LinkType.PppHdlc or LinkType.CiscoHdlc => Tagged(ref reader, reader.TrySkip(2), ref packet),
            _ => PacketKind.OtherLink,
        };
        return packet;
    }

    /// <summary>RFC 1661 §2, §6.5, RFC 1662 §3.1: a protocol, one octet where that is odd, perhaps behind address and
    /// control.</summary>
    private static PacketKind Ppp(ref WireReader reader, ref ParsedPacket packet)
    {
        if ((reader.Rest is [0xFF, 3, ..] && !reader.TrySkip(2)) || reader.Rest is [0xFF]
            || !reader.TryU8(out var first))
        {
            return PacketKind.Damaged;
        }

        ushort protocol = first;
        if ((first & 1) == 0)
        {
            if (!reader.TryU8(out var second))
            {
                return PacketKind.Damaged;
            }

            protocol = (ushort)((first << 8) | second);
        }

        return protocol is 0x0021 or 0x0057 ? Ip(ref reader, ref packet) : PacketKind.NotIp;
    }

    /// <summary>Reads the UDP header off a whole datagram: a packet's IP payload, or one put together
    /// from fragments.</summary>
    public static PacketKind ReadUdp(ReadOnlySpan<byte> datagram, ref ParsedPacket packet)
    {
        var reader = new WireReader(datagram);
        if (!reader.TryU16(out packet.SourcePort) || !reader.TryU16(out packet.DestinationPort)
            || !reader.TryU16(out var length) || !reader.TrySkip(2))
        {
            return PacketKind.Damaged;
        }

        // Length 0 is a jumbogram's (RFC 2675 §4) or an offloading network card's: the IP length holds.
        var told = length == 0 ? reader.Left : length - 8;
        if (told < 0)
        {
            return PacketKind.Damaged;
        }

        packet.Cut |= told > reader.Left;
        packet.Payload = reader.Rest[..Math.Min(told, reader.Left)];
        return PacketKind.Udp;
    }

    private static PacketKind Sll2(ref WireReader reader, ref ParsedPacket packet)
    {
        if (!reader.TryU16(out var type) || !reader.TrySkip(18))
        {
            return PacketKind.Damaged;
        }

        return ByType(ref reader, type, ref packet);
    }

    private static PacketKind Loopback(ref WireReader reader, ref ParsedPacket packet)
    {
        if (!reader.TryU32(out var family))
        {
            return PacketKind.Damaged;
        }

        // The family is in the capturing machine's byte order and its number for IPv6 differs by system.
        family = family > 0xFFFF ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(family) : family;
        return family is 2 or 10 or 24 or 28 or 30 ? Ip(ref reader, ref packet) : PacketKind.NotIp;
    }

    private static PacketKind Tagged(ref WireReader reader, bool whole, ref ParsedPacket packet) =>
        whole && reader.TryU16(out var type) ? ByType(ref reader, type, ref packet) : PacketKind.Damaged;

    private static PacketKind ByType(ref WireReader reader, ushort type, ref ParsedPacket packet)
    {
        for (var tags = 0; type is 0x8100 or 0x88A8 or 0x9100 or 0x9200; tags++)
        {
            if (tags == MaxTags || !reader.TrySkip(2) || !reader.TryU16(out type))
            {
                return PacketKind.Damaged;
            }
        }

        return type is 0x0800 or 0x86DD ? Ip(ref reader, ref packet) : PacketKind.NotIp;
    }

    private static PacketKind Ip(ref WireReader reader, ref ParsedPacket packet)
    {
        if (reader.Left < 1)
        {
            return PacketKind.Damaged;
        }

        return (reader.Rest[0] >> 4) switch
        {
            4 => V4(ref reader, ref packet),
            6 => V6(ref reader, ref packet),
            _ => PacketKind.NotIp,
        };
    }

    private static PacketKind V4(ref WireReader reader, ref ParsedPacket packet)
    {
        if (!reader.TryU8(out var versionAndLength) || !reader.TrySkip(1) || !reader.TryU16(out var total)
            || !reader.TryU16(out var identification) || !reader.TryU16(out var fragment) || !reader.TrySkip(1)
            || !reader.TryU8(out var protocol) || !reader.TrySkip(2)
            || !reader.TryU32(out var source) || !reader.TryU32(out var destination))
        {
            return PacketKind.Damaged;
        }

        packet.Source = IpKey.FromV4(source);
        packet.Destination = IpKey.FromV4(destination);
        var options = ((versionAndLength & 0xF) * 4) - 20;
        if (options < 0 || !reader.TrySkip(options))
        {
            return PacketKind.Damaged;
        }

        // Total length 0 is what a network card with segmentation offload leaves.
        var told = total == 0 ? reader.Left : total - 20 - options;
        if (told < 0)
        {
            return PacketKind.Damaged;
        }

        packet.Cut = told > reader.Left;
        _ = reader.TryCut(Math.Min(told, reader.Left), out var body);
        if (protocol != Udp)
        {
            return PacketKind.NotUdp;
        }

        return (fragment & 0x3FFF) == 0
            ? ReadUdp(body.Rest, ref packet)
            : Fragment(body.Rest, identification, (fragment & 0x1FFF) * 8, (fragment & 0x2000) != 0, ref packet);
    }

    private static PacketKind V6(ref WireReader reader, ref ParsedPacket packet)
    {
        if (!reader.TrySkip(4) || !reader.TryU16(out var told) || !reader.TryU8(out var next) || !reader.TrySkip(1)
            || !reader.TrySpan(16, out var source) || !reader.TrySpan(16, out var destination))
        {
            return PacketKind.Damaged;
        }

        packet.Source = IpKey.FromV6(source);
        packet.Destination = IpKey.FromV6(destination);
        packet.Cut = told > reader.Left;
        _ = reader.TryCut(told == 0 ? reader.Left : Math.Min(told, reader.Left), out var body);
        for (var extensions = 0; extensions < MaxExtensions; extensions++)
        {
            switch (next)
            {
                case Udp:
                    return ReadUdp(body.Rest, ref packet);
                case 0 or 43 or 60 or 135 or 139 or 140 or 51:
                    // Lengths do not count the first 8 octets; the authentication header counts fours (RFC 4302 §2.2).
                    var unit = next == 51 ? 4 : 8;
                    if (!body.TryU8(out next) || !body.TryU8(out var length) || !body.TrySkip((length * unit) + 6))
                    {
                        return PacketKind.Damaged;
                    }

                    break;
                case 44:
                    if (!body.TryU8(out next) || !body.TrySkip(1)
                        || !body.TryU16(out var offset) || !body.TryU32(out var identification))
                    {
                        return PacketKind.Damaged;
                    }

                    if ((offset & 0xFFF9) != 0)
                    {
                        return next == Udp
                            ? Fragment(body.Rest, identification, offset & 0xFFF8, (offset & 1) != 0, ref packet)
                            : PacketKind.NotUdp;
                    }

                    break;
                default:
                    return PacketKind.NotUdp;
            }
        }

        return PacketKind.Damaged;
    }

    private static PacketKind Fragment(
        ReadOnlySpan<byte> part, uint identification, int offset, bool more, ref ParsedPacket packet)
    {
        packet.Payload = part;
        packet.Identification = identification;
        packet.FragmentOffset = offset;
        packet.MoreFragments = more;
        return PacketKind.Fragment;
    }
}
