// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text.Json;
using Weir.Contracts.Approvals;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Policy;
using Weir.Desk.Console.SignIn;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Browsers;
using Weir.Tests.Contracts.Passkeys;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>A passkey that the governance names for the console signs its person in, and nobody else; acts that reach
/// outside want to know again who asks (ADR 0068).</summary>
public sealed class ConsolePasskeyTests : IAsyncLifetime
{
    private const string Host = ConsoleFixture.Host;
    private const string Refused = "passkey-refused";

    private readonly SoftwareAuthenticator _ana = new(Host) { Counter = 1 };
    private readonly SoftwareAuthenticator _olaf = new(Host);
    private readonly SoftwareAuthenticator _approving = new("approve.example.net");
    private ConsoleFixture _console = null!;

    public async ValueTask InitializeAsync() => _console = await ConsoleFixture.OpenAsync(governed: new People("test-net",
    [
        new("Ana", "ana", Role.Analyst, []) { ConsolePasskeys = [_ana.Passkey], Passkeys = [_approving.Passkey] },
        new("Olaf", "olaf", Role.Operator, []) { ConsolePasskeys = [_olaf.Passkey] },
    ]));

    public async ValueTask DisposeAsync()
    {
        await _console.DisposeAsync();
        _ana.Dispose();
        _olaf.Dispose();
        _approving.Dispose();
    }

    [Fact]
    public async Task It_opens_a_session_as_a_link_does()
    {
        Assert.Contains("data-passkey=\"in\"", (await _console.SendAsync("GET", "/sign-in")).Text, StringComparison.Ordinal);

        var answer = await PostAsync("/sign-in/passkey", _ana.Answer(await ChallengeAsync()).ToString(), "/cases");
        Assert.Equal(200, answer.Status);
        Assert.Equal("/cases", JsonSerializer.Deserialize(answer.Text, SignInJson.Default.PasskeySignedIn)!.To);
        var cookie = Assert.Single(answer.Cookies);
        Assert.Contains("samesite=strict; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        var page = await _console.SendAsync("GET", "/me", cookie.Split(';')[0]);
        Assert.Contains("ana", page.Text, StringComparison.Ordinal);
        var entry = Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignIn));
        Assert.Equal(("ana", "analyst", "allow", "console, passkey"), (entry.Actor, entry.Role, entry.Outcome, entry.Reason));
    }

    [Fact]
    public async Task What_is_not_this_persons_answer_here_and_now_signs_nobody_in()
    {
        var used = _ana.Answer(await ChallengeAsync()).ToString();
        Assert.Equal("", await WordAsync(used));
        Assert.Equal(Refused, await WordAsync(used));
        Assert.Equal(Refused, await WordAsync(_ana.Answer(new byte[PasskeyChallenges.Octets]).ToString()));
        Assert.Equal(Refused, await WordAsync(_ana.Answer(await ChallengeAsync(), "https://evil.example").ToString()));
        Assert.Equal(Refused, await WordAsync(_ana.Answer(await ChallengeAsync(), forHost: "evil.example").ToString()));
        Assert.Equal(Refused, await WordAsync(
            _ana.Answer(await ChallengeAsync(), flags: SoftwareAuthenticator.Present).ToString()));
        Assert.Equal(Refused, await WordAsync(_approving.Answer(await ChallengeAsync(), ConsoleFixture.Origin).ToString()));
        Assert.Equal(Refused, await WordAsync(_approving.Answer(await ChallengeAsync()).ToString()));
        Assert.Equal(Refused, await WordAsync("nothing"));
        using var stranger = new SoftwareAuthenticator(Host);
        Assert.Equal(Refused, await WordAsync(stranger.Answer(await ChallengeAsync()).ToString()));
        _ana.Counter = 1;
        Assert.Equal(Refused, await WordAsync(_ana.Answer(await ChallengeAsync()).ToString()));
        var late = await ChallengeAsync();
        _console.Cases.Clock.Advance(PasskeyChallenges.Life);
        Assert.Equal(Refused, await WordAsync(_olaf.Answer(late).ToString()));
        Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignIn), entry => entry.Outcome == AuditActions.Allow);
    }

    [Theory]
    [InlineData("https://evil.example", "cross-site", "application/json")]
    [InlineData(ConsoleFixture.Origin, "same-origin", "text/plain")]
    public async Task Only_our_own_script_may_ask(string origin, string site, string type)
    {
        using var body = new StringContent("{}", new MediaTypeHeaderValue(type));
        var answer = await _console.SendAsync(
            "POST", "/sign-in/challenges", null, body, ("Origin", origin), ("Sec-Fetch-Site", site));

        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task A_session_that_signed_in_a_while_ago_shows_it_again_before_it_reaches_outside_and_the_form_is_kept()
    {
        var browser = await SignInAsync();
        (string, string)[] plan = [("target", "192.0.2.80:8443/tcp"), ("reason", "it floods the customers' lines")];
        await UseForAsync(browser, ConsoleSessions.Fresh);

        var asked = await browser.PostAsync("/blocks/plan", plan);
        Assert.Equal(403, asked.Status);
        Assert.Contains("Is it still you?", asked.Text, StringComparison.Ordinal);
        Assert.Contains("name=\"target\" value=\"192.0.2.80:8443/tcp\"", asked.Text, StringComparison.Ordinal);
        var others = _console.SignIn.Links.Issue(new("olaf", Role.Operator));
        Assert.Contains("no fresh link of yours", (await browser.PostAsync("/blocks/plan", [.. plan, ("fresh-code", others)])).Text,
            StringComparison.Ordinal);
        Assert.Equal(Refused, await WordAsync(_olaf.Answer(await ChallengeAsync()).ToString(), "/sign-in/proof", browser.Cookie));
        Assert.Contains("Is it still you?", (await browser.PostAsync("/blocks/plan", plan)).Text, StringComparison.Ordinal);

        Assert.Equal("", await WordAsync(_ana.Answer(await ChallengeAsync()).ToString(), "/sign-in/proof", browser.Cookie));
        Assert.DoesNotContain("Is it still you?", (await browser.PostAsync("/blocks/plan", plan)).Text, StringComparison.Ordinal);
        await UseForAsync(browser, ConsoleSessions.Fresh);
        var link = _console.SignIn.LinkOf(_console.SignIn.Links.Issue(new("ana", Role.Analyst)));
        Assert.DoesNotContain("Is it still you?", (await browser.PostAsync(
            "/blocks/plan", [.. plan, ("fresh-code", link)])).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_emergency_stop_and_what_stays_inside_want_nothing_more()
    {
        var browser = await SignInAsync();
        await UseForAsync(browser, ConsoleSessions.Fresh);

        Assert.DoesNotContain("Is it still you?", (await browser.PostAsync(
            "/blocks/stop", ("reason", "routers drop what they should not"))).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Is it still you?", (await browser.PostAsync("/me/look", ("theme", "dark"))).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_proof_without_a_session_and_none_in_a_lab()
    {
        Assert.Equal(Refused, await WordAsync(_ana.Answer(await ChallengeAsync()).ToString(), "/sign-in/proof"));
        await using var lab = await ConsoleFixture.OpenAsync();
        Assert.DoesNotContain("data-passkey", (await lab.SendAsync("GET", "/sign-in")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_passkey_is_a_line_and_signs_nobody_in_until_it_is_governed()
    {
        Assert.Contains(Host, (await _console.SendAsync("GET", "/sign-in/new")).Text, StringComparison.Ordinal);
        using var key = new SoftwareAuthenticator(Host);
        var made = new NewPasskey(key.CredentialText, Base64Url.EncodeToString(key.KeyInfo),
            key.Answer(await ChallengeAsync()).ToString(), "petra");
        var answer = await PostJsonAsync("/sign-in/enrolments", JsonSerializer.Serialize(made, PasskeyJson.Default.NewPasskey));
        Assert.Equal($"{key.Passkey} petra", JsonSerializer.Deserialize(answer.Text, PasskeyJson.Default.PasskeyLine)!.Line);
        Assert.Equal(Refused, await WordAsync(key.Answer(await ChallengeAsync()).ToString()));
    }

    /// <summary>What strangers write is refused, whatever it is.</summary>
    [Theory]
    [InlineData("\\ud800")]
    [InlineData("!!!!")]
    [InlineData("AAAA")]
    [InlineData("")]
    public async Task A_challenge_that_is_none_is_refused(string challenge)
    {
        var client = $"{{\"type\":\"webauthn.get\",\"challenge\":\"{challenge}\",\"origin\":\"{ConsoleFixture.Origin}\"}}";
        Assert.Equal(Refused, await WordAsync(_ana.Answer([], client: client).ToString()));
        Assert.Equal(403, await EnrolAsync(Base64Url.EncodeToString(_ana.KeyInfo), _ana.Answer([], client: client)));
    }

    [Theory]
    [InlineData("!!!!")]
    [InlineData("AAAA")]
    [InlineData("")]
    public async Task A_key_that_is_none_is_refused(string key) =>
        Assert.Equal(403, await EnrolAsync(key, _ana.Answer(await ChallengeAsync())));

    [Fact]
    public async Task Who_signed_in_by_a_passkey_that_left_the_governance_is_signed_out_and_by_a_link_is_not()
    {
        var (browser, byLink) = (await SignInAsync(), await _console.SignInAsync("ana"));
        _console.SignIn.Passkeys.People.Use(new People("test-net",
        [
            new("Ana", "ana", Role.Analyst, []) { Passkeys = [_approving.Passkey] },
            new("Olaf", "olaf", Role.Operator, []) { ConsolePasskeys = [_ana.Passkey] },
        ]));

        Assert.StartsWith("/sign-in?why=over", (await browser.GetAsync("/me")).Location, StringComparison.Ordinal);
        Assert.Equal(200, (await byLink.GetAsync("/me")).Status);
        Assert.Single(_console.Cases.Audit.EntriesOf(AuditActions.SignOut));
    }

    private async Task<int> EnrolAsync(string key, PasskeyAssertion assertion) => (await PostJsonAsync(
        "/sign-in/enrolments", JsonSerializer.Serialize(
            new NewPasskey(_ana.CredentialText, key, assertion.ToString(), "ana"), PasskeyJson.Default.NewPasskey))).Status;

    /// <summary>Pages now and then, so that the session does not idle.</summary>
    private async Task UseForAsync(ConsoleBrowser browser, TimeSpan time)
    {
        _console.Cases.Clock.Advance(time);
        Assert.Equal(200, (await browser.GetAsync("/me")).Status);
    }

    private async Task<ConsoleBrowser> SignInAsync()
    {
        var answer = await PostAsync("/sign-in/passkey", _ana.Answer(await ChallengeAsync()).ToString(), "");
        return new(_console, Assert.Single(answer.Cookies).Split(';')[0]);
    }

    private async Task<byte[]> ChallengeAsync() => Base64Url.DecodeFromChars(JsonSerializer.Deserialize(
        (await PostJsonAsync("/sign-in/challenges", "{}")).Text, PasskeyJson.Default.PasskeyChallenge)!.Challenge);

    /// <summary>The code of the refusal; empty where there is none.</summary>
    private async Task<string> WordAsync(string assertion, string path = "/sign-in/passkey", string? cookie = null)
    {
        var answer = await PostAsync(path, assertion, "", cookie);
        return answer.Status == 200 ? "" : JsonSerializer.Deserialize(answer.Text, SignInJson.Default.SignInProblem)!.Code;
    }

    private Task<ConsoleAnswered> PostAsync(string path, string assertion, string to, string? cookie = null) => PostJsonAsync(
        path, JsonSerializer.Serialize(new PasskeySignInAsk(assertion, to), SignInJson.Default.PasskeySignInAsk), cookie);

    private async Task<ConsoleAnswered> PostJsonAsync(string path, string json, string? cookie = null)
    {
        using var body = new StringContent(json, new MediaTypeHeaderValue("application/json"));
        return await _console.SendAsync("POST", path, cookie, body);
    }
}
