// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Collector.Collecting.Files;
using Weir.Tests.Files;
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Tests.Collecting;

public sealed class CaptureTests
{
    private const long Second = 1_500_000_000_000;

    private static byte[] Frame(byte[] payload) => Bytes.Ethernet(Bytes.V4(Bytes.Udp(payload)));

    private static (List<ReceivedDatagram> Taken, InputFile File) Read(byte[] content)
    {
        using var scratch = new Scratch(content);
        return Scratch.Datagrams(scratch.Path);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_pcap_reads_in_both_byte_orders_and_both_clock_units(bool little, bool nano)
    {
        var (taken, file) = Read(Bytes.Pcap(
            LinkType.Ethernet, little, nano, Frame(Bytes.V5(1)), Frame(Bytes.V9(40)), Frame(Bytes.Ipfix(40))));

        Assert.Equal("pcap", file.Format);
        Assert.Equal([Bytes.V5(1), Bytes.V9(40), Bytes.Ipfix(40)], taken.Select(one => one.Payload));
        Assert.Equal([Second + 250, Second + 1_250, Second + 2_250], taken.Select(one => one.ArrivedAtMs));
        Assert.All(taken, one => Assert.Equal((IpKey.Parse("192.0.2.1"), (ushort)4000), (one.Exporter, one.Port)));
        Assert.False(file.Losses.Any);
    }

    [Theory]
    [InlineData(true, new byte[0], 1_500_000_000_250_000)]
    [InlineData(false, new byte[] { 9 }, 1_500_000_000_250_000_000)]
    [InlineData(true, new byte[] { 3 }, 1_500_000_000_250)]
    [InlineData(true, new byte[] { 0 }, 1_500_000_000)]
    [InlineData(false, new byte[] { 0x8A }, 1_536_000_000_256)]
    public void A_pcapng_reads_in_both_byte_orders_with_every_clock(bool little, byte[] resolution, long ticks)
    {
        var content = Bytes.Join(
            Bytes.Section(little), Bytes.Interface(little, LinkType.Ethernet, resolution),
            Bytes.Enhanced(little, 0, (ulong)ticks, Frame(Bytes.V5(1))));
        var (taken, file) = Read(content);

        Assert.Equal("pcapng", file.Format);
        Assert.Equal(Bytes.V5(1), Assert.Single(taken).Payload);
        Assert.Equal(resolution is [0] ? Second : Second + 250, taken[0].ArrivedAtMs);
        Assert.False(file.Losses.Any);
    }

    [Theory]
    [InlineData(LinkType.Ppp, new byte[] { 0xFF, 3, 0, 0x21 }, 1, "")]
    [InlineData(LinkType.Ppp, new byte[] { 0x21 }, 1, "")]
    [InlineData(LinkType.PppHdlc, new byte[] { 0x0F, 0, 8, 0 }, 1, "")]
    [InlineData(LinkType.PppEther, new byte[] { 0x11, 0, 0, 1, 0, 99, 0, 0x21 }, 1, "")]
    [InlineData(LinkType.CiscoHdlc, new byte[] { 0x0F, 0, 8, 0 }, 1, "")]
    [InlineData((LinkType)105, new byte[] { 8, 1, 0, 0 }, 0, "1 packets are of a link layer that is not read")]
    [InlineData(LinkType.Ethernet, new byte[0], 0, "1 packets were cut off or damaged inside their headers")]
    public void Packets_of_each_link_layer_are_flows_or_told_by_their_reason(
        LinkType link, byte[] front, int flows, string why)
    {
        var packet = Bytes.V4(Bytes.Join(Bytes.U16(50_000), Bytes.U16(443), new byte[16]), protocol: 6);
        var frame = front.Length > 0 ? Bytes.Join(front, packet) : Bytes.Ethernet(packet)[..30];
        using var scratch = new Scratch(Bytes.Pcap(link, true, false, frame));
        using var file = InputFile.Open(scratch.Path, new InputOptions());
        var read = new List<FlowRecord>();
        var taker = new RecordingFlowVisitor(read, []);
        file.ReadFlows(ref taker, TestContext.Current.CancellationToken);
        Assert.Equal(flows, read.Count(flow => flow.DestinationPort == 443));
        Assert.Equal(why, string.Join("; ", file.Losses.Describe()));
    }

    [Fact]
    public void A_packet_in_a_packet_is_told_as_an_exporter_tells_it()
    {
        var inner = Bytes.V4(Bytes.Join(Bytes.U16(50_000), Bytes.U16(443), new byte[16]), protocol: 6);
        var outer = Bytes.Ethernet(Bytes.V4(Bytes.Join([0, 0, 8, 0], inner), protocol: 47));
        using var scratch = new Scratch(Bytes.Pcap(LinkType.Ethernet, true, false, outer));
        using var file = InputFile.Open(scratch.Path, new InputOptions());
        var read = new List<FlowRecord>();
        var taker = new RecordingFlowVisitor(read, []);
        file.ReadFlows(ref taker, TestContext.Current.CancellationToken);
        Assert.Equal((443, 40UL), (Assert.Single(read).DestinationPort, read[0].Octets));
    }

    [Fact]
    public void A_new_section_forgets_the_interfaces_and_may_turn_the_byte_order()
    {
        var simple = Bytes.Block(3, false, Bytes.Join(Bytes.U32(94), Bytes.V4(Bytes.Udp(Bytes.V5(1)))));
        var content = Bytes.Join(
            Bytes.Section(true), Bytes.Interface(true, LinkType.Ethernet),
            Bytes.Enhanced(true, 0, 1_500_000_000_000_000, Frame(Bytes.V5(1))), Bytes.Section(false),
            Bytes.Enhanced(false, 0, 0, Frame(Bytes.V5(1))),
            Bytes.Interface(false, LinkType.Raw), Bytes.Block(5, false, new byte[8]), simple);
        var (taken, file) = Read(content);

        Assert.Equal((2, 1L), (taken.Count, file.Losses.BlocksDamaged));
        Assert.Equal(Second, taken[1].ArrivedAtMs);
        Assert.Null(file.Losses.DamagedAt);
    }

    [Fact]
    public void Captures_put_behind_one_another_read_as_one()
    {
        var (taken, file) = Read(Bytes.Join(
            Bytes.Pcap(LinkType.Ethernet, true, false, Frame(Bytes.V5(1))),
            Bytes.Pcap(LinkType.Raw, false, true, Bytes.V4(Bytes.Udp(Bytes.V5(2))))));

        Assert.Equal((2, false), (taken.Count, file.Losses.Any));
    }

    [Fact]
    public void What_is_no_flow_export_is_counted_by_kind()
    {
        var (taken, file) = Read(Bytes.Pcap(
            LinkType.Ethernet, true, false, Frame(new byte[60]), Bytes.Ethernet(new byte[28], 0x0806),
            Bytes.Ethernet(Bytes.V4(new byte[20], 6)), new byte[9], Frame(Bytes.V5(1))));

        Assert.Single(taken);
        Assert.Equal((5, 1, 2, 1), (
            file.Losses.Packets, file.Losses.NotFlowExport, file.Losses.NotUdp, file.Losses.PacketsDamaged));
    }

    [Fact]
    public void A_payload_kept_in_part_is_handed_on_and_counted()
    {
        var (taken, file) = Read(Bytes.Pcap(
            LinkType.Ethernet, true, false, Frame(Bytes.V5(3))[..^60], Frame(Bytes.Ipfix(200))[..^60],
            Frame(Bytes.V5(1))));

        Assert.Equal([Bytes.V5(3)[..^60], Bytes.Ipfix(200)[..^60], Bytes.V5(1)], taken.Select(one => one.Payload));
        Assert.Equal(2, file.Losses.PacketsCut);
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 2, 0)]
    public void Fragments_are_put_together_in_any_order(int first, int second, int third)
    {
        var export = Bytes.V5(28);
        var datagram = Bytes.Udp(export);
        byte[][] parts =
        [
            Bytes.V4(datagram[..800], identification: 9, fragment: 0x2000),
            Bytes.V4(datagram[800..1200], identification: 9, fragment: 0x2000 | 100),
            Bytes.V4(datagram[1200..], identification: 9, fragment: 150),
        ];
        var (taken, file) = Read(Bytes.Pcap(LinkType.Raw, true, false, parts[first], parts[second], parts[third]));

        Assert.Equal(export, Assert.Single(taken).Payload);
        Assert.Equal((4000, 2L, 0L), (taken[0].Port, file.Losses.FragmentsJoined, file.Losses.FragmentsLost));
    }

    [Fact]
    public void A_fragment_over_another_is_refused_and_the_datagram_stays_as_it_was()
    {
        var datagram = Bytes.Udp(Bytes.V5(28));
        var (taken, file) = Read(Bytes.Pcap(
            LinkType.Raw, true, false,
            Bytes.V4(datagram[..800], identification: 9, fragment: 0x2000),
            Bytes.V4(new byte[800], identification: 9, fragment: 0x2000 | 50),
            Bytes.V4(datagram[800..], identification: 9, fragment: 100)));

        Assert.Equal(Bytes.V5(28), Assert.Single(taken).Payload);
        Assert.Equal((1L, 1L), (file.Losses.FragmentsJoined, file.Losses.FragmentsLost));
    }

    [Fact]
    public void Fragments_of_ipv6_are_put_together()
    {
        var datagram = Bytes.Udp(Bytes.V5(28));
        byte[] Part(int from, int until, bool more) =>
            Bytes.V6(Bytes.Join([17, 0], Bytes.U16(from | (more ? 1 : 0)), Bytes.U32(5), datagram[from..until]), 44);
        var (taken, _) = Read(
            Bytes.Pcap(LinkType.Raw, true, false, Part(0, 1000, true), Part(1000, datagram.Length, false)));

        Assert.Equal((Bytes.V5(28).Length, IpKey.Parse("2001:db8::1")), (
            Assert.Single(taken).Payload.Length, taken[0].Exporter));
    }

    [Fact]
    public void Fragments_that_miss_overlap_or_come_too_many_are_counted_and_bounded()
    {
        var frames = new List<byte[]>();
        for (var i = 0; i < 1_000; i++)
        {
            frames.Add(Bytes.V4(new byte[64], identification: i, fragment: 0x2000));
        }

        frames.Add(Bytes.V4(new byte[64], identification: 999, fragment: 0x2000 | 4));
        var (taken, file) = Read(Bytes.Pcap(LinkType.Raw, true, false, [.. frames]));

        Assert.Empty(taken);
        Assert.Equal(1_001, file.Losses.FragmentsLost);
    }

    [Fact]
    public void A_capture_cut_anywhere_gives_its_whole_packets_and_says_where_it_ends()
    {
        var frame = Frame(Bytes.V5(1));
        byte[][] captures =
        [
            Bytes.Pcap(LinkType.Ethernet, true, false, frame, frame),
            Bytes.Join(
                Bytes.Section(true), Bytes.Interface(true, LinkType.Ethernet), Bytes.Enhanced(true, 0, 1, frame),
                Bytes.Enhanced(true, 0, 2, frame)),
        ];
        foreach (var whole in captures)
        {
            var first = whole.AsSpan().IndexOf(frame) + frame.Length;
            for (var length = 24; length < whole.Length; length++)
            {
                var (taken, file) = Read(whole[..length]);
                var losses = file.Losses;
                Assert.True(
                    taken.Count == (length < first + (file.Format == "pcap" ? 0 : 6) ? 0 : 1),
                    $"{file.Format} cut at {length}: {taken.Count}");
                Assert.Null(losses.DamagedAt);
                Assert.True(losses.CutAt is null || losses.CutAt < length);
            }

            Assert.Equal(2, Read(whole).Taken.Count);
        }

        Assert.Equal(24, Read(captures[0][..60]).File.Losses.CutAt);
    }

    [Fact]
    public void A_record_length_no_packet_has_ends_the_reading_and_counts_the_rest()
    {
        var whole = Bytes.Pcap(LinkType.Ethernet, true, false, Frame(Bytes.V5(1)), Frame(Bytes.V5(1)));
        var second = whole.Length - Frame(Bytes.V5(1)).Length - 16;
        whole[second + 11] = 0x7F;
        var (taken, file) = Read(whole);

        Assert.Single(taken);
        Assert.Equal(
            ((long?)second, (long)(whole.Length - second)), (file.Losses.DamagedAt, file.Losses.OctetsSkipped));
    }

    [Property(MaxTest = 300, Replay = "1729,1")]
    public void A_mutated_capture_never_throws_and_accounts_for_every_packet(int seed)
    {
        var random = new Random(seed);
        var frame = Frame(Bytes.V5(2));
        var content = random.Next(2) == 0
            ? Bytes.Pcap(
                LinkType.Ethernet, random.Next(2) == 0, false, frame,
                Bytes.Ethernet(Bytes.V4(Bytes.Udp(Bytes.V5(1)), fragment: 0x2000)), frame)
            : Bytes.Join(
                Bytes.Section(true), Bytes.Interface(true, LinkType.Ethernet, 9), Bytes.Enhanced(true, 0, 1, frame),
                Bytes.Enhanced(true, 0, 2, frame));
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            content[random.Next(12, content.Length)] = (byte)random.Next(256);
        }

        // The check of the sum is in Scratch.Datagrams.
        var (taken, _) = Read(content);
        Assert.True(taken.Count <= 3);
    }
}
