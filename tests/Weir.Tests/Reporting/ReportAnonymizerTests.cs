// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Spectre.Console;
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;

namespace Weir.Tests.Reporting;

public class ReportAnonymizerTests
{
    private static readonly ReportAnonymizer Shaper = new(ReportKAnonymity.Default);

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
        Assert.Equal("<=0.5", (string?)json["candidates"]![0]!["expected"]);
        Assert.Matches("^1e-[0-9]+$", (string?)json["candidates"]![0]!["p"]);
        Assert.Equal(4, json["candidates"]!.AsArray().Count);
        Assert.Equal(2, (int)json["withheld"]!);
        Assert.Equal(
            "p-0123456789abcdef0123456789abcdef", (string?)Assert.Single(json["events"]!.AsArray())!["subject"]);
        Assert.Equal(["cnc-contact: 30 of 30", "flood-out: <10 of <10"], json["eventCounts"]!
            .AsArray().Select(e => $"{e!["rule"]}: {e["events"]} of {e["subjects"]}"));
        Assert.Contains("cannot be resolved", (string?)json["pseudonyms"]);
    }

    [Fact]
    public void Below_the_base_every_population_output_is_withheld_with_the_reason()
    {
        var json = Json(SampleReport.Create("eu-provider", seen: 499));

        Assert.Empty(json["candidates"]!.AsArray());
        Assert.Empty(json["rollups"]!.AsArray());
        Assert.Equal(7, (int)json["withheld"]!);
        Assert.Contains("fewer than 500", (string?)json["withholdings"]![0]!["why"]);
        Assert.Equal("withheld", (string?)json["sightings"]![0]!["subjects"]);
        Assert.Equal("<10", (string?)json["sightings"]![1]!["subjects"]);
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
        Assert.Equal(
            "withheld", (string?)Json(SampleReport.Create("us-provider", seen: 499))["eventCounts"]![0]!["events"]);
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
    public void Effect_sizes_outside_the_lab_are_the_same_for_every_count_of_a_band()
    {
        Report With(double cases, double expected) => SampleReport.Create("us-provider") with
        {
            Candidates = [SampleReport.Candidate("192.0.2.1", 1, cases, expected, 3, "passed", "candidate")]
        };
        var shown = Enumerable.Range(10, 10)
            .Select(cases => Shaper.Shape(With(cases, 0.21 + (0.01 * cases))).Candidates[0])
            .Select(c => (c.Cases, c.Expected, c.Ic, c.Ic025, c.Why)).Distinct();

        Assert.Single(shown);
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
                && shaped.Candidates.Count + shaped.Rollups.Count + shaped.Withheld
                    == computed.Candidates.Count + computed.Rollups.Count
                && (seen >= 500 || shaped.Candidates.Count == 0);
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
