// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Reporting;
using Weir.Cli.Scoring;
using Weir.Desk.Reporting;
using Weir.Lab.Telling;
using Weir.Tests.Reporting;

namespace Weir.Tests.Lab;

/// <summary>Events held against the attacks of the truth.</summary>
public sealed class EventScoreTests
{
    private static readonly DateTimeOffset Start = SampleReport.Start;

    private static TruthEvent Attack(string rule, string subject, double minute = 10) =>
        new(rule, subject, "udp", 80, null, Ms(minute), Ms(minute + 1), 5);

    private static ReportEvent Raised(string rule, string subject, double minute = 10, double wait = 30) => new()
    {
        Subject = subject,
        Rule = rule,
        TrafficClass = null,
        Unit = "packets/s",
        From = Start.AddMinutes(minute),
        Until = Start.AddMinutes(minute + 1),
        Triggered = Start.AddMinutes(minute).AddSeconds(wait),
    };

    private static long Ms(double minute) => Start.AddMinutes(minute).ToUnixTimeMilliseconds();

    private static Dictionary<string, ScoreLine> Score(
        TruthEvent[] attacks, ReportEvent[] raised, long spoofed = 0, uint sampling = 1) =>
        EventScore.Compute(
            new Truth
            {
                Run = new(1_000, 86_400, 100, 2, 1, 0, 86_400_000, "NetFlow9", sampling, 2, 64),
                Totals = new(1, 1, 1, 1, 1, 1, 100, 0, 3),
                Networks = [],
                Bots = [],
                HiddenCncs = [],
                KnownCncs = [],
                WrongEntries = [],
                VendorClouds = [],
                Helpers = [],
                Events = attacks,
            },
            SampleReport.Create() with { Events = raised, Flows = new() { Spoofed = spoofed } })
            .ToDictionary(line => line.Name);

    [Fact]
    public void An_attack_is_found_by_its_rule_its_subject_and_its_time()
    {
        TruthEvent[] attacks = [Attack("flood-out", "10.0.0.1")];

        Assert.Equal(1, Score(attacks, [Raised("flood-out", "10.0.0.1")])["eventRecall"].Value);
        Assert.Equal(0, Score(attacks, [Raised("flood-out", "10.0.0.2")])["eventRecall"].Value);
        Assert.Equal(0, Score(attacks, [Raised("scan", "10.0.0.1")])["eventRecall"].Value);
        Assert.Equal(0, Score(attacks, [Raised("flood-out", "10.0.0.1", minute: 20)])["eventRecall"].Value);
    }

    [Fact]
    public void What_no_attack_explains_lowers_precision_and_misses_the_aim()
    {
        var score = Score(
            [Attack("flood-out", "10.0.0.1")], [Raised("flood-out", "10.0.0.1"), Raised("scan", "10.0.0.9")]);

        Assert.Equal((0.5, false), (score["eventPrecision"].Value, score["eventPrecision"].Met));
        Assert.True(score["eventRecall"].Met);
    }

    [Fact]
    public void The_time_to_trigger_is_from_the_attacks_begin()
    {
        var score = Score([Attack("flood-out", "10.0.0.1"), Attack("spam", "10.0.0.2")], [
            Raised("flood-out", "10.0.0.1", wait: 20), Raised("spam", "10.0.0.2", wait: 120)]);

        Assert.Equal((120, 120), (score["triggerMedianSeconds"].Value, score["triggerMostSeconds"].Value));
    }

    [Fact]
    public void Spoofing_is_an_interfaces_and_owed_only_where_interfaces_are_known()
    {
        TruthEvent[] attacks = [Attack("spoof", "10.0.0.1")];

        Assert.Equal((0, 1), (Score(attacks, [])["eventsOwed"].Value, Score(attacks, [])["eventsNotOwed"].Value));
        Assert.False(Score(attacks, [], spoofed: 1_000)["eventRecall"].Met);
        Assert.True(Score(attacks, [Raised("spoof", "100::c000:20a:0:1")], spoofed: 1_000)["eventRecall"].Met);
    }

    [Fact]
    public void Sampled_only_rules_of_volume_are_owed()
    {
        TruthEvent[] attacks = [Attack("scan", "10.0.0.1"), Attack("spam", "10.0.0.2"), Attack("flood-in", "10.0.0.3")];

        Assert.Equal((1, 2), (
            Score(attacks, [], sampling: 100)["eventsOwed"].Value,
            Score(attacks, [], sampling: 100)["eventsNotOwed"].Value));
        Assert.Equal(3, Score(attacks, [])["eventsOwed"].Value);
    }

    [Fact]
    public void Contacts_with_listed_endpoints_are_scored_with_the_infected() =>
        Assert.Empty(Score([], [Raised("cnc-contact", "10.0.0.1")]));
}
