// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Cli.Commands.Lab;
using Weir.Cli.Reporting;
using Weir.Cli.Scoring;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;
using Weir.Lab;
using Weir.Lab.Telling;
using Weir.Tests.Reporting;
using Weir.Tests.Support;

namespace Weir.Tests.Lab;

public sealed class LabScoreTests
{
    private static readonly string[] Found = ["198.51.100.1:443/tcp", "198.51.100.2:443/tcp", "[2001:db8::3]:8443/tcp"];

    [Fact]
    public void A_run_that_found_all_meets_every_aim()
    {
        var score = LabScore.Compute(Truth(), Report());

        Assert.True(score.Met);
        Assert.Equal(1, Value(score, "infectedRecall"));
        Assert.Equal((3, 2, 1), (
            Value(score, "hiddenFound"), Value(score, "hiddenAsCandidate"), Value(score, "hiddenAsShared")));
        Assert.Equal(1, Value(score, "pooledFisherFalse"));
        Assert.Empty(score.MissedCncs);
        Assert.Empty(score.FalseCandidates);
    }

    [Fact]
    public void Recall_is_over_bots_whose_exchange_with_a_listed_endpoint_was_exported()
    {
        var silent = Bot("10.0.0.99", listed: 0);
        Assert.True(LabScore.Compute(Truth() with { Bots = [.. Truth().Bots, silent] }, Report()).Met);

        var missed = LabScore.Compute(Truth(), Report() with { Infected = [.. Report().Infected.Skip(3)] });
        Assert.False(missed.Met);
        Assert.Equal(0.97, Value(missed, "infectedRecall"));
    }

    [Fact]
    public void Groups_of_peers_are_held_against_the_nets_that_keep_them()
    {
        static string[] Lines(int from, int count) => [.. Enumerable.Range(from, count).Select(n => $"10.0.0.{n}")];
        static ReportPeerGroup Group(params string[] lines) => new("p1", lines, 5, 9, 0.001);
        var truth = Truth() with
        {
            PeerNets =
            [
                new(0, true, 400, Lines(0, 10)), new(1, false, 150, Lines(20, 10)), new(2, false, 9, Lines(200, 5)),
            ],
        };
        var report = Report() with
        {
            Peers = new() { P = 0.001, Groups = [Group([.. Lines(0, 8), .. Lines(90, 2)]), Group([.. Lines(40, 4)])] },
        };

        var score = LabScore.Compute(truth, report);

        Assert.Equal((2, 1, 1, 1), (
            Value(score, "peerNets"), Value(score, "peerNetsFound"), Value(score, "peerOnly"),
            Value(score, "peerOnlyFound")));
        Assert.Equal((0.4, 0.5714, 1), (
            Value(score, "peerRecall"), Value(score, "peerPrecision"), Value(score, "peerGroupsFalse")));
    }

    [Fact]
    public void Clean_subjects_that_a_wrong_entry_accuses_lower_precision_and_others_miss_the_aim()
    {
        var accused = Report() with { Infected = [.. Report().Infected, Named("10.9.0.1")] };
        var wrong = new TruthWrongEntry("192.0.2.1:443/tcp", ["10.9.0.1"], 1, false);

        var known = LabScore.Compute(Truth() with { WrongEntries = [wrong] }, accused);
        Assert.True(known.Met);
        Assert.Equal((1, 0), (Value(known, "infectedByWrongEntries"), Value(known, "infectedUnexplained")));
        Assert.InRange(Value(known, "infectedPrecision"), 0.98, 0.995);

        var unknown = LabScore.Compute(Truth(), accused);
        Assert.False(unknown.Met);
        Assert.Equal(1, Value(unknown, "infectedUnexplained"));
    }

    [Fact]
    public void Users_of_a_popular_wrong_entry_are_explained_by_their_number()
    {
        var accused = Report() with { Infected = [.. Report().Infected, Named("10.9.0.1"), Named("10.9.0.2")] };
        var wrong = new TruthWrongEntry("192.0.2.1:443/tcp", ["10.9.0.1"], 2, false);

        Assert.True(LabScore.Compute(Truth() with { WrongEntries = [wrong] }, accused).Met);
        Assert.False(LabScore.Compute(Truth() with { WrongEntries = [wrong with { Allowed = true }] }, accused).Met);
    }

    [Fact]
    public void A_hidden_CnC_counts_below_half_a_percent_of_others_and_is_missed_by_name()
    {
        var truth =
            Truth() with { HiddenCncs = [.. Truth().HiddenCncs, Cnc("198.51.100.7:443/tcp", othersShare: 0.005)] };
        Assert.True(LabScore.Compute(truth, Report()).Met);

        var score = LabScore.Compute(Truth(), Report() with { Candidates = [.. Report().Candidates.Skip(1)] });
        Assert.False(score.Met);
        Assert.Equal(Found[0], Assert.Single(score.MissedCncs).Endpoint);
    }

    [Fact]
    public void One_false_candidate_is_borne_and_two_are_not()
    {
        ReportCandidate Wrong(string remote) => SampleReport.Candidate(remote, 443, 9, 0.1, 2, "passed", "candidate");
        var one = Report() with { Candidates = [.. Report().Candidates, Wrong("203.0.113.1")] };

        Assert.True(LabScore.Compute(Truth(), one).Met);
        Assert.Equal(["203.0.113.1:443/tcp (candidate)"], LabScore.Compute(Truth(), one).FalseCandidates);
        Assert.False(
            LabScore.Compute(Truth(), one with { Candidates = [.. one.Candidates, Wrong("203.0.113.2")] }).Met);
    }

    [Fact]
    public void A_failed_self_test_or_none_misses_the_aim()
    {
        var report = Report();
        Assert.False(LabScore.Compute(Truth(), report with { Family = report.Family with { Valid = false } }).Met);
        Assert.False(LabScore.Compute(Truth(), report with { Family = report.Family with { Permutations = 0 } }).Met);
    }

    [Fact]
    public void The_command_prints_figures_and_ends_by_them()
    {
        using var folder = new Scratch();
        var (truth, report) = Written(folder, Report());

        var (code, output, error) = Run(truth, report, "text");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("recall of the infected", output, StringComparison.Ordinal);
        Assert.EndsWith("every aim is met\n", output, StringComparison.Ordinal);

        using var json = JsonDocument.Parse(Run(truth, report, "json").Output);
        Assert.Equal("weir.lab-score/1", json.RootElement.GetProperty("schema").GetString());
        Assert.True(json.RootElement.GetProperty("met").GetBoolean());

        (truth, report) = Written(folder, Report() with { Candidates = [] });
        (code, output, _) = Run(truth, report, "text");
        Assert.Equal(1, code);
        Assert.Contains($"not found: {Found[0]}", output, StringComparison.Ordinal);
        Assert.EndsWith("AN AIM IS MISSED\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_scored_gets_one_sentence()
    {
        using var folder = new Scratch();
        var (truth, report) = Written(folder, Report());

        Assert.Equal(2, Run(truth, report, "yaml").Code);
        Assert.Equal(3, Run(folder.Path + "/none.json", report, "text").Code);
        var (code, _, error) = Run(report, report, "text");
        Assert.Equal(3, code);
        Assert.Single(error.TrimEnd('\n').Split('\n'));

        (truth, report) = Written(
            folder, new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(Report() with { Profile = "us-provider" }));
        (code, _, error) = Run(truth, report, "text");
        Assert.Equal(2, code);
        Assert.Contains("run weir analyze with --profile lab", error, StringComparison.Ordinal);
    }

    private static double Value(LabScore score, string name) => score.Lines.Single(line => line.Name == name).Value;

    private static (int Code, string Output, string Error) Run(string truth, string report, string format)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (LabScoreCommand.Run(truth, report, format, output, error), output.ToString(), error.ToString());
    }

    private static (string Truth, string Report) Written(Scratch folder, Report report)
    {
        LabFolder.WriteTruth(folder.Path, Truth());
        return (Path.Combine(folder.Path, "truth.json"), ReportFiles.Write(report, folder.Path).Json);
    }

    private static ReportInfected Named(string subject) =>
        new(subject, ["192.0.2.7:443/tcp"], SampleReport.Start, SampleReport.Start, 1);

    private static TruthBot Bot(string subject, int listed = 3) => new(subject, 0, 0, [], [], listed, 0, 0);

    private static TruthCnc Cnc(string endpoint, double othersShare = 0.0001) =>
        new(endpoint, "", 0, "tcp", 0, "dedicated", 9, 5, 4, othersShare);

    private static Truth Truth() => new()
    {
        Run = new(1_000, 86_400, 100, 2, 1, 0, 86_400_000, "NetFlow9", 1, 2, 64),
        Totals = new(1, 1, 1, 1, 1, 1, 100, 0, 3),
        Networks = [],
        Bots = [.. Enumerable.Range(0, 100).Select(n => Bot($"10.0.0.{n}"))],
        HiddenCncs = [.. Found.Select(f => Cnc(f))],
        KnownCncs = [Cnc("192.0.2.7:443/tcp")],
        WrongEntries = [],
        VendorClouds = [],
        Helpers = [],
        Events = [],
    };

    private static Report Report() => SampleReport.Create() with
    {
        Infected = [.. Enumerable.Range(0, 100).Select(n => Named($"10.0.0.{n}"))],
        Events = [],
        Candidates =
        [
            SampleReport.Candidate("198.51.100.1", 443, 22, 0.21, 1, "passed", "candidate"),
            SampleReport.Candidate("198.51.100.2", 443, 14, 0.08, 90, "passed", "shared"),
            SampleReport.Candidate("2001:db8::3", 8443, 11, 0.4, 3, "review", "candidate"),
        ],
        Family = SampleReport.Create().Family with
        {
            Baselines = new(4, 9) { PooledEndpoints = [.. Found, "203.0.113.9:80/tcp"] }
        },
    };
}
