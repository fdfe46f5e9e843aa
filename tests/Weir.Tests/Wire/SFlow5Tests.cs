// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Wire;

public class SFlow5Tests
{
    private static readonly byte[] _tcp = Tcp(40_000, 443, 0x12);

    [Fact]
    public void A_sample_is_one_packet_of_its_IP_octets_at_its_rate()
    {
        var found = PayloadSequence.Decode(SFlow(FlowSample(Ethernet(0x0800, IPv4(6, _tcp)))));
        var flow = Assert.Single(found.Flows);
        Assert.Equal((IpKey.Parse("198.51.100.7"), IpKey.Parse("203.0.113.9")), (flow.Source, flow.Destination));
        Assert.Equal((40_000, 443, 6, 0x12), (flow.SourcePort, flow.DestinationPort, flow.Protocol, flow.TcpFlags));
        Assert.Equal((1UL, 40UL, 512U), (flow.Packets, flow.Octets, flow.SamplingInterval));
        Assert.Equal((5U, 6U), (flow.InputInterface, flow.OutputInterface));
        Assert.Equal(new ExportHeader(ExportProtocol.SFlow5, 3, 17, 0, 1000), Assert.Single(found.Messages));
    }

    public static TheoryData<string, byte[], uint> Encapsulations() => new()
    {
        { "vlan", Ethernet(0x8100, U16(7, 0x0800), IPv4(6, _tcp)), 1 },
        { "qinq", Ethernet(0x88A8, U16(7, 0x8100, 8, 0x86DD), IPv6(6, _tcp)), 1 },
        { "pppoe", Ethernet(0x8864, Hex("1100 0001 0050 0021"), IPv4(6, _tcp)), 1 },
        { "pppoe over vlan, v6", Ethernet(0x8100, U16(7, 0x8864), Hex("1100 0001 0050 0057"), IPv6(6, _tcp)), 1 },
        { "mpls", Ethernet(0x8847, Hex("00010040 00020140"), IPv4(6, _tcp)), 1 },
        { "pseudowire", Ethernet(0x8847, Hex("00010140 00000000"), Ethernet(0x0800, IPv4(6, _tcp))), 1 },
        { "pseudowire without a control word", Ethernet(0x8847, Hex("00010140"), Ethernet(0x0800, IPv4(6, _tcp))), 1 },
        { "snap", Ethernet(0x0040, Hex("AAAA03000000 0800"), IPv4(6, _tcp)), 1 },
        {
            "ipv6 with extensions",
            Ethernet(0x86DD, IPv6(0, Join(Hex("3C00000000000000 2C00000000000000 0600000100000009"), _tcp))),
            1
        },
        {
            "ipv6 behind ah",
            Ethernet(0x86DD, IPv6(51, Join(Hex("0604000000000000 0000000000000000 0000000000000000"), _tcp))),
            1
        },
        { "ip alone", IPv4(6, _tcp), 11 },
        { "ipv6 alone", IPv6(6, _tcp), 12 },
        { "mpls alone", Join(Hex("00010140"), IPv4(6, _tcp)), 13 },
        { "ppp", Join(Hex("FF030021"), IPv4(6, _tcp)), 7 },
    };

    [Theory]
    [MemberData(nameof(Encapsulations))]
    public void Ports_are_found_through(string name, byte[] packet, uint protocol)
    {
        var flow = Assert.Single(PayloadSequence.Decode(SFlow(FlowSample(packet, protocol: protocol))).Flows);
        Assert.True(flow is { Protocol: 6, SourcePort: 40_000, DestinationPort: 443, TcpFlags: 0x12 }, name);
    }

    [Fact]
    public void A_later_fragment_has_no_ports()
    {
        Assert.Equal(0, Assert.Single(PayloadSequence.Decode(
            SFlow(FlowSample(IPv4(6, _tcp, fragment: 0x2001), protocol: 11))).Flows).DestinationPort);
        Assert.Equal(443, Assert.Single(PayloadSequence.Decode(
            SFlow(FlowSample(IPv4(6, _tcp, fragment: 0x2000), protocol: 11))).Flows).DestinationPort);
        var v6 = IPv6(44, Join(Hex("0600000800000009"), _tcp));
        Assert.Equal((0, 6), (
            Assert.Single(PayloadSequence.Decode(SFlow(FlowSample(v6, protocol: 12))).Flows) is var flow
                ? flow.DestinationPort
                : -1,
            flow.Protocol));
    }

    [Fact]
    public void Icmp_type_and_code_stand_in_the_destination_port() =>
        Assert.Equal(0x0803, Assert.Single(
            PayloadSequence.Decode(SFlow(FlowSample(IPv4(1, U8(8, 3, 0, 0)), protocol: 11))).Flows).DestinationPort);

    [Fact]
    public void An_expanded_sample_is_read_and_an_unknown_interface_is_none()
    {
        var sample = Sample(3, U32(1, 0, 5, 256, 0, 0, 0, 70_000, 1, 9, 1), RawHeader(IPv4(6, _tcp), protocol: 11));
        var flow = Assert.Single(PayloadSequence.Decode(SFlow(sample)).Flows);
        Assert.Equal((256U, 70_000U, 0U), (flow.SamplingInterval, flow.InputInterface, flow.OutputInterface));
    }

    [Fact]
    public void A_digest_serves_where_there_is_no_header_and_yields_to_one()
    {
        var digest = Join(U32(3, 32, 77, 17), Ip("10.0.0.1"), Ip("192.0.2.7"), U32(1_234, 53, 0, 0));
        var alone = Sample(1, U32(1, 5, 512, 0, 0, 5, 6, 1), digest);
        Assert.Equal((53, 77UL), (
            Assert.Single(PayloadSequence.Decode(SFlow(alone)).Flows) is var flow ? flow.DestinationPort : 0,
            flow.Octets));
        var both = Sample(1, U32(1, 5, 512, 0, 0, 5, 6, 2), digest, RawHeader(IPv4(6, _tcp), protocol: 11));
        Assert.Equal(443, Assert.Single(PayloadSequence.Decode(SFlow(both)).Flows).DestinationPort);
    }

    [Fact]
    public void Counters_other_samples_and_other_packets_are_counted_apart()
    {
        var found = PayloadSequence.Decode(SFlow(
            Sample(2, new byte[40]), Sample(4, new byte[40]), Sample(5, new byte[40]),
            Sample((4413u << 12) | 1, new byte[8]), FlowSample(Ethernet(0x0806, new byte[28]))));
        Assert.Equal([
            IgnoredReason.Counters, IgnoredReason.Counters, IgnoredReason.OtherSample, IgnoredReason.OtherSample,
            IgnoredReason.NotIp], found.Ignored);
        Assert.Empty(found.Faults);
    }

    [Fact]
    public void A_sample_beyond_the_datagram_costs_the_rest()
    {
        var datagram = SFlow(FlowSample(IPv4(6, _tcp), protocol: 11), FlowSample(IPv4(6, _tcp), protocol: 11));
        var found = PayloadSequence.Decode(datagram[..^4]);
        Assert.Equal((1, "sFlow v5 §5 sample length"), (found.Flows.Count, Assert.Single(found.Faults).Rule));
    }

    [Fact]
    public void A_record_beyond_its_sample_costs_the_sample_alone()
    {
        var bad = Sample(1, U32(1, 5, 512, 0, 0, 5, 6, 1), U32(1, 4_000));
        var found = PayloadSequence.Decode(SFlow(bad, FlowSample(IPv4(6, _tcp), protocol: 11)));
        Assert.Equal((1, Damage.SkipRecord), (found.Flows.Count, Assert.Single(found.Faults).Damage));
    }

    [Fact]
    public void A_packet_cut_inside_its_ip_header_is_a_fault() =>
        Assert.Equal(
            "sampled packet cut inside its IP header",
            Assert.Single(PayloadSequence.Decode(SFlow(FlowSample(IPv4(6, _tcp)[..16], protocol: 11))).Faults).Rule);
}
