// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.EndToEnd.SelfService;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd;

/// <summary>The vault as a process: killed, asked by the wrong user, absent while flows come,
/// erasing what is due.</summary>
public sealed class VaultTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempFolder _folder = new();

    private string Socket => _folder.At("vault.sock");

    private string Dir => _folder.At("vault");

    private static uint Now => Epochs.At(TimeProvider.System.GetUtcNow());

    private Governed? _governed;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_and_started_again_it_keeps_every_seal_and_every_order_and_its_record_holds()
    {
        var configuration = Configuration();
        var id = new CaseId(0xCA5E);
        var order = new DisclosureOrder(
            id, new ScopeId(5), "ann", "analyst", "otto", "privacy-officer",
            "the customer is to be told how to clean up", "a-00000000000000a1");
        SubjectKey name;
        await using (var vault = await RunningVault.StartAsync(configuration, Socket))
        {
            name = await NameAsync(vault, "10.0.0.7");
            await vault.Client.SealAsync(Give(vault, id, name), default);
            await Assert.ThrowsAsync<VaultRefusedException>(() => vault.Client.DiscloseAsync(order, default));
            await SignAsync(vault, order);
            Assert.Equal("10.0.0.7", (await vault.Client.DiscloseAsync(order, default)).Line);
            await vault.KillAsync();
        }

        await using var again = await RunningVault.StartAsync(configuration, Socket);
        Assert.Equal(name, (await again.Client.ReissueAsync([id], Now, default))[id]);
        await Assert.ThrowsAsync<VaultRefusedException>(() => again.Client.DiscloseAsync(order, default));
        Assert.All(
            Directory.GetFiles(Path.Combine(Dir, "keys")).Concat(Directory.GetFiles(Path.Combine(Dir, "cases"))),
            path => Assert.Equal(OwnerOnly, File.GetUnixFileMode(path)));
        Assert.DoesNotContain(File.ReadAllText(Path.Combine(Dir, "disclosed")), "10.0.0.7", StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.7", again.Log, StringComparison.Ordinal);
        Assert.Equal(0, await again.StopAsync());

        var verified = await WeirProcess.RunAsync("audit", "verify", "--dir", Path.Combine(Dir, "audit"));
        Assert.True(verified.ExitCode == 0, verified.Out + verified.Error);
        Assert.DoesNotContain("10.0.0.7", string.Concat(Directory.GetFiles(Path.Combine(Dir, "audit"), "*.jsonl")
            .Select(File.ReadAllText)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_memory_is_in_no_core_dump_and_no_other_process_may_read_it()
    {
        await using var vault = await RunningVault.StartAsync(Configuration(), Socket);

        var limits = await File.ReadAllLinesAsync($"/proc/{vault.ProcessId}/limits");
        Assert.Contains(limits, line => line.StartsWith("Max core file size", StringComparison.Ordinal)
            && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4..6] is ["0", "0"]);
        Assert.Equal("root", (await OutputAsync("stat", "-c", "%U", $"/proc/{vault.ProcessId}/mem")).Trim());
        Assert.Equal(0, await vault.StopAsync());
        Assert.False(File.Exists(Socket));
    }

    [Fact]
    public async Task Another_user_is_refused_whatever_the_sockets_mode_and_one_that_is_named_gets_its_part_alone()
    {
        Need.OtherUsers();
        Need.Programs("curl");
        await using var vault = await RunningVault.StartAsync(
            Configuration("  collector-user: daemon\n  desk-user: bin\n  officers: [mail]"), Socket);
        OpenToAll();

        Assert.Equal("000", await StatusAsync("nobody", $"epoch-key?epoch={Now}"));
        Assert.Equal("200", await StatusAsync("daemon", $"epoch-key?epoch={Now}"));
        Assert.Equal("403", await StatusAsync("daemon", $"cohort-key?epoch={Now}"));
        Assert.Equal("403", await StatusAsync("daemon", "disclose", "{}"));
        Assert.Equal("403", await StatusAsync("daemon", "subject", "{}"));
        Assert.Equal("400", await StatusAsync("mail", "subject", "{}"));
        Assert.Equal("403", await StatusAsync("mail", $"epoch-key?epoch={Now}"));
        Assert.Equal("403", await StatusAsync("bin", $"epoch-key?epoch={Now}"));
        Assert.Equal("400", await StatusAsync("bin", "disclose", "{}"));
        Assert.Equal(0, await vault.StopAsync());
        Assert.Contains("nobody no-role", vault.Log, StringComparison.Ordinal);
        Assert.Contains("give-key", string.Concat(Directory.GetFiles(Path.Combine(Dir, "audit"), "*.jsonl")
            .Select(ReadShared)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_root_it_does_not_start_unless_that_is_asked_for()
    {
        Need.Root("sees that root is refused");
        var configuration = _folder.File("strict.yaml", (await File.ReadAllTextAsync(Configuration())).Replace(
            "allow-root: true", "allow-root: false", StringComparison.Ordinal));

        var refused = await WeirProcess.RunAsync("vault", "--config", configuration);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("never as root", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Dir));
    }

    [Fact]
    public async Task A_key_that_is_due_is_erased_at_the_start_and_never_given_again()
    {
        var keys = Path.Combine(Dir, "keys");
        Directory.CreateDirectory(keys, OwnerOnly | UnixFileMode.UserExecute);
        File.SetUnixFileMode(Dir, OwnerOnly | UnixFileMode.UserExecute);
        var old = Path.Combine(keys, string.Create(CultureInfo.InvariantCulture, $"epoch-{Now - 2}.key"));
        var kept = Path.Combine(keys, string.Create(CultureInfo.InvariantCulture, $"epoch-{Now - 1}.key"));
        foreach (var path in new[] { old, kept })
        {
            await File.WriteAllBytesAsync(path, new byte[32]);
            File.SetUnixFileMode(path, OwnerOnly);
        }

        using var underOld = Pseudonymizer.UnderKey(new byte[32]);
        var name = underOld.Pseudonymize(IpKey.Parse("10.0.0.7"));

        await using var vault = await RunningVault.StartAsync(Configuration(), Socket);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(kept));
        await Assert.ThrowsAsync<EpochKeyException>(() => vault.Callers.Collector.EpochKeyAsync(Now - 2, default));
        Assert.Equal(DenyCode.Unattributable, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => vault.Client.SealAsync(
                SignedOrders.Make(
                    VaultCallers.EventKey, new CaseId(1), name, new ScopeId(5), Epochs.BeginOf(Now - 2)),
                default))).Code);
        await vault.TellsAsync($"the key of epoch {Now - 2} is erased");
    }

    [Trait("Run", "prove")]
    [Trait("Part", "again")]
    [Fact]
    public async Task A_collector_started_without_its_vault_counts_flows_as_unattributed_and_goes_on_by_itself_when_it_answers()
    {
        var place = await ServeFixture.MakeAsync(_folder, "us-provider", vault: Socket);
        await using var weir = await RunningWeir.StartWithoutKeysAsync(place);
        var first = await place.SendAsync("first");
        await weir.UntilAsync(
            "all is read", async () => await weir.SumAsync("weir_attributing_flows_total") >= first.Flows);
        var lost = await weir.SumAsync("weir_attributing_flows_total", "unattributed");
        Assert.True(lost > 0);
        Assert.Equal(0, await weir.SumAsync("weir_attributing_flows_total", "\"attributed\""));
        Assert.Equal(first.Flows, await weir.SumAsync("weir_attributing_flows_total"));
        Assert.Contains("count as unattributed", (await weir.HealthAsync()).GetRawText(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.Keys));

        await using (var vault = await RunningVault.StartAsync(place.Configuration, Socket))
        {
            await weir.UntilAsync("it has the keys", () =>
                Task.FromResult(weir.Log.Contains("the vault answers", StringComparison.Ordinal)));
            _ = await place.SendAsync("second");
            await weir.UntilAsync("flows are attributed", async () =>
                await weir.SumAsync("weir_attributing_flows_total") >= 2 * first.Flows);
            Assert.Equal(lost, await weir.SumAsync("weir_attributing_flows_total", "unattributed"));
            await vault.KillAsync();
        }

        // The keys are in memory: collection goes on, and health says that the vault is down.
        await weir.UntilAsync("the vault is missed", async () =>
            (await weir.HealthAsync()).GetRawText().Contains("with the keys in memory", StringComparison.Ordinal));
        _ = await place.SendAsync("third");
        await weir.UntilAsync(
            "flows are attributed", async () => await weir.SumAsync("weir_attributing_flows_total") >= 3 * first.Flows);
        Assert.Equal(lost, await weir.SumAsync("weir_attributing_flows_total", "unattributed"));
        await using var back = await RunningVault.StartAsync(place.Configuration, Socket);
        var report = await place.NextReportAsync(weir);
        var flows = report.GetProperty("flows");
        long Of(string part) => flows.GetProperty(part).GetInt64();
        Assert.Equal(lost, Of("unattributed"));
        Assert.Equal(Of("read"), Of("attributed") + Of("foreign") + Of("internal")
            + Of("spoofed") + Of("excluded") + Of("outsideWindow") + Of("unattributed"));
        Assert.Equal(0, await weir.StopAsync());
    }

    [Fact]
    public async Task Where_addresses_are_leased_flows_have_a_subject_as_soon_as_the_vault_knows_the_line()
    {
        var place = await ServeFixture.MakeAsync(_folder, "us-provider", vault: Socket);
        var plan = _folder.At("plan.csv");
        var networks = File.ReadLines(_folder.At("provider/networks.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').ToList();
        var leased = (await File.ReadAllTextAsync(place.Configuration)).Replace(
            "\"\nmatching:", "\"\n      attribution: leased\nmatching:", StringComparison.Ordinal);
        foreach (var network in networks.SkipLast(1))
        {
            leased = leased.Replace(
                $"- prefix: \"{network}\"", $"- prefix: \"{network}\"\n      attribution: leased",
                StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(place.Configuration, leased + "  identity:\n    sources:\n      - name: plan\n   "
            + $"     kind: plan\n        path: {plan}\n        poll: 1s\n");
        await File.WriteAllTextAsync(plan, "network,customer\n");
        await using var vault = await RunningVault.StartAsync(place.Configuration, Socket);
        await using var weir = await RunningWeir.StartAsync(place);
        var first = await place.SendAsync("first");
        await weir.UntilAsync(
            "all is read", async () => await weir.SumAsync("weir_attributing_flows_total") >= first.Flows);
        var lost = await weir.SumAsync("weir_attributing_flows_total", "unattributed");
        Assert.True(lost > 0);
        Assert.Equal(0, await weir.SumAsync("weir_attributing_flows_total", "\"attributed\""));

        await File.WriteAllLinesAsync(
            plan, ["network,customer", .. networks.Select((network, i) => $"{network},customer-{i}")]);
        await weir.UntilAsync(
            "the vault knows the lines",
            async () => (await vault.Callers.Operator.HoldingsAsync(default)).Rows >= networks.Count);
        var (line, sent) = (Prefix.Parse(networks[0]).Network, 0);
        await weir.UntilAsync("Weir has heard of them", async () =>
        {
            sent += 2; // both ways of one exchange
            await Exchange.SendAsync(
                place.Flows, line, IpKey.Parse("203.0.113.9"), 443, TimeProvider.System.GetUtcNow(), 50_000);
            await weir.UntilAsync(
                "it is read", async () => await weir.SumAsync("weir_attributing_flows_total") == first.Flows + sent);
            return await weir.SumAsync("weir_attributing_flows_total", "\"attributed\"") > 0;
        });
        var missed = await weir.SumAsync("weir_attributing_flows_total", "unattributed");
        var attributed = await weir.SumAsync("weir_attributing_flows_total", "\"attributed\"");
        _ = await place.SendAsync("second");
        await weir.UntilAsync(
            "all is read",
            async () => await weir.SumAsync("weir_attributing_flows_total") >= (2 * first.Flows) + sent);

        Assert.Equal(missed, await weir.SumAsync("weir_attributing_flows_total", "unattributed"));
        Assert.Equal(attributed + lost, await weir.SumAsync("weir_attributing_flows_total", "\"attributed\""));
        Assert.Equal(0, await weir.StopAsync());
        Assert.Equal(0, await vault.StopAsync());
    }

    [Fact]
    public async Task Analyze_names_subjects_under_the_vaults_keys_and_says_so()
    {
        var start = TimeProvider.System.GetUtcNow()
            .AddHours(-3).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var lab = await WeirProcess.RunAsync(
            "lab", "--out", _folder.At("lab"), "--subscribers", "600", "--bots", "40", "--seed", "7", "--seconds",
            "600", "--start", start, "--flows", "20000");
        Assert.True(lab.ExitCode == 0, lab.Error);
        var capture = Directory.GetFiles(_folder.At("lab"), "*.pcap*").First();
        string[] arguments =
        [
            "analyze", capture, "--networks", "@" + _folder.At("lab/networks.txt"), "--watchlist",
            _folder.At("lab/watchlist.txt"), "--out", _folder.At("out"), "--vault", Socket,
        ];

        var down = await WeirProcess.RunAsync(arguments);
        Assert.Equal(1, down.ExitCode);
        Assert.Contains("does not answer", down.Error, StringComparison.Ordinal);

        await using var vault = await RunningVault.StartAsync(Configuration(), Socket);
        var named = await WeirProcess.RunAsync(arguments);
        Assert.True(named.ExitCode == 0, named.Error);
        var report = await File.ReadAllTextAsync(_folder.At("out/report.json"));
        Assert.Contains("key of their seven days", report, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be resolved", report, StringComparison.Ordinal);
        Assert.Contains("\"unattributed\": 0", report, StringComparison.Ordinal);
        var lab2 = await WeirProcess.RunAsync([.. arguments, "--profile", "lab"]);
        Assert.Equal(2, lab2.ExitCode);
    }

    [Fact]
    public async Task The_view_of_a_line_is_made_by_the_vault_and_on_its_record()
    {
        var configuration = Configuration();
        await using var vault = await RunningVault.StartAsync(configuration, Socket);
        await vault.Client.SealAsync(
            Give(vault, new CaseId(0xCA5E), await NameAsync(vault, "10.0.0.7")), default);

        var json = await WeirProcess.RunAsync("vault", "subject", "10.0.0.7", "--config", configuration, "-o", "json");
        var table = await WeirProcess.RunAsync("vault", "subject", "10.0.0.7", "--config", configuration);
        var nobody = await WeirProcess.RunAsync("vault", "subject", "198.51.100.7", "--config", configuration);

        Assert.True(json.ExitCode == 0, json.Error);
        Assert.Contains("\"case\": \"c-000000000000ca5e\"", json.Out, StringComparison.Ordinal);
        Assert.Contains("c-000000000000ca5e", table.Out, StringComparison.Ordinal);
        Assert.Contains("privacy officer", table.Out, StringComparison.Ordinal);
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("no line can be told", nobody.Error, StringComparison.Ordinal);
    }

    /// <summary>Both sign what the vault drew up.</summary>
    private async Task SignAsync(RunningVault vault, DisclosureOrder order)
    {
        var drawn = await vault.Client.OpenAsync(
            new(order.Number, ApprovalAct.Disclosure, order.Case, order.Scope, "", order.Reason), default);
        foreach (var (user, role) in ((string, string)[])[("ann", "analyst"), ("otto", "privacy-officer")])
        {
            _ = await vault.Client.SignAsync(order.Number, _governed!.Sign(user, drawn.Texts[role]), default);
        }
    }

    private Governed Govern() => _governed ??=
        Governed.Write(_folder, ("ann", "analyst"), ("otto", "privacy-officer"));

    private string Configuration(string more = "") => _folder.File(
        "vault.yaml",
        $"""
        attributing:
          networks:
            - prefix: 10.0.0.0/8
        vault:
          socket: {Socket}
          dir: {Dir}
          allow-root: true
        {VaultCallers.Section}
        {more}
        {Govern().Section}
        """);

    private static ScopeOrder Give(RunningVault vault, CaseId id, SubjectKey name) => vault.Callers.Give(
        SignedOrders.Make(VaultCallers.EventKey, id, name, new ScopeId(5), TimeProvider.System.GetUtcNow()));

    /// <summary>A subject's name as a collector makes it.</summary>
    private static async Task<SubjectKey> NameAsync(RunningVault vault, string address)
    {
        using var names = Pseudonymizer.UnderKey(await vault.Callers.Collector.EpochKeyAsync(Now, default));
        return names.Pseudonymize(IpKey.Parse(address));
    }

    private void OpenToAll()
    {
        const UnixFileMode Everybody = (UnixFileMode)0x1FF;
        File.SetUnixFileMode(Socket, Everybody);
        File.SetUnixFileMode(_folder.Path, Everybody);
    }

    private async Task<string> StatusAsync(string user, string path, string? body = null) => (await OutputAsync(
        "setpriv",
        [
            $"--reuid={user}", "--clear-groups", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket",
            Socket, .. body is null ? [] : new[] { "-d", body },
            $"http://vault/{path}",
        ])).Trim();

    private static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
