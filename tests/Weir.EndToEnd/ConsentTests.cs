// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.EndToEnd;

/// <summary>A customer asks for a diagnosis of the own line (rules.md R20): through the real vault to the real desk, by
/// the command line of each.</summary>
public sealed class ConsentTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private ServeFixture? _place;

    private string Socket => _folder.At("vault.sock");

    public void Dispose() => _folder.Dispose();

    [Trait("Attack", "42")]
    [Trait("Run", "prove")]
    [Trait("Part", "again")]
    [Fact]
    public async Task A_consent_opens_a_scope_once_and_ends_when_the_customer_withdraws_it()
    {
        _place = await ServeFixture.MakeAsync(
            _folder, "us-provider", vault: Socket, people: [(Environment.UserName, "analyst")]);
        await using var vault = await RunningVault.StartAsync(_place.Configuration, Socket);
        await using var weir = await RunningWeir.StartAsync(_place);
        var line = LineOf(_folder.At("provider/networks.txt"));

        Refused(
            await WeirProcess.RunAsync(
                "vault", "consent", line, "--class", "out tcp", "--config", _place.Configuration),
            "too-wide");
        Refused(
            await WeirProcess.RunAsync(
                "vault", "consent", line, "--class", "out tcp 25", "--hours", "3", "--config", _place.Configuration),
            "too-wide");
        var given = await WeirProcess.RunAsync(
            "vault", "consent", line, "--class", "out tcp 25", "--config", _place.Configuration);
        Assert.True(given.ExitCode == 0, given.Error);
        Assert.DoesNotContain(line, given.Out, StringComparison.Ordinal);

        Refused(await BringAsync(given.Out.Replace("/25/", "/any/", StringComparison.Ordinal)), "not-authenticated");
        Assert.DoesNotContain(Entries(_place.Audit), e => e.Act == AuditActions.OpenScope);
        var taken = Rows(await BringAsync(given.Out)).Single();
        Refused(await BringAsync(given.Out), "expired");
        var (id, scope) = (taken.GetProperty("case").GetString()!, taken.GetProperty("scope").GetString()!);
        var shown = Rows(await CaseAsync("show", id)).Single();
        Assert.Equal(("out tcp rport=25 raddr=any", "customer-diagnosis"), (
            shown.GetProperty("class").GetString(), shown.GetProperty("purpose").GetString()));
        var read = await CaseAsync("evidence", id, "--scope", scope);
        Assert.True(read.ExitCode == 0, read.Error);
        Refused(await CaseAsync("evidence", id, "--scope", scope, "--predicate", "out/tcp/443"), "out-of-scope");

        var withdrawn = await WeirProcess.RunAsync(
            "vault", "consent", line, "--revoke", "--config", _place.Configuration);
        Assert.True(withdrawn.ExitCode == 0, withdrawn.Error);
        Assert.Equal("1 withdrawn", withdrawn.Out.Trim());
        await weir.UntilAsync("the scope has ended and its evidence is erased", async () =>
            (await CaseAsync("evidence", id, "--scope", scope)).Error.Contains("expired", StringComparison.Ordinal));
        Assert.Contains(Entries(_place.Audit), e => e.Act == AuditActions.WithdrawConsent && e.Scope == scope);
        await OwnViewAsync(line);

        Assert.Equal(0, await weir.StopAsync());
        var all = Entries(_place.Audit).Concat(Entries(_folder.At("vault/audit"))).ToList();
        Assert.All(new[] { AuditActions.Allow, "not-authenticated", "expired" }, outcome =>
            Assert.Contains(Entries(_place.Audit), e => e.Act == AuditActions.Consent && e.Outcome == outcome));
        Assert.All(all, e => Assert.DoesNotContain(line, e.Reason + e.Subject, StringComparison.Ordinal));
        var verified = await WeirProcess.RunAsync("audit", "verify", "--dir", _place.Audit);
        Assert.True(verified.ExitCode == 0, verified.Out + verified.Error);
    }

    private async Task OwnViewAsync(string line)
    {
        var view = await WeirProcess.RunAsync(
            "vault", "subject", line, "--config", _place!.Configuration, "-o", "json");
        Assert.True(view.ExitCode == 0, view.Error);
        using var json = JsonDocument.Parse(view.Out);
        var consent = Assert.Single(json.RootElement.GetProperty("consents").EnumerateArray());
        Assert.Equal(JsonValueKind.String, consent.GetProperty("used").ValueKind);
        Assert.Equal(JsonValueKind.String, consent.GetProperty("withdrawn").ValueKind);
    }

    private Task<WeirResult> BringAsync(string token)
    {
        var path = _folder.At("consent.txt");
        File.WriteAllText(path, token);
        return CaseAsync("consent", path);
    }

    private Task<WeirResult> CaseAsync(params string[] arguments) =>
        WeirProcess.RunAsync(["case", .. arguments, "--socket", _place!.Control, "-o", "json"]);

    /// <summary>The third address of the provider's first network.</summary>
    private static string LineOf(string networks) =>
        string.Join('.', File.ReadLines(networks)
            .First(text => text.Length > 0 && text[0] != '#').Split('/')[0].Split('.')[..3])
        + ".3";

    private static void Refused(WeirResult result, string code)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
    }

    private static List<JsonElement> Rows(WeirResult result)
    {
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()];
    }

    private static List<AuditEntry> Entries(string folder) =>
        AuditReader.HasLog(folder) ? [.. AuditReader.Entries(folder).Select(record => record.Entry)] : [];
}
