// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;
using Weir.Tests.Support;

namespace Weir.Tests.Reporting;

public class ReportPageTests
{
    private static Report Shaped(string profile, long seen = 99_840, int infected = 31) =>
        new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(SampleReport.Create(profile, seen, infected));

    [Fact]
    public void The_lab_page_names_the_infected_and_says_what_it_is()
    {
        var page = ReportPage.Write(Shaped("lab"));

        Assert.Contains("subscribers stand here in clear", page);
        Assert.Contains("10.20.0.7", page);
        Assert.Contains("198.51.100.80:8443/tcp", page);
    }

    [Fact]
    public void What_attackers_share_stands_apart_with_what_was_left_out()
    {
        var page = ReportPage.Write(SampleReport.Create("lab") with
        {
            ByDeeds = new()
            {
                By = ["scan"], Lines = 14, AlsoListed = 9, OfTheDeeds = 41,
                Candidates = [SampleReport.Candidate("192.0.2.99", 9_999, 12, 0.1, 0, "undetermined", "candidate")],
                Family = new() { Endpoints = 2_041, Valid = false },
            },
        });

        Assert.Contains("14 lines were seen to do this (scan), 9 of them also met a listed endpoint", page);
        Assert.Contains("is left out (41 endpoints)", page);
        Assert.Contains("192.0.2.99:9999/tcp", page);
        Assert.Contains("This comparison cannot conclude", page);
    }

    [Fact]
    public void A_provider_page_names_nobody()
    {
        var page = ReportPage.Write(Shaped("us-provider"));

        Assert.DoesNotContain("10.20.", page);
        Assert.DoesNotContain("203.0.113.77", page);
        Assert.Contains("Nobody is named", page);
        Assert.Contains("cannot be resolved", page);
    }

    [Theory]
    [InlineData("lab")]
    [InlineData("us-provider")]
    public void The_page_fetches_nothing_and_runs_nothing(string profile)
    {
        var page = ReportPage.Write(Shaped(profile));

        Assert.DoesNotMatch(
            new Regex(@"<script|<link|<img|<iframe|@import|url\(|\son\w+\s*=|https?://", RegexOptions.IgnoreCase),
            page);
        Assert.Contains("default-src 'none'", page);
    }

    [Fact]
    public void Whatever_came_from_outside_is_escaped()
    {
        const string Nasty = "<script>alert(1)</script>\"'&";
        var report = SampleReport.Create() with
        {
            Inputs = [new() { Path = Nasty, Format = Nasty, SamplingSource = Nasty, Losses = [new(Nasty, 1, Nasty)] }],
            Infected = [new(Nasty, [Nasty], SampleReport.Start, SampleReport.Start, 1)],
            Sightings = [new() { Remote = Nasty, Protocol = Nasty, List = Nasty }],
            Candidates = [SampleReport.Candidate(Nasty, 1, 12, 0.1, 1, Nasty, Nasty) with { Why = Nasty }],
            Watchlists = [new() { Name = Nasty, Refusals = [new("1", Nasty)], Stale = Nasty }],
            Events = [
                new() { Subject = Nasty, Rule = Nasty, Unit = Nasty, TrafficClass = new(Nasty, Nasty, 1, [Nasty]) }],
        };

        var page = ReportPage.Write(report);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", page);
    }

    [Theory]
    [InlineData("lab")]
    [InlineData("us-provider")]
    public void Every_element_is_closed_and_every_number_of_the_plot_stands_in_the_table(string profile)
    {
        var shaped = Shaped(profile);
        var page = ReportPage.Write(shaped);

        var body =
            page[page.IndexOf("<body>", StringComparison.Ordinal)..page.IndexOf("</html>", StringComparison.Ordinal)];
        var tree = XElement.Parse(body);
        var table = tree.Descendants("table")
            .Single(t => t.Element("caption")!.Value.StartsWith("Candidates", StringComparison.Ordinal)).Value;

        Assert.All(
            shaped.Candidates, c => Assert.Contains(NumberFormatting.Endpoint(c.Remote, c.Port, c.Protocol), table));
        Assert.Equal(
            shaped.Candidates.Count,
            tree.Descendants("svg").Single(s => (string?)s.Attribute("class") == "plot").Elements("g").Count() - 1);
    }

    [Fact]
    public void A_run_without_power_says_so_instead_of_none()
    {
        var report = SampleReport.Create() with
        {
            Candidates = [],
            Family = new()
            {
                Power = new() { Enough = false, MinimumP = 0.002, Why = "five cases are below the engine's power" }
            }
        };

        var page = ReportPage.Write(report);

        Assert.Contains("This run cannot conclude", page);
        Assert.DoesNotContain("no endpoint stands out", page);
    }

    [Fact]
    public void A_failed_self_test_forbids_the_candidates() =>
        Assert.Contains("Do not use the candidates", ReportPage.Write(
            SampleReport.Create() with { Family = new() { Valid = false, PermutedDiscoveries = 9, Endpoints = 10 } }));

    [Theory]
    [InlineData(100, 10, "9.6 %")]
    [InlineData(1_000, 240, "21 %")]
    [InlineData(1_000, 2_880, "94 %")]
    [InlineData(4_096, 10, "0.2 %")]
    [InlineData(10_000, 10, "0.1 %")]
    [InlineData(100, 10_000, "~100 %")]
    public void The_chance_to_see_agrees_with_the_published_table(long rate, int packets, string expected) =>
        Assert.Equal(expected, NumberFormatting.Percent(BlindSpotsSection.ChanceToSee(rate, packets)));

    [Fact]
    public void Without_a_list_that_is_said_first_and_nobody_is_called_clean_or_infected()
    {
        var page = ReportPage.Write(Shaped("us-provider", infected: 0) with { Watchlists = [] });

        Assert.Contains("<p class=\"lead\"><b>No list of command servers was in force", page);
        Assert.DoesNotContain("&lt;10</b><span>infected", page);
        Assert.DoesNotContain("No subscriber exchanged traffic", page);
        Assert.Contains("Name a list of command servers", page);
    }

    [Fact]
    public void Nothing_that_matched_any_list_is_nought_and_not_a_band()
    {
        var computed = SampleReport.Create("us-provider", 99_840, 0) with { Sightings = [], Infected = [], Candidates = [] };
        var report = new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(
            computed with { Subjects = computed.Subjects with { Cases = 0 } });

        Assert.Equal((PublishedValue)0, report.Subjects.Cases);
        Assert.Contains("No subscriber exchanged traffic with a listed control server.", ReportPage.Write(report));
    }

    [Fact]
    public void The_page_names_the_provider_the_week_before_and_what_to_do_next()
    {
        var page = ReportPage.Write(Shaped("us-provider") with
        {
            Provider = "Example Net",
            Trend = new(SampleReport.Start.AddDays(-7), 45, 90_000, 2),
        });

        Assert.Contains("<h1>Example Net: Botnet report</h1>", page);
        Assert.Contains("A week before", page);
        Assert.Contains("45 infected subscribers of 90,000 seen", page);
        Assert.Contains("weir compare promote", page);
    }

    [Fact]
    public void Statistics_are_folded_and_every_number_is_the_same_in_tile_and_table()
    {
        var report = Shaped("lab");
        var page = ReportPage.Write(report);
        var body = page[page.IndexOf("<body>", StringComparison.Ordinal)..page.IndexOf("</html>", StringComparison.Ordinal)];
        var tree = XElement.Parse(body);

        XElement Captioned(string caption) => tree.Descendants("table")
            .Single(t => t.Element("caption")!.Value.StartsWith(caption, StringComparison.Ordinal));
        Assert.DoesNotContain(Captioned("What commands").Descendants("th"), th => th.Value is "p" or "q" or "IC");
        Assert.NotEmpty(Captioned("Candidates").Ancestors("details"));
        var losses = BlindSpotsSection.LossesOf(report).Sum(loss => loss.Count);
        Assert.Contains(tree.Descendants("div").Where(d => (string?)d.Attribute("class") == "tile"),
            tile => tile.Value == $"{(PublishedValue)losses}losses, each counted below");
    }

    [Fact]
    public void An_empty_run_makes_a_page_too()
    {
        var page = ReportPage.Write(new() { Profile = "lab", Window = new(SampleReport.Start, SampleReport.Start) });

        Assert.Contains("No flow was read", page);
        Assert.Contains("No list was in force", page);
    }
}
