// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>The way in and the ways out: one link, one person, one role, one time.</summary>
public sealed class ConsoleSignInTests : IAsyncLifetime
{
    private static readonly Actor Ana = new("ana", Role.Analyst);

    private ConsoleFixture _console = null!;

    public async ValueTask InitializeAsync() => _console = await ConsoleFixture.OpenAsync();

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public async Task A_link_is_shown_first_and_signs_in_once_with_the_role_of_who_asked()
    {
        var code = _console.SignIn.Links.Issue(Ana);
        var shown = await _console.SendAsync("GET", $"/sign-in?code={code}&to=/cases");
        Assert.Contains("Sign in as ana, analyst?", shown.Text, StringComparison.Ordinal);
        _ = await _console.SendAsync("GET", $"/sign-in?code={code}"); // a preview uses nothing up

        var first = await _console.SendAsync("POST", "/sign-in", null, ConsoleFixture.Form(("code", code), ("to", "/cases")));
        Assert.Equal((303, "/cases"), (first.Status, first.Location));
        var cookie = Assert.Single(first.Cookies);
        Assert.StartsWith("__Host-weir=", cookie, StringComparison.Ordinal);
        foreach (var word in new[] { "path=/", "secure", "samesite=strict", "httponly" })
        {
            Assert.Contains(word, cookie, StringComparison.OrdinalIgnoreCase);
        }

        var second = await _console.SendAsync("POST", "/sign-in", null, ConsoleFixture.Form(("code", code)));
        Assert.Equal((403, 0), (second.Status, second.Cookies.Count));
        Assert.Equal(["allow", "not-authenticated"], _console.Cases.Audit.EntriesOf(AuditActions.SignIn).Select(one => one.Outcome));
        Assert.Equal("ana", _console.Cases.Audit.EntriesOf(AuditActions.SignIn).First().Actor);
    }

    [Fact]
    public async Task A_link_is_void_after_two_minutes()
    {
        var code = _console.SignIn.Links.Issue(Ana);
        _console.Cases.Clock.Advance(SignInLinks.Life);

        Assert.Equal(403, (await _console.SendAsync("GET", $"/sign-in?code={code}")).Status);
        Assert.Equal(403, (await _console.SendAsync("POST", "/sign-in", null, ConsoleFixture.Form(("code", code)))).Status);
    }

    [Fact]
    public async Task Without_the_record_nobody_is_signed_in()
    {
        var code = _console.SignIn.Links.Issue(Ana);
        _console.Cases.Audit.Breaks = _ => true;

        var answer = await _console.SendAsync("POST", "/sign-in", null, ConsoleFixture.Form(("code", code)));

        Assert.Equal((503, 0), (answer.Status, answer.Cookies.Count));
    }

    [Fact]
    public async Task An_unused_session_shows_the_wall_alone_and_after_eight_hours_nothing()
    {
        var browser = await _console.SignInAsync("ana");
        for (var i = 0; i < 3; i++)
        {
            _console.Cases.Clock.Advance(TimeSpan.FromMinutes(14)); // a page within a quarter of an hour keeps it
            Assert.Equal(200, (await browser.GetAsync("/cases")).Status);
        }

        for (var i = 0; i < 2; i++)
        {
            _console.Cases.Clock.Advance(TimeSpan.FromMinutes(8)); // and a wall that renews itself does not
            Assert.Equal(200, (await browser.GetAsync("/?wall")).Status);
        }

        var idle = await browser.GetAsync("/cases?q=rule:scan");
        Assert.Equal((303, "/sign-in?why=idle&to=%2Fcases%3Fq%3Drule%3Ascan"), (idle.Status, idle.Location));
        Assert.Equal(303, (await browser.GetAsync("/")).Status);
        Assert.Equal(200, (await browser.GetAsync("/?wall")).Status);

        _console.Cases.Clock.Advance(ConsoleSessions.Longest);
        var over = await browser.GetAsync("/?wall");
        Assert.Equal(303, over.Status);
        Assert.StartsWith("/sign-in?why=over", over.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_where_it_is_left_and_where_it_is_revoked_from_another()
    {
        var one = await _console.SignInAsync("ana");
        _console.Cases.Clock.Advance(TimeSpan.FromSeconds(1));
        var other = await _console.SignInAsync("ana");
        var theirs = _console.SignIn.Sessions.Of("ana");
        Assert.Equal(2, theirs.Count);
        Assert.Contains(theirs[1].Id, (await other.GetAsync("/me")).Text, StringComparison.Ordinal);

        var revoked = await other.PostAsync($"/me/sessions/{theirs[1].Id}/end");
        Assert.Equal((303, "/me"), (revoked.Status, revoked.Location));
        Assert.Equal(303, (await one.GetAsync("/")).Status);
        Assert.Equal("/sign-in?why=left", (await other.PostAsync($"/me/sessions/{theirs[0].Id}/end")).Location);
        Assert.Equal(303, (await other.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Nobody_ends_anothers_session()
    {
        var (ana, olaf) = (await _console.SignInAsync("ana"), await _console.SignInAsync("olaf"));

        var refused = await olaf.PostAsync($"/me/sessions/{_console.SignIn.Sessions.Of("ana")[0].Id}/end");

        Assert.Equal(404, refused.Status);
        Assert.Equal(200, (await ana.GetAsync("/")).Status);
    }

    /// <summary>A code has 256 bits: nobody guesses one, and who tries keeps nobody out and writes no record full.</summary>
    [Fact]
    public async Task Many_wrong_links_are_a_few_entries_and_keep_nobody_out()
    {
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(403, (await _console.SendAsync("GET", "/sign-in?code=guess")).Status);
        }

        Assert.Equal(
            [("none", "not-authenticated"), ("none", "not-authenticated"), ("none", "not-authenticated")],
            _console.Cases.Audit.EntriesOf(AuditActions.SignIn).Select(one => (one.Actor, one.Outcome)));
        _ = await _console.SignInAsync("ana");
    }

    /// <summary>A screen that nobody sits at renews itself, and its session ends nevertheless.</summary>
    [Fact]
    public async Task A_page_that_the_script_renews_keeps_no_session_alive()
    {
        var script = await _console.SendAsync("GET", System.Text.RegularExpressions.Regex.Match(
            (await _console.SendAsync("GET", "/sign-in")).Text, "/assets/console\\.[0-9a-f]+\\.js").Value);
        Assert.Contains("location.replace(\"/?renew\")", script.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("location.reload", script.Text, StringComparison.Ordinal);

        var browser = await _console.SignInAsync("ana");
        _console.Cases.Clock.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal(200, (await browser.GetAsync("/?renew")).Status);
        _console.Cases.Clock.Advance(TimeSpan.FromMinutes(8));

        var idle = await browser.GetAsync("/?renew");
        Assert.Equal((303, "/sign-in?why=idle"), (idle.Status, idle.Location));
    }

    [Fact]
    public async Task The_marks_hold_for_the_first_page_alone_and_a_wall_gives_no_file()
    {
        var browser = await _console.SignInAsync("ana");
        var key = await browser.FormKeyAsync();
        for (var i = 0; i < 3; i++)
        {
            _console.Cases.Clock.Advance(TimeSpan.FromMinutes(8));
            Assert.Equal(200, (await browser.GetAsync(i % 2 == 0 ? "/cases?wall" : "/cases?renew")).Status);
        }

        _console.Cases.Clock.Advance(ConsoleSessions.Idle);
        Assert.Equal(200, (await browser.GetAsync("/?wall")).Status);
        Assert.Equal(303, (await browser.GetAsync("/?wall&as=json")).Status);
        var form = await _console.SendAsync(
            "POST", "/me/look", browser.Cookie, ConsoleFixture.Form(("form-key", key), ("theme", "dark")));
        Assert.Equal((303, "/sign-in?why=idle", 0), (form.Status, form.Location, form.Cookies.Count));
    }

    /// <summary>A name that was given on to somebody else is not who signed in.</summary>
    [Fact]
    public async Task Another_users_number_ends_the_session_and_voids_the_link()
    {
        var browser = await _console.SignInAsync("ana");
        var code = _console.SignIn.Links.Issue(Ana);
        _console.Numbers["ana"] = 1_001;

        Assert.StartsWith("/sign-in?why=over", (await browser.GetAsync("/")).Location, StringComparison.Ordinal);
        Assert.Empty(_console.SignIn.Sessions.Of("ana"));
        Assert.Contains("number", Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignOut)).Reason, StringComparison.Ordinal);
        Assert.Equal(403, (await _console.SendAsync("POST", "/sign-in", null, ConsoleFixture.Form(("code", code)))).Status);
    }

    [Theory]
    [InlineData("petra")]
    [InlineData("adam")]
    public async Task Who_keeps_order_ends_the_session_of_who_left(string user)
    {
        var (ana, other) = (await _console.SignInAsync("ana"), await _console.SignInAsync(user));
        var id = _console.SignIn.Sessions.Of("ana").Single().Id;
        Assert.Contains(id, (await other.GetAsync("/me")).Text, StringComparison.Ordinal);

        Assert.Equal((303, "/me"), (await other.PostAsync($"/me/sessions/{id}/end")) is var done ? (done.Status, done.Location) : default);

        Assert.Equal(303, (await ana.GetAsync("/")).Status);
        var entry = Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignOut));
        Assert.Equal((user, $"{id} of ana"), (entry.Actor, entry.Reason));
    }

    [Fact]
    public async Task A_new_sign_in_ends_the_session_of_the_cookie_it_replaces()
    {
        var old = await _console.SignInAsync("ana");
        _ = await _console.SignInAsync("olaf", old.Cookie);

        Assert.Equal(303, (await old.GetAsync("/")).Status);
        Assert.Empty(_console.SignIn.Sessions.Of("ana"));
        Assert.Equal("ana", Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignOut)).Actor);
    }

    [Fact]
    public async Task A_ninth_session_ends_the_oldest_on_record_and_a_fifth_link_voids_the_first()
    {
        List<ConsoleBrowser> browsers = [];
        for (var i = 0; i <= ConsoleSessions.MostOfUser; i++)
        {
            browsers.Add(await _console.SignInAsync("ana"));
            _console.Cases.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(303, (await browsers[0].GetAsync("/")).Status);
        Assert.Equal(200, (await browsers[1].GetAsync("/")).Status);
        Assert.EndsWith("more than 8", Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignOut)).Reason, StringComparison.Ordinal);

        List<string> codes = [];
        for (var i = 0; i <= SignInLinks.MostOfUser; i++)
        {
            codes.Add(_console.SignIn.Links.Issue(Ana));
            _console.Cases.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Null(_console.SignIn.Links.Find(codes[0]));
        Assert.NotNull(_console.SignIn.Links.Find(codes[1]));
    }

    [Fact]
    public async Task A_note_that_something_was_done_is_told_once_and_by_no_address()
    {
        var browser = await _console.SignInAsync("ana");
        const string Kept = "It is kept for this browser.";
        Assert.DoesNotContain(Kept, (await browser.GetAsync("/me?done=look")).Text, StringComparison.Ordinal);

        Assert.Equal("/me", (await browser.PostAsync("/me/look", ("theme", "dark"))).Location);
        Assert.Contains(Kept, (await browser.GetAsync("/me")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Kept, (await browser.GetAsync("/me")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("/cases\r\nSet-Cookie: a=b")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_led_to_another_site(string to)
    {
        var code = _console.SignIn.Links.Issue(Ana);
        var answer = await _console.SendAsync("POST", "/sign-in", null, ConsoleFixture.Form(("code", code), ("to", to)));

        Assert.Equal((303, "/"), (answer.Status, answer.Location));
    }

    /// <summary>Who is somebody else now, or nobody, is not who signed in.</summary>
    [Fact]
    public async Task Another_role_ends_the_session()
    {
        var (session, secret, _) = _console.SignIn.Sessions.Open(
            new(new Actor("ana", Role.Operator), 1_000), new(SignInKind.Link));
        var answer = await _console.SendAsync("GET", "/", $"__Host-weir={secret}");

        Assert.StartsWith("/sign-in?why=role", answer.Location, StringComparison.Ordinal);
        Assert.Empty(_console.SignIn.Sessions.Of(session.Who.Name));
        Assert.Contains("role", Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignOut)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_console_there_is_no_link()
    {
        await using var api = await Api.ApiFixture.OpenAsync();
        var answer = await api.SendAsync("analyst", "POST", "console/links");

        Assert.Equal((404, Weir.Desk.Api.Routing.ApiProblems.ConsoleOff), (answer.Status, answer.Code));
        Assert.Equal("console-off", answer.Code);
        Assert.Empty(api.Cases.Audit.EntriesOf(AuditActions.AskSignIn));
    }

    [Fact]
    public async Task A_link_of_the_socket_is_its_users_and_on_record()
    {
        var answer = await _console.Api.SendAsync("operator", "POST", "console/links");

        Assert.Equal(200, answer.Status);
        Assert.StartsWith($"{ConsoleFixture.Origin}/sign-in?code=", answer.Json.GetProperty("link").GetString(), StringComparison.Ordinal);
        Assert.Equal("operator", answer.Json.GetProperty("role").GetString());
        Assert.Equal(
            (Api.ApiFixture.Me, "operator", "allow"),
            _console.Cases.Audit.EntriesOf(AuditActions.AskSignIn).Select(one => (one.Actor, one.Role, one.Outcome)).Single());
    }
}
