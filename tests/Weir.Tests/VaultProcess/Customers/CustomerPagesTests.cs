// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Weir.Contracts.Customers;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault.Customers;
using Weir.Vault.Remediation;
using static Weir.Tests.VaultProcess.Customers.CustomerPageFixture;

namespace Weir.Tests.VaultProcess.Customers;

/// <summary>What customers and strangers are shown, by the vault's own process.</summary>
public sealed class CustomerPagesTests
{
    private const string Endpoint = "198.51.100.7:443/tcp";

    [Fact]
    public async Task The_scopes_of_a_case_stand_side_by_side_with_their_own_facts_and_no_other_case_s()
    {
        await using var place = await OpenAsync();
        var page = await place.PageAsync(place.Link(Id));

        Assert.Equal(2, page.Split("<section class=\"scope\"").Length - 1);
        Assert.Contains(Endpoint, page, StringComparison.Ordinal);
        Assert.Contains(
            "UDP sent by your line, port 7703 of the far end, far end 203.0.113.9", page, StringComparison.Ordinal);
        Assert.Contains(
            "80,000 packets a second within 10 s; the threshold is 10,000", page, StringComparison.Ordinal);
        Assert.Contains("3 exchanges within 60 s; the threshold is 1", page, StringComparison.Ordinal);
        Assert.Contains("Nothing is blocked or restricted", page, StringComparison.Ordinal);
        Assert.Contains("2 December 1971, 00:00 UTC", page, StringComparison.Ordinal);
        Assert.Contains(Id.ToString(), page, StringComparison.Ordinal);
        Assert.Contains("Example <Net>", page, StringComparison.Ordinal);
        foreach (var never in new[]
        {
            "9999", "192.0.2.1", place.Contact.Subject.ToString(), "10.0.0.7", "<script", "rport=", "raddr=",
        })
        {
            Assert.DoesNotContain(never, page, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Empty(place.Refused);
    }

    [Fact]
    public async Task A_scope_that_was_renewed_while_its_event_lasted_is_told_once_with_the_time_of_both()
    {
        await using var place = await OpenAsync();
        var later = place.House.Clock.GetUtcNow().AddHours(5);
        var quality = SignedOrders.Contact(place.House.NameOf("10.0.0.7"), later);
        var renewed = ProvisionalScope.From(
            quality, EventDocument.Sign(quality, place.House.Collector), ScopeLimits.Default)! with
        {
            Case = Id, Id = new ScopeId(9),
        };
        place.Tells = id => place.Case(id, place.Scope(renewed), place.Scope(place.Contact));

        var page = await place.PageAsync(place.Link(Id));

        Assert.Equal(1, page.Split("<section class=\"scope\"").Length - 1);
        Assert.Contains("00:00 UTC", page, StringComparison.Ordinal);
        Assert.Contains("05:01 UTC", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_done_for_everybody_is_said_and_of_the_line_only_what_the_vault_itself_holds()
    {
        await using var place = await OpenAsync();
        var until = place.House.Clock.GetUtcNow().AddDays(3);
        place.Tells = id => place.Case(id, place.Scope(
            place.Contact, null, new(ActionKind.ClosedForAll, Endpoint, until),
            new(ActionKind.ClosedForLine, "203.0.113.77:80/tcp", until), new(ActionKind.StrictGarden, "", until)));

        var page = await place.PageAsync(place.Link(Id));
        Assert.Contains(
            $"Nobody on our network can reach {Endpoint}, until 5 December 1971, 00:00 UTC at the latest.", page,
            StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.77", page, StringComparison.Ordinal);
        Assert.DoesNotContain("restricted", page, StringComparison.Ordinal);
        Assert.Contains(
            $"Niemand in unserem Netz erreicht {Endpoint}, längstens bis 05.12.1971, 00:00 Uhr UTC",
            await place.PageAsync(place.Link(Id), "?lang=de"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_is_told_as_it_stands_and_clean_is_said_when_it_is_clean()
    {
        await using var place = await OpenAsync();
        var (from, until) = (place.House.Clock.GetUtcNow(), place.House.Clock.GetUtcNow().AddDays(14));

        // The desk's word alone makes nobody clean.
        place.Tells = id => place.Case(id, place.Scope(place.Contact, new(false, from, until, 0, true, false))) with
        {
            IsClean = true,
        };
        var unseen = await place.PageAsync(place.Link(Id));
        Assert.DoesNotContain("Clean", unseen, StringComparison.Ordinal);
        Assert.Contains("We cannot tell yet whether it is fixed", unseen, StringComparison.Ordinal);
        Assert.True(place.House.Get<LineActivities>().Add(
            Id, from.ToUnixTimeMilliseconds(), from.AddHours(1).ToUnixTimeMilliseconds()));
        (CustomerCheck Check, string English, string German)[] all =
        [
            (new(true, from, until, 0, false, false), "Nothing was seen since", "wurde nichts gesehen"),
            (new(true, from, until, 3, false, false),
                "It was seen again since 2 December 1971, 00:00 UTC, so often: 3", "so oft: 3"),
            (new(true, from, until, null, false, false),
                "How it stands cannot be told", "lässt sich gerade nicht sagen"),
            (new(true, from, until, 0, true, false), "Clean: nothing was seen since", "Sauber: seit"),
            (new(true, from, until, 0, false, true),
                "We cannot tell yet whether it is fixed", "können wir noch nicht sagen"),
            (new(false, from, until, 0, true, false), "Clean: nothing was seen from", "Sauber: von"),
            (new(false, from, until, 0, false, false),
                "not all of the time was watched. We cannot tell yet", "nicht die ganze Zeit wurde"),
            (new(false, from, until, 1_200, true, false),
                "so often: 1,200. It is not fixed yet", "so oft: 1.200. Es ist noch nicht"),
            (new(false, from, until, null, false, false), "Its result cannot be told", "Ihr Ergebnis lässt sich"),
        ];
        foreach (var (check, english, german) in all)
        {
            place.Tells = id => place.Case(id, place.Scope(place.Contact, check));
            var page = await place.PageAsync(place.Link(Id));
            Assert.Contains(english, page, StringComparison.Ordinal);
            Assert.Equal(!check.IsRunning, page.Contains("I fixed it</button>", StringComparison.Ordinal));
            Assert.Contains(german, await place.PageAsync(place.Link(Id), "?lang=de"), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(
            "was not seen again on your line", await place.PageAsync(place.Link(Id)), StringComparison.Ordinal);
        place.Tells = id => place.Case(id, place.Scope(place.Contact)) with
        {
            IsClean = true, KeptUntil = until,
        };
        Assert.Contains(
            "Clean: what this page tells of was not seen again", await place.PageAsync(place.Link(Id)),
            StringComparison.Ordinal);
        Assert.Contains(
            "erased for good after 16 December 1971", await place.PageAsync(place.Link(Id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_look_is_on_the_vaults_record_before_the_page_and_nothing_of_the_visitor_is()
    {
        var audit = new InMemoryAuditLog();
        await using var place = await OpenAsync(audit);
        _ = await place.PageAsync(place.Link(Id));
        var entry = Assert.Single(audit.Entries, e => e.Act == AuditActions.ShowSubject);
        Assert.Equal(("customer", "customer", AuditActions.Allow, Id.ToString()), (
            entry.Actor, entry.Role, entry.Outcome, entry.Case));
        Assert.True(audit.Entries.ToList().IndexOf(entry)
            < audit.Entries.ToList().FindIndex(e => e.Act == AuditActions.TellPage));
        Assert.DoesNotContain("127.0.0.1", entry.ToString(), StringComparison.Ordinal);

        audit.Fails = true;
        using var answer = await place.Http.GetAsync($"/c/{place.Link(Id)}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.DoesNotContain("7703", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, place.Counts[ResponseKind.Failed]);
    }

    [Trait("Attack", "34")]
    [Trait("Attack", "35")]
    [Trait("Attack", "36")]
    [Fact]
    public async Task Wrong_expired_forged_and_revoked_links_get_one_page_and_the_same_headers()
    {
        await using var place = await OpenAsync();
        await place.Desk.DestroyAsync(Other, default);
        var good = place.Link(Id);
        var foreign = new LinkSigner(new([.. Enumerable.Repeat((byte)1, 32)], null))
            .Sign(Id, place.House.Clock.GetUtcNow().AddDays(1));
        string[] bad =
        [
            $"/c/{place.Link(Other)}", $"/c/{place.Link(new CaseId(99))}", $"/c/{place.Link(Id, TimeSpan.Zero)}",
            $"/c/{good[..^1]}", $"/c/{good}x", $"/c/{good}/", $"/c/{Id}", "/c/", $"/c/{foreign}",
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
        Assert.Equal(bad.Length, place.Counts[ResponseKind.Refused]);
        _ = await place.PageAsync(good);
        Assert.Equal(HttpStatusCode.NotFound, (await place.Http.GetAsync("/favicon.ico")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await place.Http.PutAsync($"/c/{good}", null)).StatusCode);
        await place.StopDeskAsync();
        Assert.Single(await place.House.ChainAsync(), e => e.Act == AuditActions.ShowSubject);
    }

    [Trait("Attack", "35")]
    [Fact]
    public async Task The_browser_is_told_to_run_fetch_frame_keep_and_tell_nothing()
    {
        await using var place = await OpenAsync();
        foreach (var path in new[] { $"/c/{place.Link(Id)}", "/c/wrong", "/" })
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
    public async Task Fixed_is_recorded_by_the_vault_and_crosses_as_its_signed_word()
    {
        await using var place = await OpenAsync();
        var link = place.Link(Id);
        using (var answer = await place.PostAsync(link, "fixed"))
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Contains(
                "The check begins", await place.PageAsync(link, answer.Headers.Location!.ToString()),
                StringComparison.Ordinal);
        }

        var act = await place.ActAsync();
        Assert.Equal((CustomerActKind.Fixed, Id, place.House.Clock.GetUtcNow(), ""), (
            act.Kind, act.Case, act.At, act.Words));
        Assert.Equal(1, place.Counts[ResponseKind.Fixed]);
        await Until.IsSoAsync(
            () => Task.FromResult(place.House.Get<CustomerActStore>().Waiting.Count == 0), "the desk took it");
        await place.StopDeskAsync();
        var entry = Assert.Single(await place.House.ChainAsync(), e => e.Act == AuditActions.SayFixed);
        Assert.Equal(("customer", Id.ToString(), act.Id), (entry.Actor, entry.Case, entry.Request));
    }

    [Fact]
    public async Task An_appeal_crosses_as_text_stands_in_no_record_and_lies_in_clear_nowhere()
    {
        await using var place = await OpenAsync();
        place.Takes = false;
        using (var answer = await place.PostAsync(
            place.Link(Id), "appeal", "  <script>alert(1)</script> & \u00fc  ",
            place.Form(place.Link(Id), TimeSpan.FromHours(1))))
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        }

        Assert.Equal("<script>alert(1)</script> & \u00fc", (await place.ActAsync()).Words);
        await place.StartAgainAsync();

        // Not said to be taken, so it is told again after a restart, as it was signed.
        var again = Assert.Single((await place.House.Desk().WaitAsync(default)).Acts);
        Assert.Equal(place.Acts[0], again);
        Assert.All(
            Directory.GetFiles(place.House.Folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("lock", StringComparison.Ordinal)),
            file => Assert.DoesNotContain(
                "alert(1)", Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));

        // With the case's key it goes.
        await place.House.Desk().DestroyAsync(Id, default);
        Assert.Empty(place.House.Get<CustomerActStore>().Waiting);
        Assert.Empty(Directory.GetFiles(Path.Combine(place.House.Folder, "cases"), $"{Id}.*"));
    }

    [Trait("Attack", "36")]
    [Fact]
    public async Task A_form_that_is_not_this_page_s_does_nothing()
    {
        await using var place = await OpenAsync();
        var link = place.Link(Id);
        var otherForm = place.Form(place.Link(Other), TimeSpan.FromHours(1));
        var oldForm = place.Form(link, TimeSpan.Zero);
        var form = place.Form(link, TimeSpan.FromHours(1));

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
        using var json = new StringContent("{}", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await place.Http.PostAsync($"/c/{link}", json)).StatusCode);
        using var large = await place.PostAsync(link, "appeal", new string('x', CustomerPages.MaxOctets), form);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await place.PostAsync(link[..^1] + (link[^1] == 'A' ? 'B' : 'A'), "fixed", "", form)).StatusCode);

        Assert.Empty(place.House.Get<CustomerActStore>().Waiting);
        Assert.Empty(place.Acts);
        Assert.Equal(9, place.Counts[ResponseKind.BadForm]);
    }

    [Fact]
    public async Task One_case_asked_for_too_often_waits_and_no_other_does()
    {
        await using var place = await OpenAsync();
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 35; i++)
        {
            using var answer = await place.Http.GetAsync($"/c/{place.Link(Id)}");
            codes.Add(answer.StatusCode);
        }

        Assert.Equal(30, codes.Count(c => c == HttpStatusCode.OK));
        Assert.Equal(5, codes.Count(c => c == HttpStatusCode.TooManyRequests));
        _ = await place.PageAsync(place.Link(Other));
        place.House.Clock.Advance(TimeSpan.FromSeconds(2));
        _ = await place.PageAsync(place.Link(Id));
        for (var i = 0; i < 7; i++)
        {
            using var answer = await place.PostAsync(
                place.Link(Id), "fixed", "", place.Form(place.Link(Id), TimeSpan.FromHours(1)));
            Assert.Equal(i < 6 ? HttpStatusCode.SeeOther : HttpStatusCode.TooManyRequests, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Where_the_desk_is_silent_the_page_says_so_or_shows_what_was_told_lately()
    {
        await using var place = await OpenAsync();
        var answers = place.Tells;
        place.Tells = _ => null;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await SilentAsync());

        place.Tells = answers;
        _ = await place.PageAsync(place.Link(Id));
        place.Tells = _ => null;
        Assert.Equal(HttpStatusCode.OK, await SilentAsync());
        place.House.Clock.Advance(CustomerNewsQueue.ShownFor);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await SilentAsync());

        async Task<HttpStatusCode> SilentAsync()
        {
            var asked = place.Http.GetAsync($"/c/{place.Link(Id)}");
            await place.PatienceEndsAsync(asked);
            using var answer = await asked;
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("unknown-key")]
    [InlineData("other-subject")]
    [InlineData("other-than-grounds")]
    [InlineData("other-case")]
    public async Task What_does_not_follow_from_its_grounds_is_shown_to_nobody(string code)
    {
        await using var place = await OpenAsync();
        using var own = SigningKey.Create();
        var now = place.House.Clock.GetUtcNow();
        var told = code switch
        {
            "unknown-key" => SignedOrders.Make(own, Id, place.House.NameOf("10.0.0.7"), new ScopeId(9), now),
            "other-subject" => place.House.Order(Id, "10.0.0.8", new ScopeId(9)),
            "other-than-grounds" => place.Contact with { Purpose = Purpose.RemediationCheck, FromMs = place.Contact.UntilMs },
            _ => place.OtherFlood,
        };
        place.Tells = id => place.Case(id, place.Scope(told));
        var asked = place.Http.GetAsync($"/c/{place.Link(Id)}");
        await Until.IsSoAsync(() => Task.FromResult(place.Refused.Count > 0), "the vault refused it");
        await place.PatienceEndsAsync(asked);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await asked).StatusCode);
        Assert.Equal(code == "other-case" ? "other-than-grounds" : code, place.Refused[0].Word);
        await place.StopDeskAsync();
        Assert.Contains(await place.House.ChainAsync(), e =>
            e.Act == AuditActions.TellPage && e.Outcome == place.Refused[0].Word
            && e.Request.StartsWith("q-", StringComparison.Ordinal));
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
        await using var place = await OpenAsync();
        using var asked = new HttpRequestMessage(HttpMethod.Get, $"/c/wrong{query}");
        asked.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        using var answer = await place.Http.SendAsync(asked);
        Assert.Contains(
            $"<html lang=\"{language}\">", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_language_without_texts_starts_no_vault() => Assert.Contains(
        "selfservice.languages: there are no texts for 'fr'",
        (await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync(null, "en", "fr"))).Message,
        StringComparison.Ordinal);
}
