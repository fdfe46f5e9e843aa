// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Channels;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>The provider's identity service says who somebody is; which person that is, and in which role, says the
/// governance alone. The service is OpenIddict.</summary>
public sealed class ConsoleOidcTests : IAsyncLifetime
{
    private const string Ana = "ana@example.net";

    private readonly string _secret = Path.GetTempFileName();
    private IdentityService _service = null!;
    private ConsoleFixture _console = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_secret, IdentityService.Secret + "\n");
        _service = await IdentityService.StartAsync();
        _console = await ConsoleFixture.OpenAsync(
            change: options => options with
            {
                Oidc = new() { Authority = _service.Address, SecretFile = _secret, CaFile = _service.CaFile },
            },
            governed: new People("test-net",
            [
                new("Ana", "ana", Role.Analyst, []) { Oidc = Ana },
                new("Petra", "petra", Role.PrivacyOfficer, []),
            ]));
    }

    public async ValueTask DisposeAsync()
    {
        await _console.DisposeAsync();
        await _service.DisposeAsync();
        File.Delete(_secret);
    }

    [Fact]
    public async Task Who_it_says_is_a_person_of_the_governance_and_the_role_is_the_governances()
    {
        Assert.Contains("/sign-in/oidc", (await _console.SendAsync("GET", "/sign-in?to=/cases")).Text, StringComparison.Ordinal);
        _service.Subject = Ana;
        var (back, cookies) = await ThereAsync("/cases");
        var signedIn = await BackAsync(back, cookies);

        Assert.Equal((200, "0; url=/cases"), (signedIn.Status, signedIn.Header("Refresh")));
        var cookie = Assert.Single(signedIn.Cookies, one => one.StartsWith("__Host-weir=", StringComparison.Ordinal));
        var me = await _console.SendAsync("GET", "/me", cookie.Split(';')[0]);
        Assert.Contains("analyst", me.Text, StringComparison.Ordinal);
        Assert.Equal(403, (await _console.SendAsync("GET", "/audit", cookie.Split(';')[0])).Status);
        var entry = Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignIn));
        Assert.Equal(("ana", "analyst", "allow"), (entry.Actor, entry.Role, entry.Outcome));
    }

    [Theory]
    [InlineData("petra")]
    [InlineData("Petra")]
    [InlineData("ANA@example.net")]
    [InlineData("somebody@example.net")]
    public async Task Whom_the_governance_does_not_name_by_it_is_not_signed_in(string subject)
    {
        _service.Subject = subject;
        var (back, cookies) = await ThereAsync("/");

        var refused = await BackAsync(back, cookies);
        Assert.Equal(403, refused.Status);
        Assert.DoesNotContain(refused.Cookies, one => one.StartsWith("__Host-weir=", StringComparison.Ordinal));
        Assert.Equal("not-authenticated", Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignIn)).Outcome);
    }

    [Fact]
    public async Task An_answer_counts_once_in_the_browser_that_asked_and_unaltered()
    {
        _service.Subject = Ana;
        var (back, cookies) = await ThereAsync("//evil.example/");
        Assert.Equal(403, (await BackAsync(back, "")).Status);
        Assert.Equal(403, (await BackAsync(back.Replace("state=", "state=A", StringComparison.Ordinal), cookies)).Status);
        Assert.Equal(403, (await BackAsync(back.Replace("code=", "code=A", StringComparison.Ordinal), cookies)).Status);
        var first = await BackAsync(back, cookies);
        Assert.Equal((200, "0; url=/"), (first.Status, first.Header("Refresh")));
    }

    /// <summary>The service signs in silently whoever sits there (ADR 0068).</summary>
    [Fact]
    public async Task It_is_no_further_show()
    {
        (string, string)[] plan = [("target", "192.0.2.80:8443/tcp"), ("reason", "it floods the customers' lines")];
        var browser = await SignInAsync();
        Assert.Contains("Is it still you?", (await browser.PostAsync("/blocks/plan", plan)).Text, StringComparison.Ordinal);

        var link = _console.SignIn.LinkOf(_console.SignIn.Links.Issue(new("ana", Role.Analyst)));
        Assert.DoesNotContain("Is it still you?", (await browser.PostAsync(
            "/blocks/plan", [.. plan, ("fresh-code", link)])).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Is it still you?", (await browser.PostAsync("/blocks/plan", plan)).Text, StringComparison.Ordinal);
        var again = await SignInAsync(browser.Cookie);
        Assert.Contains("Is it still you?", (await again.PostAsync("/blocks/plan", plan)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_browsers_session_ends_whose_cookie_does_not_come_back_with_it()
    {
        var before = await _console.SignInAsync("olaf");
        var others = await _console.SignInAsync("olaf");
        var after = await SignInAsync(before.Cookie);

        Assert.Equal(303, (await before.GetAsync("/me")).Status);
        Assert.Equal(200, (await others.GetAsync("/me")).Status);
        Assert.Equal(200, (await after.GetAsync("/me")).Status);
        Assert.Equal("olaf", Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignOut)).Actor);
    }

    [Fact]
    public async Task Who_is_no_longer_named_by_it_is_signed_out_and_who_came_by_a_link_is_not()
    {
        var (browser, byLink) = (await SignInAsync(), await _console.SignInAsync("ana"));
        _console.SignIn.Passkeys.People.Use(new People("test-net",
        [
            new("Ana", "ana", Role.Analyst, []),
            new("Petra", "petra", Role.PrivacyOfficer, []) { Oidc = Ana },
        ]));

        Assert.StartsWith("/sign-in?why=over", (await browser.GetAsync("/me")).Location, StringComparison.Ordinal);
        Assert.Equal(200, (await byLink.GetAsync("/me")).Status);
        Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignOut));
        Assert.Single(_console.SignIn.Sessions.Of("ana"));
    }

    [Fact]
    public async Task Where_the_service_is_down_it_is_said_so()
    {
        await using var console = await ConsoleFixture.OpenAsync(change: options => options with
        {
            Oidc = new() { Authority = new("http://127.0.0.1:1/"), SecretFile = _secret },
        });
        var answer = await console.SendAsync("GET", "/sign-in/oidc");

        Assert.Equal(503, answer.Status);
        Assert.Contains("does not answer", answer.Text, StringComparison.Ordinal);
    }

    /// <summary>The service's authority is none that the system knows.</summary>
    [Fact]
    public async Task A_service_whose_authority_nobody_named_is_not_believed()
    {
        await using var console = await ConsoleFixture.OpenAsync(change: options => options with
        {
            Oidc = new() { Authority = _service.Address, SecretFile = _secret },
        });

        Assert.StartsWith("https://", _service.Address.ToString(), StringComparison.Ordinal);
        Assert.Equal(503, (await console.SendAsync("GET", "/sign-in/oidc")).Status);
    }

    [Theory]
    [InlineData("/signout-oidc")]
    [InlineData("/signout-callback-oidc")]
    public async Task It_ends_no_session_of_ours(string path) =>
        Assert.Equal(303, (await _console.SendAsync("GET", path)).Status);

    private async Task<ConsoleBrowser> SignInAsync(string? cookie = null)
    {
        _service.Subject = Ana;
        var (back, cookies) = await ThereAsync("/", cookie);
        var answer = await BackAsync(back, cookies);
        return new(_console, Assert.Single(
            answer.Cookies, one => one.StartsWith("__Host-weir=", StringComparison.Ordinal)).Split(';')[0]);
    }

    /// <summary>To the service and its answer: the address back, and the cookies of what is under way.</summary>
    private async Task<(string Back, string Cookies)> ThereAsync(string to, string? cookie = null)
    {
        var sent = await _console.SendAsync("GET", $"/sign-in/oidc?to={Uri.EscapeDataString(to)}", cookie);
        Assert.Equal(302, sent.Status);
        Assert.StartsWith(_service.Address.ToString(), sent.Location, StringComparison.Ordinal);
        Assert.Contains("code_challenge=", sent.Location, StringComparison.Ordinal);
        Assert.All(sent.Cookies, cookie => Assert.Contains("secure; samesite=lax; httponly", cookie, StringComparison.OrdinalIgnoreCase));
        using var http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, SslOptions = new TlsTrust(_service.CaFile).For(null),
        });
        using var answered = await http.GetAsync(sent.Location);
        Assert.True(answered.Headers.Location is not null, await answered.Content.ReadAsStringAsync());
        var back = answered.Headers.Location!;
        Assert.Equal(ConsoleFixture.Origin, back.GetLeftPart(UriPartial.Authority));
        return (back.PathAndQuery, string.Join("; ", sent.Cookies.Select(cookie => cookie.Split(';')[0])));
    }

    private Task<ConsoleAnswered> BackAsync(string path, string cookies) => _console.SendAsync(
        "GET", path, cookies.Length > 0 ? cookies : null, null, ("Sec-Fetch-Site", "cross-site"));
}
