// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Segments;
using Weir.Hosting.Peers.Memory;

namespace Weir.Tests.CollectorProcess;

/// <summary>From datagrams on a socket to segments at the store, each once.</summary>
public sealed class CollectorSegmentsTests
{
    [Fact]
    public async Task Flows_that_come_by_udp_are_at_the_store_once()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await world.SendAsync(process, 20);
        }

        await world.UntilAsync(() => world.Desk.Status?.Flows.Attributed == 400, "400 flows attributed");
        await world.PassAsync(TimeSpan.FromSeconds(15));
        await world.UntilAsync(() => world.Store.Rows(SegmentKind.Pairs) > 0, "pairs at the store");
        await process.StopAsync(CancellationToken.None);

        Assert.Equal(400, await world.Store.FlowsAsync());
        Assert.Equal((0, 0), (world.Store.Doubled, world.Store.Again));
        Assert.Empty(Directory.GetFiles(Path.Combine(world.Folder, "spool", "ready")));
        Assert.Equal(["127.0.0.1"], world.Desk.Status!.Exporters.Select(one => one.Exporter));
    }

    [Fact]
    public async Task A_store_that_is_away_for_an_hour_and_loses_answers_costs_nothing_and_doubles_nothing()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        var (sent, turn) = (0, 0);
        world.Peers.Stop("store");
        for (var minute = 0; minute < 60; minute++)
        {
            await world.SendAsync(process, 10);
            sent += 10;
            await world.PassAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
        }

        Assert.Empty(world.Store.Held);
        world.Peers.Fate = call => call.To == "store" && turn++ % 3 == 0 ? MemoryFate.LoseReply : MemoryFate.Deliver;
        world.Peers.Start("store", world.Store.Routes());
        await world.UntilAsync(
            () => Directory.GetFiles(Path.Combine(world.Folder, "spool", "ready")).Length == 0, "the spool is empty",
            TimeSpan.FromSeconds(1));
        await process.StopAsync(CancellationToken.None);

        Assert.Equal(sent, await world.Store.FlowsAsync());
        Assert.Equal(0, world.Store.Doubled);
        Assert.True(world.Store.Again > 0);
    }

    [Fact]
    public async Task After_a_restart_every_segment_of_before_is_in_doubt()
    {
        await using var world = new CollectorWorld();
        world.Peers.Fate = call => call.To == "store" ? MemoryFate.LoseReply : MemoryFate.Deliver;
        var first = await world.StartAsync();
        await world.SendAsync(first, 10);
        await world.UntilAsync(() => world.Store.Rows(SegmentKind.Pairs) > 0, "a segment came");
        await first.DisposeAsync();
        world.Peers.Fate = _ => MemoryFate.Deliver;

        var second = await world.StartAsync();
        await world.UntilAsync(
            () => Directory.GetFiles(Path.Combine(world.Folder, "spool", "ready")).Length == 0, "the spool is empty");
        await second.StopAsync(CancellationToken.None);
        Assert.Equal(0, world.Store.Doubled);
        Assert.Equal(10, await world.Store.FlowsAsync());
    }

    [Fact]
    public async Task A_segment_that_the_store_refuses_for_good_is_set_aside_and_said()
    {
        await using var world = new CollectorWorld();
        world.Store.Refuses = "damaged-segment";
        var process = await world.StartAsync();
        await world.SendAsync(process, 10);
        await world.UntilAsync(
            () => Directory.GetFiles(Path.Combine(world.Folder, "spool", "bad")).Length > 0, "a segment set aside");
        await process.StopAsync(CancellationToken.None);

        Assert.NotEmpty(world.Logs.Of(1212));
        Assert.True(world.Counted["weir.spool.segments_set_aside"] > 0);
        Assert.Contains("spool/bad", world.Health.Read().ToJson(), StringComparison.Ordinal);
    }
}
