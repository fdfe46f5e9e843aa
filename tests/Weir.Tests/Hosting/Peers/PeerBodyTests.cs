// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Peers;

/// <summary>What bodies of requests cost in memory (rules.md R25): what came of them, of one peer a share.</summary>
public sealed class PeerBodyTests : IDisposable
{
    private const int Large = 60 << 20;

    private readonly Counted _counted = new();
    private readonly Logged _logged = new();

    public void Dispose() => _counted.Dispose();

    [Fact]
    public async Task What_is_announced_takes_no_room_before_it_comes()
    {
        var room = new BodyRoom();
        using var held = room.Of("edge-1");

        var body = await PeerBody.ReadAsync(Request("edge-1", 1) with { Length = 32 << 20 }, 32 << 20, held, default);

        Assert.Equal(1, body.Length);
        Assert.True(MemoryMarshal.TryGetArray(body, out var octets));
        Assert.True(octets.Array!.Length <= 16 << 10, $"{octets.Array.Length} octets for one");
        Assert.Equal(octets.Array.Length, room.Held);
    }

    [Fact]
    public async Task A_body_that_comes_whole_is_whole_and_its_room_is_free_after_it()
    {
        var room = new BodyRoom();
        using (var held = room.Of("edge-1"))
        {
            var body = await PeerBody.ReadAsync(Request("edge-1", 5_000_000), 5_000_000, held, default);
            Assert.Equal(5_000_000, body.Length);
            Assert.True(body.Span.IndexOfAnyExcept((byte)7) < 0);
            Assert.InRange(room.Held, 5_000_000, 5_000_001);
        }

        Assert.Equal(0, room.Held);
    }

    [Fact]
    public async Task One_peer_holds_its_share_and_is_refused_by_name_while_others_are_answered()
    {
        var (entered, leave) = (new SemaphoreSlim(0), new TaskCompletionSource());
        var routes = new PeerRoutes().PostRaw(
            "list", PeerRoles.Collector, GreetingContext.Default.Taken, async (_, body, cancel) =>
            {
                var octets = await ReadAsync(body, cancel);
                entered.Release();
                await leave.Task;
                return new Taken(octets, "");
            }, 64 << 20, isHeld: true);
        using var refusals = new RefusalReport("desk", TimeProvider.System, _logged);
        var desk = new PeerDispatcher(
            "desk", routes, new PeerServerMetrics(_counted.Meters, () => 0), refusals, TimeProvider.System, _logged,
            default);

        // Whoever is let in stays until he may leave, so it is asked who came, and nobody is waited for who does not.
        var (first, one) = (desk.AnswerAsync(Request("edge-1", Large), default), entered.WaitAsync());
        Assert.Same(one, await Task.WhenAny(first, one));
        var (second, another) = (desk.AnswerAsync(Request("edge-1", Large), default), entered.WaitAsync());
        Assert.Same(second, await Task.WhenAny(second, another));
        var others = desk.AnswerAsync(Request("edge-2", Large), default);
        Assert.Same(another, await Task.WhenAny(others, another));

        Assert.Equal((503, PeerCodes.Busy), ((await second).Status, (await second).Code));
        Assert.Equal(1, _counted["weir.peers.requests{route=list,role=collector,code=busy}"]);
        leave.SetResult();
        Assert.Equal((200, 200), ((await first).Status, (await others).Status));
        Assert.Equal(200, (await desk.AnswerAsync(Request("edge-1", Large), default)).Status);
    }

    [Fact]
    public void All_peers_together_have_an_end_too()
    {
        var room = new BodyRoom(total: 10, perPeer: 6);
        using var a = room.Of("a");
        using var b = room.Of("b");
        a.Take(6);
        b.Take(4);

        var refused = Assert.Throws<PeerRefusalException>(() => b.Take(1));
        Assert.Contains("all peers", refused.Message, StringComparison.Ordinal);
        a.Dispose();
        b.Take(2);
        Assert.Equal(6, room.Held);
    }

    private static PeerRequest Request(string peer, int octets) =>
        new("POST", "list", new Peer(peer, PeerRoles.Collector), new Sevens(octets));

    private static async Task<long> ReadAsync(Stream body, CancellationToken cancel)
    {
        var part = new byte[64 << 10];
        long octets = 0;
        int read;
        while ((read = await body.ReadAsync(part, cancel)) > 0)
        {
            octets += read;
        }

        return octets;
    }

    /// <summary>So many octets, each 7.</summary>
    private sealed class Sevens(int left) : MemoryStream
    {
        private int _left = left;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Math.Min(buffer.Length, _left);
            buffer.Span[..read].Fill(7);
            _left -= read;
            return ValueTask.FromResult(read);
        }
    }
}
