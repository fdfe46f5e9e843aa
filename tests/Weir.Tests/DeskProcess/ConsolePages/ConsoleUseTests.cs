// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Cases;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Tests.Cases;
using Weir.Tests.House;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>What people do at the console, without a script: the queue, a case, several cases at once, a question
/// outside the scope.</summary>
public sealed class ConsoleUseTests : IAsyncLifetime
{
    private ConsoleFixture _console = null!;

    public async ValueTask InitializeAsync() => _console = await ConsoleFixture.OpenAsync();

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public async Task The_queue_is_filtered_by_its_address_and_says_what_it_did_not_understand()
    {
        await OpenAsync(2);
        var browser = await _console.SignInAsync("ana");
        var ids = _console.Cases.Desk.Files.Select(file => file.Id.ToString()).ToList();

        var all = await browser.GetAsync("/cases");
        Assert.All(ids, id => Assert.Contains($"/cases/{id}\"", all.Text, StringComparison.Ordinal));
        var none = await browser.GetAsync("/cases?q=rule:spam+nonsense");
        Assert.Contains("<h2>No case</h2>", none.Text, StringComparison.Ordinal);
        Assert.Contains("left out: nonsense", none.Text, StringComparison.Ordinal);
        var csv = await browser.GetAsync("/cases?q=rule:flood-out&as=csv");
        Assert.Equal(3, csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("case,severity,rules,", csv.Text, StringComparison.Ordinal);
        var json = System.Text.Json.JsonDocument.Parse((await browser.GetAsync("/cases?as=json")).Text).RootElement;
        Assert.Equal(2, json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_case_shows_what_is_open_what_stays_closed_and_what_would_open_it()
    {
        await OpenAsync(1);
        var file = _console.Cases.Desk.Files.Single();
        var browser = await _console.SignInAsync("ana");

        var page = (await browser.GetAsync($"/cases/{file.Id}")).Text;
        Assert.Contains("class=\"lane openlane\"", page, StringComparison.Ordinal);
        Assert.Contains("Contents, names, URLs", page, StringComparison.Ordinal);
        Assert.Contains("Nothing: not collected", page, StringComparison.Ordinal);

        var asked = await browser.GetAsync($"/cases/{file.Id}/ask?what=out/tcp/25");
        Assert.Equal(403, asked.Status);
        Assert.Contains("<span class=\"code\">out-of-scope</span>", asked.Text, StringComparison.Ordinal);
        Assert.Contains("<span class=\"code\">spam</span>", asked.Text, StringComparison.Ordinal);
        Assert.Contains(_console.Cases.Audit.Entries, entry => (entry.Actor, entry.Outcome) == ("ana", "out-of-scope"));
    }

    [Fact]
    public async Task Fifty_cases_are_given_after_a_preview_that_says_who_is_left_out()
    {
        await OpenAsync(50);
        var browser = await _console.SignInAsync("ana");
        var ids = _console.Cases.Desk.Files.Select(file => file.Id.ToString()).ToList();
        Assert.Equal(303, (await browser.PostAsync($"/cases/{ids[0]}/close", ("verdict", "fixed"), ("reason", "cleaned by hand"), _console.TagOf(ids[0]))).Status);

        var preview = await browser.PostAsync("/cases/bulk", [("act", "assign"), .. ids.Select(id => ("case", id))]);
        Assert.Contains("49 cases would be given.", preview.Text, StringComparison.Ordinal);
        Assert.Contains("closed already", preview.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_console.Cases.Desk.Files, file => file.Assignee.Length > 0);

        (string, string)[] sent =
        [
            .. System.Text.RegularExpressions.Regex.Matches(preview.Text, "<input type=\"hidden\" name=\"(case|act|tag[^\"]*)\" value=\"([^\"]+)\"")
                .Select(match => (match.Groups[1].Value, System.Net.WebUtility.HtmlDecode(match.Groups[2].Value))),
        ];
        var done = await browser.PostAsync("/cases/bulk/do", [.. sent, ("to", "ana")]);

        Assert.Contains("49 of 49 were done.", done.Text, StringComparison.Ordinal);
        Assert.Equal(49, _console.Cases.Desk.Files.Count(file => file.Assignee == "ana"));
    }

    /// <summary>It allows what was listed, in all cases: who says it has looked at this one, and says why.</summary>
    [Fact]
    public async Task A_false_positive_is_said_of_one_case_with_a_reason()
    {
        await OpenAsync(2);
        var browser = await _console.SignInAsync("ana");
        var ids = _console.Cases.Desk.Files.Select(file => file.Id.ToString()).ToList();

        var preview = await browser.PostAsync("/cases/bulk", [("act", "close"), .. ids.Select(id => ("case", id))]);
        Assert.DoesNotContain("value=\"false-positive\"", preview.Text, StringComparison.Ordinal);
        var many = await browser.PostAsync("/cases/bulk/do", [
            ("act", "close"), ("verdict", "false-positive"), ("reason", "all of them relays"),
            .. ids.Select(id => ("case", id)), .. ids.Select(id => _console.TagOf(id, $"tag.{id}"))]);
        Assert.Equal(400, many.Status);
        var empty = await browser.PostAsync(
            $"/cases/{ids[0]}/close", ("verdict", "false-positive"), ("reason", "a relay"), _console.TagOf(ids[0]));
        Assert.Equal(400, empty.Status);
        Assert.Contains("lacks its reason", empty.Text, StringComparison.Ordinal);
        Assert.All(_console.Cases.Desk.Files, file => Assert.Null(file.ClosedAt));

        Assert.Equal(303, (await browser.PostAsync(
            $"/cases/{ids[0]}/close", ("verdict", "false-positive"), ("reason", "a mail relay"), _console.TagOf(ids[0]))).Status);
    }

    [Fact]
    public async Task An_emergency_stop_takes_a_reason_that_says_something()
    {
        var browser = await _console.SignInAsync("olaf");

        Assert.Equal(400, (await browser.PostAsync("/blocks/stop", ("why", "broken"))).Status);
        var stopped = await browser.PostAsync("/blocks/stop", ("why", "mail breaks since noon"));

        Assert.Equal((303, "/blocks"), (stopped.Status, stopped.Location));
        Assert.Contains(_console.Cases.Audit.Entries, entry => entry.Actor == "olaf" && entry.Act == Weir.Hosting.Auditing.AuditActions.WithdrawBlocks);
    }

    /// <summary>A process that is away is said to be, with what goes on nevertheless; it is no refusal and no empty
    /// table. </summary>
    [Fact]
    public async Task What_does_not_answer_is_said_and_the_other_pages_go_on()
    {
        await OpenAsync(1);
        var id = _console.Cases.Desk.Files.Single().Id;
        var browser = await _console.SignInAsync("aud");
        _console.Cases.Audit.Breaks = _ => true;

        var away = await browser.GetAsync($"/cases/{id}");

        Assert.Equal(503, away.Status);
        Assert.Contains("class=\"state away\"", away.Text, StringComparison.Ordinal);
        Assert.Contains("Does not answer <span class=\"code\">audit-down</span>", away.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await browser.GetAsync("/exporters")).Status);
        Assert.Equal(200, (await browser.GetAsync("/?wall")).Status);
    }

    [Fact]
    public async Task A_filter_of_time_is_typed_and_what_is_no_value_is_said()
    {
        await OpenAsync(2);
        var browser = await _console.SignInAsync("ana");
        var day = _console.Cases.Clock.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

        Assert.Contains("2 cases", (await browser.GetAsync($"/cases?q=from:{day}")).Text, StringComparison.Ordinal);
        Assert.Contains("<h2>No case</h2>", (await browser.GetAsync($"/cases?to={day}")).Text, StringComparison.Ordinal);
        foreach (var (name, value) in new[] { ("from", "tomorrow"), ("severity", "dire"), ("state", "lost"), ("rule", "x"), ("endpoint", "no.where") })
        {
            var odd = await browser.GetAsync($"/cases?{name}={value}");
            Assert.Equal(200, odd.Status);
            Assert.Contains($"left out: {name}:{value}.", odd.Text, StringComparison.Ordinal);
            Assert.Contains("2 cases", odd.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>A file goes on to the end, and one that is cut says where it goes on.</summary>
    [Fact]
    public async Task A_file_has_all_rows_or_says_that_it_has_not()
    {
        await OpenAsync(5);
        var local = Weir.Desk.Api.ApiServer.Local(
            _console.Api.Parts(new([(Weir.Contracts.Policy.Role.Analyst, ["ana"])])), _console.Api.Logs);
        var api = new ConsoleApi(local, new("ana", Weir.Contracts.Policy.Role.Analyst), default, default);

        var cut = await api.ListAsync("cases", CaseJson.Default.ApiPageCaseSummary, 3);
        Assert.Equal(3, cut.Value!.Items.Count);
        var rest = await api.ListAsync("cases", CaseJson.Default.ApiPageCaseSummary, 3, ("after", cut.Value.Next));
        Assert.Equal((2, null), (rest.Value!.Items.Count, rest.Value.Next));
        Assert.Empty(cut.Value.Items.Select(one => one.Id).Intersect(rest.Value.Items.Select(one => one.Id)));

        var csv = await (await _console.SignInAsync("ana")).GetAsync("/cases?as=csv");
        Assert.Equal(6, csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(("", "attachment; filename=\"weir-cases.csv\""), (csv.Header("Link"), csv.Header("Content-Disposition")));
    }

    /// <summary>Each has something to say before anything happened: what would come.</summary>
    [Theory]
    [InlineData("/cases", "No case")]
    [InlineData("/blocks", "No block")]
    [InlineData("/exporters", "No exporter heard")]
    [InlineData("/lists", "No list")]
    [InlineData("/approvals", "Nothing waits")]
    [InlineData("/transparency", "No report yet")]
    [InlineData("/events", "Nothing goes on.")]
    [InlineData("/endpoints", "No endpoint")]
    [InlineData("/endpoint?endpoint=192.0.2.7:443/tcp", "No list names it")]
    [InlineData("/compare", "No comparison yet")]
    [InlineData("/notices", "No notice")]
    [InlineData("/retention", "Nothing is told")]
    [InlineData("/settings", "Nothing is set")]
    [InlineData("/governance", "Nothing waits")]
    [InlineData("/", "Nothing needs anybody")]
    public async Task An_empty_page_says_what_would_come(string path, string says)
    {
        var answer = await (await _console.SignInAsync("petra")).GetAsync(path);

        Assert.Equal(200, answer.Status);
        Assert.Contains(says, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_strict_garden_is_not_ordered_here()
    {
        await OpenAsync(1);
        var browser = await _console.SignInAsync("ana");
        var answer = await browser.PostAsync(
            $"/cases/{_console.Cases.Desk.Files.Single().Id}/garden", ("garden", "strict"), ("reason", "it has to be"));

        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain(_console.Cases.Audit.Entries, entry => entry.Act == Weir.Hosting.Auditing.AuditActions.AskGarden);
    }

    [Fact]
    public async Task The_administrator_sees_no_case_and_is_offered_none()
    {
        await OpenAsync(1);
        var browser = await _console.SignInAsync("adam");

        var page = (await browser.GetAsync("/")).Text;

        Assert.DoesNotContain("href=\"/cases\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/exporters\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Case files open", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_language_and_the_theme_are_kept_by_the_browser()
    {
        var browser = await _console.SignInAsync("ana");
        var kept = await browser.PostAsync("/me/look", ("theme", "dark"), ("density", "comfortable"), ("language", "de"));
        var look = Assert.Single(kept.Cookies).Split(';')[0];

        var page = (await _console.SendAsync("GET", "/", $"{browser.Cookie}; {look}")).Text;

        Assert.Contains("<html lang=\"de\"", page, StringComparison.Ordinal);
        Assert.Contains("data-theme=\"dark\"", page, StringComparison.Ordinal);
        Assert.Contains(">Fälle</a>", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        var odd = (await _console.SendAsync("GET", "/", $"{browser.Cookie}; __Host-weir-look=\"><script>.x.y")).Text;
        Assert.Contains("data-theme=\"system\"", odd, StringComparison.Ordinal);
    }

    /// <summary>Without the words of the sources a missing one would be seen by a reader first.</summary>
    [Fact]
    public void Every_word_the_pages_name_is_in_every_language()
    {
        var catalogue = WordCatalogue.Read();
        Assert.Equal(["de", "en"], catalogue.Languages);
        var named = Repository.Sources("src").Where(file => file.Path.StartsWith("src/Weir.Desk/Console/", StringComparison.Ordinal))
            .SelectMany(file => System.Text.RegularExpressions.Regex.Matches(file.Text, "[wW]ords(?:\\[|\\.Fill\\(\\s*)\"([a-z0-9.-]+)\"")
                .Select(match => match.Groups[1].Value)).Distinct().ToList();
        Assert.True(named.Count > 200, $"{named.Count} words found");
        Assert.All(named, name => Assert.NotNull(catalogue.In("en").Find(name)));
    }

    private async Task OpenAsync(uint count)
    {
        for (uint i = 1; i <= count; i++)
        {
            await _console.Cases.HandleAsync(CaseHandlerFixture.Flood(i, i));
        }
    }
}
