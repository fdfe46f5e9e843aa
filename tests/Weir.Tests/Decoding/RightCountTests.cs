// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Decoding;

/// <summary>The same packets once, at the right rate, under the right header and time.</summary>
public class RightCountTests
{
    private const long Exported = ExportedAt * 1000L;
    private static readonly byte[] _ends = Join(Ip("10.0.0.1"), Ip("192.0.2.7"));

    [Fact]
    public void What_the_way_in_told_the_way_out_tells_again()
    {
        var lane = new TestLane();
        byte[] Row(byte input, byte output, byte direction) => Join(_ends, U32(7), U8(0, input, 0, output, direction));
        var flows = lane.Decode(
            1, V9(Set(0, Template(256, "8/4 12/4 2/4 10/2 14/2 61/1"))),
            V9Of(7, 1, Set(256, Row(7, 9, 0), Row(7, 9, 1), Row(3, 9, 1))));

        // Interface 3 exports nothing that comes in, so its packets are told at the way out alone.
        Assert.Equal([7U, 3U], flows.Select(static flow => flow.InputInterface));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 4)]
    public void A_probe_that_knows_one_interface_or_none_tells_both_ways_of_a_conversation(byte input, byte output)
    {
        var lane = new TestLane();
        byte[] Row(byte direction) => Join(_ends, U32(7), U8(0, input, 0, output, direction));
        var flows = lane.Decode(
            1, V9(Set(0, Template(256, "8/4 12/4 2/4 10/2 14/2 61/1"))), V9Of(7, 1, Set(256, Row(0), Row(1), Row(1))));

        Assert.Equal(3, flows.Count);
        Assert.Equal(0, Assert.Single(lane.Decoder.List()).SeenTwice);
    }

    [Fact]
    public void Of_running_totals_what_is_new_counts_and_another_start_is_another_flow()
    {
        var lane = new TestLane();
        byte[] Row(ulong packets, ulong octets, ulong start) => Join(_ends, U64(packets), U64(octets), U64(start));
        ulong start = Exported - 5_000;
        var flows = lane.Decode(
            1, Ipfix(Set(2, Template(256, "8/4 12/4 86/8 85/8 152/8"))),
            IpfixOf(7, 0, Set(256, Row(4, 400, start), Row(6, 700, start), Row(6, 700, start), Row(2, 90, start + 60_000))));
        Assert.Equal([4UL, 2UL, 2UL], flows.Select(static flow => flow.Packets));
        Assert.Equal([400UL, 300UL, 90UL], flows.Select(static flow => flow.Octets));
        Assert.Equal(1, Assert.Single(lane.Decoder.List()).Counts.RepeatedTotals);
    }

    [Fact]
    public void A_total_beside_a_delta_of_nought_tells_what_no_delta_told()
    {
        var lane = new TestLane();
        byte[] Row(uint delta, uint total) => Join(_ends, U32(delta, total));
        var flows = lane.Decode(
            1, Ipfix(Set(2, Template(256, "8/4 12/4 2/4 86/4"))),
            IpfixOf(7, 0, Set(256, Row(3, 3), Row(0, 5), Row(4, 9))));
        Assert.Equal([3UL, 2UL, 4UL], flows.Select(static flow => flow.Packets));
    }

    [Fact]
    public void Octets_told_as_a_total_alone_count_beside_packets_that_are_new()
    {
        var lane = new TestLane();
        byte[] Row(uint packets, uint octets) => Join(_ends, U32(packets, octets));
        var flows = lane.Decode(
            1, Ipfix(Set(2, Template(256, "8/4 12/4 2/4 85/4"))),
            IpfixOf(7, 0, Set(256, Row(5, 500), Row(2, 700))));
        Assert.Equal([5UL, 2UL], flows.Select(static flow => flow.Packets));
        Assert.Equal([500UL, 200UL], flows.Select(static flow => flow.Octets));
    }

    [Theory]
    [InlineData("133/4 132/4", 5, 500, true)]
    [InlineData("135/4 134/4", 5, 500, true)]
    [InlineData("2/4 133/4", 5, 0, false)]
    public void What_was_dropped_is_an_attempt_where_nothing_went_on(
        string counters, ulong packets, ulong octets, bool all)
    {
        var flow = Assert.Single(new TestLane().Decode(
            1, Ipfix(Set(2, Template(256, $"8/4 12/4 {counters}"))), IpfixOf(7, 0, Set(256, _ends, U32(5, 500)))));
        Assert.Equal((packets, octets, all), (flow.Packets, flow.Octets, flow.Is(FlowTraits.Dropped)));
    }

    [Fact]
    public void Of_three_headers_the_innermost_tells_and_none_is_mixed()
    {
        const string Header = "8/4 12/4 4/1 7/2 11/2 ";
        byte[] Of(string source, string destination, byte protocol, int port) =>
            Join(Ip(source), Ip(destination), U8(protocol), U16(port, port));
        var flow = Assert.Single(new TestLane().Decode(
            1, Ipfix(Set(2, Template(256, $"{Header}{Header}{Header}2/4"))),
            IpfixOf(7, 0, Set(256, Of("192.0.2.1", "192.0.2.2", 4, 0), Of("192.0.2.3", "192.0.2.4", 4, 0),
                Of("198.51.100.10", "203.0.113.66", 6, 443), U32(1)))));
        Assert.Equal(
            ("198.51.100.10", "203.0.113.66", 443, 6),
            (flow.Source.ToString(), flow.Destination.ToString(), flow.SourcePort, flow.Protocol));
    }

    [Theory]
    [InlineData("000000", 0)]
    [InlineData("00000000000000", 0)]
    [InlineData("0A0000", 0)]
    [InlineData("0A000001C000", 1)]
    public void A_record_that_its_set_cuts_is_said_and_padding_is_not(string rest, int faults)
    {
        foreach (var template in (string[])["8/4 12/4 2/4", "8/4 12/4 2/4 82/65535"])
        {
            var lane = new TestLane();
            var name = template.EndsWith("65535", StringComparison.Ordinal) ? U8(0) : [];
            Assert.Single(lane.Decode(
                1, Ipfix(Set(2, Template(256, template))), IpfixOf(7, 0, Set(256, _ends, U32(7), name, Hex(rest)))));
            Assert.Equal(faults, lane.Decoder.List().Sum(static one => one.Faults.Sum(static fault => fault.Value)));
        }
    }

    [Theory]
    [InlineData(1, 6, 1)]
    [InlineData(90, 6, 2)]
    [InlineData(1_501, 17, 2)]
    [InlineData(100, 17, 1)]
    [InlineData(0, 17, 0)]
    public void Octets_without_packets_are_a_flow(uint octets, byte protocol, ulong packets)
    {
        var lane = new TestLane();
        var flow = Assert.Single(lane.Decode(
            1, V9(Set(0, Template(256, "8/4 12/4 1/4 4/1"))),
            V9Of(7, 1, Set(256, _ends, U32(octets), U8(protocol)))));
        Assert.Equal(packets, flow.Packets);
    }

    [Theory]
    [InlineData(0x40, false)]
    [InlineData(0x80, true)]
    [InlineData(0x82, true)]
    [InlineData(0xC0, false)]
    public void A_forwarding_status_of_the_class_0x80_is_a_drop(byte status, bool dropped)
    {
        var lane = new TestLane();
        var flow = Assert.Single(lane.Decode(
            1, V9(Set(0, Template(256, "8/4 12/4 2/4 89/1"))), V9Of(7, 1, Set(256, _ends, U32(5), U8(status)))));
        Assert.Equal(dropped, flow.Is(FlowTraits.Dropped));
    }

    [Theory]
    [InlineData("304/2 305/4 309/4 310/4", "0003 00000001 00000001 00000100", 256)]
    [InlineData("305/4 306/4", "00000001 00000063", 100)]
    [InlineData("305/4", "00000001", 0)]
    [InlineData("309/4", "00000001", 0)]
    [InlineData("304/2 311/4", "0004 3C23D70A", 100)]
    public void A_rate_is_what_its_elements_say_together(string fields, string values, uint rate)
    {
        var lane = new TestLane();
        lane.Decode(
            1, Ipfix(Set(3, U16(257, Count(fields) + 1, 1), Fields("302/4 " + fields))),
            Ipfix(Set(257, U32(1), Hex(values))));
        Assert.Equal(rate, Assert.Single(lane.Decoder.List()).Rates.SingleOrDefault().Interval);
    }

    [Fact]
    public void Every_rate_that_flows_were_given_is_listed()
    {
        var lane = new TestLane();
        lane.Decode(
            1, V5(100, 0, V5Record("10.0.0.1", "192.0.2.7", 1, 2, 3, 4)),
            V5(200, 1, V5Record("10.0.0.1", "192.0.2.7", 1, 2, 3, 4)));
        Assert.Equal(
            [(100U, SamplingSource.Header), (200U, SamplingSource.Header)],
            Assert.Single(lane.Decoder.List()).SeenRates);
    }

    [Theory]
    [InlineData(TunnelPreference.Usual, false, "198.51.100.7")]
    [InlineData(TunnelPreference.Usual, true, "10.9.9.1")]
    [InlineData(TunnelPreference.Outer, false, "10.9.9.1")]
    [InlineData(TunnelPreference.Inner, true, "198.51.100.7")]
    public void The_inner_header_tells_but_for_a_tunnel_of_a_subscriber_s_own(
        TunnelPreference tunnels, bool own, string source)
    {
        var lane = new TestLane(DecodingOptions.OfFiles with { Tunnels = tunnels }) { IsOwn = _ => own };
        var outer = IPv4(4, IPv4(17, U16(40_000, 53, 8, 0)));
        Ip("10.9.9.1").CopyTo(outer, 12);
        var flow = Assert.Single(lane.Decode(1, SFlow(FlowSample(outer, protocol: 11))));
        Assert.Equal(IpKey.Parse(source), flow.Source);
        var counts = Assert.Single(lane.Decoder.List()).Counts;
        Assert.Equal((1L, source == "198.51.100.7"), (
            counts.InnerHeaders + counts.OuterHeaders, counts.InnerHeaders == 1));
    }

    [Fact]
    public void A_tunnel_told_by_a_port_alone_is_followed_where_asked()
    {
        var vxlan = IPv4(17, Join(U16(1, 4_789, 0, 0), U8(8, 0, 0, 0, 0, 0, 7, 0), Ethernet(0x0800, IPv4(6, Tcp(5, 6, 2)))));
        var gtp = IPv4(17, Join(U16(1, 2_152, 0, 0), U8(0x30, 255), U16(44), U32(9), IPv4(6, Tcp(5, 6, 2))));
        foreach (var packet in (byte[][])[vxlan, gtp])
        {
            Assert.Equal(17, Protocol(TunnelPreference.Usual, packet));
            Assert.Equal(6, Protocol(TunnelPreference.Inner, packet));
        }

        static byte Protocol(TunnelPreference tunnels, byte[] packet) => Assert.Single(
            new TestLane(DecodingOptions.OfFiles with { Tunnels = tunnels })
                .Decode(1, SFlow(FlowSample(packet, protocol: 11)))).Protocol;
    }

    [Fact]
    public void A_discarded_sample_is_a_drop_and_a_sample_at_the_way_out_says_so()
    {
        var packet = IPv4(17, U16(1, 2, 8, 0));
        var dropped = SFlow(Sample(1, U32(1, 5, 100, 0, 0, 5, 0x4000_0102, 1), RawHeader(packet, 11)));
        var egress = SFlow(Sample(1, U32(1, 6, 100, 0, 0, 5, 6, 1), RawHeader(packet, 11)));
        Assert.True(Assert.Single(new TestLane().Decode(1, dropped)).Is(FlowTraits.Dropped | FlowTraits.Ingress));
        Assert.True(Assert.Single(new TestLane().Decode(1, egress)).Is(FlowTraits.Egress));
    }

    [Fact]
    public void A_pseudowire_carries_ethernet_behind_its_control_word()
    {
        var frame = Ethernet(0x8847, Hex("0001 0140"), U32(0), Ethernet(0x0800, IPv4(6, Tcp(5, 6, 2))));
        Assert.Equal(6, Assert.Single(new TestLane().Decode(1, SFlow(FlowSample(frame)))).Protocol);
    }

    [Theory]
    [InlineData(-3_600_000, -3_600_000, 0)]
    [InlineData(-6_000_000, 0, 1)]
    [InlineData(86_400_000, 0, 1)]
    public void A_flow_ends_near_its_export_or_is_given_the_export_time(long told, long taken, long replaced)
    {
        var lane = new TestLane();
        var ms = (ulong)(Exported + told);
        var flow = Assert.Single(lane.Decode(
            1, Ipfix(Set(2, Template(256, "8/4 12/4 2/4 152/8 153/8"))),
            IpfixOf(7, 0, Set(256, _ends, U32(5), U64(ms - 1_000), U64(ms)))));
        Assert.Equal((Exported + taken - 1_000, Exported + taken), (flow.StartMs, flow.EndMs));
        Assert.Equal(replaced, Assert.Single(lane.Decoder.List()).TimesReplaced);
    }

    [Fact]
    public void An_exporter_without_a_clock_is_given_arrival_and_a_record_with_one_keeps_its_own()
    {
        var lane = new TestLane { AtMs = Exported };
        byte[] Message(params byte[][] sets)
        {
            var message = Ipfix(sets);
            U32(864_000).CopyTo(message, 4);
            return message;
        }

        var flows = lane.Decode(
            1, Message(Set(2, Template(256, "8/4 12/4 2/4 153/8"))),
            Message(Set(256, _ends, U32(5), U64(864_000_000 - 2_000), _ends, U32(5), U64((ulong)Exported - 9_000))));
        Assert.Equal([Exported - 2_000, Exported - 9_000], flows.Select(static flow => flow.EndMs));
        Assert.Equal(1, Assert.Single(lane.Decoder.List()).ClocksReplaced);
    }

    [Fact]
    public void A_clock_far_from_ours_is_believed_in_files_and_not_live()
    {
        var options = DecodingOptions.OfFiles with { ClockTolerance = TimeSpan.FromDays(7) };
        var (live, file) = (new TestLane(options) { AtMs = Exported + 864_000_000 }, new TestLane { AtMs = Exported + 864_000_000 });
        byte[][] messages = [V9(Set(0, Template(256, "8/4 12/4 2/4"))), V9Of(7, 1, Set(256, _ends, U32(5)))];
        Assert.Equal(Exported, Assert.Single(file.Decode(1, messages)).EndMs);
        Assert.Equal(live.AtMs, Assert.Single(live.Decode(1, messages)).EndMs);
    }
}
