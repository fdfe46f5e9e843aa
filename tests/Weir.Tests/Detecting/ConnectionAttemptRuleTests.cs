// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Wire;
using static Weir.Tests.Detecting.DetectorHarness;

namespace Weir.Tests.Detecting;

/// <summary>Scans and spam at line speed.</summary>
public sealed class ConnectionAttemptRuleTests
{
    private static IReadOnlyList<QualityEvent> Judged(DetectingOptions options, IEnumerable<Flow> flows)
    {
        using var watched = new DetectorHarness(options);
        watched.Add([.. flows]);
        return watched.Finish();
    }

    private static QualityEvent? Judged(params IEnumerable<Flow> flows) => Judged(Small, flows).SingleOrDefault();

    private static Flow Probe(double second, IpKey remote, ushort port = 23, byte flags = Syn, uint sampling = 1) =>
        Out(second, second, 1, 60, Protocols.Tcp, port, flags, sampling, remote: remote);

    private static IEnumerable<Flow> Scan(
        int remotes, double seconds, byte flags = Syn, ushort port = 23, int from = 0) =>
            Enumerable.Range(0, remotes).Select(i => Probe(i * seconds / remotes, Remote(from + i), port, flags));

    [Theory]
    [InlineData(150, true)]
    [InlineData(70, false)]
    public void Many_silent_remotes_on_one_port_within_a_minute_are_a_scan(int remotes, bool fires)
    {
        var told = Judged(Scan(remotes, 29));

        Assert.Equal(fires ? RuleId.Scan : null, told?.Rule);
        if (told is not null)
        {
            Assert.Equal("out tcp rport=23 raddr=any trait=unanswered", told.Class!.ToString());
            Assert.Equal(("horizontal", "remotes/min", 60), (told.Detail, told.Unit, told.WindowSeconds));
            Assert.InRange(told.Measured, 135, 165);
        }
    }

    [Fact]
    public void Probes_that_a_router_drops_are_probes() =>
        Assert.Equal(RuleId.Scan, Judged(Scan(150, 29).Select(static flow => flow with
        {
            Traits = flow.Traits | FlowTraits.Dropped,
        }))?.Rule);

    [Fact]
    public void The_same_number_over_an_hour_is_none() => Assert.Null(Judged(Scan(150, 3_600)));

    [Fact]
    public void Where_one_in_four_answers_it_is_no_scan()
    {
        Assert.Null(Judged([.. Scan(300, 29), .. Scan(100, 29, Talk, from: 1_000)]));
        Assert.NotNull(Judged([.. Scan(300, 29), .. Scan(40, 29, Talk, from: 1_000)]));
    }

    [Fact]
    public void The_same_remotes_again_are_not_counted_again() =>
        Assert.Null(Judged(Enumerable.Range(0, 20).SelectMany(i => Scan(60, 29))));

    [Fact]
    public void A_refusal_is_no_answer_and_an_answer_in_a_record_of_its_own_is_one()
    {
        static Flow Back(Flow probe, byte flags) =>
            probe with { PacketsOut = 0, OctetsOut = 0, FlagsOut = 0, PacketsIn = 1, OctetsIn = 60, FlagsIn = flags };
        var probes = Scan(150, 29).ToArray();

        Assert.NotNull(Judged([.. probes, .. probes.Select(p => Back(p, 0x14))]));
        Assert.Null(Judged([.. probes, .. probes.Select(p => Back(p, 0x12))]));
    }

    [Fact]
    public void UDP_is_answered_by_whatever_comes_back()
    {
        Flow[] probes = [.. Enumerable.Range(0, 200)
            .Select(i => Out(i * 0.14, i * 0.14, 1, port: 161, remote: Remote(i)))];
        Flow[] answers = [.. probes.Select(
            p => p with { PacketsOut = 0, OctetsOut = 0, PacketsIn = 1, OctetsIn = 90 })];

        Assert.Equal("out udp rport=161 raddr=any trait=unanswered", Judged(probes)?.Class!.ToString());
        Assert.Null(Judged(probes.Zip(answers, (a, b) => (Flow[])[a, b]).SelectMany(pair => pair)));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(60, false)]
    public void Many_silent_ports_of_one_remote_are_a_vertical_scan(int ports, bool fires)
    {
        var told = Judged(Enumerable.Range(1, ports).Select(i => Probe(i * 29.0 / ports, Victim, (ushort)i)));

        Assert.Equal(fires ? "vertical" : null, told?.Detail);
        Assert.Equal(fires ? "out tcp rport=any raddr=203.0.113.9 trait=unanswered" : null, told?.Class!.ToString());
    }

    [Fact]
    public void A_scan_goes_on_and_is_one_event()
    {
        using var watched = new DetectorHarness();
        for (var minute = 0; minute < 10; minute++)
        {
            watched.Add([.. Scan(300, 60, from: minute * 300).Select(
                f => f with { StartMs = f.StartMs + (minute * 60_000), EndMs = f.EndMs + (minute * 60_000) })]);
        }

        var told = Assert.Single(watched.Finish());
        Assert.InRange(told.UntilMs - told.FromMs, 570_000, 660_000);
        Assert.Equal(1, watched.Told.Count(e => e.Phase == EventPhase.Opened));
        Assert.Equal(1, watched.Told.Count(e => e.Phase == EventPhase.Closed));
        Assert.InRange(watched.Told.Count(e => e.Phase == EventPhase.Grown), 5, 10);
    }

    [Fact]
    public void Sampled_a_scan_is_told_by_how_far_it_spreads()
    {
        // One in 100 of a scan of 200 a second: two a second, none of which says who answered.
        var scan = Enumerable.Range(0, 1_200).Select(i => Probe(i * 0.5, Remote(i), sampling: 100));
        var told = Judged(scan);

        Assert.Equal(("remotes/10min", 600, 100u), (told?.Unit, told!.WindowSeconds, told.SamplingInterval));
        Assert.Null(Judged(Enumerable.Range(0, 300).Select(i => Probe(i * 2, Remote(i), sampling: 100))));
        Assert.Null(Judged(
            Enumerable.Range(0, 1_200).Select(i => Probe(i * 0.5, Remote(i), port: 443, flags: 0x10, sampling: 100))));
    }

    private static IEnumerable<Flow> Mail(
        double perMinute, double minutes, int remotes, ushort port = 25, byte flags = 0x1B, double from = 0) =>
            Enumerable.Range(0, (int)(perMinute * minutes)).Select(i => Out(
                from + (i * 60 / perMinute), from + (i * 60 / perMinute) + 3, 14, protocol: Protocols.Tcp, port: port,
                flags: flags, remote: Remote(i % remotes), answered: 12));

    [Theory]
    [InlineData(900, 140, 2, true)]
    [InlineData(70, 60, 2, true)]
    [InlineData(50, 60, 5, false)]
    [InlineData(900, 140, 1, false)]
    [InlineData(900, 5, 3, false)]
    public void Spam_is_two_fast_minutes_to_many_remotes(double perMinute, int remotes, double minutes, bool fires)
    {
        var told = Judged(Mail(perMinute, minutes, remotes));

        Assert.Equal(fires ? RuleId.Spam : null, told?.Rule);
        if (told is not null)
        {
            Assert.Equal("out tcp rport=25 raddr=any trait=mail", told.Class!.ToString());
            Assert.Equal((perMinute, 60d, "connections/min"), (told.Measured, told.Threshold, told.Unit));
        }
    }

    [Fact]
    public void The_later_parts_of_long_mail_connections_are_not_new_ones() =>
        Assert.Null(Judged(Mail(200, 4, 100, flags: 0x18)));

    [Fact]
    public void A_line_that_may_mail_is_left_alone()
    {
        Assert.Empty(Judged(Small with { MayMail = [Prefix.Parse("10.0.0.7/32")] }, Mail(900, 3, 140)));
        Assert.NotEmpty(Judged(Small with { MayMail = [Prefix.Parse("10.0.0.8/32")] }, Mail(900, 3, 140)));
    }

    [Fact]
    public void A_flood_and_spam_of_one_line_are_two_events_and_neither_knows_of_the_other()
    {
        var told = Judged(Small, [Out(0, 45, 80_000 * 45), .. Mail(900, 3, 140)]);

        Assert.Equal(["flood-out", "spam"], told.Select(e => e.Rule).Order());
        Assert.Equal(
            ["out tcp rport=25 raddr=any trait=mail", "out udp rport=7703 raddr=203.0.113.9"],
            told.Select(e => e.Class!.ToString()).Order());
    }
}
