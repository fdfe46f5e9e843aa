// SPDX-License-Identifier: Apache-2.0
//
// One infection from the first packet to the last: the parts and the steps. What a step has to have done is asked of
// the routers, of nft and of what arrives; of Weir only what a person sees on its command line.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Weir.Desk.Reporting.Html;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Namespaces;

/// <summary>The street, the speakers, Weir, and the people at its command line.</summary>
internal sealed class BlockingScenario : IAsyncDisposable
{
    public const string Analyst = "daemon";
    public const string Operator = "bin";

    private const int Seconds = 120;

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    /// <summary>After so long without a case the contact is made once more.</summary>
    private static readonly TimeSpan Anew = TimeSpan.FromSeconds(35);

    private readonly TempFolder _folder;
    private readonly ServeFixture _place;
    private readonly NamespaceTopology _street;
    private readonly BgpSpeakers _speakers;
    private readonly FlowSpecAgent _agent;
    private readonly Exporter _exporter;
    private readonly Arrivals _arrivals;
    private RunningWeir _weir;

    private BlockingScenario(
        TempFolder folder, ServeFixture place, NamespaceTopology street, BgpSpeakers speakers, Arrivals arrivals,
        Exporter exporter, RunningWeir weir, string title)
    {
        (_folder, _place, _street, _speakers, _arrivals, _exporter, _weir) =
            (folder, place, street, speakers, arrivals, exporter, weir);
        _agent = new FlowSpecAgent(street.Router, speakers.FlowTablesAsync);
        Table = new CountTable(title);
    }

    public CountTable Table { get; }

    public BgpSpeakers Speakers => _speakers;

    /// <summary>How long this machine took to start Weir; what has to fit into a lease is measured by it.</summary>
    public TimeSpan StartTook { get; private set; }

    public static async Task<BlockingScenario> BeginAsync(string title, string profile, bool withFrr)
    {
        Need.OtherUsers();
        Need.Programs("gobgpd", "bird", "birdc", "softflowd");
        if (withFrr)
        {
            Need.Programs(Frr.Programs);
        }

        var street = await NamespaceTopology.MakeAsync();
        var made = new Stack<IAsyncDisposable>([street]);
        try
        {
            var folder = new TempFolder();
            File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_001_001); // others may come to the socket
            var speakers = await BgpSpeakers.StartAsync(street, withFrr ? new Frr() : null);
            made.Push(speakers);
            var place = PlaceOf(folder, speakers, profile);
            var from = Stopwatch.GetTimestamp();
            var weir = await RunningWeir.StartAsync(place);
            var took = Stopwatch.GetElapsedTime(from);
            made.Push(weir);
            var arrivals = await Arrivals.StartAsync(street);
            made.Push(arrivals);
            return new(folder, place, street, speakers, arrivals, new Exporter(street, place.Flows), weir, title)
            {
                StartTook = took
            };
        }
        catch
        {
            foreach (var part in made)
            {
                await part.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>kill -9 of Weir and of GoBGP, and both again.</summary>
    public async Task KillBothAsync()
    {
        await KillAsync();
        await ReviveAsync();
    }

    /// <summary>Both are killed and stay away until after a moment.</summary>
    public async Task AwayUntilAsync(DateTimeOffset moment)
    {
        await KillAsync();
        await Until.MomentAsync(moment + TimeSpan.FromSeconds(1));
        await ReviveAsync();
    }

    private async Task KillAsync()
    {
        await _weir.KillAsync();
        await _speakers.GoBgp.KillAsync();
    }

    private async Task ReviveAsync()
    {
        _speakers.GoBgp.Start();
        await _weir.DisposeAsync();
        _weir = await RunningWeir.StartAsync(_place);
    }

    /// <summary>Lines without an infection use the C&amp;C host's other port, as a shared host's users would.</summary>
    public async Task NeighboursCallAsync()
    {
        foreach (var neighbour in NamespaceTopology.Neighbours)
        {
            var place = Arrivals.Places.First(p => p.Port == Arrivals.OtherPort
                && p.Address.ToString().Contains(':', StringComparison.Ordinal) == neighbour.Contains(
                    ':', StringComparison.Ordinal));
            Assert.Equal(1, await Caller.CallAsync(_street.Subscribers, neighbour, place, 1, TimeSpan.FromSeconds(60)));
        }
    }

    /// <summary>The line calls all servers; what arrived has to be this, in connections, and where it is none, in
    /// packets too.</summary>
    public async Task ArriveAsync(string step, params int[] expected)
    {
        var arrived = await _arrivals.MeasureAsync([.. expected.Select(e => e > 0)]);
        Table.Add(step, arrived);
        Assert.Equal(expected, arrived.Select(a => a.Connections));
        Assert.All(arrived, a => Assert.Equal(a.Connections == 0, a.Packets == 0));
    }

    /// <summary>The cases of a contact with the C&amp;C, the IPv4 line's and the IPv6 line's.</summary>
    public async Task<string[]> CasesAsync()
    {
        string[] found = [];
        long chattered = 0;
        var contacted = Stopwatch.GetTimestamp();
        await _weir.UntilAsync($"two cases are open ({_exporter.Said})", async () =>
        {
            // Silence in between: time goes on without flows only where none come.
            if (chattered == 0 || Stopwatch.GetElapsedTime(chattered) > Silence)
            {
                chattered = Stopwatch.GetTimestamp();
                Caller.Chatter(_street.Subscribers, NamespaceTopology.Neighbours[0], new IPEndPoint(
                    IPAddress.Parse("198.51.100.1"), 9));
            }

            found = [.. (await ListAsync(Analyst, "case", "list"))
                .Select(c => Text(c, "case")).Order(StringComparer.Ordinal)];
            if (found.Length < 2 && Stopwatch.GetElapsedTime(contacted) > Anew)
            {
                // The exporter reads packets by whole blocks, so a contact may wait in one that is not full: a bot
                // calls again anyway.
                contacted = Stopwatch.GetTimestamp();
                await ArriveAsync("before, once more", 5, 5, 5, 5, 5, 5);
            }

            return found.Length >= 2;
        });
        Assert.Equal(2, found.Length);
        var byClass = new SortedDictionary<bool, string>();
        foreach (var id in found)
        {
            var scope = Text(Assert.Single(await ListAsync(Analyst, "case", "show", id)), "class");
            var isSix = scope.Contains(NamespaceTopology.Command6, StringComparison.Ordinal);
            Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $" tcp rport={Arrivals.CommandPort} "
                + $"raddr={(isSix ? NamespaceTopology.Command6 : NamespaceTopology.Command4)}"), scope);
            byClass.Add(isSix, id);
        }

        return [.. byClass.Values];
    }

    /// <summary>Waits until the store has something of every line: what Weir has in memory alone dies with it, and the
    /// collateral is counted in the store.</summary>
    public async Task EveryLineIsStoredAsync()
    {
        var called = Stopwatch.GetTimestamp();
        await _weir.UntilAsync("flows of every line came", async () =>
        {
            if (Stopwatch.GetElapsedTime(called) > Anew)
            {
                called = Stopwatch.GetTimestamp();
                await NeighboursCallAsync();
                Caller.Chatter(_street.Subscribers, NamespaceTopology.Neighbours[0], new IPEndPoint(
                    IPAddress.Parse("198.51.100.1"), 9));
            }

            return await _weir.SumAsync("weir_detecting_subjects_held") >= NamespaceTopology.Neighbours.Length + 2;
        });
        await _weir.SettledAsync(0);
    }

    /// <summary>The analyst plans; gives the block's number and its collateral as it was said.</summary>
    public async Task<(string Id, string Collateral)> PlanAsync(string target, string forCase)
    {
        var row = Assert.Single(await ListAsync(
            Analyst, "block", "plan", target, "--threat", "a command server of a botnet", "--necessity",
            "a customer is steered from it", "--alternatives", "mail, not answered", "--case", forCase));
        Assert.Equal("planned", Text(row, "state"));
        return (Text(row, "block"), Text(row, "collateral"));
    }

    /// <summary>The operator approves; gives when it ends.</summary>
    public async Task<DateTimeOffset> ApproveAsync(string id, TimeSpan length)
    {
        foreach (var user in _place.Governed is null ? [] : (string[])[Analyst, Operator])
        {
            var signed = await OtherUser.RunAsync(
                user, "approve", id, "--key", _place.Governed!.KeyOf(user), "--yes", "--socket", _place.Control);
            Assert.True(signed.ExitCode == 0, signed.Error);
        }

        var row = Assert.Single(await ListAsync(
            Operator, "block", "approve", id, "--for",
            string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalSeconds}s")));
        return row.GetProperty("until").GetDateTimeOffset();
    }

    public async Task WithdrawAsync(string id) =>
        _ = await ListAsync(Operator, "block", "withdraw", id, "--reason", "the server was taken down");

    /// <summary>Waits until blocks stand so by the list.</summary>
    public Task StandAsync(string state, params string[] ids) =>
        _weir.UntilAsync($"{string.Join(", ", ids)} stand as {state}", async () =>
        {
            var rows = (await ListAsync(Operator, "block", "list")).ToDictionary(
                row => Text(row, "block"), row => Text(row, "state"));
            return ids.All(id => rows.GetValueOrDefault(id) == state);
        });

    /// <summary>Waits until BIRD's flow tables and nft's chain hold these rules and no other.</summary>
    public async Task FlowSpecAsync(string step, params string[] rules)
    {
        var from = Stopwatch.GetTimestamp();
        var shown = await Peer.UntilAsync(
            $"{step}: {rules.Length} rules at BIRD", Speakers.FlowTablesAsync,
            answer => FlowRule.Parse(answer).Count == rules.Length, Seconds);
        Assert.Equal(rules.Order(StringComparer.Ordinal), FlowRule.Parse(shown)
            .Select(rule => rule.Match).Order(StringComparer.Ordinal));
        _ = await Peer.UntilAsync(
            $"{step}: {rules.Length} rules at nft", _agent.ShowAsync,
            answer => answer.Split("counter packets").Length - 1 == rules.Length, Seconds);
        WriteTimings(step, from);
    }

    /// <summary>Waits until BIRD and the kernel's routes hold these blackholes and no other.</summary>
    public async Task BlackholesAsync(string step, params string[] addresses)
    {
        var from = Stopwatch.GetTimestamp();
        _ = await Peer.UntilAsync(
            $"{step}: {addresses.Length} blackholes at BIRD", Speakers.BlackholesAsync, Holds(addresses), Seconds);
        _ = await Peer.UntilAsync(
            $"{step}: {addresses.Length} blackholes in the kernel",
            async () => await _street.Router.QueryAsync("ip", "route", "show", "proto", "bird")
                + await _street.Router.QueryAsync("ip", "-6", "route", "show", "proto", "bird"),
            Holds(addresses), Seconds);
        WriteTimings(step, from);
    }

    /// <summary>nft's rules with their counters, for the table.</summary>
    public async Task TellRulesAsync() => Table.AppendLine(string.Join('\n', (await _agent.ShowAsync())
        .Split('\n').Where(line => line.Contains("counter", StringComparison.Ordinal))));

    public async ValueTask DisposeAsync()
    {
        await _weir.DisposeAsync();
        await _exporter.DisposeAsync();
        await _arrivals.DisposeAsync();
        await _agent.DisposeAsync();
        await _speakers.DisposeAsync();
        await _street.DisposeAsync();
        _folder.Dispose();
    }

    private static ServeFixture PlaceOf(TempFolder folder, BgpSpeakers speakers, string profile) =>
        ServeFixture.MakeOwn(
        folder, [NamespaceTopology.Provider4, NamespaceTopology.Provider6], [
            $"{NamespaceTopology.Command4}:{Arrivals.CommandPort}",
            $"[{NamespaceTopology.Command6}]:{Arrivals.CommandPort}"],
        $"""
        blocking:
          enabled: true
          gobgp: {speakers.Api}
          asn: {BgpSpeakers.Asn}
        """,
        profile, (Analyst, "analyst"), (Operator, "operator"));

    private static Func<string, bool> Holds(string[] addresses) => answer =>
        new[]
        {
            NamespaceTopology.Command4, NamespaceTopology.Command6, NamespaceTopology.Other4, NamespaceTopology.Other6
        }.All(a => answer.Split(' ', '/', '\n', '\t').Contains(a) == addresses.Contains(a));

    private void WriteTimings(string step, long from) => Table.AppendLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  routers as planned {Stopwatch.GetElapsedTime(from).TotalSeconds:0.0} s after: {step}"));

    private async Task<List<JsonElement>> ListAsync(string user, params string[] arguments)
    {
        var said = await OtherUser.RunAsync(user, [.. arguments, "--socket", _place.Control, "-o", "json"]);
        Assert.True(said.ExitCode == 0, $"{string.Join(' ', arguments)}: {said.Error}");
        return [.. JsonDocument.Parse(said.Out).RootElement.EnumerateArray()];
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
