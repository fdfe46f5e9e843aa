// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Hosting.Health;
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

    /// <summary>A person mends it by listing the key: until then the events wait, and health says what to do.</summary>
    [Theory]
    [InlineData("unknown-key")]
    [InlineData("wrong-role")]
    public async Task Events_of_a_key_that_the_desk_does_not_list_wait_until_it_does(string code)
    {
        await using var world = new CollectorWorld();
        world.Desk.WhyNot = _ => code;
        var process = await world.StartAsync();
        CollectorWorld.Raise(process, world.Flood(1), world.Flood(2, "10.0.0.8"), world.Flood(3, "10.0.0.9"));
        var line = $"add `collector collector {world.Key.Public}` to processes.public-keys";
        await world.UntilAsync(() => Events(world).Health.Reason.Contains(line, StringComparison.Ordinal), "health");
        Assert.Equal(3, CollectorWorld.Outbox(process).Waiting);
        Assert.Equal(HealthState.Degraded, Events(world).Health.State);

        // A stop and a start change nothing.
        await process.DisposeAsync();
        var again = await world.StartAsync();
        Assert.Equal(3, CollectorWorld.Outbox(again).Waiting);
        world.Desk.WhyNot = _ => null;
        await world.UntilAsync(() => world.Desk.Journal.Count == 3, "all events", TimeSpan.FromSeconds(1));
        Assert.Equal([1UL, 2UL, 3UL], world.Desk.Journal.Select(one => one.Number));
        await world.UntilAsync(() => Events(world).Health.State == HealthState.Ok, "health is well");
    }

    [Fact]
    public async Task An_event_that_the_desk_does_not_believe_is_set_aside_and_the_others_go_on()
    {
        await using var world = new CollectorWorld();
        world.Desk.WhyNot = one =>
            EventDocument.TryRead(one, out var quality) && quality.Number == 2 ? "bad-signature" : null;
        var process = await world.StartAsync();
        CollectorWorld.Raise(process, world.Flood(1), world.Flood(2, "10.0.0.8"), world.Flood(3, "10.0.0.9"));
        await world.UntilAsync(() => CollectorWorld.Outbox(process).SetAside == 1, "set aside");
        await world.UntilAsync(() => world.Desk.Journal.Count == 2, "the others");

        Assert.Equal([1UL, 3UL], world.Desk.Journal.Select(one => one.Number));
        Assert.True(new FileInfo(Path.Combine(world.Folder, "events", "refused")).Length > 0);
        Assert.Contains("1 that the desk does not take lie in", Events(world).Health.Reason, StringComparison.Ordinal);
        Assert.Equal(1, world.Counted["weir.events.refused{reason=bad-signature}"]);
    }

    private static ComponentHealthEntry Events(CollectorWorld world) =>
        world.Health.Read().Parts.Single(part => part.Part == "events");

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
