// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.EndToEnd.Processes;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Files;
using Weir.Hosting.Spooling;
using Weir.Hosting.Sqlite;
using Weir.Tests.Support;
using Weir.Vault.Customers;
using Weir.Vault.Identity.Keeping;
using Weir.Wire;

namespace Weir.EndToEnd.Keeping;

/// <summary>Who had an address, whose page a link opens, and what time takes away: tried on the four processes under
/// their own users by a neighbour of the NAS, by customers and the desk's user, and by time (attacks 16, 36, 40).
/// </summary>
public sealed class KeptInTimeTests(IdentifiedProvider place) : IClassFixture<IdentifiedProvider>, IDisposable
{
    private const string Packets = "weir_identity_accounting_packets_total";
    private const string Clocks = "weir_identity_accounting_clock_refused_packets_total";

    private readonly TempFolder _folder = new();

    private FourProcesses Four => place.Four;

    private string VaultFolder => Four.Place.Folder("vault");

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public void Dispose() => _folder.Dispose();

    /// <summary>Row 16: whoever knows the NAS's secret.</summary>
    [Trait("Run", "prove")]
    [Trait("Attack", "16")]
    [Fact]
    public async Task A_neighbour_with_the_nas_secret_moves_no_line_and_what_is_back_dated_names_nobody()
    {
        await Four.StartedAsync();
        var at = Now.AddMinutes(-45);
        foreach (var (status, delay) in ((string, int)[])[("Start", 3_600), ("Interim-Update", 0)])
        {
            Assert.Contains(
                "Received Accounting-Response",
                await place.AccountAsync(
                    IdentifiedProvider.Nas, Request(status, "0016", "customer-16", "100.64.7.16", delay)),
                StringComparison.Ordinal);
        }

        Assert.Contains("customer-16", (await place.WhoHadAsync("100.64.7.16", at)).Out, StringComparison.Ordinal);

        // From its own address: no answer, counted, on record, and nothing of it is true.
        var unknown = await Four["vault"].SumAsync(Packets, "unknown-nas");
        var jumped = await Four["vault"].SumAsync(Clocks);
        foreach (var status in (string[])["Stop", "Start"])
        {
            Assert.DoesNotContain(
                "Received Accounting-Response",
                await place.AccountAsync("127.0.0.3", Request(status, "0016", "mallory-16", "100.64.7.16", 3_000)),
                StringComparison.Ordinal);
        }

        await CountedAsync(Packets, "unknown-nas", unknown + 2);
        await RecordedAsync(AuditActions.IdentityRefused, "unknown-nas");
        Assert.Contains("customer-16", (await place.WhoHadAsync("100.64.7.16", at)).Out, StringComparison.Ordinal);

        // In the NAS's name, of three days ago: it is told, and the arrival stands in.
        var old = Request("Start", "0017", "mallory-17", "100.64.7.17", 0)
            + FormattableString.Invariant($", Event-Timestamp = {Now.AddDays(-3).ToUnixTimeSeconds()}");
        _ = await place.AccountAsync(IdentifiedProvider.Nas, old);
        await CountedAsync(Clocks, "", jumped + 1);
        await RecordedAsync(AuditActions.ClockStepped, "clock-jumped");
        await NobodyAsync("100.64.7.17", Now.AddDays(-3).AddMinutes(1), "no-lease");

        // Of half an hour ago: it claims the second that it tells of, which is nobody's then, and no other.
        var claimed = Now.AddMinutes(-30);
        _ = await place.AccountAsync(
            IdentifiedProvider.Nas, Request("Start", "0018", "mallory-18", "100.64.7.16", 0)
                + FormattableString.Invariant($", Event-Timestamp = {claimed.ToUnixTimeSeconds()}"));
        await NobodyAsync("100.64.7.16", claimed, "overlapping");
        Assert.Contains(
            "customer-16", (await place.WhoHadAsync("100.64.7.16", Now.AddMinutes(-20))).Out, StringComparison.Ordinal);

        // Heard again, it claims all since: two lines do, and neither is named; the time before is as it was.
        _ = await place.AccountAsync(
            IdentifiedProvider.Nas, Request("Interim-Update", "0018", "mallory-18", "100.64.7.16", 0));
        await NobodyAsync("100.64.7.16", Now.AddMinutes(-20), "overlapping");
        Assert.Contains("customer-16", (await place.WhoHadAsync("100.64.7.16", at)).Out, StringComparison.Ordinal);
    }

    /// <summary>Row 36: a customer has the own link, the desk's user a key of its own.</summary>
    [Trait("Run", "prove")]
    [Trait("Attack", "36")]
    [Fact]
    public async Task A_link_that_is_changed_over_or_anothers_opens_nothing_and_the_desk_can_make_none()
    {
        await Four.StartedAsync();
        List<CaseId> cases = [];
        await Four["desk"].UntilAsync("two cases stand", async () =>
            (cases = [.. (await Four.ListAsync("case", "list")).Select(IdOf)]).Count >= 2);
        var (own, other) = (cases[0], cases[1]);
        var file = Path.Combine(VaultFolder, "links", LinkKeyFiles.CurrentName);
        var vaults = new LinkSigner(new((await File.ReadAllBytesAsync(file))[^LinkSigner.KeyOctets..], null));
        var desks = new LinkSigner(new(RandomNumberGenerator.GetBytes(LinkSigner.KeyOctets), null));
        var (good, ends) = (vaults.Sign(own, Now.AddDays(1)), Now.AddDays(1));
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{place.Pages}/c/") };
        await Four["vault"].UntilAsync("the customer's page is there", async () =>
            (await GetAsync(http, good)).Status == HttpStatusCode.OK);

        string[] bad =
        [
            .. Enumerable.Range(0, LinkSigner.Letters).Select(at => Changed(good, at)),
            good[..^1], good + "A", own.ToString(), vaults.Sign(own, Now.AddSeconds(-1)), Renumbered(good, other),
            desks.Sign(own, ends), desks.Sign(other, ends),
        ];
        var refused = await Four["vault"].SumAsync("weir_selfservice_answers_total", "refused");
        var pages = new HashSet<string>();
        foreach (var link in bad)
        {
            var (status, page) = await GetAsync(http, link);
            Assert.True(status == HttpStatusCode.NotFound, $"{status} for {link}");
            _ = pages.Add(page);
        }

        Assert.Single(pages);
        using var said = new StringContent("act=fixed&form=" + desks.SignForm(desks.Sign(own, ends), ends));
        said.Headers.ContentType = new("application/x-www-form-urlencoded");
        using var posted = await http.PostAsync(new Uri(http.BaseAddress!, desks.Sign(own, ends)), said);
        Assert.Equal(HttpStatusCode.NotFound, posted.StatusCode);
        Assert.Equal(
            refused + bad.Length + 1, await Four["vault"].SumAsync("weir_selfservice_answers_total", "refused"));
        Assert.NotEqual(0, (await Four.Place.Desk.RunAsync("cat", file)).ExitCode);
        var acts = AuditReader.Entries(place.Audit).Select(one => one.Entry)
            .Where(one => one.Actor == "customer").ToList();
        Assert.NotEmpty(acts);
        Assert.All(acts, one => Assert.Equal((AuditActions.ShowSubject, own.ToString()), (one.Act, one.Case)));
    }

    /// <summary>Row 40: what is here is as old as if its time had passed, and somebody puts a key back.</summary>
    [Trait("Run", "prove")]
    [Trait("Attack", "40")]
    [Fact]
    public async Task What_is_over_its_time_is_erased_at_a_start_and_nobody_reads_it_after_this_one_or_another()
    {
        await Four.StartedAsync();
        var (epoch, ago) = (Epochs.At(Now) - 3, Now.AddDays(-10));
        _ = await place.AccountAsync(
            IdentifiedProvider.Nas, Request("Start", "0040", "customer-40", "100.64.7.40", 3_600));
        _ = await place.AccountAsync(
            IdentifiedProvider.Nas, Request("Stop", "0040", "customer-40", "100.64.7.40", 0));
        Assert.Contains(
            "customer-40", (await place.WhoHadAsync("100.64.7.40", Now.AddMinutes(-30))).Out, StringComparison.Ordinal);
        await SendAsync("pairs", spool => spool.Write([PairOf(ago)]));
        await SendAsync("evidence", spool => spool.Write([EvidenceOf(Now.AddDays(-120))]));
        Assert.True(await OldestAsync("pairs") < Now.AddDays(-9));
        Assert.True(await OldestAsync("evidence") < Now.AddDays(-110));

        await Four.KillAsync("vault");
        await Four.KillAsync("store");
        AgeIdentity(TimeSpan.FromDays(10));
        Assert.True(IdentityHolds("customer-40"));
        var keys = await PutKeysAsync(epoch);
        await Four.RunAsync("vault");
        await Four.RunAsync("store");
        await GoneAsync(keys, epoch);
        await NobodyAsync("100.64.7.40", ago.AddMinutes(-30), "outside-retention");
        await Four["store"].UntilAsync("pairs are within their time", async () =>
            await OldestAsync("pairs") > Now.AddDays(-8) && await OldestAsync("evidence") > Now.AddDays(-93));

        // Whoever kept a copy of the key has nothing that gives it out.
        await Four.KillAsync("vault");
        Assert.Equal(keys, await PutKeysAsync(epoch));
        await Four.RunAsync("vault");
        await GoneAsync(keys, epoch);
        var held = await WeirProcess.RunAsync("report", "retention", "--config", Four.Place.Configuration);
        Assert.True(held.ExitCode == 0, held.Out + held.Error);
    }

    /// <summary>What accounting says of a session, so many seconds late.</summary>
    private static string Request(string status, string session, string line, string address, int delay) =>
        $"Acct-Status-Type = {status}, Acct-Session-Id = \"{session}\", User-Name = \"{line}@example.net\", "
            + $"NAS-IP-Address = 192.0.2.1, Framed-IP-Address = {address}, Acct-Delay-Time = {delay}, "
            + $"Class = 0x{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(line))}";

    private async Task NobodyAsync(string address, DateTimeOffset at, string why)
    {
        var asked = await place.WhoHadAsync(address, at);
        Assert.True(asked.ExitCode != 0, asked.Out);
        Assert.Contains(why, asked.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("mallory", asked.Out + asked.Error, StringComparison.Ordinal);
    }

    private async Task CountedAsync(string name, string label, double least)
    {
        var told = "";
        await Until.IsSoAsync(
            async () =>
            {
                var counts = new List<string>();
                string[] outcomes = ["applied", "stale", "duplicate", "malformed", "forged", "unknown-nas"];
                foreach (var outcome in outcomes)
                {
                    var sum = await Four["vault"].SumAsync(Packets, outcome);
                    counts.Add(FormattableString.Invariant($"{outcome} {sum}"));
                }

                told = $"{label} {least}: {string.Join(", ", counts)}";
                return await Four["vault"].SumAsync(name, label) >= least;
            }, $"{label} is counted", told: () => told);
    }

    private Task RecordedAsync(string act, string outcome) => Four["vault"].UntilAsync(
        $"{outcome} is on record", () => Task.FromResult(AuditReader.Entries(place.Audit).Any(one =>
            one.Entry.Act == act && one.Entry.Outcome == outcome)));

    private static CaseId IdOf(JsonElement one) =>
        CaseId.TryParse(one.GetProperty("case").GetString()!, out var id) ? id : throw new FormatException();

    private static async Task<(HttpStatusCode Status, string Page)> GetAsync(HttpClient http, string link)
    {
        using var answer = await http.GetAsync(new Uri(http.BaseAddress!, link));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Another letter in one place.</summary>
    private static string Changed(string link, int at) => link[..at] + (link[at] == 'A' ? 'B' : 'A') + link[(at + 1)..];

    /// <summary>The number of another case under the signature of the own.</summary>
    private static string Renumbered(string link, CaseId other)
    {
        var octets = Base64Url.DecodeFromChars(link);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(octets.AsSpan(1), other.Number);
        return Base64Url.EncodeToString(octets);
    }

    private static PairDigest PairOf(DateTimeOffset at) => new()
    {
        HourSeconds = (uint)(at.ToUnixTimeSeconds() / 3_600 * 3_600), Subject = new((UInt128)40),
        Endpoint = new(IpKey.Parse("198.51.100.40"), 443, 6), TwoWay = 1, Flows = 1, PacketsOut = 1, PacketsIn = 1,
        OctetsOut = 40, OctetsIn = 40, FirstMs = at.ToUnixTimeMilliseconds(), LastMs = at.ToUnixTimeMilliseconds(),
    };

    private static EvidenceRow EvidenceOf(DateTimeOffset at) => new()
    {
        Scope = new ScopeId(0x28), StartMs = at.ToUnixTimeMilliseconds(), EndMs = at.ToUnixTimeMilliseconds(),
        Remote = new(IpKey.Parse("198.51.100.40"), 443, 6), PacketsOut = 1, OctetsOut = 40, SamplingInterval = 1,
    };

    /// <summary>A segment as the collector's spool writes it, brought by the collector's user.</summary>
    private async Task SendAsync(string what, Action<Spool> write)
    {
        using var spool = new Spool(
            new() { Directory = _folder.At(what), MinimumFree = 0 }, NullLogger<Spool>.Instance);
        write(spool);
        var segment = Assert.Single(spool.Folder.Waiting());
        var file = _folder.At($"{what}.segment");
        File.Copy(segment, file);
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        var sent = await Four.Place.Collector.RunAsync(
            "curl", "-s", "--http2-prior-knowledge", "--max-time", "60", "--unix-socket", Four.Place.Socket("store"),
            "-w", "\n%{http_code}", "-H", "content-type: application/octet-stream", "--data-binary", "@" + file,
            $"http://store/{StoreRoutes.Segments}?name={Path.GetFileName(segment)}&doubt=0");
        Assert.EndsWith("\n200", sent.Out, StringComparison.Ordinal);
    }

    /// <summary>The oldest of a kind that the store says it holds; now where it holds none.</summary>
    private async Task<DateTimeOffset> OldestAsync(string kind)
    {
        var told = await WeirProcess.RunAsync(
            "report", "retention", "--config", Four.Place.Configuration, "-o", "json");
        using var json = JsonDocument.Parse(told.Out);
        var row = json.RootElement.EnumerateArray().Single(one =>
            one.GetProperty("process").GetString() == "store" && one.GetProperty("kind").GetString() == kind);
        return row.GetProperty("oldest").GetString() is { Length: > 0 } oldest
            ? DateTimeOffset.Parse(oldest, CultureInfo.InvariantCulture) : Now;
    }

    /// <summary>Who had what, as if so much time had passed since.</summary>
    private void AgeIdentity(TimeSpan age)
    {
        using var file = SqliteFile.Open(new()
        {
            Path = Path.Combine(VaultFolder, "identity.db"), Name = "the identity store",
            Migrations = SqliteMigrations.Beside<IdentityStore>(),
        });
        var ms = (long)age.TotalMilliseconds;
        foreach (var (table, columns) in (IEnumerable<(string, string[])>)
        [
            ("holding", ["begin_ms", "sure_ms", "heard_ms", "promise_ms", "end_ms"]),
            ("session", ["start_ms", "first_ms", "last_ms", "stop_ms"]),
        ])
        {
            foreach (var column in columns)
            {
                _ = file.Run(FormattableString.Invariant(
                    $"UPDATE {table} SET {column} = {column} - {ms} WHERE {column} BETWEEN {ms} AND 4102444800000"));
            }
        }
    }

    private bool IdentityHolds(string line) => Directory.GetFiles(VaultFolder, "identity.db*").Any(file =>
        Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(line, StringComparison.Ordinal));

    /// <summary>Keys of an epoch as the vault left them when it was stopped for good.</summary>
    private async Task<List<string>> PutKeysAsync(uint epoch)
    {
        List<string> put = [];
        foreach (var (kind, octets) in ((string, int)[])[("epoch", 32), ("cohort", 8), ("noise", 32)])
        {
            var file = Path.Combine(VaultFolder, "keys", FormattableString.Invariant($"{kind}-{epoch}.key"));
            await File.WriteAllBytesAsync(file, Encoding.ASCII.GetBytes(new string('k', octets)));
            File.SetUnixFileMode(file, KeyFile.OwnerOnly);
            Assert.Equal(0, (await new SystemUser("root").RunAsync("chown", Four.Place.Vault.Name, file)).ExitCode);
            put.Add(file);
        }

        return put;
    }

    private async Task GoneAsync(List<string> keys, uint epoch)
    {
        await Four["vault"].UntilAsync("keys and names are erased", () => Task.FromResult(
            !keys.Exists(File.Exists) && !IdentityHolds("customer-40")));
        foreach (var (user, route) in ((SystemUser, string)[])
        [
            (Four.Place.Collector, VaultRoutes.EpochKey), (Four.Place.Store, VaultRoutes.CohortKey),
        ])
        {
            var asked = await Four.AskAsync(user, "vault", FormattableString.Invariant($"{route}?epoch={epoch}"));
            Assert.Equal((410, VaultCodes.NoEpochKey), (asked.Status, asked.Code));
            var now = await Four.AskAsync(user, "vault", FormattableString.Invariant($"{route}?epoch={epoch + 3}"));
            Assert.Equal(200, now.Status);
        }
    }
}
