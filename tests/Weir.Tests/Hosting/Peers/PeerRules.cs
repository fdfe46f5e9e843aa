// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Signing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Contracts.Signing;

namespace Weir.Tests.Hosting.Peers;

/// <summary>What a caller meets, whatever carries the call: run over a real socket and over the memory
/// transport.</summary>
public abstract class PeerRules
{
    private static GreetingContext Json => GreetingContext.Default;

    private protected Greeting Greeting { get; } = new();

    private protected Counted Counted { get; } = new();

    private protected Logged Logged { get; } = new();

    /// <summary>A client whose roles are the collector's.</summary>
    private protected abstract Task<PeerClient> ClientAsync(
        PeerRoutes routes, int schema = PeerSchema.Current, TimeSpan? timeout = null);

    private protected abstract Task StopServerAsync();

    [Fact]
    public async Task A_value_goes_out_and_a_value_comes_back()
    {
        using var client = await ClientAsync(Greeting.Routes());
        var signed = EnvelopeTests.KeyOf(1).Sign("event", 1, "exact"u8);

        var answer = await client.PostAsync("greet", new Ask("weir", 2, signed), Json.Ask, Json.Answer);

        Assert.EndsWith($": weir weir{signed}", answer.Text, StringComparison.Ordinal);
        Assert.True(client.State.Status.IsUp);
    }

    [Theory]
    [InlineData("greet2", "no-such-route", 404)]
    [InlineData("", "no-such-route", 404)]
    [InlineData("desk/only", "role-may-not", 403)]
    [InlineData("refuse", "case-closed", 410)]
    [InlineData("fail", "failed", 500)]
    public async Task Each_refusal_has_its_code_and_status(string path, string code, int status)
    {
        using var client = await ClientAsync(Greeting.Routes());

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            client.PostAsync(path, new Ask("a", 1), Json.Ask, Json.Answer));

        Assert.Equal((code, status), (refused.Code, refused.Status));
        Assert.DoesNotContain("a fault of ours", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, Greeting.Greeted);
        Assert.True(client.State.Status.IsUp);
        var route = code == "no-such-route" ? "unknown" : path;
        Assert.Equal(1, Counted[$"weir.peers.requests{{route={route},role=collector,code={code}}}"]);
        Assert.Equal(1, Counted[$"weir.peers.calls{{peer=desk,code={code}}}"]);
        Assert.Equal(path == "fail" ? 1 : 0, Logged.Of(13003).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"name":"a","times":1,"more":2}""")]
    [InlineData("""{"name":"a","times":1,"times":2}""")]
    [InlineData("""{"Name":"a","Times":1}""")]
    [InlineData("""{"name":null,"times":1}""")]
    [InlineData("""{"times":1}""")]
    [InlineData("""{"name":"a","times":1e9999}""")]
    [InlineData("""{"name":"\uD800","times":1}""")]
    [InlineData("""{"name":"a","times":1,"signed":{"type":"event"}}""")]
    [InlineData("{\"name\":\"\0\u0001\",\"times\":1}")]
    [InlineData("""{"name":"a","times":1,"many":[null]}""")]
    [InlineData("""{"name":"a","times":1,"many":[{"name":"b","times":1,"many":[{"name":"c","times":1},null]}]}""")]
    [InlineData("""{"name":"a","times":1,"many":[{"name":"b","times":1,"by":{"c":null}}]}""")]
    [InlineData("""{"name":"a","times":1,"atMs":9223372036854775807}""")]
    [InlineData("""{"name":"a","times":1,"atMs":-9223372036854775808}""")]
    [InlineData("""{"name":"a","times":1,"many":[{"name":"b","times":1,"epoch":4294967295}]}""")]
    [InlineData("""{"name":"a","times":1,"at":"9999-12-31T23:59:59Z"}""")]
    public async Task A_body_that_is_not_what_the_route_takes_is_malformed(string body)
    {
        using var client = await ClientAsync(Greeting.Routes());

        var refused = await RawAsync(client, "greet", Encoding.UTF8.GetBytes(body));

        Assert.Equal((PeerCodes.Malformed, 400), (refused.Code, refused.Status));
        Assert.Empty(Logged.Of(13003));
    }

    [Fact]
    public async Task A_body_of_any_octets_is_never_a_fault_of_ours()
    {
        using var client = await ClientAsync(Greeting.Routes());
        var random = new Random(7);
        var right =
            """{"name":"weir","times":1,"many":[{"name":"a","times":1,"by":{"b":"c"}}],"atMs":17}"""u8.ToArray();
        for (var i = 0; i < 600; i++)
        {
            var body = (byte[])right.Clone();
            for (var j = random.Next(1, 5); j > 0; j--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            try
            {
                await client.PostRawAsync("greet", new MemoryStream(body[..random.Next(body.Length + 1)]), Json.Answer);
            }
            catch (PeerRefusedException refused)
            {
                Assert.Equal(PeerCodes.Malformed, refused.Code);
            }
        }

        Assert.Empty(Logged.Of(13003));
    }

    [Fact]
    public async Task What_a_converter_throws_is_the_senders_fault()
    {
        using var client = await ClientAsync(Greeting.Routes());

        Assert.Equal(PeerCodes.Malformed, (await RawAsync(client, "picky", """{"word":"longer"}"""u8.ToArray())).Code);
        Assert.Equal("abc",
            (await client.PostRawAsync("picky", new MemoryStream("""{"word":"abc"}"""u8.ToArray()), Json.Answer)).Text);
    }

    [Fact]
    public async Task A_body_beyond_the_routes_limit_is_too_large_and_the_connection_lives_on()
    {
        using var client = await ClientAsync(Greeting.Routes());

        var json = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            client.PostAsync("greet", new Ask(new string('a', 1 << 20), 1), Json.Ask, Json.Answer));
        var unknownLength = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            client.PostRawAsync("greet", new Unseekable(new byte[1 << 20]), Json.Answer));
        var segment = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            client.PostRawAsync("segment", new Unseekable(new byte[(8 << 20) + 1]), Json.Taken));

        Assert.All([json, unknownLength, segment], refused =>
            Assert.Equal((PeerCodes.TooLarge, 413), (refused.Code, refused.Status)));
        Assert.NotNull(await client.PostAsync("greet", new Ask("still here", 1), Json.Ask, Json.Answer));
    }

    [Fact]
    public async Task A_body_of_exactly_the_limit_is_taken()
    {
        using var client = await ClientAsync(Greeting.Routes());
        var segment = new byte[8 << 20];
        new Random(1).NextBytes(segment);
        var ask = """{"name":"","times":1}""";
        var name = new string('a', 4_096 - ask.Length);

        var taken = await client.PostRawAsync("segment", new Unseekable(segment), Json.Taken);
        var answer = await client.PostRawAsync("greet", new Unseekable(Encoding.UTF8.GetBytes(ask.Insert(9, name))),
            Json.Answer);

        Assert.Equal(new Taken(8 << 20, Convert.ToHexStringLower(SHA256.HashData(segment))), taken);
        Assert.EndsWith(name, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_schema_is_refused_with_both_versions()
    {
        using var client = await ClientAsync(Greeting.Routes(schema: 4), schema: 5);

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            client.PostAsync("greet", new Ask("a", 1), Json.Ask, Json.Answer));

        Assert.Equal((PeerCodes.SchemaUnsupported, 400), (refused.Code, refused.Status));
        Assert.Contains("speaks schema 4, the caller schema 5", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_and_streams_come_through_and_no_news_is_null()
    {
        using var client = await ClientAsync(Greeting.Routes());

        Assert.Equal("after 7",
            (await client.GetAsync("news", Json.Answer, new Dictionary<string, string> { ["after"] = "7" }))!.Text);
        Assert.Null(await client.GetAsync("news", Json.Answer, new Dictionary<string, string> { ["after"] = "101" }));
        Assert.Equal(3_000_000, await client.GetRawAsync(
            "rows", CountAsync, new Dictionary<string, string> { ["count"] = "3000000" }));
        var refused = await Assert.ThrowsAsync<PeerRefusedException>(
            () => client.GetAsync("news", Json.Answer, new Dictionary<string, string> { ["after"] = "soon & then" }));
        Assert.Equal(PeerCodes.Malformed, refused.Code);
    }

    [Fact]
    public async Task A_waiting_request_ends_when_its_caller_gives_up()
    {
        using var client = await ClientAsync(Greeting.Routes());
        using var giveUp = new CancellationTokenSource();
        var waiting = client.GetAsync("news", Json.Answer, cancel: giveUp.Token);
        await Greeting.Waiting.Task;

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Greeting.GivenUp.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Null(client.State.Status.IsUp);
    }

    [Fact]
    public async Task A_waiting_request_is_refused_when_the_process_stops()
    {
        using var client = await ClientAsync(Greeting.Routes());
        var waiting = client.GetAsync("news", Json.Answer, limit: TimeSpan.FromMinutes(1));
        await Greeting.Waiting.Task;

        await StopServerAsync();

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() => waiting);
        Assert.Equal(PeerCodes.Stopping, refused.Code);
        Assert.True(refused.IsPassing);
        await Assert.ThrowsAsync<PeerDownException>(() => client.GetAsync(
            "news", Json.Answer)); // the old connection may break
        var down = await Assert.ThrowsAsync<PeerDownException>(() => client.GetAsync("news", Json.Answer));
        Assert.Equal(PeerFault.NotThere, down.Fault);
        Assert.False(client.State.Status.IsUp);
        Assert.Equal(down.Message, client.State.Status.LastFault);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_says_that_the_peer_is_down()
    {
        using var client = await ClientAsync(Greeting.Routes(), timeout: TimeSpan.FromMilliseconds(200));

        var down = await Assert.ThrowsAsync<PeerDownException>(() => client.GetAsync("news", Json.Answer));

        Assert.Equal(PeerFault.TimedOut, down.Fault);
        Assert.Contains("did not answer news within 0.2 s", down.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_says_that_the_peer_is_down()
    {
        using var client = await ClientAsync(Greeting.Routes());

        var down = await Assert.ThrowsAsync<PeerDownException>(() =>
            client.PostAsync("greet", new Ask("a", 1), Json.Ask, Json.Taken));

        Assert.Equal(PeerFault.BadAnswer, down.Fault);
        var nulls = await Assert.ThrowsAsync<PeerDownException>(() => client.GetAsync("nulls", Json.Ask));
        Assert.Equal(PeerFault.BadAnswer, nulls.Fault);
        Assert.Contains("member 'many' holds null", nulls.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_client_serves_many_threads()
    {
        using var client = await ClientAsync(Greeting.Routes());

        await Parallel.ForAsync(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, cancel) =>
        {
            var answer = await client.PostAsync("greet", new Ask($"n{i}", 1), Json.Ask, Json.Answer, cancel: cancel);
            Assert.EndsWith($": n{i}", answer.Text, StringComparison.Ordinal);
        });

        Assert.Equal(500, Greeting.Greeted);
        Assert.Equal(500, Counted["weir.peers.requests{route=greet,role=collector,code=ok}"]);
    }

    private static async Task<PeerRefusedException> RawAsync(PeerClient client, string path, byte[] body) =>
        await Assert.ThrowsAsync<PeerRefusedException>(() => client.PostRawAsync(
            path, new MemoryStream(body), Json.Answer));

    private static async Task<long> CountAsync(Stream rows, CancellationToken cancel)
    {
        var buffer = new byte[64 << 10];
        long octets = 0;
        int read;
        while ((read = await rows.ReadAsync(buffer, cancel)) > 0)
        {
            octets += read;
        }

        return octets;
    }

    /// <summary>A stream whose length nobody knows beforehand.</summary>
    private sealed class Unseekable(byte[] octets) : MemoryStream(octets)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();
    }
}

/// <summary>The rules without a socket.</summary>
public sealed class MemoryPeerRulesTests : PeerRules, IDisposable
{
    private MemoryPeers? _peers;

    public void Dispose()
    {
        _peers?.Dispose();
        Counted.Dispose();
    }

    private protected override Task<PeerClient> ClientAsync(PeerRoutes routes, int schema, TimeSpan? timeout)
    {
        _peers = new MemoryPeers(TimeProvider.System, Counted.Meters, Logged);
        _peers.Start("desk", routes);
        return Task.FromResult(_peers.Client(new Peer("edge-1", PeerRoles.Collector), "desk", timeout, schema));
    }

    private protected override Task StopServerAsync()
    {
        _peers!.Stop("desk");
        return Task.CompletedTask;
    }
}

/// <summary>The rules over a real Unix socket.</summary>
public sealed class SocketPeerRulesTests : PeerRules, IAsyncDisposable
{
    private readonly PeerFolders _place = new();
    private PeerServer? _server;

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        _place.Dispose();
        Counted.Dispose();
    }

    private protected override async Task<PeerClient> ClientAsync(PeerRoutes routes, int schema, TimeSpan? timeout)
    {
        _server = new PeerServer(_place.Options(), routes, TimeProvider.System, Counted.Meters, Logged);
        await _server.StartAsync(default);
        return new PeerClient(_place.Client() with { Schema = schema, Timeout = timeout ?? TimeSpan.FromSeconds(30) },
            TimeProvider.System, Counted.Meters, Logged);
    }

    private protected override Task StopServerAsync() => _server?.StopAsync(default) ?? Task.CompletedTask;
}
