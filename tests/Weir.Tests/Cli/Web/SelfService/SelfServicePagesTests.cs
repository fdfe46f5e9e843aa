// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Cli.Configuring;
using Weir.Cli.Web.SelfService;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;
using Weir.Desk.Links;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;
using Weir.Tests.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cli.Web.SelfService;

/// <summary>What customers and strangers are shown.</summary>
public sealed class SelfServicePagesTests
{
    private static QualityEvent Contact(ulong number, uint subject) =>
        Event(
            number, subject, RuleId.CncContact, Class(Direction.Both, Tcp, [443], "198.51.100.7"),
            phase: EventPhase.Closed);

    [Fact]
    public async Task The_scopes_of_a_case_stand_side_by_side_with_their_own_facts_and_no_other_case_s()
    {
        await using var place = await CustomerPageFixture.OpenAsync();
        await place.Cases.HandleAsync(Contact(1, 7), Flood(2, 7), Flood(3, 8, port: 9_999));
        var file = place.Cases.Desk.Files.Single(f => f.Subject == Subject(7));
        var page = await place.PageAsync(place.Link(file.Id));

        Assert.Equal(2, page.Split("<section class=\"scope\"").Length - 1);
        Assert.Contains("198.51.100.7:443/tcp", page, StringComparison.Ordinal);
        Assert.Contains(
            "UDP sent by your line, port 7703 of the far end, far end 203.0.113.9", page, StringComparison.Ordinal);
        Assert.Contains("80000 packets/s within 10 s; the threshold is 10000", page, StringComparison.Ordinal);
        Assert.Contains("Nothing is blocked or restricted", page, StringComparison.Ordinal);
        Assert.Contains("5 January 2026, 00:00 UTC", page, StringComparison.Ordinal);
        Assert.Contains(file.Id.ToString(), page, StringComparison.Ordinal);
        Assert.Contains("Example &lt;Net&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("9999", page, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.1", page, StringComparison.Ordinal); // the exporter that told of it
        Assert.DoesNotContain(file.Subject.ToString(), page, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.7", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_was_really_done_is_said_with_its_end()
    {
        await using var place = await CustomerPageFixture.OpenAsync();
        await place.Cases.HandleAsync(Contact(1, 7));
        place.Done.Add(
            new(MeasureKind.BlockedForAll, "198.51.100.7 tcp 443", place.Cases.Clock.GetUtcNow().AddDays(3)));
        var link = place.Link(place.Cases.Desk.Files.Single().Id);

        Assert.Contains(
            "Nobody on our network can reach 198.51.100.7 tcp 443, until 8 January 2026, 00:00 UTC at the latest.",
            WebUtility.HtmlDecode(await place.PageAsync(link)), StringComparison.Ordinal);
        Assert.Contains(
            "Niemand in unserem Netz erreicht 198.51.100.7 tcp 443, längstens bis 08.01.2026",
            WebUtility.HtmlDecode(await place.PageAsync(link, "?lang=de")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_look_is_on_record_before_the_page_and_nothing_of_the_visitor_is()
    {
        await using var place = await CustomerPageFixture.OpenAsync();
        await place.Cases.HandleAsync(Flood(1, 7));
        var id = place.Cases.Desk.Files.Single().Id;
        _ = await place.PageAsync(place.Link(id));
        var entry = Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.ShowSubject));
        Assert.Equal(("customer", "customer", AuditActions.Allow, id.ToString()), (
            entry.Actor, entry.Role, entry.Outcome, entry.Case));
        Assert.DoesNotContain("127.0.0.1", entry.ToString(), StringComparison.Ordinal);

        place.Cases.Audit.Breaks = e => e.Act == AuditActions.ShowSubject;
        using var answer = await place.Http.GetAsync($"/c/{place.Link(id)}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.DoesNotContain("7703", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, place.Pages.Counts[ResponseKind.Failed]);
    }

    [Fact]
    public async Task Wrong_expired_forged_and_revoked_links_get_one_page_and_the_same_headers()
    {
        await using var place = await CustomerPageFixture.OpenAsync();
        await place.Cases.HandleAsync(Flood(1, 7), Flood(2, 8));
        var (id, gone) = (place.Cases.Desk.Files.First().Id, place.Cases.Desk.Files.Last().Id);
        await place.Cases.Desk.CloseAsync(Ana, gone, CaseClosureReason.Fixed, "", default);
        place.Cases.Clock.Advance(TimeSpan.FromDays(31));
        await place.Cases.Desk.RunOnceAsync(default);
        Assert.Equal(CaseState.Erased, place.Cases.Desk.Find(gone)!.State);
        var good = place.Link(id);
        string[] bad =
        [
            $"/c/{place.Link(gone)}", $"/c/{place.Link(new CaseId(99))}", $"/c/{place.Link(id, TimeSpan.Zero)}",
            $"/c/{good[..^1]}", $"/c/{good}x", $"/c/{good}/", $"/c/{id}", "/c/",
            $"/c/{new LinkSigner(new([.. Enumerable.Repeat((byte)1, 32)], null)).Sign(id, place.Cases.Clock.GetUtcNow().AddDays(1))}",
        ];

        var pages = new List<string>();
        foreach (var path in bad)
        {
            using var answer = await place.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            pages.Add(
                await answer.Content.ReadAsStringAsync() + string.Join('\n', answer.Headers.Where(h => h.Key != "Date")
                    .Select(h => $"{h.Key}: {string.Join(',', h.Value)}").Order(StringComparer.Ordinal)));
        }

        Assert.Single(pages.Distinct());
        Assert.Equal(bad.Length, place.Pages.Counts[ResponseKind.Refused]);
        Assert.Empty(place.Cases.Audit.EntriesOf(AuditActions.ShowSubject));
        _ = await place.PageAsync(good);
        Assert.Equal(HttpStatusCode.NotFound, (await place.Http.GetAsync("/favicon.ico")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await place.Http.PutAsync($"/c/{good}", null)).StatusCode);
    }

    [Fact]
    public async Task The_browser_is_told_to_run_fetch_frame_keep_and_tell_nothing()
    {
        await using var place = await CustomerPageFixture.OpenAsync();
        await place.Cases.HandleAsync(Flood(1, 7));
        foreach (var path in new[] { $"/c/{place.Link(place.Cases.Desk.Files.Single().Id)}", "/c/wrong", "/" })
        {
            using var answer = await place.Http.GetAsync(path);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Fixed_begins_the_check_and_the_page_says_what_it_says_as_a_count()
    {
        await using var place = await CustomerPageFixture.OpenAsync();
        await place.Cases.HandleAsync(Contact(1, 7));
        var id = place.Cases.Desk.Files.Single().Id;
        var link = place.Link(id);
        using (var answer = await place.PostAsync(link, "fixed"))
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Contains(
                "The check has begun", await place.PageAsync(link, answer.Headers.Location!.ToString()),
                StringComparison.Ordinal);
        }

        Assert.Contains("Nothing was seen since", await place.PageAsync(link), StringComparison.Ordinal);
        var check = place.Cases.Desk.Find(id)!.Scopes.Single(s => s.Scope.Purpose == Purpose.RemediationCheck);
        place.Cases.Clock.Advance(TimeSpan.FromHours(1));
        var seen = new EvidenceRow
        {
            Scope = check.Scope.Id,
            StartMs = check.Scope.FromMs + 5,
            EndMs = check.Scope.FromMs + 6,
            Remote = new(Address("198.51.100.7"), 443, Tcp),
            PacketsOut = 77,
            SamplingInterval = 1
        };
        place.Cases.Evidence.Rows.AddRange([seen, seen, seen]);
        var page = await place.PageAsync(link);
        Assert.Contains("It was seen again: 3 times", page, StringComparison.Ordinal);
        Assert.DoesNotContain("I fixed it</button>", page, StringComparison.Ordinal);

        place.Cases.Clock.Advance(TimeSpan.FromDays(14));
        await place.Cases.Desk.RunOnceAsync(default);
        link = place.Link(id);
        Assert.Contains("It is not fixed yet", await place.PageAsync(link), StringComparison.Ordinal);

        (await place.PostAsync(link, "fixed")).Dispose();
        place.Cases.Clock.Advance(TimeSpan.FromDays(14));
        await place.Cases.Desk.RunOnceAsync(default);

        // Nothing was counted, and whether somebody watched is the ladder's to say.
        Assert.Contains("We cannot tell yet whether it is fixed", await place.PageAsync(place.Link(id)), StringComparison.Ordinal);
        place.Ladder = new()
        {
            Case = id, State = EscalationState.Clean, Since = place.Cases.Clock.GetUtcNow(),
            ClearAt = place.Cases.Clock.GetUtcNow(),
        };
        Assert.Contains("Clean: nothing was seen", await place.PageAsync(place.Link(id)), StringComparison.Ordinal);
        Assert.Equal(2, place.Pages.Counts[ResponseKind.Fixed]);
    }

    [Fact]
    public async Task An_appeal_is_taken_as_text_and_nothing_in_it_becomes_markup_or_a_step()
    {
        await using var place = await CustomerPageFixture.OpenAsync();
        await place.Cases.HandleAsync(Flood(1, 7));
        var id = place.Cases.Desk.Files.Single().Id;
        using (var answer = await place.PostAsync(place.Link(id), "appeal", "  <script>alert(1)</script> & \u00fc  "))
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        }

        Assert.Equal("<script>alert(1)</script> & \u00fc", Assert.Single(place.Cases.Desk.Find(id)!.Comments).Text);
        Assert.DoesNotContain(
            "<script", await place.PageAsync(place.Link(id), "?taken=<script>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_is_not_this_page_s_does_nothing()
    {
        await using var place = await CustomerPageFixture.OpenAsync();
        await place.Cases.HandleAsync(Flood(1, 7), Flood(2, 8));
        var (id, other) = (place.Cases.Desk.Files.First().Id, place.Cases.Desk.Files.Last().Id);
        var link = place.Link(id);
        var otherForm = place.Signer.SignForm(place.Link(other), place.Cases.Clock.GetUtcNow().AddHours(1));
        var oldForm = place.Signer.SignForm(link, place.Cases.Clock.GetUtcNow());
        var form = place.Signer.SignForm(link, place.Cases.Clock.GetUtcNow().AddHours(1));

        foreach (var (want, words, proof) in new[]
        {
            ("fixed", "", ""), ("fixed", "", otherForm), ("fixed", "", oldForm), ("delete", "", form),
            ("appeal", "  ", form), ("appeal", new string('x', 2_001), form)
        })
        {
            using var answer = await place.PostAsync(link, want, words, proof);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        using var foreign = new HttpRequestMessage(HttpMethod.Post, $"/c/{link}")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["form"] = form, ["want"] = "fixed" })
        };
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.BadRequest, (await place.Http.SendAsync(foreign)).StatusCode);
        using var json = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await place.Http.PostAsync($"/c/{link}", json)).StatusCode);
        using var large = await place.PostAsync(link, "appeal", new string('x', SelfServicePages.MaxOctets), form);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await place.PostAsync(link[..^1] + (link[^1] == 'A' ? 'B' : 'A'), "fixed", "", form)).StatusCode);

        Assert.DoesNotContain(
            place.Cases.Desk.Files.SelectMany(f => f.Scopes), s => s.Scope.Purpose == Purpose.RemediationCheck);
        Assert.All(place.Cases.Desk.Files, f => Assert.Empty(f.Comments));
        Assert.Equal(9, place.Pages.Counts[ResponseKind.BadForm]);
    }

    [Fact]
    public async Task One_case_asked_for_too_often_waits_and_no_other_does()
    {
        await using var place = await CustomerPageFixture.OpenAsync();
        await place.Cases.HandleAsync(Flood(1, 7), Flood(2, 8));
        var (id, other) = (place.Cases.Desk.Files.First().Id, place.Cases.Desk.Files.Last().Id);
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 35; i++)
        {
            using var answer = await place.Http.GetAsync($"/c/{place.Link(id)}");
            codes.Add(answer.StatusCode);
        }

        Assert.Equal(30, codes.Count(c => c == HttpStatusCode.OK));
        Assert.Equal(5, codes.Count(c => c == HttpStatusCode.TooManyRequests));
        Assert.Equal(30, place.Cases.Audit.EntriesOf(AuditActions.ShowSubject).Count());
        _ = await place.PageAsync(place.Link(other));

        place.Cases.Clock.Advance(TimeSpan.FromSeconds(2));
        _ = await place.PageAsync(place.Link(id));
    }

    [Theory]
    [InlineData("", "de-DE,de;q=0.9,en;q=0.8", "de")]
    [InlineData("", "en-GB,en;q=0.9,de;q=0.8", "en")]
    [InlineData("", "fr", "en")]
    [InlineData("", "", "en")]
    [InlineData("", "de;q=x;;,,,", "en")]
    [InlineData("", "de;q=0, en;q=0.1", "en")]
    [InlineData("?lang=de", "en", "de")]
    [InlineData("?lang=xx", "de", "de")]
    public async Task The_language_is_the_link_s_or_the_browser_s(string query, string accepted, string language)
    {
        await using var place = await CustomerPageFixture.OpenAsync(Language.En, Language.De);
        using var asked = new HttpRequestMessage(HttpMethod.Get, $"/c/wrong{query}");
        asked.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        using var answer = await place.Http.SendAsync(asked);
        Assert.Contains(
            $"<html lang=\"{language}\">", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
