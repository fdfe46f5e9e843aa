// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Cli.Processes;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.EndToEnd.Processes;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd.Governing;

/// <summary>Who may edit a list, against the four processes under their own users (attack 24 and 50): a
/// newspaper's prefix, a popular address, and a true C&amp;C whose visitors somebody forges. From the line of the list
/// and the datagram to the cases, the vault and the store, by a desk that is believed in nothing.</summary>
public sealed class BrakedListTests : IAsyncLifetime
{
    private const int Bound = 5;
    private const int Readers = 131;
    private const string Newspaper = "203.0.114.0/24";
    private const string Popular = "198.51.100.80";
    private const string Cnc = "192.0.2.66";
    private const string Corroborated = "corroborated";

    private const string Settings = "settings: |\n  collecting:\n    corroborated-after: 2s\n    exporters:\n"
        + "      - network: 127.0.0.1\n  brake:\n    lines: 5\n    new-lines: 60\n    settles: 10s\n";

    private readonly FourProcesses _four = new();
    private ForgingExporter _router = null!;
    private uint _lines;

    private static SystemUser Operator => new("www-data");

    private static SystemUser Officer => new("mail");

    private string List => Path.Combine(Path.GetDirectoryName(_four.Networks)!, "watchlist.txt");

    public async ValueTask InitializeAsync()
    {
        await _four.RunAllAsync(governed: Settings);
        _router = new(_four.Traffic.Flows, "127.0.0.1");
        _lines = Prefix.Parse(File.ReadLines(_four.Networks).First(line =>
            line.Contains('/', StringComparison.Ordinal) && !line.Contains(':', StringComparison.Ordinal)
            && line[0] != '#').Split(',', ' ')[0]).Network.V4;
        await _four["collector"].UntilAsync("the router's stream has its standing", async () =>
        {
            await _router.TellAsync(LineOf(1_000), "192.0.2.80");
            return (await _four.ListAsync("exporters"))
                .Any(one => one.GetProperty("standing").GetString() == Corroborated);
        });
    }

    public async ValueTask DisposeAsync()
    {
        _router?.Dispose();
        await _four.DisposeAsync();
    }

    [Trait("Run", "prove")]
    [Trait("Attack", "24")]
    [Fact]
    public async Task A_newspaper_and_a_popular_address_make_no_case_for_anybody()
    {
        await EditAsync("203.0.0.0/16", Newspaper, Popular, $"{Cnc}:4443");

        // The /16 is refused by its line, and no reader of it is anybody's case.
        await TellAsync(399, "203.0.77.9");
        for (var i = 1; i <= Readers; i++)
        {
            await TellAsync(i, $"203.0.114.{i}");
            await TellAsync(200 + i, Popular);
        }

        foreach (var network in (string[])[Newspaper, "198.51.100.0/24"])
        {
            var held = await HeldAsync(network, Readers);
            Assert.Equal(
                ("held", Bound, true),
                (held.GetProperty("state").GetString(), held.GetProperty("bound").GetInt32(),
                    held.GetProperty("events").GetInt64() >= Readers));
        }

        // What few lines meet is a case, once it has settled.
        await TellAsync(380, Cnc);
        await TellAsync(381, Cnc);
        await _four["desk"].UntilAsync(
            "the bots have their cases", async () => (await _four.ListAsync("case", "list")).Count == 2);
        Assert.Contains("203.0.114.0/24 is held: more than 5 lines met it in a day", _four["desk"].Log, StringComparison.Ordinal);

        await AskBesideTheDeskAsync();
        await DecideAsync(Newspaper, "--drop", "dropped", Operator);
        await TellAsync(500, "203.0.114.9");
        await DecideAsync("198.51.100.0/24", "--drop", "dropped", Officer);
        Assert.Equal(2, (await _four.ListAsync("case", "list")).Count);
    }

    /// <summary>An edit of many addresses, each of another network and met by one line.</summary>
    [Trait("Run", "prove")]
    [Trait("Attack", "24")]
    [Fact]
    public async Task An_edit_that_would_make_131_cases_line_by_line_is_held_and_released_by_two()
    {
        await EditAsync([.. Enumerable.Range(0, Readers).Select(i => $"45.70.{i}.7")], Readers + 1);
        for (var i = 0; i < Readers; i++)
        {
            await TellAsync(1 + i, $"45.70.{i}.7");
        }

        var update = "";
        await _four["desk"].UntilAsync("the edit is held with all its lines", async () =>
        {
            var held = (await _four.ListAsync("watchlist", "networks")).Where(one =>
                one.GetProperty("network").GetString()!.StartsWith("update-", StringComparison.Ordinal)).ToList();
            update = held.Count == 1 ? held[0].GetProperty("network").GetString()! : "";
            return held.Count == 1 && held[0].GetProperty("lines").GetInt32() >= Readers
                && held[0].GetProperty("events").GetInt64() >= Readers;
        });
        Assert.Empty(await _four.ListAsync("case", "list"));
        await DecideAsync(update, "--release", "released", Operator);
        await _four["desk"].UntilAsync("each line has its case", async () =>
            (await _four.ListAsync("case", "list")).Count >= Readers);
    }

    [Trait("Run", "prove")]
    [Trait("Attack", "50")]
    [Fact]
    public async Task A_true_cnc_is_held_by_no_forged_visitors_and_its_bots_become_cases_when_two_release_it()
    {
        await EditAsync($"{Cnc}:4443");
        using var port = new ForgingExporter(_four.Traffic.Flows, "127.0.0.1");
        for (var i = 0; i < 60; i++)
        {
            await port.TellAsync(LineOf(400 + i), Cnc);
            await _router.TellAsync(LineOf(1_000), "192.0.2.80");
        }

        // All of them are there, sealed; and a bot that the router tells of is a case that is read.
        await _four["desk"].UntilAsync("what was forged is recorded", async () =>
            (await _four.ListAsync("case", "list")).Count >= 50);
        Assert.Empty(await _four.ListAsync("watchlist", "networks"));
        var forged = (await _four.ListAsync("case", "list")).Select(CaseOf).ToHashSet();
        await TellAsync(1, Cnc);
        string? bot = null;
        await _four["desk"].UntilAsync("the bot has a case", async () =>
            (bot = (await _four.ListAsync("case", "list")).Select(CaseOf).Except(forged).FirstOrDefault()) is not null);
        await _four["desk"].UntilAsync("the bot's case is read", async () => (await _four.Person.RunWeirAsync(
            "case", "evidence", bot!, "--config", _four.Place.Configuration)).ExitCode == 0);

        // A botnet beyond the bound waits whole, and two people who know it make cases of it.
        for (var i = 2; i <= 40; i++)
        {
            await TellAsync(i, Cnc);
        }

        _ = await HeldAsync("192.0.2.0/24", 40);
        await DecideAsync("192.0.2.0/24", "--release", "released", Operator);
        await _four["desk"].UntilAsync("each bot has its case", async () =>
            (await _four.ListAsync("case", "list")).Select(CaseOf).Except(forged).Count() >= 40);
        Assert.Equal(0, (await HeldAsync("192.0.2.0/24", 40)).GetProperty("events").GetInt64());
        await _four["desk"].UntilAsync("all are sealed in the vault", () => Task.FromResult(
            AuditReader.Entries(Path.Combine(_four.Place.Folder("vault"), "audit")).Count(one =>
                one.Entry is { Act: "seal-subject", Outcome: "allow" }) >= 40));
    }

    /// <summary>Whoever is the desk's user has the events, and a key for more: the vault seals and the store reads no
    /// more lines of the network than the bound.</summary>
    private async Task AskBesideTheDeskAsync()
    {
        var answer = await _four.AskAsync(_four.Place.Collector, "desk", DeskRoutes.Scopes);
        var bot = JsonSerializer.Deserialize(answer.Body, DeskJson.Default.ScopeChanges)!.Orders
            .Select(order => order.ToOrder()!).First(order => order.Class.Remotes.Contains(IpKey.Parse(Cnc)));
        Assert.True(EventDocument.TryRead(bot.Grounds[0], out var met));
        var reads = TrafficClass.Create(
            Direction.Both, bot.Class.Protocol, bot.Class.RemotePorts, [IpKey.Parse("203.0.114.9")]);
        var (real, told) = (bot with { Class = reads.Predicate }, met with { Class = reads });
        using var key = ProcessKeys.Open(Path.Combine(_four.Place.Folder("collector"), "event.key"));
        var (seals, given) = (new List<int>(), new List<int>());
        for (var i = 1; i <= 2 * Bound; i++)
        {
            var order = OrderOf(
                real, told with { Subject = new((UInt128)(0xF00 + i)), Number = 900 + (ulong)i }, i, key);
            var seal = await _four.AskAsync(_four.Place.Desk, "vault", VaultRoutes.Seal, JsonSerializer.Serialize(
                new SealAsk(RequestNumber.Create(), order), VaultJson.Default.SealAsk));
            seals.Add(seal.Code == "entry-held" ? 1 : 0);
            var read = await _four.AskAsync(
                _four.Place.Desk, "store", StoreRoutes.ReadEvidence, JsonSerializer.Serialize(
                    new EvidenceAsk(
                        RequestNumber.Create(), order, order.Class, order.FromMs, order.ExpiresMs, (int)ScopeFields.All,
                        EvidenceAsk.MaxRows), StoreJson.Default.EvidenceAsk));
            Assert.Contains(read.Status, (int[])[200, 403]);
            given.Add(read.Code == "entry-held" ? 1 : 0);
        }

        // Neither was asked before: the desk opened none.
        Assert.Equal(1, seals[^1]);
        Assert.Equal([.. Enumerable.Repeat(0, Bound), .. Enumerable.Repeat(1, Bound)], given);
    }

    private static ScopeOrderFields OrderOf(ScopeOrder real, QualityEvent told, int number, SigningKey key) =>
        ScopeOrderFields.From(real with
        {
            Id = new ScopeId(0xB00 + (ulong)number), Case = new CaseId(0xB00 + (ulong)number), Subject = told.Subject,
            Grounds = [EventDocument.Sign(told, key)],
        });

    /// <summary>As whoever may edit the list does it.</summary>
    private Task EditAsync(params string[] lines) => EditAsync(lines, 10);

    private async Task EditAsync(string[] lines, int below)
    {
        var before = await _four["desk"].SumAsync("weir_lists_entries", "test-c2");
        await File.WriteAllLinesAsync(List, lines);
        await _four["desk"].UntilAsync("the edit is in force", async () =>
            await _four["desk"].SumAsync("weir_lists_entries", "test-c2") is var now && now != before && now < below);
        await _four["collector"].UntilAsync("the collector has it", async () =>
            await _four["collector"].SumAsync("weir_lists_copy_entries", "test-c2") is > 0 and var copied && copied < below);
    }

    private async Task TellAsync(int line, string remote)
    {
        await _router.TellAsync(LineOf(line), remote);
        if (line % 10 == 0)
        {
            await Task.Yield();
        }
    }

    private async Task<JsonElement> HeldAsync(string network, int lines)
    {
        JsonElement? held = null;
        await _four["desk"].UntilAsync($"{network} is held with all its lines", async () =>
        {
            held = (await _four.ListAsync("watchlist", "networks")).Cast<JsonElement?>()
                .FirstOrDefault(one => one!.Value.GetProperty("network").GetString() == network);
            return held?.GetProperty("lines").GetInt32() >= lines;
        });
        return held!.Value;
    }

    /// <summary>The analyst asks, both sign with their keys, the second in another role gives.</summary>
    private async Task DecideAsync(string network, string act, string state, SystemUser second)
    {
        var asked = (await _four.ListAsync(
            "watchlist", "decide", network, act, "--reason", "looked at by both of us")).Single();
        var id = asked.GetProperty("id").GetString()!;
        var alone = await second.RunWeirAsync(
            "watchlist", "decide", "--approve", id, "--config", _four.Place.Configuration);
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains("second-person-needed", alone.Error, StringComparison.Ordinal);
        foreach (var user in (SystemUser[])[_four.Person, second])
        {
            var signed = await user.RunWeirAsync(
                "approve", id, "--key", _four.Place.Governed.KeyFor(user.Name, user.Name), "--yes", "--config",
                _four.Place.Configuration);
            Assert.True(signed.ExitCode == 0, signed.Error);
        }

        var given = await second.RunWeirAsync(
            "watchlist", "decide", "--approve", id, "--config", _four.Place.Configuration, "-o", "json");
        Assert.True(given.ExitCode == 0, given.Error + _four["desk"].Log);
        Assert.Contains($"\"{state}\"", given.Out, StringComparison.Ordinal);
        await _four["desk"].UntilAsync("vault and store know", async () =>
            (await _four.ListAsync("watchlist", "networks")).Any(one =>
                one.GetProperty("network").GetString() == network && one.GetProperty("inForce").GetBoolean()));
    }

    private string LineOf(int number) => IpKey.FromV4(_lines + (uint)number).ToString();

    private static string CaseOf(JsonElement one) => one.GetProperty("case").GetString()!;
}
