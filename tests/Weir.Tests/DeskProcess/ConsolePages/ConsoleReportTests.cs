// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Contracts.Policy;
using Weir.Contracts.Reports;
using Weir.Desk.Comparisons;
using Weir.Desk.Console.Endpoints;
using Weir.Desk.Console.Layout;
using Weir.Desk.Reporting;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>Comparisons and endpoints: what was published and nothing besides, ranked, drawn, folded, and asked for.
/// </summary>
public sealed class ConsoleReportTests : IAsyncLifetime
{
    private const string Found = "198.51.100.77:8443/tcp";

    private static readonly DateTimeOffset Day = new(2026, 11, 27, 0, 0, 0, TimeSpan.Zero);

    private ConsoleFixture _console = null!;

    public async ValueTask InitializeAsync() => _console = await ConsoleFixture.OpenAsync();

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public async Task Without_a_comparison_the_page_says_what_would_come_and_a_run_can_be_asked_for()
    {
        var ana = await _console.SignInAsync("ana");
        Assert.Contains("No comparison yet", (await ana.GetAsync("/compare")).Text, StringComparison.Ordinal);
        Assert.Equal((303, "/compare"), await StatusAsync(ana.PostAsync("/compare/run")));
        Assert.Equal(1, _console.Api.Comparisons);

        var petra = await (await _console.SignInAsync("petra")).GetAsync("/compare");
        Assert.DoesNotContain("/compare/run", petra.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_a_sentence_figures_a_drawing_and_a_queue_with_campaigns_folded()
    {
        var run = Keep(Report(Day));
        var page = WebUtility.HtmlDecode((await (await _console.SignInAsync("ana")).GetAsync("/compare")).Text);

        Assert.Contains("The infected share 3 unknown endpoints", page, StringComparison.Ordinal);
        Assert.Contains("1 more is used by too many others", page, StringComparison.Ordinal);
        Assert.Contains($"<span class=\"code\">{run}</span>", page, StringComparison.Ordinal);
        Assert.Contains("and 1 more of its campaign", page, StringComparison.Ordinal);
        Assert.Equal(3, Rows(page, "Ranked queue"));
        Assert.Equal(4, page.Split("class=\"pt\" cx").Length - 1); // two drawn, the key's, and the one of the table
        Assert.Contains("1 is not drawn", page, StringComparison.Ordinal);
        Assert.Contains("No list of command servers was in force", page, StringComparison.Ordinal);

        var csv = (await (await _console.SignInAsync("aud")).GetAsync("/compare?as=csv")).Text;
        Assert.Equal(5, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("place,endpoint,state,why,infected,others,", csv, StringComparison.Ordinal);
    }

    /// <summary>Widths are rates: 27 of 120 infected and 3 of 1,080 others; a band is as wide as its middle and says that it
    /// is a band.</summary>
    [Fact]
    public async Task Who_goes_where_is_drawn_in_rates_with_the_same_in_a_table()
    {
        var banded = Candidate("203.0.113.50", "candidate", 3, 2) with
        {
            Cases = PublishedValue.FromText("20-49"), Others = PublishedValue.FromText("<10"),
        };
        _ = Keep(Report(Day) with { Candidates = [.. Report(Day).Candidates, banded] });
        var page = WebUtility.HtmlDecode((await (await _console.SignInAsync("ana")).GetAsync("/compare")).Text);

        Assert.Equal(10, page.Split("class=\"sk ").Length - 1); // five endpoints, two flows each
        Assert.Contains("22.5 % <span class=\"quiet\">(27)</span>", page, StringComparison.Ordinal);
        Assert.Contains("0.3 % <span class=\"quiet\">(3)</span>", page, StringComparison.Ordinal);
        Assert.Contains("28.8 % <span class=\"quiet\">(20-49)</span>", page, StringComparison.Ordinal);
        Assert.Contains("0.5 % <span class=\"quiet\">(<10)</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_earlier_run_has_its_address_and_one_that_is_none_is_refused()
    {
        var first = Keep(Report(Day));
        _ = Keep(Report(Day.AddDays(1)) with { Candidates = [] });
        var ana = await _console.SignInAsync("ana");

        Assert.Contains("share no unknown endpoint", (await ana.GetAsync("/compare")).Text, StringComparison.Ordinal);
        Assert.Contains(Found, (await ana.GetAsync($"/compare?run={first}")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await ana.GetAsync("/compare?run=20200101T000000Z")).Status);
    }

    [Fact]
    public async Task A_withheld_one_is_asked_for_and_waits_for_a_second_person()
    {
        var run = Keep(Report(Day) with { Withheld = 1 }, [new("192.0.2.9:443/tcp", "candidate", "1e-10", "1e-10")]);
        var ana = await _console.SignInAsync("ana");
        Assert.Contains("/compare/review", (await ana.GetAsync("/compare")).Text, StringComparison.Ordinal);

        Assert.Equal((303, "/approvals"), await StatusAsync(ana.PostAsync(
            "/compare/review", ("run", run), ("number", "1"), ("reason", "it looks like command"), ("once", "x1"))));

        var waiting = Assert.Single(_console.Cases.Desk.Asked);
        Assert.Equal((Permission.ReviewCandidate, $"{run}.1"), (waiting.Deed, waiting.Target));
        Assert.DoesNotContain("192.0.2.9", (await ana.GetAsync("/compare")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_shows_what_was_published_with_its_dates_and_how_it_came_here()
    {
        _ = Keep(Report(Day.AddDays(-7)) with { Candidates = [Candidate("198.51.100.77", "candidate", 3, 1)] });
        _ = Keep(Report(Day));
        var ana = await _console.SignInAsync("ana");
        var page = WebUtility.HtmlDecode((await ana.GetAsync($"/endpoint?endpoint={Uri.EscapeDataString(Found)}")).Text);

        Assert.Contains("found by comparing", page, StringComparison.Ordinal);
        Assert.Contains("Times as often as expected in 2 windows", page, StringComparison.Ordinal);
        Assert.Contains(">27</text>", page, StringComparison.Ordinal);
        Assert.Contains("Ask to promote", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/endpoint?endpoint=198.51.100.78%3A8443%2Ftcp\"", page, StringComparison.Ordinal);
        var csv = (await ana.GetAsync($"/endpoint?endpoint={Uri.EscapeDataString(Found)}&as=csv")).Text;
        Assert.Equal(3, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);

        Assert.Equal((303, "/approvals"), await StatusAsync(ana.PostAsync(
            "/endpoint/promote", ("endpoint", Found), ("reason", "a new command server"), ("once", "x2"))));
        Assert.Equal(Found, Assert.Single(_console.Cases.Desk.Asked).Target);
        Assert.Empty(_console.Api.Promoted.All);
        Assert.Equal(400, (await ana.GetAsync("/endpoint?endpoint=nonsense")).Status);
    }

    /// <summary>A count is of the far end that its plan names, with port and protocol, while the plan stands.</summary>
    [Theory]
    [InlineData("flowspec 198.51.100.77/32 tcp 443 discard", "verified", true)]
    [InlineData("flowspec 198.51.100.77/32 tcp 8443 discard", "verified", false)]
    [InlineData("flowspec 198.51.100.77/32 udp 443 discard", "verified", false)]
    [InlineData("flowspec 198.51.100.77/32 tcp 443,8443 discard", "verified", false)]
    [InlineData("flowspec 198.51.100.78/32 tcp 443 discard", "verified", false)]
    [InlineData("blackhole 198.51.100.77/32 discard", "verified", false)]
    [InlineData("flowspec 198.51.100.77/32 tcp 443 discard", "withdrawn", false)]
    [InlineData("flowspec 198.51.100.77/32 tcp 443 discard", "expired", false)]
    public void Whom_a_block_hits_is_told_by_its_own_plan(string target, string state, bool isIt) => Assert.Equal(
        isIt, EndpointPage.IsPlanOf(
            new("b-1", state, false, 0, 0, target, "", "", "3 of 9 subjects", "ana", "", default, "", ""),
            "198.51.100.77:443/tcp"));

    /// <summary>The list of far ends, candidates first.</summary>
    [Fact]
    public async Task The_list_of_endpoints_is_that_of_the_newest_run()
    {
        _ = Keep(Report(Day));
        var page = (await (await _console.SignInAsync("olaf")).GetAsync("/endpoints")).Text;

        page = page.Split("<tbody>")[1];
        Assert.True(
            page.IndexOf(Found, StringComparison.Ordinal) < page.IndexOf("203.0.113.9:443/tcp", StringComparison.Ordinal));
        Assert.Contains("<10", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    /// <summary>What is not told is not drawn, and is no number anywhere.</summary>
    [Fact]
    public async Task Figures_that_are_not_told_are_words()
    {
        _ = Keep(Report(Day) with
        {
            Profile = "us-provider",
            Candidates = [Candidate("198.51.100.77", "candidate", 0, 0) with
            {
                Ic = ComparisonAnonymizer.NotTold, Ic025 = ComparisonAnonymizer.NotTold, Q = ComparisonAnonymizer.NotTold,
                Cases = ComparisonAnonymizer.NotTold, Others = ComparisonAnonymizer.NotTold,
            }],
        });
        var page = (await (await _console.SignInAsync("ana")).GetAsync("/compare")).Text;

        Assert.Contains("Nothing to draw", page, StringComparison.Ordinal);
        Assert.Contains("not told", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    /// <summary>Whatever a list, a report or a file of names says is text.</summary>
    [Fact]
    public async Task What_reports_and_lists_say_is_inert_everywhere()
    {
        const string Script = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`";
        _ = Keep(Report(Day) with
        {
            Candidates =
            [
                Candidate("198.51.100.77", "candidate", 3, 1) with
                {
                    Why = Script, Campaign = "c1", Network = new(64500, Script, "DE"),
                    Reasons = [new(Script, 1L, Script)],
                },
            ],
            Campaigns = [Campaign() with { Words = Script, Kind = Script }],
            Sightings = [Sighting() with { List = Script, Family = Script }],
            Withholdings = [new(Script, 3L, Script)],
        });
        var petra = await _console.SignInAsync("petra");
        foreach (var path in new[] { "/compare", "/endpoints", $"/endpoint?endpoint={Uri.EscapeDataString(Found)}" })
        {
            var text = (await petra.GetAsync(path)).Text;
            Assert.DoesNotContain("<script>alert", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", text, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("&lt;script&gt;", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1e-20", 20.0)]
    [InlineData("<1e-300", VolcanoMost)]
    [InlineData("not told", null)]
    public void The_power_of_a_published_q_is_read_or_is_none(string words, double? power) => Assert.Equal(
        power, Weir.Desk.Console.Compare.VolcanoPlot.PowerOf(PublishedValue.FromText(words)));

    [Theory]
    [InlineData(-1, "½×")]
    [InlineData(0, "1×")]
    [InlineData(5, "32×")]
    [InlineData(-4, "1/16×")]
    public void A_power_of_two_is_written_as_people_read_it(int power, string word) =>
        Assert.Equal(word, IntervalPlot.Word(power));

    private const double VolcanoMost = 60;

    private string Keep(Report report, IReadOnlyList<WithheldRow>? withheld = null) =>
        new ComparedRuns(_console.Api.Folder).Keep(report, withheld ?? [], report.Window.Until.AddHours(1));

    private static Report Report(DateTimeOffset until) => new()
    {
        Profile = "lab", Window = new(until.AddDays(-7), until),
        Subjects = new() { Seen = 1_200L, Cases = 120L, Controls = 1_080L },
        Family = new() { Endpoints = 40_000, Q = 0.01, Permutations = 20 },
        Candidates =
        [
            Candidate("198.51.100.77", "candidate", 5, 4) with { Campaign = "c1", State = "replicated" },
            Candidate("198.51.100.78", "candidate", 4, 3) with { Campaign = "c1" },
            Candidate("192.0.2.1", "shared", 2, 1),
            Candidate("192.0.2.2", "candidate", 0, 0) with { Ic = ComparisonAnonymizer.NotTold },
        ],
        Campaigns = [Campaign()],
        Sightings = [Sighting()],
    };

    private static ReportCampaign Campaign() => new()
    {
        Id = "c1", Endpoints = [Found, "198.51.100.78:8443/tcp"], Kind = "web", Representative = Found,
        Words = "2 endpoints of kind web", Lines = 40L,
    };

    private static ReportSighting Sighting() => new()
    {
        Remote = "203.0.113.9", Port = 443, Protocol = "tcp", List = "feodo", Family = "Gafgyt",
        Subjects = PublishedValue.FromText("<10"), Exchanges = 12L, Attempts = 3L,
    };

    private static ReportCandidate Candidate(string remote, string status, double ic, double ic025) => new()
    {
        Remote = remote, Port = 8443, Protocol = "tcp", Cases = 27L, Expected = 1.2, Others = 3L, P = 1e-30, Q = 1e-25,
        Ic = ic, Ic025 = ic025, Onset = "passed", Status = status, Why = "27 infected contacted it",
    };

    private static int Rows(string page, string caption) => page.Split($"<caption class=\"vh\">{caption}</caption>")[1]
        .Split("</table>")[0].Split("<tbody>")[1].Split("<tr>").Length - 1;

    private static async Task<(int, string)> StatusAsync(Task<ConsoleAnswered> asked)
    {
        var answer = await asked;
        return (answer.Status, answer.Location);
    }
}
