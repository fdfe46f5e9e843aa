// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Attributing;
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;
using static Weir.Tests.Detecting.DetectorHarness;

namespace Weir.Tests.Detecting;

/// <summary>Floods, reflection and spoofing: each fires at its threshold, once, and not below.</summary>
public sealed class VolumeRuleTests
{
    private static QualityEvent? Judged(DetectingOptions options, params Flow[] flows)
    {
        using var watched = new DetectorHarness(options);
        watched.Add(flows);
        return watched.Finish().SingleOrDefault();
    }

    private static QualityEvent? Judged(params Flow[] flows) => Judged(Small, flows);

    [Fact]
    public void A_flood_names_its_victim_and_port_and_all_that_proves_it()
    {
        using var watched = new DetectorHarness();
        var flood = Out(2, 47, 80_000 * 45);
        flood.Exporter = watched.Exporter("192.0.2.1");
        watched.Add(flood);
        var told = Assert.Single(watched.Finish());

        Assert.Equal((RuleId.FloodOut, 1, "flood-out/1"), (told.Rule, told.RuleVersion, told.Trigger));
        Assert.Equal("out udp rport=7703 raddr=203.0.113.9", told.Class!.ToString());
        Assert.Equal(
            (20_000d, "packets/s", 30, 1u), (told.Threshold, told.Unit, told.WindowSeconds, told.SamplingInterval));
        Assert.Equal(80_000, told.Measured, 1.0);
        Assert.Equal((Start, Start + 30_000, Start + 50_000), (told.FromMs, told.TriggeredMs, told.UntilMs));
        Assert.Equal("192.0.2.1", told.Exporter.ToString());
        Assert.Equal(new SubjectKey(Line.Bits), told.Subject);
    }

    [Fact]
    public void Other_thresholds_count_from_the_next_flow_on_and_what_is_open_stays()
    {
        using var watched = new DetectorHarness();
        var other = IpKey.Parse("10.0.0.8");
        watched.Add(Out(0, 40, 80_000 * 40));
        watched.Until(200);
        Assert.Equal(20_000, Assert.Single(watched.Events).Threshold);

        watched.Detector.Follow(Small with { Floors = new() { Out = 100_000 } });
        watched.Add(Out(210, 250, 80_000 * 40, subject: other));
        watched.Until(500);
        Assert.Single(watched.Events);

        watched.Detector.Follow(Small with { Floors = new() { Out = 1_000 } });
        watched.Add(Out(510, 550, 2_000 * 40, subject: other));
        var told = watched.Finish();
        Assert.Equal(1_000, Assert.Single(told, e => e.Subject == new SubjectKey(other.Bits)).Threshold);
    }

    [Fact]
    public void What_a_router_drops_floods_nobody() => Assert.Null(Judged(
        Out(0, 30, 80_000 * 30) with { Traits = FlowTraits.Dropped }));

    [Theory]
    [InlineData(20_500, 30, true)]
    [InlineData(19_500, 30, false)]
    [InlineData(80_000, 19, false)]
    public void A_flood_needs_the_floor_for_three_bins(double rate, double seconds, bool fires) =>
        Assert.Equal(fires, Judged(Out(0, seconds, rate * seconds)) is not null);

    [Theory]
    [InlineData(Protocols.Udp, "udp")]
    [InlineData(Protocols.Tcp, "tcp")]
    [InlineData(Protocols.Icmp, "icmp")]
    [InlineData((byte)47, "gre")]
    public void Every_protocol_can_flood(byte protocol, string name)
    {
        var told = Judged(Out(0, 40, 30_000 * 40, protocol: protocol, port: protocol is Protocols.Udp or Protocols.Tcp
            ? (ushort)80
            : (ushort)0, flags: protocol == Protocols.Tcp ? Talk : (byte)0));

        Assert.Equal(RuleId.FloodOut, told?.Rule);
        Assert.StartsWith($"out {name} ", told!.Class!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Protocols_that_flood_one_remote_only_together_are_a_flood_too()
    {
        var told = Judged(Out(0, 40, 15_000 * 40), Out(0, 40, 14_000 * 40, protocol: Protocols.Icmp, port: 0));

        Assert.Equal(RuleId.FloodOut, told?.Rule);
        Assert.Equal(29_000, told!.Measured, 1.0);
        Assert.Equal(Protocols.Udp, told.Class!.Predicate.Protocol);
    }

    [Fact]
    public void Many_packets_to_many_remotes_are_no_flood()
    {
        var spread = Enumerable.Range(0, 40).Select(i => Out(0, 40, 1_000 * 40, remote: Remote(i))).ToArray();

        Assert.Null(Judged(spread));
        Assert.NotNull(Judged([.. spread, Out(0, 40, 50_000 * 40)]));
    }

    [Fact]
    public void A_flood_on_many_ports_is_told_by_its_victim_alone()
    {
        var hopping = Enumerable.Range(1, 400).Select(i => Out(0, 40, 100 * 40, port: (ushort)(1_000 + i))).ToArray();

        Assert.Equal("out udp rport=any raddr=203.0.113.9", Judged(hopping)?.Class!.ToString());
    }

    [Fact]
    public void A_line_is_held_against_its_own_past_once_that_is_known()
    {
        // Uneasy around 15,000 a second: the floor is passed by what is usual here.
        Flow[] usual = [.. Enumerable.Range(0, 60)
            .Select(i => Out(i * 10, (i * 10) + 9.99, (i % 2 == 0 ? 11_000 : 19_000) * 10))];
        Flow more = Out(600, 640, 24_000 * 40), much = Out(600, 640, 60_000 * 40);

        Assert.Null(Judged([.. usual, more]));
        Assert.True(Judged([.. usual, much])!.Threshold > 24_000);
        Assert.NotNull(Judged(more));
    }

    [Theory]
    [InlineData(1_200, 1.0, true)]
    [InlineData(900, 1.0, false)]
    [InlineData(1_200, 0.8, false)]
    public void Bare_SYN_to_one_remote_is_a_SYN_flood(double rate, double share, bool fires)
    {
        var told = Judged(
            [.. Enumerable.Range(0, 40).Select(
                i => Out(0, 40, rate, protocol: Protocols.Tcp, port: 80, flags: Syn, own: (ushort)(30_000 + i))),
             Out(0, 40, Math.Max(1, 40 * rate * ((1 / share) - 1)), protocol: Protocols.Tcp, port: 80, flags: Talk)]);

        Assert.Equal(fires ? RuleId.SynFloodOut : null, told?.Rule);
    }

    [Fact]
    public void A_SYN_flood_above_the_floor_of_floods_is_told_once_by_the_closer_rule() =>
        Assert.Equal(
            RuleId.SynFloodOut, Judged(Out(0, 40, 50_000 * 40, protocol: Protocols.Tcp, port: 80, flags: Syn))?.Rule);

    [Theory]
    [InlineData(6_000_000, 20, RuleId.ReflectionOut)]
    [InlineData(4_000_000, 20, null)]
    [InlineData(6_000_000, 8, null)]
    public void A_service_that_answers_with_far_more_than_it_is_asked_reflects(double bits, double ratio, string? rule)
    {
        var octets = bits / 8 * 40;
        var told = Judged(
            Out(0, 40, octets / 1_200, octets, own: 53, port: 40_000),
            In(0, 40, octets / 1_200, octets / ratio, own: 53, port: 40_000, remote: Victim));

        Assert.Equal(rule, told?.Rule);
        if (told is not null)
        {
            Assert.Equal("out udp rport=any raddr=203.0.113.9 sport=53 trait=from-service", told.Class!.ToString());
            Assert.Equal((53, "DNS reflector", "bits/s"), (told.ServicePort, told.Detail, told.Unit));
        }
    }

    [Fact]
    public void A_flood_from_an_amplifiers_port_is_named_and_told_by_that_port()
    {
        var told = Judged([.. Enumerable.Range(0, 300)
            .Select(i => In(0, 40, 100 * 40, 100 * 40 * 1_200, port: 123, remote: Remote(i)))]);

        Assert.Equal((RuleId.FloodIn, "NTP amplification"), (told?.Rule, told?.Detail));
        Assert.Equal("in udp rport=123 raddr=any trait=from-service", told!.Class!.ToString());
    }

    [Fact]
    public void Fragments_without_ports_belong_to_the_amplification_beside_them()
    {
        var told = Judged([.. Enumerable.Range(0, 100).SelectMany(i => (Flow[])[
            In(0, 40, 4_000, 4_000 * 1_480, port: 53, remote: Remote(i)),
            In(0, 40, 20_000, 20_000 * 1_480, port: 0, own: 0, remote: Remote(i))])]);

        Assert.Equal("DNS amplification", told?.Detail);
    }

    [Theory]
    [InlineData(25_000, 100, RuleId.FloodIn)]
    [InlineData(15_000, 100, null)]
    [InlineData(15_000, 1_800, RuleId.FloodIn)]
    public void Floods_received_are_held_against_packets_and_bits(double rate, double size, string? rule) =>
        Assert.Equal(rule, Judged(In(0, 40, rate * 40, rate * 40 * size, port: 9_999))?.Rule);

    [Fact]
    public void A_fast_download_is_no_flood()
    {
        Assert.Null(Judged(In(0, 60, 80_000 * 60, 80_000.0 * 60 * 1_400, Protocols.Tcp, 443, Talk)));
        Assert.Null(
            Judged(In(0, 60, 80_000 * 60, 80_000.0 * 60 * 1_400, port: 443), Out(0, 60, 10_000 * 60, port: 443)));
        Assert.NotNull(Judged(In(0, 60, 80_000 * 60, 80_000.0 * 60 * 60, Protocols.Tcp, 443, 0x12)));
    }

    [Fact]
    public void Where_the_rate_of_the_line_is_known_half_of_it_is_a_flood()
    {
        var slow = new NetworkTable([new Network(Prefix.Parse("10.0.0.0/8"), LineRate: 20_000_000)]);
        using var watched = new DetectorHarness(networks: slow);
        watched.Add(Out(0, 40, 40_000, 12_000_000 / 8 * 40));

        var told = Assert.Single(watched.Finish());
        Assert.Equal((RuleId.FloodOut, 10_000_000d, "bits/s"), (told.Rule, told.Threshold, told.Unit));
        Assert.Null(Judged(Out(0, 40, 40_000, 12_000_000 / 8 * 40)));
    }

    [Fact]
    public void A_group_of_networks_has_its_own_floors()
    {
        var networks = new NetworkTable(
            [new Network(Prefix.Parse("10.0.0.0/9"), Group: "hosting"), new Network(Prefix.Parse("10.128.0.0/9"))]);
        using var watched = new DetectorHarness(
            Small with { Groups = [new() { Name = "hosting", Out = 100_000 }] }, networks);
        watched.Add(Out(0, 40, 50_000 * 40), Out(0, 40, 50_000 * 40, subject: IpKey.Parse("10.200.0.1")));

        Assert.Equal("10.200.0.1", new IpKey(Assert.Single(watched.Finish()).Subject.Pseudonym).ToString());
    }

    [Fact]
    public void Sampled_packets_are_scaled_and_a_handful_of_them_proves_nothing()
    {
        Assert.Equal(30_000, Judged(Out(0, 40, 30 * 40, sampling: 1_000))!.Measured, 1.0);
        Assert.Null(Judged(Out(0, 40, 10 * 40, sampling: 1_000)));

        // Three thousand bare SYN a second, of which one in 8,192 is seen: four a bin.
        Assert.Null(Judged(Out(0, 40, 16, protocol: Protocols.Tcp, port: 80, flags: Syn, sampling: 8_192)));
        Assert.Equal(
            RuleId.SynFloodOut,
            Judged(Out(0, 40, 3 * 40, protocol: Protocols.Tcp, port: 80, flags: Syn, sampling: 1_000))?.Rule);
    }

    [Fact]
    public void Allowed_remotes_are_never_counted()
    {
        using var watched = new DetectorHarness(Small with { AllowRemotes = [Prefix.Parse("203.0.113.0/24")] });
        watched.Add(Out(0, 40, 80_000 * 40));

        Assert.Empty(watched.Finish());
        Assert.Equal((1, 0, 1), (
            watched.Detector.Counts.Seen, watched.Detector.Counts.Counted, watched.Detector.Counts.Allowed));
    }

    [Fact]
    public void Spoofed_sources_are_an_event_of_the_interface_and_open_no_scope()
    {
        var exporter = IpKey.Parse("192.0.2.10");
        Flow[] Spoofed(int count) => [.. Enumerable.Range(0, count).Select(
            i => Out(i * 0.1, i * 0.1, 1, remote: Remote(i), subject: InterfaceSubscriberLines.From(exporter, 7)) with
            {
                Place = FlowAttribution.Spoofed
            })];

        var told = Judged(Spoofed(200));
        Assert.Equal((RuleId.Spoof, null, "interface 7"), (told?.Rule, told?.Class, told?.Detail));
        Assert.Equal("100::c000:20a:0:7", new IpKey(told!.Subject.Pseudonym).ToString());
        Assert.Null(Judged(Spoofed(60)));
    }

    [Fact]
    public void What_the_border_tells_of_is_not_counted_beside_the_edge()
    {
        var border = Out(1, 41, 15_000 * 40) with { Role = 1 };
        Assert.Null(Judged(Out(0, 40, 15_000 * 40), border));
        Assert.NotNull(Judged(border with { PacketsOut = 30_000 * 40 }));
    }
}
