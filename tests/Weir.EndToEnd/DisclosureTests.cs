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

    [Trait("Attack", "9")]
    [Trait("Run", "prove")]
    [Trait("Part", "again")]
    [Fact]
    public async Task Two_people_in_the_right_roles_see_a_line_for_fifteen_minutes_and_nobody_does_without_the_vault()
    {
        Need.OtherUsers();
        var place = await ServeFixture.MakeAsync(
            _folder, "us-provider", vault: Socket,
            people: [(Analyst, "analyst"), (Operator, "operator"), (Officer, "privacy-officer")]);
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

        // One key, a foreign key, a key in the wrong role: nobody learns anything.
        Refused(await AsAsync(Officer, "disclose", "--approve", number), "second-person-needed");
        Refused(await SignAsync(place, Analyst, number, Governed.Stranger), "second-person-needed");
        Refused(await SignAsync(place, Operator, number), "role-may-not");
        Signed(await SignAsync(place, Analyst, number), Analyst);
        Refused(await AsAsync(Officer, "disclose", "--approve", number), "second-person-needed");
        Refused(await SignAsync(place, Officer, number, Analyst), "second-person-needed");
        Signed(await SignAsync(place, Officer, number), $"{Analyst}, {Officer}");

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

        await BlockAsync(place);

        // Without the vault nobody learns anything; collection goes on.
        var next = await AsAsync(
            Analyst, "disclose", id, "--scope", scope, "--reason", "the customer is to be told again");
        Assert.True(next.ExitCode == 0, next.Error);
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
        await SignaturesHoldAsync(place, "vault/audit", "disclosure", Officer);
        await SignaturesHoldAsync(place, "audit", "endpoint-block", Operator);
    }

    /// <summary>A block of a listed endpoint by two keys; one alone puts nothing in force.</summary>
    private async Task BlockAsync(ServeFixture place)
    {
        var listed = File.ReadLines(_folder.At("provider/watchlist.txt"))
            .First(line => line.Length > 0 && char.IsAsciiDigit(line[0]) && line.Contains(':', StringComparison.Ordinal))
            .Split(' ')[0].Split(':');
        var planned = await AsAsync(
            Analyst, "block", "plan", $"flowspec {listed[0]} tcp {listed[1]} discard", "--threat", "a command server of a botnet", "--necessity",
            "customers are steered from it", "--alternatives", "mail was not answered");
        Assert.True(planned.ExitCode == 0, planned.Error);
        var block = Single(planned).GetProperty("block").GetString()!;
        Signed(await SignAsync(place, Analyst, block), Analyst);
        Refused(await AsAsync(Operator, "block", "approve", block), "second-person-needed");
        Signed(await SignAsync(place, Operator, block), $"{Analyst}, {Operator}");
        var approved = await AsAsync(Operator, "block", "approve", block);
        Assert.True(approved.ExitCode == 0, approved.Error);
    }

    /// <summary>From the record alone: with the governance, and by ssh-keygen without Weir.</summary>
    private async Task SignaturesHoldAsync(ServeFixture place, string record, string act, string second)
    {
        var governed = place.Governed!;
        var verified = await WeirProcess.RunAsync(
            "audit", "verify", "--dir", _folder.At(record), "--people", governed.FilePath);
        Assert.True(verified.ExitCode == 0, verified.Out + verified.Error);
        Assert.Contains("approved: ", verified.Out, StringComparison.Ordinal);
        var folder = _folder.At("signed-" + act);
        var written = await WeirProcess.RunAsync("audit", "signatures", "--dir", _folder.At(record), "--out", folder);
        Assert.True(written.ExitCode == 0, written.Error);
        var allowed = await WeirProcess.RunAsync(
            "governance", "show", governed.FilePath, "-o", "allowed_signers");
        var signers = _folder.File("allowed_signers", allowed.Out);
        var texts = Directory.GetFiles(folder, "*.txt")
            .Where(path => File.ReadAllText(path).Contains($"\nact: {act}\n", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, texts.Count);
        foreach (var user in (string[])[Analyst, second])
        {
            var text = Assert.Single(texts, path => path.EndsWith($".{user}.txt", StringComparison.Ordinal));
            var signature = Path.ChangeExtension(text, ".sig");
            Assert.True(Governed.Verifies(signers, user, "weir-approval", signature, await File.ReadAllTextAsync(text)));
            Assert.False(Governed.Verifies(signers, user, "weir-governance", signature, await File.ReadAllTextAsync(text)));
            Assert.False(Governed.Verifies(
                signers, user, "weir-approval", signature, (await File.ReadAllTextAsync(text)).Replace(
                    $"act: {act}", "act: promotion", StringComparison.Ordinal)));
        }
    }

    /// <summary>What a person does at the own command line; with another's key, where one is given.</summary>
    private Task<WeirResult> SignAsync(ServeFixture place, string user, string request, string? key = null) => RunAsync(
        user, "approve", request, "--key", place.Governed!.KeyFor(user, key ?? user), "--yes", "--socket",
        _folder.At("control.sock"));

    private static void Signed(WeirResult result, string who)
    {
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.StartsWith("weir-approval/1\n", result.Out, StringComparison.Ordinal);
        Assert.Contains($"signed by: {who};", result.Out, StringComparison.Ordinal);
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
    private Task<WeirResult> AsAsync(string user, params string[] arguments) =>
        RunAsync(user, [.. arguments, "--socket", _folder.At("control.sock"), "-o", "json"]);

    private static async Task<WeirResult> RunAsync(string user, params string[] arguments)
    {
        var start = WeirProcess.Start(arguments);
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
