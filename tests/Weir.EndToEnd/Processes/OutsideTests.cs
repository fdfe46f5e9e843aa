// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.Cli.Processes;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd.Processes;

/// <summary>Somebody stands outside, and time ends things: what is tried on the four processes under their own users by
/// who has all files, who has no role, who installs, and who waits (attacks 26, 28, 31 to 33, 41).</summary>
[Collection(nameof(FourProcesses))]
public sealed partial class OutsideTests(FourProcesses four) : IDisposable
{
    private const int Idle = 300;

    private readonly TempFolder _folder = new();

    /// <summary>A user who has nothing to do with any of it.</summary>
    private static SystemUser Street => new("man");

    private static SystemUser Operator => new("www-data");

    private static SystemUser Officer => new("mail");

    private static SystemUser Auditor => new("backup");

    public void Dispose() => _folder.Dispose();

    /// <summary>Row 31.</summary>
    [Trait("Attack", "31")]
    [Fact]
    public async Task A_record_set_back_with_heads_and_key_is_found_by_what_left_the_machine()
    {
        await four.StartedAsync();
        foreach (var process in (string[])["collector", "desk", "store", "vault"])
        {
            _ = await four.Outside.LineAsync($"record=\"{process}\"");
        }

        // All that is on the machine, as it is now, kept to be put back.
        var then = _folder.At("then");
        CopyFolder(Path.Combine(four.Place.Folder("desk"), "audit"), then);
        var had = AuditReader.Bounds(then)!.Value.Last.Sequence;
        _ = await four.ListAsync("case", "list");
        await Until.IsSoAsync(
            () => Task.FromResult(NewestOf("desk") > had), told: () => $"{NewestOf("desk")} of {had}");

        var back = await WeirProcess.RunAsync("audit", "verify", "--dir", then);
        Assert.True(back.ExitCode == 0, back.Out);
        back = await WeirProcess.RunAsync("audit", "verify", "--dir", then, "--heads", four.Outside.Written);
        Assert.Equal(1, back.ExitCode);
        Assert.Contains("cut after ", back.Out, StringComparison.Ordinal);
        foreach (var process in (string[])["collector", "desk", "store", "vault"])
        {
            var now = await WeirProcess.RunAsync(
                "audit", "verify", "--dir", Path.Combine(four.Place.Folder(process), "audit"), "--heads",
                four.Outside.Written);
            Assert.True(now.ExitCode == 0, now.Out);
            Assert.Matches("held against [1-9][0-9]* heads kept outside, [1-9][0-9]* beside them", now.Out);
        }
    }

    /// <summary>Row 32.</summary>
    [Trait("Attack", "32")]
    [Fact]
    public async Task Who_has_no_role_and_asks_for_ten_seconds_fills_no_record()
    {
        await four.StartedAsync();
        var before = EntriesOf(Street.Name);
        var asked = await Street.RunAsync(
            "timeout", "10", "stdbuf", "-oL", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}\n", "--unix-socket",
            four.Place.Control, "http://weir/api/v1/cases?limit=[1-100000]");

        AssertRefused(asked);
        Assert.InRange(EntriesOf(Street.Name) - before, 1, 49);
    }

    /// <summary>Row 32, by somebody who has a role and asks for what it may not.</summary>
    [Trait("Attack", "32")]
    [Fact]
    public async Task Who_has_a_role_and_is_refused_for_ten_seconds_fills_no_record_either()
    {
        await four.StartedAsync();
        var before = EntriesOf(Auditor.Name);
        var told = EntriesOf("weir", AuditActions.TellOfficer);
        var asked = await Auditor.RunAsync(
            "timeout", "10", "stdbuf", "-oL", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}\n", "-X", "POST",
            "-H", "Content-Type: application/json", "-d", "{\"scope\": \"s-0000000000000001\"}", "--unix-socket",
            four.Place.Control, "http://weir/api/v1/cases/c-00000000000000[10-99]/evidence?i=[1-1000]");

        AssertRefused(asked);
        var entries = EntriesOf(Auditor.Name) - before;
        Assert.InRange(entries + EntriesOf("weir", AuditActions.TellOfficer) - told, 1, 49);
    }

    /// <summary>More than stand on record by themselves were refused, some because the user may not, and more because it
    /// asks too often.</summary>
    private static void AssertRefused(WeirResult asked)
    {
        var answers = asked.Out.Split('\n').CountBy(line => line).ToDictionary();
        var (refused, limited) = (answers.GetValueOrDefault("403"), answers.GetValueOrDefault("429"));
        Assert.True(refused + limited > 100 && refused > 10, string.Join(' ', answers) + asked.Error);
        Assert.DoesNotContain("200", answers.Keys);
    }

    /// <summary>Row 33: the tests' user has no role here.</summary>
    [Trait("Attack", "33")]
    [Fact]
    public async Task Three_hundred_idle_connections_keep_nobody_from_stopping_all_or_reading_the_record()
    {
        await four.StartedAsync();
        var held = new List<Socket>();
        try
        {
            for (var i = 0; i < Idle; i++)
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                held.Add(socket);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(four.Place.Control));
            }

            var stopped = await Operator.RunWeirAsync(
                "block", "stop-all", "--reason", "a customer's mail is blocked", "--config", four.Place.Configuration);
            Assert.True(stopped.ExitCode == 0, stopped.Error);
            var read = await Officer.RunWeirAsync(
                "audit", "verify", "--socket", four.Place.Control, "--heads", four.Outside.Written);
            Assert.True(read.ExitCode == 0, read.Out + read.Error);
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>Rows 26 and 28: another configuration over the same data, with a folder of its own for what is
    /// governed. </summary>
    [Trait("Attack", "26")]
    [Trait("Attack", "28")]
    [Fact]
    public async Task A_lab_or_people_of_ones_own_do_not_open_what_a_provider_kept()
    {
        await four.StartedAsync();
        var text = await File.ReadAllTextAsync(four.Place.Configuration);
        foreach (var process in (string[])["desk", "store", "collector"])
        {
            var lab = await TryAsync(process, text.Replace("profile: us-provider", "profile: lab", StringComparison.Ordinal));
            Assert.Contains("is of profile us-provider", lab, StringComparison.Ordinal);
        }

        var own = Governed.Write(_folder, "mine", [("news", "analyst"), ("mail", "privacy-officer")]);
        var mine = await TryAsync("desk", text
            .Replace(four.Place.Governed.FilePath, own.FilePath, StringComparison.Ordinal)
            .Replace(four.Place.Governed.Anchor, own.Anchor, StringComparison.Ordinal));
        Assert.Contains("which the governance in force (test-net) does not replace", mine, StringComparison.Ordinal);
    }

    /// <summary>Row 41: the event is real, signed by the collector's own key, and a hundred days old.</summary>
    [Trait("Attack", "41")]
    [Fact]
    public async Task Of_a_scope_that_is_long_over_nothing_is_read_and_nobody_disclosed()
    {
        await four.StartedAsync();
        var answer = await four.AskAsync(four.Place.Collector, "desk", DeskRoutes.Scopes);
        var fields = JsonSerializer.Deserialize(answer.Body, DeskJson.Default.ScopeChanges)!.Orders[0];
        var sealedNow = await four.AskAsync(
            four.Place.Desk, "vault", VaultRoutes.Seal, JsonSerializer.Serialize(
                new SealAsk(RequestNumber.Create(), fields), VaultJson.Default.SealAsk));
        Assert.Equal(200, sealedNow.Status);
        var real = fields.ToOrder()!;
        using var key = ProcessKeys.Open(Path.Combine(four.Place.Folder("collector"), "event.key"));
        var old = ScopeOrderFields.From(SignedOrders.Make(
            key, real.Case, real.Subject, new ScopeId(0x01D), TimeProvider.System.GetUtcNow().AddDays(-100)) with
        {
            Epoch = real.Epoch,
        });

        var read = await four.AskAsync(
            four.Place.Desk, "store", StoreRoutes.ReadEvidence, JsonSerializer.Serialize(
                new EvidenceAsk(
                    RequestNumber.Create(), old, old.Class, old.FromMs, old.ExpiresMs, (int)ScopeFields.All,
                    EvidenceAsk.MaxRows), StoreJson.Default.EvidenceAsk));
        Assert.Equal((403, StoreCodes.ScopeOver), (read.Status, read.Code));

        var told = await four.AskAsync(
            four.Place.Desk, "vault", VaultRoutes.Disclose, JsonSerializer.Serialize(
                new DiscloseAsk(
                    RequestNumber.Create(), old, "news", "analyst", "mail", "privacy-officer",
                    "the customer asked who it was", "a-1"), VaultJson.Default.DiscloseAsk));
        Assert.Equal((403, VaultCodes.ScopeOver), (told.Status, told.Code));
    }

    [Trait("Attack", "8")]
    [Trait("Attack", "45")]
    [Fact]
    public async Task A_person_who_is_root_and_a_file_that_others_may_write_are_refused()
    {
        await four.StartedAsync();
        var text = await File.ReadAllTextAsync(four.Place.Configuration);
        var lists = _folder.File("list.txt", "203.0.113.66:443\n");
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(lists, (UnixFileMode)0b110_110_110);
        Assert.Contains("list.txt may be written by others", await TryAsync("desk", text.Replace(
            "matching:\n  lists:\n", $"matching:\n  lists:\n    - name: mine\n      path: {lists}\n",
            StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(
            "may be written by others", await TryAsync("vault", text, (UnixFileMode)0b110_100_110), StringComparison.Ordinal);

        var named = await File.ReadAllTextAsync(four.Place.Governed.FilePath);
        foreach (var user in (string[])["root", "weir-desk"])
        {
            var governed = _folder.File("governed.yaml", named.Replace(
                "  - name: mail\n", $"  - name: mail\n    user: {user}\n", StringComparison.Ordinal));
            var shown = await WeirProcess.RunAsync("governance", "show", governed);
            Assert.NotEqual(0, shown.ExitCode);
            Assert.Contains("nobody's person", shown.Error, StringComparison.Ordinal);
        }
    }

    [Trait("Attack", "37")]
    [Fact]
    public async Task No_log_and_no_metric_names_an_address_of_a_subscriber()
    {
        await four.StartedAsync();
        var own = (await File.ReadAllLinesAsync(four.Networks)).Where(line => line.Length > 0 && line[0] != '#')
            .Select(Prefix.Parse).ToList();
        Assert.NotEmpty(own);
        using var http = new HttpClient();
        foreach (var process in four.Running)
        {
            var told = process.Log + await http.GetStringAsync(
                new Uri($"http://127.0.0.1:{four.Place.Monitors[process.Name]}/metrics"));
            Assert.True(told.Length > 1_000, told);
            Assert.DoesNotContain(
                Addresses().Matches(told).Select(match => match.Value),
                text => IpKey.TryParse(text, out var address) && own.Exists(network => network.Contains(address)));
        }
    }

    [Trait("Attack", "34")]
    [Trait("Attack", "35")]
    [Fact]
    public async Task What_is_thrown_at_a_web_port_gets_nothing_and_the_next_is_answered()
    {
        await four.StartedAsync();
        var large = _folder.File("large", new string('a', 4 << 20));
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        foreach (var (process, port) in four.Place.Monitors)
        {
            var at = FormattableString.Invariant($"http://127.0.0.1:{port}");
            string[][] thrown =
            [
                ["--path-as-is", $"{at}/../../../../etc/passwd"], [$"{at}/%2e%2e/%2e%2e/etc/passwd"],
                [$"{at}/metrics/..%2f..%2fetc%2fpasswd"], ["-X", "DELETE", $"{at}/metrics"],
                ["-X", "TRACE", $"{at}/metrics"], ["-H", "Host: evil.example", $"{at}/nowhere"],
                ["-H", $"X-Large: {new string('a', 60_000)}", $"{at}/metrics"],
                ["--data-binary", $"@{large}", $"{at}/metrics"],
            ];
            foreach (var arguments in thrown)
            {
                var answer = await Street.RunAsync(
                    "curl", ["-s", "-o", "/dev/null", "--max-time", "20", "-w", "%{http_code}", .. arguments]);
                Assert.True(
                    answer.Out is ['4', ..] or "000", $"{process} answers {answer.Out} to {arguments[0]} {arguments[^1]}");
            }

            Assert.True(await four[process].SumAsync("weir_audit_entries_total") >= 0);
        }
    }

    [GeneratedRegex(@"\b\d{1,3}(\.\d{1,3}){3}\b|\b[0-9a-f]{1,4}(:[0-9a-f]{0,4}){2,7}\b")]
    private static partial Regex Addresses();

    /// <summary>Starts a process as its own user with folders of its own for what is governed, and gives what it says
    /// when it does not start.</summary>
    private async Task<string> TryAsync(
        string process, string text, UnixFileMode mode = (UnixFileMode)0b110_100_100)
    {
        var user = four.Place.UserOf(process);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        var other = _folder.At($"other-{process}-{Guid.NewGuid():N}");
        _ = Directory.CreateDirectory(other);
        File.SetUnixFileMode(other, (UnixFileMode)0b111_111_111);
        var file = _folder.File(
            $"{process}-{Guid.NewGuid():N}.yaml",
            text.Replace($"dir: {Processes}\n", $"dir: {other}\n", StringComparison.Ordinal));
        File.SetUnixFileMode(file, mode);
        var tried = await user.RunWeirAsync(process, "--config", file);
        Assert.NotEqual(0, tried.ExitCode);
        return tried.Error;
    }

    /// <summary>Where `processes.dir` is.</summary>
    private string Processes => Path.GetDirectoryName(four.Place.Folder("desk"))!;

    private long NewestOf(string record) => File.ReadLines(four.Outside.Written)
        .Where(line => line.Contains($"record=\"{record}\"", StringComparison.Ordinal))
        .Select(line => line.Split("size=\"")[1].Split('"')[0])
        .Select(size => long.Parse(size, System.Globalization.CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();

    private int EntriesOf(string actor, string? act = null) =>
        AuditReader.Entries(Path.Combine(four.Place.Folder("desk"), "audit"))
            .Count(one => one.Entry.Actor == actor && (act is null || one.Entry.Act == act));

    private static void CopyFolder(string from, string to)
    {
        _ = Directory.CreateDirectory(to);
        // Heads first, so that there is an entry for all that they cover.
        foreach (var file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) != "lock")
            .OrderByDescending(file => Path.GetFileName(file)[0]))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
