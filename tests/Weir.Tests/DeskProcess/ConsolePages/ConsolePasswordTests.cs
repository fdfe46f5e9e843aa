// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>A password with a code (ADR 0078): set by who is signed in otherwise, a code good once, tries that end, and
/// recovery.</summary>
public sealed partial class ConsolePasswordTests
{
    private const string Password = "four tall ships at sea";
    private const uint Number = 1_000;

    /// <summary>RFC 6238, appendix B, SHA-1, the last six digits.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1_111_111_109, "081804")]
    [InlineData(1_111_111_111, "050471")]
    [InlineData(1_234_567_890, "005924")]
    [InlineData(2_000_000_000, "279037")]
    [InlineData(20_000_000_000, "353130")]
    public void Codes_are_those_of_RFC_6238(long seconds, string code)
    {
        var key = "12345678901234567890"u8;

        Assert.Equal(code, OneTimeCode.Of(key, OneTimeCode.StepOf(DateTimeOffset.FromUnixTimeSeconds(seconds))));
        Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", OneTimeCode.Write(key));
    }

    [Fact]
    public async Task A_code_counts_once_and_for_a_step_on_either_side()
    {
        var (passwords, clock, key, _) = await SetAsync();
        clock.Advance(TimeSpan.FromMinutes(2));
        var now = OneTimeCode.StepOf(clock.GetUtcNow());

        Assert.Empty((await passwords.TryAsync("ana", Password, OneTimeCode.Of(key, now - 2), default)).Id);
        Assert.Empty((await passwords.TryAsync("ana", Password, OneTimeCode.Of(key, now + 2), default)).Id);
        Assert.NotEmpty((await passwords.TryAsync("ana", Password, OneTimeCode.Of(key, now), default)).Id);
        Assert.Empty((await passwords.TryAsync("ana", Password, OneTimeCode.Of(key, now), default)).Id);
        Assert.Empty((await passwords.TryAsync("ana", Password, OneTimeCode.Of(key, now - 1), default)).Id);
        Assert.NotEmpty((await passwords.TryAsync("ana", Password, OneTimeCode.Of(key, now + 1), default)).Id);
    }

    [Fact]
    public async Task Five_failures_lock_it_for_a_quarter_of_an_hour_whatever_comes()
    {
        var (passwords, clock, key, _) = await SetAsync();
        string Code() => OneTimeCode.Of(key, OneTimeCode.StepOf(clock.GetUtcNow()));
        clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < ConsolePasswords.MostTries; i++)
        {
            Assert.Equal("a wrong password", (await passwords.TryAsync("ana", "a wrong password", Code(), default)).Why);
        }

        Assert.Equal("too many tries", (await passwords.TryAsync("ana", Password, Code(), default)).Why);
        clock.Advance(ConsolePasswords.LockTime);
        Assert.NotEmpty((await passwords.TryAsync("ana", Password, Code(), default)).Id);
    }

    [Fact]
    public async Task A_recovery_code_is_good_once_and_all_of_it_outlives_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("weir-passwords-");
        var file = Path.Combine(folder.FullName, "passwords.json");
        var (before, clock, _, recovery) = await SetAsync(file);
        Assert.Equal(ConsolePasswords.RecoveryCodes, recovery.Count);

        Assert.NotEmpty((await before.TryAsync("ana", Password, recovery[0], default)).Id);
        var passwords = new ConsolePasswords(file, clock, _ => Number, rounds: 1_000);
        Assert.Empty((await passwords.TryAsync("ana", Password, recovery[0], default)).Id);
        Assert.NotEmpty((await passwords.TryAsync("ana", Password, recovery[1], default)).Id);
        Assert.Equal(ConsolePasswords.RecoveryCodes - 2, passwords.Find("ana")!.Recovery.Count);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var kept = await File.ReadAllTextAsync(file);
        Assert.DoesNotContain(Password, kept, StringComparison.Ordinal);
        Assert.All(recovery, code => Assert.DoesNotContain(code, kept, StringComparison.Ordinal));
        folder.Delete(recursive: true);
    }

    /// <summary>A name that the operating system gave on is somebody else's, who set nothing.</summary>
    [Fact]
    public async Task It_is_nobodys_once_the_name_is_another_user()
    {
        uint number = Number;
        var (passwords, clock, key, _) = await SetAsync(numberOf: _ => number);
        clock.Advance(TimeSpan.FromMinutes(2));
        number++;

        Assert.Empty((await passwords.TryAsync(
            "ana", Password, OneTimeCode.Of(key, OneTimeCode.StepOf(clock.GetUtcNow())), default)).Id);
    }

    [Theory]
    [InlineData("short one", "short")]
    [InlineData("my name is ANA, really", "name")]
    [InlineData("aaaaaaaaaaaaaaaaaa", "plain")]
    [InlineData(Password, "")]
    public void A_password_is_long_and_does_not_hold_the_name(string password, string fault) =>
        Assert.Equal(fault, ConsolePasswords.FaultOf("ana", password));

    [Fact]
    public async Task Somebody_sets_it_on_their_page_and_comes_in_by_it()
    {
        await using var console = await ConsoleFixture.OpenAsync();
        var ana = await console.SignInAsync("ana");
        var shown = await ana.PostAsync("/me/password/key");
        var key = FromBase32(Key().Match(shown.Text).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal));
        string Code() => OneTimeCode.Of(key, OneTimeCode.StepOf(console.Cases.Clock.GetUtcNow()));

        Assert.Equal(400, (await ana.PostAsync(
            "/me/password", ("password", Password), ("again", Password), ("code", "000000"))).Status);
        var set = await ana.PostAsync("/me/password", ("password", Password), ("again", Password), ("code", Code()));
        Assert.Equal(200, set.Status);
        Assert.Equal(ConsolePasswords.RecoveryCodes, Recovery().Match(set.Text).Groups[1].Value.Split('\n').Length);
        Assert.Contains(console.Cases.Audit.EntriesOf(AuditActions.SetPassword), entry => entry.Actor == "ana");

        console.Cases.Clock.Advance(TimeSpan.FromMinutes(1));
        var wrong = await SignInAsync(console, "ana", "not this one at all", Code());
        Assert.Equal((403, 0), (wrong.Status, wrong.Cookies.Count));
        var right = await SignInAsync(console, "ana", Password, Code());
        Assert.Equal((303, "/cases"), (right.Status, right.Location));
        var cookie = Assert.Single(right.Cookies);
        Assert.Contains("__Host-weir=", cookie, StringComparison.Ordinal);
        Assert.Equal(403, (await SignInAsync(console, "ana", Password, Code())).Status); // brought again
        var browser = new ConsoleBrowser(console, cookie.Split(';')[0]);
        Assert.Contains("ana", (await browser.GetAsync("/me")).Text, StringComparison.Ordinal);
        Assert.Contains(console.Cases.Audit.Entries, entry =>
            entry.Act == AuditActions.SignIn && entry.Reason == "console, password");

        // Removed, it opens nothing, and what it opened is over; other sessions are not.
        Assert.Equal(303, (await ana.PostAsync("/me/password/remove")).Status);
        Assert.StartsWith("/sign-in", (await browser.GetAsync("/me")).Location, StringComparison.Ordinal);
        Assert.Equal(200, (await ana.GetAsync("/me")).Status);
    }

    [Fact]
    public async Task What_is_wrong_is_not_said_and_a_form_from_elsewhere_is_none()
    {
        await using var console = await ConsoleFixture.OpenAsync();
        var nobody = await SignInAsync(console, "nobody-here", Password, "123456");
        var noPassword = await SignInAsync(console, "ana", Password, "123456");

        Assert.Equal((403, nobody.Text), (noPassword.Status, noPassword.Text));
        var foreign = await console.SendAsync(
            "POST", "/sign-in/password", null, ConsoleFixture.Form(("user", "ana"), ("password", Password), ("code", "123456")),
            ("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(403, foreign.Status);
        Assert.Contains(console.Cases.Audit.Entries, entry => entry.Act == AuditActions.SignIn && entry.Outcome == "not-authenticated");
    }

    private static Task<ConsoleAnswered> SignInAsync(ConsoleFixture console, string user, string password, string code) =>
        console.SendAsync("POST", "/sign-in/password", null, ConsoleFixture.Form(
            ("user", user), ("password", password), ("code", code), ("to", "/cases")));

    private static async Task<(ConsolePasswords Passwords, FakeTimeProvider Clock, byte[] Key, IReadOnlyList<string> Recovery)>
        SetAsync(string? file = null, Func<string, uint?>? numberOf = null)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        var passwords = new ConsolePasswords(file, clock, numberOf ?? (_ => Number), rounds: 1_000);
        var key = FromBase32(passwords.ShowKey("ana"));
        var recovery = await passwords.SetAsync(
            "ana", Password, OneTimeCode.Of(key, OneTimeCode.StepOf(clock.GetUtcNow())), default);
        return (passwords, clock, key, recovery!);
    }

    private static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    [GeneratedRegex("data-totp-key>([^<]+)<")]
    private static partial Regex Key();

    [GeneratedRegex("data-recovery>([^<]+)<")]
    private static partial Regex Recovery();
}
