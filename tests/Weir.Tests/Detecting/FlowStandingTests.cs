// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Collector.Matching;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Tests.Matching;
using Weir.Wire;
using static Weir.Tests.Detecting.DetectorHarness;

namespace Weir.Tests.Detecting;

/// <summary>What counters make of flows that are not corroborated (rules.md R21).</summary>
public sealed class FlowStandingTests
{
    [Fact]
    public void What_is_forged_about_a_quiet_line_raises_an_event_that_says_so()
    {
        using var place = new DetectorHarness();
        var exporter = place.Exporter("192.0.2.1");
        for (var i = 0; i < 60; i++)
        {
            place.Add(Doubtful(Out(i, i + 0.9, 80_000)) with { Exporter = exporter });
        }

        place.Until(400);
        var told = Assert.Single(place.Finish(), one => one.Rule == RuleId.FloodOut);
        Assert.Equal(
            (EvidenceDoubt.NewStream, 0L, IpKey.Parse("192.0.2.1")), (told.Doubt, told.CorroboratedMs, told.Exporter));
    }

    [Fact]
    public void What_is_forged_about_a_line_that_true_streams_tell_of_adds_nothing_to_it_and_casts_no_doubt()
    {
        using var place = new DetectorHarness();
        for (var i = 0; i < 60; i++)
        {
            place.Add(
                Out(i, i + 0.9, 80_000),
                Doubtful(Out(i, i + 0.9, 90_000, remote: IpKey.Parse("203.0.113.77"), port: 443)));
        }

        place.Until(400);
        var told = place.Finish().Where(one => one.Rule == RuleId.FloodOut).ToList();
        var proven = Assert.Single(told, one => one.Doubt == EvidenceDoubt.None);
        Assert.Equal(proven.UntilMs, proven.CorroboratedMs);
        Assert.Equal([Victim], proven.Class!.Predicate.Remotes);
        Assert.InRange(proven.Measured, 79_000, 81_000);
        Assert.All(told.Where(one => one != proven), one => Assert.Equal(0, one.CorroboratedMs));
        Assert.Equal(60, place.Detector.Counts.Doubtful);
    }

    /// <summary>Its router booted anew a minute ago, and streams of before told of the line: the flood is told all the
    /// same. </summary>
    [Theory]
    [InlineData(60)]
    [InlineData(900)]
    public void A_flood_that_a_young_stream_tells_of_is_told_whatever_was_told_before(int afterSeconds)
    {
        using var place = new DetectorHarness();
        for (var i = 0; i < 30; i++)
        {
            place.Add(Out(i, i + 0.9, 10));
        }

        for (var i = afterSeconds; i < afterSeconds + 60; i++)
        {
            place.Add(Doubtful(Out(i, i + 0.9, 80_000)));
        }

        place.Until(afterSeconds + 400);
        Assert.Equal(
            EvidenceDoubt.NewStream, Assert.Single(place.Finish(), one => one.Rule == RuleId.FloodOut).Doubt);
    }

    /// <summary>The stream earns its standing while the flood lasts: what is corroborated is an event of its own, and
    /// what is not grows no more.</summary>
    [Fact]
    public void A_flood_that_goes_on_when_its_stream_is_corroborated_is_told_anew()
    {
        using var place = new DetectorHarness();
        for (var i = 0; i < 600; i++)
        {
            var flow = Out(i, i + 0.9, 80_000);
            place.Add(i < 60 ? Doubtful(flow) : flow);
        }

        place.Until(1_000);
        _ = place.Finish();
        var last = place.Told.Where(one => one is { Rule: RuleId.FloodOut, Phase: EventPhase.Closed }).ToList();
        var young = Assert.Single(last, one => one.Doubt == EvidenceDoubt.NewStream);
        var proven = Assert.Single(last, one => one.Doubt == EvidenceDoubt.None);
        Assert.True(young.UntilMs <= Start + 120_000, "what is doubtful goes on beside what is not");
        Assert.Equal(proven.UntilMs, proven.CorroboratedMs);
        Assert.True(proven.FromMs >= Start + 50_000);
    }

    /// <summary>Who goes on with a stream at the end of a flood takes nothing of what was corroborated before.</summary>
    [Fact]
    public void A_contest_at_the_end_of_a_flood_seals_what_it_told_alone()
    {
        using var place = new DetectorHarness();
        for (var i = 0; i < 120; i++)
        {
            var flow = Out(i, i + 0.9, 80_000);
            place.Add(i < 60 ? flow : Doubtful(flow, FlowStanding.Contested));
        }

        place.Until(600);
        var told = place.Finish().Where(one => one.Rule == RuleId.FloodOut).ToList();
        var proven = Assert.Single(told, one => one.Doubt == EvidenceDoubt.None);
        Assert.InRange(proven.CorroboratedMs, Start + 50_000, Start + 80_000);
        Assert.Single(told, one => one.Doubt == EvidenceDoubt.TwoStreams);
    }

    [Fact]
    public void Forged_visits_to_a_C2_are_told_apart_from_true_ones()
    {
        var matcher = new Matcher(
            new CurrentWatchlist(WatchlistTests.ListOf(WatchlistTests.FeedOf("c2", ListRole.C2, $"{Victim}:443"))),
            (block, _) => new SubjectKey(block.Bits), new ExporterNumbers());
        var other = IpKey.Parse("10.0.0.8");

        // One line's visits are true and forged, another's are forged, a third's are half and half.
        matcher.Match(
        [
            Talk(Line), Doubtful(Talk(Line)), Doubtful(Talk(other)),
            Doubtful(Half(IpKey.Parse("10.0.0.9"), outward: true)), Half(IpKey.Parse("10.0.0.9"), outward: false),
        ]);
        var seen = matcher.Drain(long.MaxValue).Where(one => one.Kind == ContactKind.Exchange)
            .Select(one => (Subject: new IpKey(one.Subject.Pseudonym), one.Doubt)).OrderBy(one => one.Subject).ToList();

        Assert.Equal(
            [
                (Line, EvidenceDoubt.None), (other, EvidenceDoubt.NewStream),
                (IpKey.Parse("10.0.0.9"), EvidenceDoubt.NewStream),
            ],
            seen);
    }

    private static Flow Doubtful(Flow flow, FlowStanding standing = FlowStanding.Doubtful)
    {
        flow.Standing = standing;
        return flow;
    }

    private static Flow Talk(IpKey subject) => Half(subject, outward: true) with { PacketsIn = 9, FlagsIn = 0x1B, OctetsIn = 900 };

    private static Flow Half(IpKey subject, bool outward) => new()
    {
        Subject = subject,
        Remote = Victim,
        RemotePort = 443,
        SubjectPort = 50_000,
        Protocol = Protocols.Tcp,
        Traits = FlowTraits.FlagsKnown,
        StartMs = Start + 1_000,
        EndMs = Start + 2_000,
        PacketsOut = outward ? 9U : 0,
        PacketsIn = outward ? 0 : 9U,
        FlagsOut = outward ? (byte)0x1B : (byte)0,
        FlagsIn = outward ? (byte)0 : (byte)0x1B,
        SamplingInterval = 1,
        Place = FlowAttribution.Attributed,
    };
}
