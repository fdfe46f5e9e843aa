// SPDX-License-Identifier: Apache-2.0
//
// What a packet carries, where it is another packet: its beginning and how to read it.
//
// Standards: RFC 2003 and RFC 2473 (4, 41), RFC 8986 (143, Ethernet in IPv6), RFC 2784 and RFC 2890 (GRE), RFC 7348
// (VXLAN), 3GPP TS 29.281 §5 (GTP-U).
using System.Buffers.Binary;

namespace Weir.Wire.SFlow;

/// <summary>Where a packet lies in what a switch copied, and the packet within it.</summary>
internal struct PacketShape
{
    /// <summary>Octets from the IP header to the end of what was copied.</summary>
    public int FromIp;

    /// <summary>Octets from the packet within to the end.</summary>
    public int FromInner;

    /// <summary>sFlow header_protocol of the packet within.</summary>
    public byte InnerLink;

    public TunnelForm Form;
}

/// <summary>Finds the packet within a packet.</summary>
internal static class TunnelHeader
{
    public const ushort VxlanPort = 4_789;
    public const ushort GtpUPort = 2_152;
    private const int UdpOctets = 8;

    /// <summary>By the IP protocol number.</summary>
    public static void FromIp(byte protocol, ReadOnlySpan<byte> rest, ref PacketShape shape)
    {
        switch (protocol)
        {
            case 4:
                Set(ref shape, TunnelForm.IpInIp, SampledPacket.IPv4, rest);
                break;
            case 41:
                Set(ref shape, TunnelForm.IpInIp, SampledPacket.IPv6, rest);
                break;
            case 143:
                Set(ref shape, TunnelForm.IpInIp, SampledPacket.Ethernet, rest);
                break;
            default:
                FromGre(rest, ref shape);
                break;
        }
    }

    /// <summary>By the UDP destination port; <paramref name="rest"/> begins with the UDP header.</summary>
    public static void FromUdp(ReadOnlySpan<byte> rest, ushort port, ref PacketShape shape)
    {
        if (rest.Length < UdpOctets + 8)
        {
            return;
        }

        var body = rest[UdpOctets..];
        if (port == VxlanPort)
        {
            // The flag that the network identifier is valid is always set (RFC 7348 §5).
            if ((body[0] & 0x08) != 0)
            {
                Set(ref shape, TunnelForm.Vxlan, SampledPacket.Ethernet, body[8..]);
            }

            return;
        }

        FromGtpU(body, ref shape);
    }

    /// <summary>RFC 2784 §2.1, RFC 2890 §2: four octets, and four more each for checksum, key and sequence number.
    /// Version 1 (PPTP) carries PPP and is left.</summary>
    private static void FromGre(ReadOnlySpan<byte> rest, ref PacketShape shape)
    {
        if (rest.Length < 4)
        {
            return;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(rest);
        var at = 4 + ((flags & 0x8000) != 0 ? 4 : 0) + ((flags & 0x2000) != 0 ? 4 : 0)
            + ((flags & 0x1000) != 0 ? 4 : 0);
        var link = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) switch
        {
            0x0800 => SampledPacket.IPv4,
            0x86DD => SampledPacket.IPv6,
            0x6558 => SampledPacket.Ethernet,
            0x8847 => SampledPacket.Mpls,
            _ => 0u,
        };
        if ((flags & 7) == 0 && link != 0 && at <= rest.Length)
        {
            Set(ref shape, TunnelForm.Gre, link, rest[at..]);
        }
    }

    /// <summary>Version 1, protocol type GTP, message 255 (G-PDU): eight octets, four more where any of E, S, PN is
    /// set, then extension headers.</summary>
    private static void FromGtpU(ReadOnlySpan<byte> body, ref PacketShape shape)
    {
        if (body[0] >> 5 != 1 || (body[0] & 0x10) == 0 || body[1] != 255)
        {
            return;
        }

        var at = 8;
        if ((body[0] & 0x07) != 0)
        {
            at = 12;
            if (body.Length < at)
            {
                return;
            }

            var next = (body[0] & 0x04) != 0 ? body[11] : (byte)0;
            while (next != 0)
            {
                var octets = at < body.Length ? body[at] * 4 : 0;
                if (octets == 0 || at + octets > body.Length)
                {
                    return;
                }

                at += octets;
                next = body[at - 1];
            }
        }

        if (at < body.Length)
        {
            Set(
                ref shape, TunnelForm.GtpU, body[at] >> 4 == 6 ? SampledPacket.IPv6 : SampledPacket.IPv4, body[at..]);
        }
    }

    private static void Set(ref PacketShape shape, TunnelForm form, uint link, ReadOnlySpan<byte> inner)
    {
        shape.Form = form;
        shape.InnerLink = (byte)link;
        shape.FromInner = inner.Length;
    }
}
