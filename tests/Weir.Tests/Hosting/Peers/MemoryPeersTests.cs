// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Time.Testing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;

namespace Weir.Tests.Hosting.Peers;

/// <summary>What the memory transport loses, repeats and delays.</summary>
public sealed class MemoryPeersTests : IDisposable
{
    private readonly Greeting _greeting = new();
    private readonly Counted _counted = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryPeers _peers;
    private readonly PeerClient _client;

    public MemoryPeersTests()
    {
        _peers = new MemoryPeers(_clock, _counted.Meters, new Logged());
        _peers.Start("desk", _greeting.Routes());
        _client = _peers.Client(new Peer("edge-1", PeerRoles.Collector), "desk");
    }

    public void Dispose()
    {
        _client.Dispose();
        _peers.Dispose();
        _counted.Dispose();
    }

    [Fact]
    public async Task A_lost_request_is_not_carried_out_and_a_lost_reply_is()
    {
        _peers.Fate = _ => MemoryFate.LoseRequest;
        Assert.Equal(PeerFault.Broken, (await Assert.ThrowsAsync<PeerDownException>(GreetAsync)).Fault);
        Assert.Equal(0, _greeting.Greeted);

        _peers.Fate = _ => MemoryFate.LoseReply;
        Assert.Equal(PeerFault.Broken, (await Assert.ThrowsAsync<PeerDownException>(GreetAsync)).Fault);
        Assert.Equal(1, _greeting.Greeted);
    }

    [Fact]
    public async Task A_duplicate_is_carried_out_twice_and_answered_once()
    {
        _peers.Fate = call => call is { From.Name: "edge-1", To: "desk", Method: "POST", Path: "greet" }
            ? MemoryFate.Duplicate : MemoryFate.LoseRequest;

        Assert.Equal("edge-1: a", (await GreetAsync()).Text);
        Assert.Equal(2, _greeting.Greeted);
    }

    [Fact]
    public async Task A_delay_is_the_clocks_and_a_silence_ends_with_the_callers_time()
    {
        _peers.Fate = _ => new MemoryFate { Delay = TimeSpan.FromSeconds(3), ReplyDelay = TimeSpan.FromSeconds(3) };
        var delayed = GreetAsync();
        _clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(0, _greeting.Greeted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, _greeting.Greeted);
        Assert.False(delayed.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("edge-1: a", (await delayed).Text);
        _peers.Fate = _ => MemoryFate.Silence;
        var silent = GreetAsync();
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(PeerFault.TimedOut, (await Assert.ThrowsAsync<PeerDownException>(() => silent)).Fault);
    }

    [Fact]
    public async Task A_process_that_was_stopped_or_never_started_is_not_there()
    {
        using var vault = _peers.Client(new Peer("desk", PeerRoles.Desk), "vault");
        Assert.Equal(PeerFault.NotThere,
            (await Assert.ThrowsAsync<PeerDownException>(() => vault.GetAsync(
            "health", GreetingContext.Default.Answer))).Fault);

        _peers.Stop("desk");
        var down = await Assert.ThrowsAsync<PeerDownException>(GreetAsync);
        Assert.Contains("desk is not at memory:desk", down.Message, StringComparison.Ordinal);
        _peers.Start("desk", _greeting.Routes());
        Assert.NotNull(await GreetAsync());
    }

    [Fact]
    public void A_list_of_routes_is_checked_when_it_is_written()
    {
        var routes = _greeting.Routes();
        Task<Ask> Echo(PeerCall call, Ask ask, CancellationToken cancel) => Task.FromResult(ask);
        var (strict, lenient) = (GreetingContext.Default.Ask, LenientContext.Default.Ask);

        Assert.Throws<ArgumentException>(() => routes.Post("greet", PeerRoles.Desk, strict, strict, Echo));
        Assert.Throws<ArgumentException>(() => routes.Post("/slash", PeerRoles.Desk, strict, strict, Echo));
        Assert.Throws<ArgumentException>(() => routes.Post("Upper", PeerRoles.Desk, strict, strict, Echo));
        Assert.Throws<ArgumentException>(() => routes.Post("", PeerRoles.Desk, strict, strict, Echo));
        Assert.Throws<ArgumentException>(() => routes.Post("echo", PeerRoles.Desk, lenient, strict, Echo));
        Assert.Throws<ArgumentException>(() => routes.Post("echo", PeerRoles.Desk, strict, lenient, Echo));
        Assert.Equal(9, routes.List().Count);
        Assert.Equal(("POST", "desk/only", PeerRoles.Desk), routes.List()[0]);
    }

    [Fact]
    public void A_set_of_roles_cannot_be_empty()
    {
        Assert.Empty(typeof(PeerRoles).GetConstructors());
        Assert.Equal(PeerRoles.Collector | PeerRoles.Desk, PeerRoles.Parse("desk+collector"));
        Assert.Equal("collector+desk", PeerRoles.Parse("desk, collector")!.Word);
        Assert.Null(PeerRoles.Parse(""));
        Assert.Null(PeerRoles.Parse("desk+"));
        Assert.Null(PeerRoles.Parse("Desk"));
        Assert.True(PeerRoles.Any.Overlaps(PeerRoles.Monitor));
    }

    [Theory]
    [InlineData("unix:/run/weir/desk.sock", "unix:/run/weir/desk.sock")]
    [InlineData("https://desk.example.net:8443", "https://desk.example.net:8443")]
    [InlineData("https://[2001:db8::1]:443/", "https://[2001:db8::1]:443")]
    [InlineData("unix:desk.sock", null)]
    [InlineData("unix:/run/weir/", null)]
    [InlineData("http://desk:80", null)]
    [InlineData("https://desk", null)]
    [InlineData("https://desk:0", null)]
    [InlineData("https://desk:8443/path", null)]
    [InlineData("https://user@desk:8443", null)]
    [InlineData("desk", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void An_address_is_one_of_two_forms(string? text, string? written)
    {
        var isAddress = PeerAddress.TryParse(text, out var address, out var fault);

        Assert.Equal(written is not null, isAddress);
        Assert.Equal(written, address?.ToString());
        Assert.Equal(written is null, fault is not null);
        Assert.False(PeerAddress.TryParse("unix:/" + new string('a', 107), out _, out _));
    }

    private Task<Answer> GreetAsync() => _client.PostAsync(
        "greet", new Ask("a", 1), GreetingContext.Default.Ask, GreetingContext.Default.Answer);
}
