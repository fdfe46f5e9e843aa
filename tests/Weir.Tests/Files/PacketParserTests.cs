// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Tests.Files;

public sealed class PacketParserTests
{
    private static readonly byte[] Payload = [1, 2, 3, 4, 5];

    public static TheoryData<LinkType, byte[]> Frames()
    {
        var packet = Bytes.V4(Bytes.Udp(Payload));
        return new()
        {
            { LinkType.Ethernet, Bytes.Ethernet(packet) },
            { LinkType.Ethernet, Bytes.Ethernet(Bytes.Join(packet, new byte[13])) },
            { LinkType.Ethernet, Bytes.Ethernet(Bytes.Join(Bytes.U16(7), Bytes.U16(0x0800), packet), 0x8100) },
            {
                LinkType.Ethernet,
                Bytes.Ethernet(
                    Bytes.Join(Bytes.U16(7), Bytes.U16(0x8100), Bytes.U16(8), Bytes.U16(0x0800), packet), 0x88A8)
            },
            { LinkType.Raw, packet },
            { LinkType.RawBsd, packet },
            { LinkType.IPv4, packet },
            { LinkType.LinuxSll, Bytes.Join(new byte[14], Bytes.U16(0x0800), packet) },
            { LinkType.LinuxSll2, Bytes.Join(Bytes.U16(0x0800), new byte[18], packet) },
            { LinkType.Null, Bytes.Join([2, 0, 0, 0], packet) },
            { LinkType.Loop, Bytes.Join([0, 0, 0, 2], packet) },
            { LinkType.Ppp, Bytes.Join([0xFF, 3, 0, 0x21], packet) },
            { LinkType.Ppp, Bytes.Join([0, 0x21], packet) },
            { LinkType.PppHdlc, Bytes.Join([0xFF, 3, 0, 0x21], packet) },
            { LinkType.PppHdlc, Bytes.Join([0x0F, 0, 8, 0], packet) },
            { LinkType.PppEther, Bytes.Join([0x11, 0, 0, 1, 0, 99, 0, 0x21], packet) },
            { LinkType.CiscoHdlc, Bytes.Join([0x8F, 0, 8, 0], packet) },
            { LinkType.Raw, Bytes.V4(Bytes.Udp(Payload), options: 3) },
            { LinkType.Raw, Bytes.V4(Bytes.Udp(Payload, length: 0)) },
        };
    }

    public static TheoryData<byte[]> V6Packets() => new()
    {
        { Bytes.V6(Bytes.Udp(Payload)) },
        { Bytes.V6(Bytes.Join([17, 0], new byte[6], Bytes.Udp(Payload)), 0) },
        { Bytes.V6(Bytes.Join([60, 1], new byte[14], [17, 0], new byte[6], Bytes.Udp(Payload)), 43) },
        { Bytes.V6(Bytes.Join([17, 4], new byte[22], Bytes.Udp(Payload)), 51) },
        { Bytes.V6(Bytes.Join([17, 0, 0, 0, 0, 0, 0, 9], Bytes.Udp(Payload)), 44) },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void The_udp_payload_is_found_in_every_wrapping(LinkType link, byte[] frame)
    {
        var packet = PacketParser.Read(frame, link);

        Assert.Equal(PacketKind.Udp, packet.Kind);
        Assert.Equal(Payload, packet.Payload.ToArray());
        Assert.Equal((IpKey.Parse("192.0.2.1"), IpKey.Parse("192.0.2.9")), (packet.Source, packet.Destination));
        Assert.Equal((4000, 2055, false), (packet.SourcePort, packet.DestinationPort, packet.Cut));
    }

    [Theory]
    [MemberData(nameof(V6Packets))]
    public void The_udp_payload_is_found_behind_ipv6_extension_headers(byte[] packet)
    {
        var parsed = PacketParser.Read(Bytes.Ethernet(packet, 0x86DD), LinkType.Ethernet);

        Assert.Equal((PacketKind.Udp, IpKey.Parse("2001:db8::1")), (parsed.Kind, parsed.Source));
        Assert.Equal(Payload, parsed.Payload.ToArray());
    }

    [Fact]
    public void What_is_not_ip_or_not_udp_is_told_apart()
    {
        Assert.Equal(PacketKind.NotIp, PacketParser.Read(Bytes.Ethernet(new byte[28], 0x0806), LinkType.Ethernet).Kind);
        Assert.Equal(PacketKind.NotUdp, PacketParser.Read(Bytes.V4(new byte[20], protocol: 6), LinkType.Raw).Kind);
        Assert.Equal(PacketKind.NotUdp, PacketParser.Read(Bytes.V6(new byte[20], next: 6), LinkType.Raw).Kind);
        Assert.Equal(PacketKind.OtherLink, PacketParser.Read(Bytes.V4([]), (LinkType)147).Kind);
    }

    [Fact]
    public void A_fragment_tells_its_place()
    {
        var packet = PacketParser.Read(Bytes.V4(new byte[16], identification: 77, fragment: 0x2000 | 3), LinkType.Raw);

        Assert.Equal((PacketKind.Fragment, 77u, 24, true), (
            packet.Kind, packet.Identification, packet.FragmentOffset, packet.MoreFragments));
    }

    [Fact]
    public void Every_truncation_is_damage_or_a_cut_payload_and_never_more_octets_than_there_are()
    {
        foreach (var row in Frames())
        {
            var (link, frame) = row.Data;
            for (var length = 0; length < frame.Length; length++)
            {
                var packet = PacketParser.Read(frame.AsSpan(0, length), link);
                Assert.True(packet.Kind is PacketKind.Damaged or PacketKind.Udp, $"{link} {length}: {packet.Kind}");
                Assert.True(packet.Payload.Length <= Payload.Length);
                Assert.True(packet.Kind == PacketKind.Damaged || packet.Cut || packet.Payload.Length == Payload.Length);
            }
        }
    }

    [Property(MaxTest = 2000, Replay = "1729,1")]
    public void Random_octets_never_throw(byte[] frame, byte link, bool asV4)
    {
        var types = Enum.GetValues<LinkType>();
        if (asV4 && frame.Length > 0)
        {
            frame[0] = (byte)((frame[0] & 0x0F) | (frame[0] % 2 == 0 ? 0x40 : 0x60));
        }

        var packet = PacketParser.Read(frame, types[link % types.Length]);
        Assert.True(packet.Payload.Length <= frame.Length);
    }

    [Property(MaxTest = 2000, Replay = "1729,1")]
    public void A_mutated_packet_never_throws(int seed)
    {
        var rows = Frames().ToArray();
        var random = new Random(seed);
        var (link, whole) = rows[random.Next(rows.Length)].Data;
        var frame = (byte[])whole.Clone();
        for (var i = 0; i < 3; i++)
        {
            frame[random.Next(frame.Length)] = (byte)random.Next(256);
        }

        var packet = PacketParser.Read(frame, link);
        Assert.True(packet.Payload.Length <= frame.Length);
    }
}
