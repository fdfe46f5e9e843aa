// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.SelfService;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Wire;

namespace Weir.EndToEnd.Escalating;

/// <summary>One infection by the real programs: contact, notice, a rule at the router for that line alone, clean-up,
/// and the rule gone. What BIRD answers is what counts.</summary>
public sealed class EscalationTests : IDisposable
{
    private const string Dedicated = "198.51.100.7";
    private const string SharedHost = "198.51.100.8";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Run", "prove")]
    public async Task A_dedicated_endpoint_is_closed_for_one_line_until_it_is_clean_and_a_shared_one_is_not()
    {
        await using var routers = await Routers.StartAsync();
        var place = await PlaceAsync(routers);
        var (infected, other) = Lines();
        await using var vault = await RunningVault.StartAsync(place.Configuration, _folder.At("vault.sock"));
        string id;
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            // Forty lines try the shared host and get no answer: no case, but whom a block of it would hit.
            for (var i = 0u; i < 40; i++)
            {
                await AttemptAsync(place.Flows, IpKey.FromV4(other.V4 + 1 + i), IpKey.Parse(SharedHost));
            }

            await weir.UntilAsync(
                "the attempts are in the store", async () => await weir.SumAsync("weir_spool_rows_loaded_total") >= 40);
            await ContactAsync(place, infected, Dedicated);
            await ContactAsync(place, other, SharedHost);

            await weir.UntilAsync(
                "both contacts have a case", async () => (await ListAsync(place, "case", "list")).Count >= 2);
            id = await CaseOfAsync(place, Dedicated);
            await LadderIsAsync(weir, place, id, ladder => Text(ladder, "rung") == "endpoint blocked");
            var line = infected.ToString();
            var rules = await Peer.UntilAsync(
                "the rule for one line", () => routers.BirdAsync("show route table flowtab4"),
                a => a.Contains(Dedicated, StringComparison.Ordinal), 120);
            Assert.Contains(
                $"flow4 {{ dst {Dedicated}/32; src {line}/32; proto 6; dport 443; }}", rules, StringComparison.Ordinal);
            Assert.Equal(1, rules.Split("flow4 {").Length - 1);

            await LadderIsAsync(weir, place, id, ladder => Text(ladder, "inForce").Length > 0);
            Assert.StartsWith(
                $"{Dedicated}:443/tcp cannot be reached from the line until",
                Text(await LadderAsync(place, id), "inForce"), StringComparison.Ordinal);
            var shared = await CaseOfAsync(place, SharedHost);
            await LadderIsAsync(
                weir, place, shared, ladder => Text(ladder, "why").Contains("not dedicated", StringComparison.Ordinal));
            // About forty: outside the lab a figure carries noise.
            Assert.Matches("[0-9]{2} subjects without a case", Text(await LadderAsync(place, shared), "why"));
            Assert.Equal("told", Text(await LadderAsync(place, shared), "rung"));

            // A person puts the other line into the leaky garden, and lets it out: the provider's program is
            // told by the vault.
            _ = await OneAsync(place, "case", "garden", shared, "--leaky", "--reason", "two notices, it goes on");
            await LadderIsAsync(weir, place, shared, ladder =>
                Text(ladder, "rung") == "leaky garden" && Text(ladder, "inForce").Length > 0);
            Assert.Contains(
                "leaky", await File.ReadAllTextAsync(_folder.At("garden.orders")), StringComparison.Ordinal);
            _ = await OneAsync(place, "case", "garden", shared, "--release", "--reason", "the customer called");
            await weir.UntilAsync("the line is let out", async () =>
                (await File.ReadAllTextAsync(_folder.At("garden.orders"))).Contains("none", StringComparison.Ordinal));

            // Nobody reads the line anywhere but at the router.
            var listed = await WeirProcess.RunAsync("block", "list", "--socket", place.Control, "-o", "json");
            Assert.Contains("line=hidden", listed.Out, StringComparison.Ordinal);
            Assert.DoesNotContain(
                line,
                listed.Out + weir.Log + string.Concat(AuditReader.Entries(place.Audit).Select(e => e.Entry.ToString())),
                StringComparison.Ordinal);
            await weir.KillAsync();
        }

        Assert.Contains(Dedicated, await routers.BirdAsync("show route table flowtab4"), StringComparison.Ordinal);
        await using var again = await RunningWeir.StartAsync(place);
        Assert.Equal("endpoint blocked", Text(await LadderAsync(place, id), "rung"));

        // The exporter says a last word and is dead for the whole silence: nothing is proven, nothing ends, the
        // customer is told nothing, and the desk is told why.
        await AttemptAsync(place.Flows, IpKey.FromV4(other.V4 + 1), IpKey.Parse(SharedHost));
        Assert.Equal("checking", Text(await OneAsync(place, "case", "recheck", id), "state"));
        await LadderIsAsync(again, place, id, ladder => Text(ladder, "why").StartsWith(
            "whether it is clean cannot be told yet", StringComparison.Ordinal));
        await LadderIsAsync(again, place, id, ladder => Text(ladder, "why").Contains(
            "exporter 127.0.0.1 delivered nothing", StringComparison.Ordinal));
        Assert.Equal("checking", Text(await LadderAsync(place, id), "state"));
        Assert.Contains(Dedicated, await routers.BirdAsync("show route table flowtab4"), StringComparison.Ordinal);
        Assert.Equal("open", Text((await ListAsync(place, "case", "list")).Single(c => Text(c, "case") == id), "state"));
        Assert.DoesNotContain(
            await ListAsync(place, "notify", "show", id), notice => Text(notice, "step") == "clean");
        await again.UntilAsync("health tells of the exporter", async () => (await again.HealthAsync()).ToString()
            .Contains("exporter 127.0.0.1 has delivered nothing since", StringComparison.Ordinal));

        // It delivers again, and the line talks with somebody else.
        var before = TimeProvider.System.GetUtcNow();
        await using var talk = new Talk(place.Flows, infected);

        _ = await Peer.UntilAsync(
            "the rule gone", () => routers.BirdAsync("show route table flowtab4"),
            a => !a.Contains(Dedicated, StringComparison.Ordinal), 180);
        Assert.True(TimeProvider.System.GetUtcNow() - before >= TimeSpan.FromSeconds(20));
        await LadderIsAsync(again, place, id, ladder => Text(ladder, "state") == "clean");
        Assert.Contains(await ListAsync(place, "notify", "show", id), notice => Text(notice, "step") == "clean");
        var file = (await ListAsync(place, "case", "list")).Single(c => Text(c, "case") == id);
        Assert.Equal(("closed", "fixed"), (Text(file, "state"), Text(file, "verdict")));
        Assert.Contains(AuditReader.Entries(place.Audit), e =>
            e.Entry is { Act: AuditActions.Unblock, Outcome: AuditActions.Allow }
            && e.Entry.Result == AuditActions.Clean);
        Assert.Equal(0, await again.StopAsync());
        var verified = await WeirProcess.RunAsync("audit", "verify", "--dir", place.Audit);
        Assert.True(verified.ExitCode == 0, verified.Out + verified.Error);
    }

    private async Task<ServeFixture> PlaceAsync(Routers routers)
    {
        var place = await ServeFixture.MakeAsync(
            _folder, "us-provider", vault: _folder.At("vault.sock"), people: [(Environment.UserName, "analyst")]);
        var list = _folder.File("confirmed.txt", $"{Dedicated}:443\n{SharedHost}:443\n");
        var program = _folder.File("garden", $"#!/bin/sh\ncat >> {_folder.At("garden.orders")}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var text = await File.ReadAllTextAsync(place.Configuration);
        text = text.Replace(
            "vault:\n", $"vault:\n  garden:\n    script: {program}\n"
            + $"  line-routes:\n    gobgp: {routers.Api.Uri.Authority}\n    asn: {Routers.Asn}\n", StringComparison.Ordinal);
        text = text.Replace(
            "digesting:", $"    - name: confirmed\n      path: {list}\ndigesting:", StringComparison.Ordinal);
        await File.WriteAllTextAsync(place.Configuration, $"""
            {text}
            blocking:
              enabled: true
              gobgp: {routers.Api.Uri.Authority}
              asn: {Routers.Asn}
            escalating:
              after-notice: 1s
              without-notice: 2s
              look-every: 2s
              settles: 5s
              silence: 20s
              longest-gap: 1m
              trusted-lists: [confirmed]

            """);
        return place;
    }

    /// <summary>Two lines of the provider's first IPv4 network, far from each other.</summary>
    private (IpKey One, IpKey Other) Lines()
    {
        var network = File.ReadLines(_folder.At("provider/networks.txt")).Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => Prefix.Parse(l.Split(' ', ',', '\t')[0])).First(p => p.IsV4);
        return (IpKey.FromV4(network.Network.V4 + 9), IpKey.FromV4(network.Network.V4 + 100));
    }

    /// <summary>A contact of half an hour ago: the window that it is judged in is over.</summary>
    private static Task ContactAsync(ServeFixture place, IpKey line, string remote) =>
        Exchange.SendAsync(
            place.Flows, line, IpKey.Parse(remote), 443, TimeProvider.System.GetUtcNow().AddMinutes(-30), 50_000);

    /// <summary>A SYN without an answer, as NetFlow v5.</summary>
    private static async Task AttemptAsync(int port, IpKey line, IpKey remote)
    {
        var now = TimeProvider.System.GetUtcNow();
        var octets = new byte[72];
        BinaryPrimitives.WriteUInt16BigEndian(octets, 5);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), 1);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(4), 3_600_000);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(8), (uint)now.ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(24), line.V4);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(28), remote.V4);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(40), 1);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(44), 60);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(48), 3_600_000);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(52), 3_600_000);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(56), 50_000);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(58), 443);
        (octets[61], octets[62]) = (0x02, 6);
        using var socket = new UdpClient(AddressFamily.InterNetwork);
        await socket.SendAsync(octets, new IPEndPoint(IPAddress.Loopback, port));
    }

    /// <summary>The case that a contact with an endpoint opened.</summary>
    private static async Task<string> CaseOfAsync(ServeFixture place, string remote)
    {
        foreach (var row in await ListAsync(place, "case", "list"))
        {
            if ((await ListAsync(place, "case", "show", Text(row, "case"))).Any(
                scope => Text(scope, "class").Contains(remote, StringComparison.Ordinal)))
            {
                return Text(row, "case");
            }
        }

        throw new Xunit.Sdk.XunitException($"no case is about {remote}");
    }

    /// <summary>Waits for a ladder; one that does not come fails the test with what it was last.</summary>
    private static async Task LadderIsAsync(
        RunningWeir weir, ServeFixture place, string id, Func<JsonElement, bool> isSo)
    {
        var last = "no ladder";
        try
        {
            await weir.UntilAsync($"the ladder of {id}", async () =>
            {
                var result = await WeirProcess.RunAsync("case", "ladder", id, "--socket", place.Control, "-o", "json");
                last = result.Out + result.Error;
                return result.ExitCode == 0
                    && isSo(JsonDocument.Parse(result.Out).RootElement.EnumerateArray().Single());
            });
        }
        catch (Xunit.Sdk.XunitException failed)
        {
            throw new Xunit.Sdk.XunitException($"{last}\n{failed.Message}");
        }
    }

    private static async Task<JsonElement> LadderAsync(ServeFixture place, string id) =>
        await OneAsync(place, "case", "ladder", id);

    private static async Task<JsonElement> OneAsync(ServeFixture place, params string[] arguments) =>
        (await ListAsync(place, arguments)).Single();

    private static async Task<List<JsonElement>> ListAsync(ServeFixture place, params string[] arguments)
    {
        var result = await WeirProcess.RunAsync([.. arguments, "--socket", place.Control, "-o", "json"]);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Error}");
        return [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()];
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
