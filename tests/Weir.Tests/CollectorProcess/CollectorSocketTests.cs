// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Composing;
using Weir.Contracts.Segments;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Hosting.Peers;

namespace Weir.Tests.CollectorProcess;

/// <summary>The process as it is on one machine: desk and store behind Unix sockets.</summary>
public sealed class CollectorSocketTests
{
    [Fact]
    public async Task Over_unix_sockets_events_segments_and_status_arrive()
    {
        await using var world = new CollectorWorld();
        using var sockets = new PeerFolders();
        await using var desk = Server(world, sockets, "desk", world.Desk.Routes());
        await using var store = Server(world, sockets, "store", world.Store.Routes());
        await desk.StartAsync(CancellationToken.None);
        await store.StartAsync(CancellationToken.None);
        using var toDesk = Client(world, sockets, "desk");
        using var toStore = Client(world, sockets, "store");

        var process = await world.StartAsync(options => options with { Desk = toDesk, Store = toStore });
        await world.SendAsync(process, 20);
        CollectorWorld.Raise(process, world.Flood(1), world.Flood(2));
        await world.UntilAsync(() => world.Desk.Journal.Count == 2, "events");
        await world.UntilAsync(() => world.Store.Rows(SegmentKind.Pairs) > 0, "segments");
        await world.UntilAsync(() => world.Desk.Status?.Flows.Attributed == 20, "status");
        using var stop = new CancellationTokenSource();
        var running = process.RunAsync(stop.Token);
        await stop.CancelAsync();
        Assert.Null(await running);
        Assert.Equal(20, await world.Store.FlowsAsync());
    }

    private static PeerServer Server(CollectorWorld world, PeerFolders sockets, string name, PeerRoutes routes) => new(
        sockets.Options() with { Name = name, Socket = Path.Combine(sockets.Folder, name) }, routes,
        TimeProvider.System, world.Counted.Meters, world.Logs);

    private static PeerClient Client(CollectorWorld world, PeerFolders sockets, string name) => new(
        sockets.Client() with
        {
            Name = name,
            Address = PeerAddress.TryParse($"unix:{sockets.Folder}/{name}", out var address, out var fault)
                ? address : throw new InvalidOperationException(fault),
        },
        TimeProvider.System, world.Counted.Meters, world.Logs);
}
