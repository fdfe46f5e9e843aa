// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Browsers;
using Weir.Tests.Contracts.Passkeys;
using Weir.Tests.Vault.Support;
using Weir.Vault.ApprovalPages;
using Weir.Vault.Approving;
using Weir.Vault.Chain;

namespace Weir.Tests.Vault.ApprovalPages;

/// <summary>The vault shows what it holds to whoever a passkey says they are, takes a signature over just that, and
/// neither believes nor remembers anything else (rules.md R23, attacks 47).</summary>
public sealed class ApprovalPageTests : IDisposable
{
    private const string Host = "approve.example.net";
    private const string Origin = $"https://{Host}";
    private const string Leave = "a-00000000000000a1";
    private const string Reason = "the customer does not answer mail";

    private readonly SmallVault _vault = new();
    private readonly PasskeyPerson _ana = new("ana", Role.Analyst, Host);
    private readonly PasskeyPerson _olaf = new("olaf", Role.Operator, Host);

    public ApprovalPageTests() => _vault.Change = options => options with
    {
        Settings = SmallVault.Configured(options) with
        {
            Vault = SmallVault.Configured(options).Vault with
            {
                Approvals = new() { Enabled = true, Public = new(Origin) },
            },
        },
        People = new(new People("test-net", [_ana.Person, _olaf.Person])),
    };

    private ApprovalGate Gate => _vault.Get<ApprovalGate>();

    public void Dispose()
    {
        _vault.Dispose();
        _ana.Dispose();
        _olaf.Dispose();
    }

    [Fact]
    public async Task Two_passkeys_sign_what_the_page_shows_and_it_is_approved()
    {
        await DrawAsync();

        var shown = await ShowAsync(_ana);
        Assert.Equal(("ana", "analyst"), (shown.Person, shown.Role));
        var request = Assert.Single(shown.Requests);
        Assert.Contains("act: promotion\n", request.Text, StringComparison.Ordinal);
        Assert.Contains("target: 192.0.2.80:8443/tcp\n", request.Text, StringComparison.Ordinal);
        Assert.Contains("role: analyst\n", request.Text, StringComparison.Ordinal);
        Assert.False((await SignAsync(_ana, request.Text)).IsWhole);
        Assert.True(Assert.Single((await ShowAsync(_ana)).Requests).IsSigned);
        var second = Assert.Single((await ShowAsync(_olaf)).Requests);
        Assert.Equal(["ana"], second.SignedBy);
        Assert.True((await SignAsync(_olaf, second.Text)).IsWhole);

        var (_, signers) = _vault.Get<ApprovalJudge>().Require(
            new(ApprovalAct.Promotion, "192.0.2.80:8443/tcp"), Leave, "one");
        Assert.Equal(["ana", "olaf"], signers.Select(one => one.Name));
        var signed = _vault.Audit.Entries.Where(e => e.Act == AuditActions.SignApproval).ToList();
        Assert.All(signed, e => Assert.True(PasskeyAssertion.TryParse(e.Signature, out _)));
        Assert.Equal(["ana", "ana", "olaf"], _vault.Audit.Entries
            .Where(e => e is { Act: AuditActions.SignIn, Outcome: AuditActions.Allow }).Select(e => e.Actor));
    }

    [Fact]
    public async Task A_signature_is_taken_only_as_this_very_page_asked_for_it()
    {
        var text = (await DrawAsync()).Texts["analyst"];
        await RefusedAsync("approval-other-origin", _ana, text, "https://evil.example");
        await RefusedAsync("approval-other-origin", _ana, text, $"{Origin}:8444");
        await RefusedAsync("approval-bad-signature", _ana, text.Replace("192.0.2.80", "192.0.2.81", StringComparison.Ordinal));
        await RefusedAsync("approval-not-verified", _ana, text, flags: SoftwareAuthenticator.Present);
        await RefusedAsync("approval-not-present", _ana, text, flags: SoftwareAuthenticator.Verified);
        using var elsewhere = new PasskeyPerson("ana", Role.Analyst, "desk.example.net");
        await RefusedAsync("approval-unknown-key", elsewhere, text);
        var otherHost = _ana.Key.Answer(PasskeyAssertion.ChallengeOf(text), Origin, forHost: "desk.example.net");
        Assert.Equal("approval-other-host", await WordAsync("/signatures", Ask(otherHost.ToString())));
        Assert.Empty(Gate.WaitingFor(Role.Analyst).Single(one => one.Leave == Leave).SignedBy);
        Assert.Equal(6, _vault.Audit.Entries.Count(e =>
            e is { Act: AuditActions.SignApproval, Outcome: not AuditActions.Allow }));
    }

    [Fact]
    public async Task A_signature_brought_again_and_a_copied_passkey_are_seen()
    {
        var text = (await DrawAsync()).Texts["analyst"];
        var other = (await DrawAsync("a-00000000000000a2")).Texts["analyst"];
        var first = _ana.Key.Sign(text, Origin);
        Assert.Equal("", await WordAsync("/signatures", Ask(first)));

        // Again: the same person signed it, and nothing more comes of it.
        Assert.Equal("", await WordAsync("/signatures", Ask(first)));
        Assert.Equal(["ana"], Gate.WaitingFor(Role.Analyst).Single(one => one.Leave == Leave).SignedBy);
        Assert.Equal("approval-bad-signature", await WordAsync("/signatures", Ask(first, "a-00000000000000a2")));

        _ana.Key.Counter -= 1;
        Assert.Equal("approval-counter-behind",
            await WordAsync("/signatures", Ask(_ana.Key.Sign(other, Origin), "a-00000000000000a2")));
        _vault.Open();
        _ana.Key.Counter -= 1;
        Assert.Equal("approval-counter-behind",
            await WordAsync("/signatures", Ask(_ana.Key.Sign(other, Origin), "a-00000000000000a2")));
    }

    [Fact]
    public async Task Who_is_shown_what_waits_answered_a_challenge_of_this_vault_once_and_in_time()
    {
        await DrawAsync();
        var challenge = await ChallengeAsync();
        var answer = _ana.Key.Answer(challenge, Origin).ToString();
        Assert.Equal("", await WordAsync("/waiting", Show(answer)));
        Assert.Equal("approval-replayed", await WordAsync("/waiting", Show(answer)));
        Assert.Equal("approval-stale", await WordAsync("/waiting", Show(_ana.Key.Answer(new byte[56], Origin).ToString())));
        Assert.Equal("approval-stale", await WordAsync("/waiting", Show(_ana.Key.Sign("weir-approval/1", Origin))));
        var late = await ChallengeAsync();
        _vault.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("approval-stale", await WordAsync("/waiting", Show(_ana.Key.Answer(late, Origin).ToString())));
        Assert.Equal("approval-other-origin", await WordAsync(
            "/waiting", Show(_ana.Key.Answer(await ChallengeAsync(), "https://desk.example.net").ToString())));
        Assert.Equal("approval-malformed", await WordAsync("/waiting", Show("nothing")));
    }

    [Fact]
    public async Task Whoever_has_no_passkey_of_anybodys_costs_the_record_three_entries()
    {
        using var stranger = new PasskeyPerson("ana", Role.Analyst, Host);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("approval-unknown-key", await WordAsync(
                "/waiting", Show(stranger.Key.Answer(await ChallengeAsync(), Origin).ToString())));
        }

        Assert.Equal(3, _vault.Audit.Entries.Count(e => e.Act == AuditActions.SignIn));
    }

    [Fact]
    public async Task A_page_tells_nothing_and_has_no_cookie_and_no_script_but_its_own()
    {
        await DrawAsync();
        foreach (var path in (string[])["/", $"/approve/{Leave}", "/enrol"])
        {
            var page = await GetAsync(path);
            Assert.Equal(200, page.Response.StatusCode);
            Assert.Equal(ApprovalHeaders.Policy, page.Response.Headers.ContentSecurityPolicy.ToString());
            Assert.DoesNotContain("unsafe", ApprovalHeaders.Policy, StringComparison.Ordinal);
            Assert.Equal(0, page.Response.Headers.SetCookie.Count);
            Assert.DoesNotContain("192.0.2.80", Body(page), StringComparison.Ordinal);
            Assert.DoesNotContain("promotion", Body(page), StringComparison.Ordinal);
        }

        Assert.Equal(404, (await GetAsync("/approve/\"><script>")).Response.StatusCode);
        Assert.Equal(404, (await GetAsync("/nothing")).Response.StatusCode);
        Assert.Equal(421, (await GetAsync("/", "desk.example.net")).Response.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example", "cross-site", "application/json")]
    [InlineData("https://desk.example.net", "same-site", "application/json")]
    [InlineData("", "", "application/json")]
    [InlineData(Origin, "same-origin", "text/plain")]
    public async Task Only_its_own_script_may_ask(string origin, string site, string type)
    {
        var context = Context("POST", "/challenges");
        context.Request.ContentType = type;
        context.Request.Headers.Origin = origin;
        context.Request.Headers["Sec-Fetch-Site"] = site;
        await _vault.Get<ApprovalDoor>().AnswerAsync(context);

        Assert.Equal(403, context.Response.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"assertion\":\"x\"}")]
    [InlineData("{\"assertion\":\"x\",\"leave\":\"\",\"more\":1}")]
    [InlineData("[]")]
    public async Task What_cannot_be_read_is_said_to_be_so(string body) =>
        Assert.Equal("malformed", await WordAsync("/waiting", Encoding.UTF8.GetBytes(body)));

    [Fact]
    public async Task A_new_passkey_is_a_line_for_the_governance_and_kept_nowhere()
    {
        using var key = new SoftwareAuthenticator(Host, isEd25519: true);
        var sent = Enrolment(key, key.Answer(await ChallengeAsync(), Origin).ToString());
        var before = _vault.Files().Sum(file => file.Length);

        var context = await PostAsync("/enrolments", sent);
        var enrolled = JsonSerializer.Deserialize(Body(context), PasskeyJson.Default.PasskeyLine)!;
        Assert.Equal($"{key.Passkey} olga", enrolled.Line);
        Assert.Equal(key.Passkey.Key.Fingerprint, enrolled.Fingerprint);
        Assert.Equal(before, _vault.Files().Sum(file => file.Length));
        var again = await PostAsync("/enrolments", sent);
        Assert.Equal(enrolled, JsonSerializer.Deserialize(Body(again), PasskeyJson.Default.PasskeyLine));
        using var other = new SoftwareAuthenticator(Host);
        Assert.Equal("approval-malformed", await WordAsync(
            "/enrolments", Enrolment(key, other.Answer(await ChallengeAsync(), Origin).ToString())));
        Assert.Equal("approval-other-origin", await WordAsync(
            "/enrolments", Enrolment(key, key.Answer(await ChallengeAsync(), "https://evil.example").ToString())));
        Assert.Equal("approval-malformed", await WordAsync("/enrolments", Enrolment(
            key, key.Answer(await ChallengeAsync(), Origin).ToString(), "two words\nkeys: []")));
    }

    [Fact]
    public async Task Without_a_page_no_passkey_counts()
    {
        _vault.Change = options => options with { People = new(new People("test-net", [_ana.Person, _olaf.Person])) };
        var drawn = await DrawAsync();
        Assert.Equal("", drawn.Page);

        var refused = await Assert.ThrowsAsync<VaultRefusedException>(() => Gate.SignAsync(
            new("", Leave, _ana.Key.Sign(drawn.Texts["analyst"], Origin)), new Asker("weir"), default));
        Assert.Equal("approval-other-origin", refused.Word);
    }

    [Fact]
    public async Task The_desk_is_told_where_it_is_signed_and_may_bring_a_signature_of_the_page()
    {
        var drawn = await DrawAsync();
        Assert.Equal($"{Origin}/approve/{Leave}", drawn.Page);

        var standing = await Gate.SignAsync(
            new("", Leave, _ana.Key.Sign(drawn.Texts["analyst"], Origin)), new Asker("weir"), default);
        Assert.Equal(["ana"], standing.SignedBy);
    }

    private Task<ApprovalStanding> DrawAsync(string leave = Leave) => Gate.OpenAsync(
        new("", leave, "promotion", "", null, "192.0.2.80:8443/tcp", Reason), new Asker("weir"), default);

    private async Task<byte[]> ChallengeAsync()
    {
        var context = await PostAsync("/challenges", "{}"u8.ToArray());
        return Base64Url.DecodeFromChars(
            JsonSerializer.Deserialize(Body(context), PasskeyJson.Default.PasskeyChallenge)!.Challenge);
    }

    private async Task<PageShown> ShowAsync(PasskeyPerson person)
    {
        var context = await PostAsync(
            "/waiting", Show(person.Key.Answer(await ChallengeAsync(), Origin).ToString()));
        Assert.Equal(200, context.Response.StatusCode);
        return JsonSerializer.Deserialize(Body(context), ApprovalPageJson.Default.PageShown)!;
    }

    private async Task<PageSigned> SignAsync(PasskeyPerson person, string text)
    {
        var context = await PostAsync("/signatures", Ask(person.Key.Sign(text, Origin)));
        Assert.Equal(200, context.Response.StatusCode);
        return JsonSerializer.Deserialize(Body(context), ApprovalPageJson.Default.PageSigned)!;
    }

    private async Task RefusedAsync(
        string word, PasskeyPerson person, string text, string origin = Origin, byte flags = 5) =>
        Assert.Equal(word, await WordAsync("/signatures", Ask(person.Key.Sign(text, origin, flags))));

    /// <summary>The code of the refusal; empty where there is none.</summary>
    private async Task<string> WordAsync(string path, byte[] body)
    {
        var context = await PostAsync(path, body);
        return context.Response.StatusCode == 200 ? ""
            : JsonSerializer.Deserialize(Body(context), ApprovalPageJson.Default.PageProblem)!.Code;
    }

    private async Task<HttpContext> PostAsync(string path, byte[] body)
    {
        var context = Context("POST", path);
        context.Request.ContentType = "application/json";
        context.Request.Headers.Origin = Origin;
        context.Request.Headers["Sec-Fetch-Site"] = "same-origin";
        context.Request.Body = new MemoryStream(body);
        await _vault.Get<ApprovalDoor>().AnswerAsync(context);
        return context;
    }

    private async Task<HttpContext> GetAsync(string path, string host = Host)
    {
        var context = Context("GET", path);
        context.Request.Host = new(host);
        await _vault.Get<ApprovalDoor>().AnswerAsync(context);
        return context;
    }

    private static DefaultHttpContext Context(string method, string path)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Request.Host) = (method, path, new(Host));
        context.Response.Body = new MemoryStream();
        return context;
    }

    private static string Body(HttpContext context) =>
        Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());

    private static byte[] Show(string assertion) => JsonSerializer.SerializeToUtf8Bytes(
        new PageShowAsk(assertion, ""), ApprovalPageJson.Default.PageShowAsk);

    private static byte[] Ask(string assertion, string leave = Leave) => JsonSerializer.SerializeToUtf8Bytes(
        new PageSignAsk(assertion, leave), ApprovalPageJson.Default.PageSignAsk);

    private static byte[] Enrolment(SoftwareAuthenticator key, string assertion, string name = "olga") =>
        JsonSerializer.SerializeToUtf8Bytes(
            new NewPasskey(key.CredentialText, Base64Url.EncodeToString(key.KeyInfo), assertion, name),
            PasskeyJson.Default.NewPasskey);
}
