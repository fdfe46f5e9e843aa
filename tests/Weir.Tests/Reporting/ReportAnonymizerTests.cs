// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Spectre.Console;
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;
using Weir.Tests.Support;

namespace Weir.Tests.Reporting;

public class ReportAnonymizerTests
{
    private static readonly ReportAnonymizer Shaper = new(ReportKAnonymity.Default, NoNoise.Protection);

    private static string Figures(Report report) => System.Text.Json.JsonSerializer.Serialize(
        Shaper.Shape(report).Figures, Weir.Contracts.Protocol.StoreJson.Default.ComparedFigures);

    private static JsonNode Json(Report report) => JsonNode.Parse(ReportJson.Write(Shaper.Shape(report)))!;

    [Fact]
    public void In_the_lab_everything_stands_in_clear_as_numbers()
    {
        var json = Json(SampleReport.Create("lab"));

        Assert.Equal("weir.report/1", (string?)json["schema"]);
        Assert.Equal("lab", (string?)json["profile"]);
        Assert.Equal("2026-11-02T00:00:00Z", (string?)json["window"]!["from"]);
        Assert.Equal(31, json["infected"]!.AsArray().Count);
        Assert.Equal(22, (int)json["candidates"]![0]!["cases"]!);
        Assert.Equal(7, (int)json["sightings"]![1]!["subjects"]!);
        Assert.Equal(0, (int)json["withheld"]!);
        Assert.Equal(7703, (int)json["events"]![0]!["class"]!["port"]!);
        Assert.Equal(63, (int)json["family"]!["baselines"]!["pooledFisher"]!);
    }

    [Fact]
    public void Outside_the_lab_nobody_is_named_and_small_cells_are_withheld_and_counted()
    {
        var json = Json(SampleReport.Create("us-provider"));

        Assert.Empty(json["infected"]!.AsArray());
        Assert.Equal(30, (int)json["subjects"]!["cases"]!);
        Assert.Equal("<10", (string?)json["sightings"]![1]!["subjects"]);
        Assert.Equal("20-49", (string?)json["candidates"]![0]!["cases"]);
        Assert.Equal("<10", (string?)json["candidates"]![0]!["others"]);
        Assert.Equal("<=0.01", (string?)json["candidates"]![0]!["expected"]);
        Assert.Equal("not told", (string?)json["sightings"]![0]!["exchanges"]);
        Assert.Matches("^1e-[0-9]+$", (string?)json["candidates"]![0]!["p"]);
        Assert.All(json["candidates"]!.AsArray(), one => Assert.Equal(
            ("not told", "not told", 0), ((string?)one!["command"], (string?)one["onset"], one["reasons"]!.AsArray().Count)));
        Assert.Equal("not told", (string?)json["family"]!["baselines"]!["pooledFisher"]);
        Assert.Null(json["flows"]!["estimatedOctets"]);
        Assert.Equal(4, json["candidates"]!.AsArray().Count);
        Assert.Equal(3, (int)json["withheld"]!); // one of them an address whose endpoint is shown
        Assert.Equal(
            "p-0123456789abcdef0123456789abcdef", (string?)Assert.Single(json["events"]!.AsArray())!["subject"]);
        Assert.Equal(["cnc-contact: not told of 30", "flood-out: not told of not told"], json["eventCounts"]!
            .AsArray().Select(e => $"{e!["rule"]}: {e["events"]} of {e["subjects"]}"));
        Assert.Contains("cannot be resolved", (string?)json["pseudonyms"]);
    }

    [Theory]
    [InlineData("lab")]
    [InlineData("us-provider")]
    [InlineData("eu-provider")]
    public void Peers_stand_in_the_lab_alone(string profile)
    {
        var report = SampleReport.Create(profile) with
        {
            Peers = new()
            {
                Enough = true,
                Cases = 12,
                Shared = 2,
                UsersAtMost = 5,
                Pairs = 17,
                Expected = 0.4,
                P = 0.001,
                Draws = 999,
                Groups = [new("p1", ["10.0.0.7", "10.0.0.8", "10.0.0.9"], 17, 40, 0.001)],
            },
        };
        var (json, page) = (Json(report), ReportPage.Write(Shaper.Shape(report)));
        using var screen = new StringWriter();
        ReportScreen.Write(Shaper.Shape(report), ReportScreen.ConsoleFor(screen, isTerminal: false));
        var isLab = profile == "lab";

        Assert.Equal(isLab, json["peers"] is not null);
        foreach (var told in new[] { page, screen.ToString() })
        {
            Assert.Equal(isLab, told.Contains("17 pairs share 2 rare peers or more", StringComparison.Ordinal));
            Assert.Equal(isLab, told.Contains("1 group is named: lines that belong", StringComparison.Ordinal));
            Assert.Equal(isLab, told.Contains("there is nothing to block", StringComparison.Ordinal));
            Assert.Equal(isLab, told.Contains("10.0.0.7, 10.0.0.8, 10.0.0.9", StringComparison.Ordinal));
        }

        if (isLab)
        {
            var peers = json["peers"]!;
            Assert.Equal((17, 0.4, 0.001, 2, 12), (
                (int)peers["pairs"]!, (double)peers["expected"]!, (double)peers["p"]!, (int)peers["shared"]!,
                (int)peers["cases"]!));
            Assert.Equal("10.0.0.7", (string?)peers["groups"]![0]!["lines"]![0]);
            Assert.Equal(40, (int)peers["groups"]![0]!["peers"]!);
        }
    }

    [Fact]
    public void Below_the_base_what_was_found_changes_nothing_that_is_shown()
    {
        var json = Json(SampleReport.Create("eu-provider", seen: 499));

        Assert.Empty(json["candidates"]!.AsArray());
        Assert.Empty(json["rollups"]!.AsArray());
        Assert.Empty(json["sightings"]!.AsArray());
        Assert.Empty(json["campaigns"]!.AsArray());
        Assert.Contains("fewer than 500", (string?)json["withholdings"]![0]!["why"]);
        Assert.Equal("withheld", (string?)json["subjects"]!["seen"]);
        Assert.Contains("fewer than 500", (string?)json["family"]!["power"]!["why"]);
        var none = SampleReport.Create("eu-provider", seen: 1) with
        {
            Subjects = new() { Seen = 1 }, Sightings = [], Candidates = [], Campaigns = [], Rollups = [], Infected = [],
            Family = new(),
        };
        Assert.Equal(
            Figures(none), Figures(SampleReport.Create("eu-provider", seen: 499)));
    }

    /// <summary>Who attacked, and what they share, is of few lines: of a provider it is not told.</summary>
    [Fact]
    public void What_lines_share_that_attacked_is_the_lab_s_alone()
    {
        var deeds = new ReportOtherCases { Lines = 14, Candidates = [SampleReport.Candidate(
            "192.0.2.99", 9_999, 12, 0.1, 0, "undetermined", "candidate")] };
        foreach (var profile in (string[])["lab", "us-provider", "eu-provider"])
        {
            var shown = ReportJson.Write(Shaper.Shape(SampleReport.Create(profile) with { ByDeeds = deeds, ByReports = deeds }));
            Assert.Equal(profile == "lab", shown.Contains("192.0.2.99", StringComparison.Ordinal));
            Assert.Equal(profile == "lab", shown.Contains("byDeeds", StringComparison.Ordinal));
            Assert.Equal(profile == "lab", shown.Contains("byReports", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Five_infected_read_below_ten() =>
        Assert.Equal("<10", (string?)Json(SampleReport.Create("us-provider", infected: 5))["subjects"]!["cases"]);

    [Fact]
    public void An_event_outside_the_lab_is_proof_under_a_pseudonym_and_who_met_a_listed_endpoint_is_counted_alone()
    {
        var shaped = Shaper.Shape(SampleReport.Create("us-provider"));
        var screen = new StringWriter();
        ReportScreen.Write(shaped, ReportScreen.ConsoleFor(screen, isTerminal: false));
        var page = ReportPage.Write(shaped);
        var told = Json(SampleReport.Create("us-provider"))["events"]![0]!;

        Assert.Equal("flood-out", (string?)told["rule"]);
        Assert.Equal((7703, "203.0.113.9"), ((int)told["class"]!["port"]!, (string?)told["class"]!["remotes"]![0]));
        Assert.Equal(
            (82_114, 20_000, "packets/s"), ((int)told["measured"]!, (int)told["threshold"]!, (string?)told["unit"]));
        Assert.Equal(("2026-11-02T03:00:00Z", "2026-11-02T03:12:00Z"), ((string?)told["from"], (string?)told["until"]));
        Assert.All(
            [page, screen.ToString()], text => Assert.Contains("pseudonym", text, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("p-0123456789abcdef0123456789abcdef", page, StringComparison.Ordinal);
        Assert.Contains("p-0123456789abcdef", screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("cnc-contact", page, StringComparison.Ordinal);
        Assert.Contains(shaped.Withholdings, held => held.What == "service events");
    }

    [Fact]
    public void An_event_outside_the_lab_does_not_say_where_its_subject_is_connected()
    {
        var spoofed = SampleReport.Create("us-provider").Events[0] with
        {
            Rule = "spoof",
            TrafficClass = null,
            Exporter = "198.51.100.1",
            Detail = "interface 4711"
        };
        var shaped = Shaper.Shape(SampleReport.Create("us-provider") with
        {
            Events = [spoofed, spoofed with { Rule = "scan", Detail = "vertical" }]
        });

        Assert.Equal([("", ""), ("", "vertical")], shaped.Events.Select(e => (e.Exporter, e.Detail)));
        Assert.DoesNotContain("4711", ReportPage.Write(shaped), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_shown_of_a_candidate_follows_from_its_two_counts_and_from_nothing_exact()
    {
        var sample = SampleReport.Create("us-provider");
        string Of(ReportCandidate one) => Figures(sample with { Candidates = [one], Rollups = [] });
        var one = SampleReport.Candidate("192.0.2.1", 1, 25, 0.3, 3, "passed", "candidate");

        Assert.Equal(Of(one), Of(one with
        {
            Expected = 7.5, P = 1e-300, Q = 1e-299, Ic = 9.1, Ic025 = 8, Onset = "review", Status = "shared", Command = 0.93,
            Why = "MARK", Reasons = [new("others", 0.3, "MARK")],
        }));
        var shown = Shaper.Shape(sample with { Candidates = [one] }).Candidates[0];
        Assert.Equal(0, shown.Ic.Number * 2 % 1);
        Assert.Equal(0, shown.Ic025.Number * 2 % 1);
        Assert.Contains($"{shown.Cases} infected subjects contacted it where {shown.Expected} were", shown.Why);
    }

    [Theory]
    [InlineData(2, "candidate")]
    [InlineData(200, "shared")]
    public void Whether_too_many_others_use_it_follows_from_the_noisy_count(int others, string status) => Assert.Equal(
        status, Shaper.Shape(SampleReport.Create("us-provider") with
        {
            Candidates = [SampleReport.Candidate("192.0.2.1", 1, 25, 0.3, others, "passed", "candidate")],
        }).Candidates[0].Status);

    [Theory]
    [InlineData(1, "1")]
    [InlineData(0.02, "1")]
    [InlineData(0.01, "1e-2")]
    [InlineData(2e-5, "1e-2")]
    [InlineData(1e-17, "1e-10")]
    [InlineData(1e-20, "1e-20")]
    [InlineData(0, "1e-200")]
    public void A_probability_is_shown_by_the_upper_end_of_its_band(double p, string shown) =>
        Assert.Equal(shown, ReportKAnonymity.OrderBand(p).ToString());

    [Fact]
    public void An_endpoint_on_two_lists_has_one_row_with_each_subject_once()
    {
        var sample = SampleReport.Create("us-provider");
        var one = sample.Sightings[0] with { List = "b", Subjects = 22, OnAnyList = 31 };
        var shown = Assert.Single(Shaper.Shape(sample with { Sightings = [one, one with { List = "a", Subjects = 15 }] }).Sightings);

        Assert.Equal(("a, b", "30"), (shown.List, shown.Subjects.ToString()));
    }

    [Fact]
    public void Without_noise_nothing_of_a_provider_is_shown() => Assert.Throws<InvalidOperationException>(
        () => new ReportAnonymizer(ReportKAnonymity.Default).Shape(SampleReport.Create("us-provider")));

    [Fact]
    public void What_was_told_of_before_has_no_figure_and_a_candidate_that_was_shown_then_is_shown_without()
    {
        var sample = SampleReport.Create("us-provider");
        var first = $"{sample.Candidates[0].Remote}:{sample.Candidates[0].Port}/tcp";
        var protection = NoNoise.Protection with
        {
            MayTell = names => names.Where(name => name != first && !name.StartsWith("192.0.2.7:")).ToHashSet(),
        };
        var shaped = new ReportAnonymizer(ReportKAnonymity.Default, protection).Shape(sample);

        Assert.Equal("not told", shaped.Sightings.Single(one => one.Remote == "192.0.2.7").Subjects.ToString());
        Assert.DoesNotContain(shaped.Candidates, one => one.Remote == sample.Candidates[0].Remote
            && one.Port == sample.Candidates[0].Port);
        Assert.Equal(3, shaped.Withheld);

        var again = new ReportAnonymizer(ReportKAnonymity.Default, protection with
        {
            ShownAs = name => name == first ? "shared" : null,
        }).Shape(sample);
        var shown = again.Candidates[^1];
        Assert.Equal((sample.Candidates[0].Remote, "shared", 2), (shown.Remote, shown.Status, again.Withheld));
        Assert.All(
            [shown.Cases, shown.Expected, shown.Others, shown.P, shown.Q, shown.Ic, shown.Ic025, shown.Command],
            figure => Assert.Equal("not told", figure.ToString()));
        Assert.Contains(shown.Remote, ReportPage.Write(again), StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_comes_before_k_and_before_the_band()
    {
        var sample = SampleReport.Create("us-provider");
        Report With(long draw) => new ReportAnonymizer(
            ReportKAnonymity.Default, new(new Always(draw))).Shape(sample);

        Assert.Equal("<10", With(-15).Sightings[0].Subjects.ToString());
        Assert.Equal("40", With(15).Sightings[0].Subjects.ToString());
        Assert.DoesNotContain(
            With(-15).Candidates, one => one.Cases.ToString() is not ("10-19" or "20-49" or "50-99" or "100-199"));
        Assert.True(With(-15).Withheld > With(0).Withheld);
    }

    private sealed class Always(long draw) : Weir.Contracts.Noise.IFigureNoise
    {
        public long Draw(string cell) => draw;

        public void Dispose()
        {
        }
    }

    private static Gen<(int Few, int Cases, int Seen)> Drawn =>
        from few in Gen.Choose(0, 9)
        from cases in Gen.Choose(0, 40)
        from seen in Gen.Choose(1, 3_000)
        select (few, cases, seen);

    // Every subject has an address of 10.99/16 and every engine text says MARK: neither may be in any output, and no
    // figure is an exact count.
    [Fact]
    public void No_subject_and_no_count_below_k_is_in_any_output_of_a_provider() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(33, 7).WithMaxTest(60),
        Prop.ForAll(Drawn.ToArbitrary(), drawn =>
        {
            var (few, cases, seen) = drawn;
            var computed = Hostile(few, cases, seen);
            var shaped = Shaper.Shape(computed);
            var screen = new StringWriter();
            ReportScreen.Write(shaped, ReportScreen.ConsoleFor(screen, isTerminal: false));
            string[] outputs = [ReportJson.Write(shaped), ReportPage.Write(shaped), screen.ToString()];

            var everyFigure = shaped.Sightings.SelectMany(s => new[] { s.Subjects, s.Exchanges, s.Attempts })
                .Concat(shaped.Candidates.SelectMany(c => new[] { c.Cases, c.Others }))
                .Concat(shaped.Rollups.SelectMany(r => new[] { r.Cases, r.Others }))
                .Concat(
                    [shaped.Subjects.Seen, shaped.Subjects.Cases, shaped.Subjects.Controls, shaped.Subjects.Excluded]);
            return outputs.All(
                o => !o.Contains("10.99.", StringComparison.Ordinal) && !o.Contains("MARK", StringComparison.Ordinal))
                && shaped.Infected.Count == 0
                && shaped.Events.Count == few
                && shaped.Events.All(
                    e => e.Subject.StartsWith("p-", StringComparison.Ordinal) && e.Rule != "cnc-contact")
                && everyFigure.All(f => !f.IsNumber || (f.Number >= 10 && f.Number % 5 == 0))
                && shaped.Candidates.All(c =>
                    !c.Cases.IsNumber && !c.Others.IsNumber && !c.P.IsNumber && !c.Q.IsNumber && !c.Expected.IsNumber)
                && (seen >= 500
                    ? shaped.Candidates.Count + shaped.Rollups.Count + shaped.Withheld
                        == computed.Candidates.Count + computed.Rollups.Count
                    : shaped.Candidates.Count + shaped.Rollups.Count + shaped.Withheld == 0);
        }));

    private static Report Hostile(int few, int cases, int seen) => SampleReport.Create(
        "us-provider", seen, infected: 0) with
    {
        Subjects = new() { Seen = seen, Cases = cases, Controls = few, Excluded = few },
        Infected = [.. Enumerable.Range(0, cases).Select(n =>
            new ReportInfected($"10.99.0.{n}", ["192.0.2.7:443/tcp"], SampleReport.Start, SampleReport.Start, few))],
        Sightings = [new()
        {
            Remote = "192.0.2.7",
            Port = 443,
            Protocol = "tcp",
            List = "feodo",
            Subjects = cases,
            Exchanges = few,
            Attempts = few
        }],
        Candidates =
        [
            SampleReport.Candidate("198.51.100.1", 443, few, 0.013, few, "passed", "candidate") with
            {
                Why = "MARK few"
            },
            SampleReport.Candidate("198.51.100.2", 443, cases + 1, 0.013, few, "passed", "candidate") with
            {
                Why = "MARK cases"
            },
        ],
        Rollups = [new("address", "198.51.100.1", few, 0.1, few, 0.001, 0.01, 3, 1)],
        Family = new()
        {
            Endpoints = 5_000,
            Q = 0.01,
            Power = new() { Enough = false, MinimumP = 0.00123, Why = "MARK power" }
        },
        Events =
        [
            SampleReport.Create().Events[0] with { Subject = "10.99.0.1" },
            SampleReport.Create("us-provider").Events[1] with { Subject = "p-00000000000000000000000000000MARK" },
            .. Enumerable.Range(0, few).Select(n => SampleReport.Create("us-provider").Events[0] with
            {
                Rule = n % 2 == 0 ? "spoof" : "flood-out",
                Exporter = "10.99.0.3",
                Detail = n % 2 == 0 ? "interface MARK" : ""
            }),
        ],
    };

    [Fact]
    public void The_screen_says_when_subjects_stand_in_clear()
    {
        var screen = new StringWriter();
        ReportScreen.Write(
            Shaper.Shape(SampleReport.Create("lab")), ReportScreen.ConsoleFor(screen, isTerminal: false));

        Assert.Contains("LAB PROFILE", screen.ToString());
        Assert.Contains("10.20.0.7", screen.ToString());
        Assert.Contains("... and 11 more", screen.ToString());
        Assert.DoesNotContain("\u001b", screen.ToString());
    }
}
