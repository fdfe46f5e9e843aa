// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;

namespace Weir.EndToEnd;

/// <summary>Two people, two processes: a case of the running collector is disclosed through the vault, by users of the
/// operating system.</summary>
public sealed class DisclosureTests : IDisposable
{
    private const string Analyst = "daemon";
    private const string Operator = "bin";
    private const string Officer = "mail";

    private readonly TempFolder _folder = new();

    private string Socket => _folder.At("vault.sock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_people_in_the_right_roles_see_a_line_for_fifteen_minutes_and_nobody_does_without_the_vault()
    {
        Need.OtherUsers();
        var place = await ServeFixture.MakeAsync(_folder, "us-provider", vault: Socket);
        await File.AppendAllTextAsync(place.Configuration, $"\naccess:\n  analysts: [{Analyst}]\n  operators: "
            + $"[{Operator}]\n  privacy-officers: [{Officer}]\n");
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        await using var vault = await RunningVault.StartAsync(place.Configuration, Socket);
        await using var weir = await RunningWeir.StartAsync(place);
        var sent = await place.SendAsync("first");
        await weir.UntilAsync("a case is open and its subject sealed", () => Task.FromResult(Contacted() is not null));
        var (id, scope) = await OpenCaseAsync();

        var asked = await AsAsync(
            Analyst, "disclose", id, "--scope", scope, "--reason", "the customer is to be told how to clean up");
        Assert.True(asked.ExitCode == 0, asked.Error);
        var number = Single(asked).GetProperty("id").GetString()!;
        Assert.Equal("", Single(asked).GetProperty("line").GetString());
        Refused(await AsAsync(Analyst, "disclose", "--approve", number), "second-person-needed");
        Refused(await AsAsync(Operator, "disclose", "--approve", number), "role-may-not");
        Refused(await AsAsync("nobody", "disclose", "--approve", number), "role-may-not");

        var before = TimeProvider.System.GetUtcNow();
        var given = await AsAsync(Officer, "disclose", "--approve", number);
        Assert.True(given.ExitCode == 0, given.Error);
        var line = Single(given).GetProperty("line").GetString()!;
        Assert.Contains(line, sent.Infected);
        Assert.InRange(
            Single(given).GetProperty("until").GetDateTimeOffset() - before, TimeSpan.FromMinutes(14),
            TimeSpan.FromMinutes(16));
        Assert.Contains(Entries("audit"), e =>
            e is { Act: AuditActions.Disclose, Outcome: AuditActions.Allow, Actor: Officer } && e.Case == id);
        Assert.Contains(Entries("vault/audit"), e =>
            e is { Act: AuditActions.Disclose, Outcome: AuditActions.Allow, Actor: Analyst }
            && e.Case == id && e.Reason.Contains(Officer, StringComparison.Ordinal));
        Assert.All(Entries("audit").Concat(Entries("vault/audit")), e =>
            Assert.DoesNotContain(line, e.Reason + e.Subject, StringComparison.Ordinal));

        // The customer's own view has the scope and why.
        var view = await WeirProcess.RunAsync("vault", "subject", line, "--config", place.Configuration, "-o", "json");
        Assert.True(view.ExitCode == 0, view.Error);
        using (var json = JsonDocument.Parse(view.Out))
        {
            var held = json.RootElement
                .GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("case").GetString() == id);
            var about = held.GetProperty("scopes")
                .EnumerateArray().Single(s => s.GetProperty("scope").GetString() == scope);
            Assert.Contains("cnc-contact", about.GetProperty("why").GetString(), StringComparison.Ordinal);
            Assert.True(about.GetProperty("rows").GetInt64() >= 0);
            Assert.Equal("open", about.GetProperty("state").GetString());
            Assert.Equal("", json.RootElement.GetProperty("missing").GetString());
        }

        Assert.Contains(Entries("audit"), e =>
            e is { Act: AuditActions.ShowSubject, Outcome: AuditActions.Allow } && e.Case == id && e.Rows > 0);
        Assert.Contains(Entries("audit"), e => e.Act == AuditActions.PolicyInForce);

        // Without the vault nobody learns anything; collection goes on.
        var next = await AsAsync(
            Analyst, "disclose", id, "--scope", scope, "--reason", "the customer is to be told again");
        await vault.KillAsync();
        Refused(
            await AsAsync(Officer, "disclose", "--approve", Single(next).GetProperty("id").GetString()!), "vault-down");
        Assert.Contains(
            Entries("audit"), e => e is { Act: AuditActions.Disclose, Outcome: "vault-down", Actor: Officer });
        var read = await weir.SumAsync("weir_attributing_flows_total");
        var second = await place.SendAsync("second");
        await weir.UntilAsync("flows are attributed", async () =>
            await weir.SumAsync("weir_attributing_flows_total") >= read + second.Flows);
        Assert.Equal(0, await weir.StopAsync());
        var verified = await WeirProcess.RunAsync(
            "audit", "verify", "--dir", _folder.At("audit"), "--beside", _folder.At("vault/audit"));
        Assert.True(verified.ExitCode == 0, verified.Out + verified.Error);
        Assert.Contains("0 releases lack the desk's entry", verified.Out, StringComparison.Ordinal);
    }

    /// <summary>A scope opened by a contact with a C&amp;C, of a case whose subject the vault has sealed: the provider
    /// has floods and spam too.</summary>
    private AuditEntry? Contacted()
    {
        var sealedCases = Entries("vault/audit")
            .Where(e => e is { Act: AuditActions.SealSubject, Outcome: AuditActions.Allow })
            .Select(e => e.Case).ToHashSet();
        return Entries("audit").FirstOrDefault(e =>
            e is { Act: AuditActions.OpenScope, Outcome: AuditActions.Allow }
            && e.Rule.StartsWith("cnc-contact", StringComparison.Ordinal) && sealedCases.Contains(e.Case));
    }

    private async Task<(string Case, string Scope)> OpenCaseAsync()
    {
        var opened = Contacted()!;
        var shown = await AsAsync(Analyst, "case", "show", opened.Case);
        Assert.True(shown.ExitCode == 0, shown.Error);
        return (opened.Case, opened.Scope);
    }

    private IEnumerable<AuditEntry> Entries(string folder) => AuditReader.HasLog(_folder.At(folder))
        ? [.. AuditReader.Entries(_folder.At(folder)).Select(record => record.Entry)]
        : [];

    private static JsonElement Single(WeirResult result) =>
        JsonDocument.Parse(result.Out).RootElement.EnumerateArray().Single();

    private static void Refused(WeirResult result, string code)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
    }

    /// <summary>A command of the program as another user.</summary>
    private async Task<WeirResult> AsAsync(string user, params string[] arguments)
    {
        var start = WeirProcess.Start([.. arguments, "--socket", _folder.At("control.sock"), "-o", "json"]);
        var become = new ProcessStartInfo("setpriv")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false
        };
        foreach (var part in new[] { $"--reuid={user}", "--clear-groups", start.FileName }.Concat(start.ArgumentList))
        {
            become.ArgumentList.Add(part);
        }

        become.Environment["HOME"] = "/tmp";
        become.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var process = Process.Start(become)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new WeirResult(process.ExitCode, await output, await error);
    }
}
