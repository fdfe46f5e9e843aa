// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Hosting.Outboxes;
using Weir.Hosting.Peers.Memory;

namespace Weir.Tests.CollectorProcess;

/// <summary>Events: signed here, in order, at least once, whatever becomes of either side.</summary>
public sealed class CollectorEventsTests
{
    [Fact]
    public async Task A_flood_on_the_wire_is_a_signed_event_at_the_desk()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        await world.SendAsync(process, 1, 3_600_000, startMs: world.NowMs - 55_000, endMs: world.NowMs - 10_000);
        await world.UntilAsync(() => world.Desk.Journal.Count > 0, "an event", TimeSpan.FromSeconds(1));
        await world.UntilAsync(
            () => world.Desk.Journal[^1].Phase == EventPhase.Closed, "its end", TimeSpan.FromSeconds(2));

        Assert.Equal([EventPhase.Opened, EventPhase.Closed], world.Desk.Journal.Select(one => one.Phase));
        Assert.All(world.Desk.Journal, one => Assert.Equal(RuleId.FloodOut, one.Rule));
        Assert.All(world.Desk.Envelopes, one => Assert.True(world.Ring.Verify(one).IsBelieved));
    }

    [Fact]
    public async Task A_great_flood_is_at_the_desk_before_a_bin_of_it_is_judged()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        var sent = world.NowMs;
        await world.SendAsync(process, 1, 10_000_000, startMs: sent - 5_000, endMs: sent - 1_000);
        await world.UntilAsync(() => world.Desk.Journal.Count > 0, "an event", TimeSpan.FromMilliseconds(1));

        Assert.InRange(world.NowMs - sent, 0, 3_000);
        var opened = Assert.Single(world.Desk.Journal);
        Assert.Equal((RuleId.FloodOut, EventPhase.Opened, 3), (opened.Rule, opened.Phase, opened.WindowSeconds));
        Assert.Equal(200_000, opened.Threshold);
    }

    [Fact]
    public async Task Events_come_in_order_and_none_is_missing_though_the_collector_dies_and_answers_are_lost()
    {
        await using var world = new CollectorWorld();
        var random = new Random(5);
        world.Peers.Fate = call => call.To == "desk" && call.Path.EndsWith("events", StringComparison.Ordinal)
            ? random.Next(3) switch { 0 => MemoryFate.LoseRequest, 1 => MemoryFate.LoseReply, _ => MemoryFate.Deliver }
            : MemoryFate.Deliver;
        var number = 0UL;
        for (var life = 0; life < 3; life++)
        {
            var process = await world.StartAsync();
            for (var i = 0; i < 200; i++)
            {
                CollectorWorld.Raise(process, world.Flood(++number, $"10.0.{number / 250}.{number % 250}"));
            }

            await world.UntilAsync(() => world.Counted["weir.events.signed"] >= 200, "signed");
            await process.DisposeAsync();
        }

        world.Peers.Fate = _ => MemoryFate.Deliver;
        var last = await world.StartAsync();
        await world.UntilAsync(() => CollectorWorld.Outbox(last).Waiting == 0, "delivered");

        Assert.Equal(Enumerable.Range(1, 600).Select(i => (ulong)i), world.Desk.Journal.Select(one => one.Number));
        Assert.True(world.Desk.Again > 0);
    }

    [Fact]
    public async Task A_full_outbox_stops_the_intake_aloud_and_loses_nothing()
    {
        await using var world = new CollectorWorld();
        world.Peers.Stop("desk");
        var process = await world.StartAsync(options => options with
        {
            Events = options.Events with { Outbox = Small },
        });
        var raised = Task.Run(() =>
        {
            for (var number = 1UL; number <= 500; number++)
            {
                CollectorWorld.Raise(process, world.Flood(number, $"10.0.{number / 250}.{number % 250}"));
            }
        });
        await world.UntilAsync(() => world.Logs.Of(1221).Count > 0, "the intake stands still");
        Assert.Contains("full", world.Logs.Of(1221)[0], StringComparison.Ordinal);
        Assert.Contains("stopped: the outbox of events", world.Health.Read().ToJson(), StringComparison.Ordinal);
        Assert.False(world.Health.Read().IsReady);

        world.Desk.Give(1, []);
        world.Peers.Start("desk", world.Desk.Routes());
        await world.UntilAsync(() => world.Desk.Journal.Count == 500, "all events", TimeSpan.FromSeconds(1));
        await raised;
        await world.UntilAsync(() => world.Health.Read().IsReady, "the intake goes on");
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (ulong)i), world.Desk.Journal.Select(one => one.Number));
        Assert.NotEmpty(world.Desk.Status!.Name);
    }

    [Fact]
    public async Task A_stop_with_a_full_outbox_is_bounded_and_says_what_is_lost()
    {
        await using var world = new CollectorWorld();
        world.Peers.Stop("desk");
        var process = await world.StartAsync(options => options with
        {
            Events = options.Events with { QueuedEvents = 16, Outbox = Small, StopPatience = TimeSpan.FromSeconds(1) },
        });
        var raised = Task.Run(() =>
        {
            for (var number = 1UL; number <= 500; number++)
            {
                CollectorWorld.Raise(process, world.Flood(number));
            }
        });
        await world.UntilAsync(() => world.Logs.Of(1221).Count > 0, "the intake stands still");
        await process.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        await raised.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.NotEmpty(world.Logs.Of(1223));
        Assert.Equal(500, world.Counted["weir.events.signed"] + world.Counted["weir.events.lost"]);
    }

    private static OutboxOptions Small => new()
    {
        Name = "events", MaxOctets = 64 << 10, SegmentOctets = 8 << 10, MaxItemOctets = 8 << 10,
        MaxPendingOctets = 64 << 10, BatchOctets = 16 << 10,
    };
}
