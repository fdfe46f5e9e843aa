// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd.Governing;

/// <summary>From the datagram to the scope, with streams followed as in a provider's network (attacks 10 and 49): a
/// router that has its standing, and whoever forges its datagrams to have a chosen line looked at.</summary>
public sealed class ForgedDatagramTests : IDisposable
{
    private const string Settings =
        "settings: |\n  collecting:\n    corroborated-after: 2s\n    exporters:\n      - network: 127.0.0.1\n";

    private readonly TempFolder _folder = new();
    private ServeFixture _place = null!;

    public void Dispose() => _folder.Dispose();

    [Trait("Attack", "10")]
    [Trait("Attack", "49")]
    [Trait("Run", "prove")]
    [Trait("Part", "again")]
    [Fact]
    public async Task Forged_datagrams_open_nothing_that_anybody_may_read()
    {
        Need.Programs("ssh-keygen");
        _place = ServeFixture.MakeOwn(
            _folder, ["198.51.100.0/24"], ["203.0.113.9:4443"], "", "us-provider", (Environment.UserName, "analyst"));
        _place.Governed!.Change(Settings, signers: 2);
        await using var weir = await RunningWeir.StartAsync(_place);
        using var router = new ForgingExporter(_place.Flows, "127.0.0.1");
        await weir.UntilAsync("the router's stream has its standing", async () =>
        {
            await router.TellAsync("198.51.100.50", "192.0.2.80");
            return await StandingAsync() == "corroborated";
        });

        // What the router tells is read; and what follows is told of lines whose case would be as good.
        var cases = new List<string>();
        await router.TellAsync("198.51.100.7", "203.0.113.9");
        var read = await EvidenceAsync(await NextCaseAsync(weir, cases));
        Assert.True(read.ExitCode == 0, read.Error);

        using var stranger = new ForgingExporter(_place.Flows, "127.0.0.2");
        for (var i = 0; i < 3; i++)
        {
            await stranger.TellAsync("198.51.100.66", "203.0.113.9");
        }

        await weir.UntilAsync("a stranger's are counted", async () =>
            await weir.SumAsync("weir_collecting_unlisted_datagrams_total", "127.0.0.2") == 3);

        // Its address, from another port: a further stream, beside one that is heard.
        using var port = new ForgingExporter(_place.Flows, "127.0.0.1");
        for (var i = 0; i < 3; i++)
        {
            await port.TellAsync("198.51.100.67", "203.0.113.9");
            await router.TellAsync("198.51.100.50", "192.0.2.80");
        }

        await IsSealedAsync(weir, cases);

        // Its port too, a jump ahead of where it stands.
        var jump = router.Number + 5_000;
        for (var i = 0U; i < 3; i++)
        {
            await router.ForgeAsync(jump + (i * 2), "198.51.100.68", "203.0.113.9");
            await router.TellAsync("198.51.100.50", "192.0.2.80");
        }

        await IsSealedAsync(weir, cases);

        // And the very numbers that it told: the third in a row is a contest, which seals what either tells.
        var told = router.Number;
        for (var i = 0; i < 5; i++)
        {
            await router.TellAsync("198.51.100.50", "192.0.2.80");
        }

        for (var i = 0U; i < 5; i++)
        {
            await router.ForgeAsync(told + (i * 2), "198.51.100.69", "203.0.113.9");
        }

        await IsSealedAsync(weir, cases);

        // That lasts while both go on, however long the case took to be there, and two seconds longer.
        await router.ForgeAsync(router.Number, "198.51.100.50", "192.0.2.80");
        await router.TellAsync("198.51.100.70", "203.0.113.9");
        await IsSealedAsync(weir, cases);
        Assert.Equal("contested", await StandingAsync());

        // Nobody was told of the stranger's line; and all of it adds up.
        Assert.Equal(5, cases.Count);
        Assert.Equal(cases.Order(), (await CasesAsync()).Order());
        Assert.Equal(0, await weir.StopAsync());
    }

    /// <summary>The next case is there, sealed, and nobody reads by it.</summary>
    private async Task IsSealedAsync(RunningWeir weir, List<string> cases)
    {
        var id = await NextCaseAsync(weir, cases);
        var refused = await EvidenceAsync(id);
        Assert.Equal((1, ""), (refused.ExitCode, refused.Out));
        Assert.Contains("not-corroborated", refused.Error, StringComparison.Ordinal);
    }

    private async Task<string> NextCaseAsync(RunningWeir weir, List<string> cases)
    {
        string? next = null;
        await weir.UntilAsync($"case {cases.Count + 1} is opened", async () =>
        {
            next = (await CasesAsync()).Except(cases).SingleOrDefault();
            return next is not null;
        });
        cases.Add(next!);
        return next!;
    }

    private async Task<List<string>> CasesAsync() =>
        [.. (await ListAsync("case", "list", "--socket", _place.Control)).Select(one => one.GetProperty("case").GetString()!)];

    private Task<WeirResult> EvidenceAsync(string id) =>
        WeirProcess.RunAsync("case", "evidence", id, "--socket", _place.Control, "-o", "json");

    private async Task<string> StandingAsync() =>
        (await ListAsync("exporters", "--config", _place.Configuration)).Select(one =>
            one.GetProperty("standing").GetString()!).FirstOrDefault() ?? "";

    private static async Task<List<JsonElement>> ListAsync(params string[] arguments)
    {
        var result = await WeirProcess.RunAsync([.. arguments, "-o", "json"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()];
    }
}

/// <summary>An exporter of NetFlow v5 from one port, whose numbers its test may choose: each message tells a
/// conversation both ways.</summary>
internal sealed class ForgingExporter : IDisposable
{
    private const int Header = 24;
    private const int Record = 48;
    private const uint BootedMs = 3_600_000;

    private readonly UdpClient _socket;
    private readonly IPEndPoint _weir;
    private readonly long _begun = TimeProvider.System.GetTimestamp();

    public ForgingExporter(int weir, string address)
    {
        _socket = new(new IPEndPoint(IPAddress.Parse(address), 0));
        _weir = new(IPAddress.Loopback, weir);
    }

    /// <summary>Of the next message.</summary>
    public uint Number { get; private set; }

    public async Task TellAsync(string line, string remote)
    {
        await ForgeAsync(Number, line, remote);
        Number += 2;
    }

    public Task ForgeAsync(uint number, string line, string remote)
    {
        var octets = new byte[Header + (2 * Record)];
        var (now, uptime) = (TimeProvider.System.GetUtcNow(), BootedMs
            + (uint)TimeProvider.System.GetElapsedTime(_begun).TotalMilliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(octets, 5);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), 2);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(4), uptime);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(8), (uint)now.ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(12), (uint)now.Millisecond * 1_000_000);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(16), number);
        Write(octets.AsSpan(Header, Record), (line, 50_000), (remote, 4_443), uptime);
        Write(octets.AsSpan(Header + Record, Record), (remote, 4_443), (line, 50_000), uptime);
        return _socket.SendAsync(octets, _weir).AsTask();
    }

    public void Dispose() => _socket.Dispose();

    private static void Write(
        Span<byte> record, (string Address, ushort Port) from, (string Address, ushort Port) to, uint uptime)
    {
        const byte SynAckPushFin = 0x1B;
        BinaryPrimitives.WriteUInt32BigEndian(record, IpKey.Parse(from.Address).V4);
        BinaryPrimitives.WriteUInt32BigEndian(record[4..], IpKey.Parse(to.Address).V4);
        BinaryPrimitives.WriteUInt32BigEndian(record[16..], 12);
        BinaryPrimitives.WriteUInt32BigEndian(record[20..], 2_400);
        BinaryPrimitives.WriteUInt32BigEndian(record[24..], uptime);
        BinaryPrimitives.WriteUInt32BigEndian(record[28..], uptime);
        BinaryPrimitives.WriteUInt16BigEndian(record[32..], from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(record[34..], to.Port);
        record[37] = SynAckPushFin;
        record[38] = 6;
    }
}
