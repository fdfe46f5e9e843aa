// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;

namespace Weir.EndToEnd;

/// <summary>Worked example 8 by the real program: a hidden C&amp;C is found by the comparison, promoted by two users of
/// the system, and the machine alone looks back.</summary>
public sealed class PromotionTests : IDisposable
{
    private const string Analyst = "daemon";
    private const string Operator = "bin";
    private const string Auditor = "mail";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Run", "prove")]
    [Trait("Part", "stories")]
    [Fact]
    public async Task A_found_endpoint_promoted_by_two_opens_cases_for_past_and_future_contacts()
    {
        Need.OtherUsers();
        var place = await ServeFixture.MakeAsync(_folder);
        await File.AppendAllTextAsync(
            place.Configuration,
            $"\naccess:\n  analysts: [{Analyst}]\n  operators: [{Operator}]\n  auditors: [{Auditor}]\n");
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_001_001);
        string endpoint;
        HashSet<string> bots;
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            var sent = await place.SendAsync("first");
            await weir.SettledAsync(sent.Flows);
            var report = await place.NextReportAsync(weir);
            (endpoint, bots, var met) = Hidden(report);
            var before = await SubjectsAsync(place, endpoint);
            Assert.Empty(before);

            var number = await PromoteAsync(place, endpoint, report);
            await weir.UntilAsync(
                "past contacts are case files", async () => (await SubjectsAsync(place, endpoint)).Count >= met);
            var subjects = await SubjectsAsync(place, endpoint);
            Assert.Equal(met, subjects.Count);
            Assert.Superset(bots, subjects);
            await NobodyLearnsWhoAsync(place, endpoint, number);
            await EvidenceSaysSinceWhenAsync(place, endpoint);
            Assert.Equal(0, await weir.StopAsync());
        }

        await using (var again = await RunningWeir.StartAsync(place))
        {
            var listed = Assert.Single(await ListAsync(Analyst, place, "compare", "promoted"));
            Assert.Equal((endpoint, Analyst, Operator), (
                Text(listed, "endpoint"), Text(listed, "askedBy"), Text(listed, "givenBy")));
            await EvidenceSaysSinceWhenAsync(place, endpoint);
            var (scopes, sent) = (await ScopesAsync(place, endpoint), await SendLaterAsync(place, "later"));
            await again.SettledAsync(sent);
            await again.UntilAsync("new contacts open further scopes", async () =>
                (await ScopesAsync(place, endpoint)).Count > scopes.Count);

            var taken = await AsAsync(
                Operator, place, "compare", "demote", endpoint, "--reason", "the vendor says it is an update server");
            Assert.True(taken.ExitCode == 0, taken.Error);
            Assert.Empty(await ListAsync(Analyst, place, "compare", "promoted"));
            var shown = await WeirProcess.RunAsync(
                "watchlist", "show", endpoint, "--watchlist", _folder.At("cases/promoted.csv"), "-o", "json");
            Assert.True(shown.ExitCode == 0, shown.Error);
            Assert.Equal(0, JsonDocument.Parse(shown.Out).RootElement.GetArrayLength());
            Assert.Equal(0, await again.StopAsync());
        }

        Assert.Contains(
            Entries(place), e => e is { Act: AuditActions.Demote, Outcome: AuditActions.Allow, Actor: Operator });
        var verified = await WeirProcess.RunAsync("audit", "verify", "--dir", place.Audit);
        Assert.True(verified.ExitCode == 0, verified.Out + verified.Error);
    }

    /// <summary>What is no candidate, one person twice, and a role that may not are refused;
    /// then two promote.</summary>
    private async Task<string> PromoteAsync(ServeFixture place, string endpoint, JsonElement report)
    {
        Refused(
            await AsAsync(
                Analyst, place, "compare", "promote", "203.0.113.99:443/tcp", "--reason", "I should like to know"),
            "unknown");
        var shared = report.GetProperty("candidates")
            .EnumerateArray().FirstOrDefault(c => Text(c, "status") == "shared");
        if (shared.ValueKind == JsonValueKind.Object)
        {
            Refused(
                await AsAsync(Analyst, place, "compare", "promote", NameOf(shared), "--reason", "it is significant"),
                "action-not-allowed");
        }

        Refused(
            await AsAsync(Auditor, place, "compare", "promote", endpoint, "--reason", "it is a C&C"), "role-may-not");
        var asked = await AsAsync(
            Analyst, place, "compare", "promote", endpoint, "--reason", "beacons, \"every\" five minutes");
        Assert.True(asked.ExitCode == 0, asked.Error);
        var number = Text(JsonDocument.Parse(asked.Out).RootElement.EnumerateArray().Single(), "id");
        Refused(await AsAsync(Analyst, place, "compare", "promote", "--approve", number), "second-person-needed");
        Refused(await AsAsync(Auditor, place, "compare", "promote", "--approve", number), "role-may-not");
        Assert.Empty(await SubjectsAsync(place, endpoint));
        var given = await AsAsync(Operator, place, "compare", "promote", "--approve", number);
        Assert.True(given.ExitCode == 0, given.Error);
        Refused(await AsAsync(Operator, place, "compare", "promote", "--approve", number), "action-not-allowed");

        var shown = await WeirProcess.RunAsync(
            "watchlist", "show", endpoint, "--watchlist", _folder.At("cases/promoted.csv"), "-o", "json");
        Assert.True(shown.ExitCode == 0, shown.Error);
        var entry = Assert.Single(JsonDocument.Parse(shown.Out).RootElement.EnumerateArray());
        Assert.Equal("c2", Text(entry, "role"));
        Assert.Contains($"by {Analyst} and {Operator}, {number}", Text(entry, "provenance"), StringComparison.Ordinal);
        return number;
    }

    /// <summary>The audit has the search before its first case; no entry and no line of the log names a subject beside
    /// the endpoint.</summary>
    private static async Task NobodyLearnsWhoAsync(ServeFixture place, string endpoint, string number)
    {
        var entries = Entries(place).ToList();
        var looked = entries.FindIndex(
            e => e is { Act: AuditActions.LookBack, Outcome: AuditActions.Allow, Actor: "weir", Rows: > 0 }
                && e.Reason.StartsWith(number, StringComparison.Ordinal));
        Assert.True(looked >= 0, "no entry of the search");
        Assert.Contains(entries.Skip(looked), e => e is { Act: AuditActions.OpenScope, Outcome: AuditActions.Allow });
        Assert.Equal(64, entries[looked].PredicateDigest.Length);
        var clients = await AsAsync(Analyst, place, "case", "list");
        Assert.True(clients.ExitCode == 0, clients.Error);
        Assert.Contains(endpoint.Split(':')[0], clients.Out, StringComparison.Ordinal);
    }

    /// <summary>A scope of the past has no flows of before the ring, and says from when its
    /// evidence is whole.</summary>
    private static async Task EvidenceSaysSinceWhenAsync(ServeFixture place, string endpoint)
    {
        var past = (await ScopesAsync(place, endpoint))
            .Where(s => Text(s.Scope, "facts").Contains("looking back", StringComparison.Ordinal)).Take(3).ToList();
        Assert.NotEmpty(past);
        foreach (var (id, scope) in past)
        {
            Assert.True(
                Time(scope, "wholeSince") > Time(scope, "from"),
                "a scope of past days says its evidence is whole from its begin");
            var rows = await ListAsync(Analyst, place, "case", "evidence", id, "--scope", Text(scope, "scope"));
            Assert.All(rows, row => Assert.True(Time(row, "start") >= Time(scope, "from")));
        }
    }

    /// <summary>A hidden C&amp;C that the comparison reports, the bots that met it by the truth, and how many
    /// met it at all.</summary>
    private (string Endpoint, HashSet<string> Bots, int Met) Hidden(JsonElement report)
    {
        using var truth = JsonDocument.Parse(File.ReadAllText(_folder.At("first/truth.json")));
        var hidden = truth.RootElement.GetProperty("hiddenCncs").EnumerateArray().ToDictionary(
            c => Text(c, "endpoint"), c => c.GetProperty("bots").GetInt32() + c.GetProperty("others").GetInt32());
        var found = report.GetProperty("candidates")
            .EnumerateArray().Where(c => Text(c, "status") == "candidate").Select(NameOf).First(hidden.ContainsKey);
        var bots = truth.RootElement.GetProperty("bots").EnumerateArray()
            .Where(b => b.GetProperty("hiddenCncs").EnumerateArray().Any(c => c.GetString() == found))
            .Select(b => Text(b, "subject"));
        return (found, [.. bots], hidden[found]);
    }

    /// <summary>The same provider an hour later: the same bots, other contacts.</summary>
    private async Task<long> SendLaterAsync(ServeFixture place, string name)
    {
        var start = TimeProvider.System.GetUtcNow()
            .AddMinutes(-42).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var sent = await WeirProcess.RunAsync(
            "lab", "--out", _folder.At(name), "--subscribers", "1000", "--bots", "40", "--nets", "2", "--seed", "7",
            "--seconds", "1200", "--start", start, "--list-entries", "200", "--flows", "20000",
            "--to", $"127.0.0.1:{place.Flows}", "--pps", "3000", "--protocol", "ipfix");
        Assert.True(sent.ExitCode == 0, sent.Error);
        using var truth = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.At($"{name}/truth.json")));
        return truth.RootElement.GetProperty("totals").GetProperty("flows").GetInt64();
    }

    private static async Task<HashSet<string>> SubjectsAsync(ServeFixture place, string endpoint)
    {
        var scopes = (await ScopesAsync(place, endpoint)).Select(s => s.Case).ToHashSet();
        return [.. (await ListAsync(Analyst, place, "case", "list"))
            .Where(c => scopes.Contains(Text(c, "case"))).Select(c => Text(c, "subject"))];
    }

    /// <summary>Scopes about the endpoint. Which cases these are the audit tells; the list of cases does not.</summary>
    private static async Task<List<(string Case, JsonElement Scope)>> ScopesAsync(ServeFixture place, string endpoint)
    {
        var at = endpoint.LastIndexOf(':');
        var named = $"both {endpoint[(endpoint.LastIndexOf('/') + 1)..]} "
            + $"rport={endpoint[(at + 1)..endpoint.LastIndexOf('/')]} raddr={endpoint[..at].Trim('[', ']')}";
        var found = new List<(string, JsonElement)>();
        foreach (var id in Entries(place)
            .Where(e => e.Act == AuditActions.OpenScope && e.Reason.Contains("promoted", StringComparison.Ordinal))
            .Select(e => e.Case).Distinct())
        {
            found.AddRange((await ListAsync(Analyst, place, "case", "show", id))
                .Where(s => Text(s, "class") == named).Select(s => (id, s)));
        }

        return found;
    }

    private static async Task<List<JsonElement>> ListAsync(string user, ServeFixture place, params string[] arguments)
    {
        var result = await AsAsync(user, place, arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Error}");
        return [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()];
    }

    private static async Task<WeirResult> AsAsync(string user, ServeFixture place, params string[] arguments) =>
        await OtherUser.RunAsync(user, [.. arguments, "--socket", place.Control, "-o", "json"]);

    private static IEnumerable<AuditEntry> Entries(ServeFixture place) =>
        [.. AuditReader.Entries(place.Audit).Select(record => record.Entry)];

    private static void Refused(WeirResult result, string code)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Out);
    }

    private static string NameOf(JsonElement candidate) =>
        $"{Text(candidate, "remote")}:{candidate.GetProperty("port").GetInt32()}/{Text(candidate, "protocol")}";

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static DateTimeOffset Time(JsonElement row, string name) => row.GetProperty(name).GetDateTimeOffset();
}
