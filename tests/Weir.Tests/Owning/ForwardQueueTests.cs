// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Time.Testing;
using Weir.Collector.Owning;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Tests.Owning;

/// <summary>What waits for an owner: bounded in number and time, the oldest lost first, and every flow counted once.
/// </summary>
public sealed class ForwardQueueTests
{
    private const int Block = ForwardBlock.MaxFlows;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(6);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 30, TimeSpan.Zero));

    [Fact]
    public void What_is_put_in_comes_out_in_its_order_and_is_acknowledged()
    {
        var queue = Made(10 * Block);
        queue.Add(Flows(Block + 10), 0);
        queue.Add(Flows(5, exporter: 2), 1);

        var first = queue.Take()!;
        Assert.Equal((Block, 0), (first.Count, first.Map));
        queue.Acknowledge();
        var second = queue.Take()!;
        Assert.Equal((10, 0), (second.Count, second.Map));
        queue.Acknowledge();
        Assert.Equal((5, 1), (queue.Take()!.Count, 1));
        queue.Acknowledge();
        Assert.Null(queue.Take());
        Assert.Equal((Block + 15, Block + 15, 0), (queue.Handed, queue.Acknowledged, queue.Waiting));
        Assert.Empty(queue.TakeLosses());
        AddsUp(queue);
    }

    [Fact]
    public void Beyond_its_memory_the_oldest_are_lost_but_for_what_is_under_way()
    {
        var queue = Made(3 * Block);
        queue.Add(Flows(Block, exporter: 1), 0);
        Assert.Equal(Block, queue.Take()!.Count);
        queue.Add(Flows(Block, exporter: 2), 0);
        queue.Add(Flows(Block, exporter: 3), 0);
        Assert.Equal(0, queue.LostBy(ForwardLoss.NoRoom));
        queue.Add(Flows(Block, exporter: 4), 0);

        Assert.Equal((Block, 3 * Block), (queue.LostBy(ForwardLoss.NoRoom), queue.Waiting));
        Assert.Equal(new(Minute(_clock), 2, Block), Assert.Single(queue.TakeLosses()));
        Assert.Empty(queue.TakeLosses());
        queue.Acknowledge();
        Assert.Equal(3, queue.Take()!.Flows[0].Exporter);
        AddsUp(queue);
    }

    [Fact]
    public void What_waited_for_as_long_as_flows_may_is_lost_in_the_minute_in_which_it_was_heard()
    {
        var queue = Made(10 * Block);
        var minute = Minute(_clock);
        queue.Add(Flows(7, exporter: 1), 0);
        _clock.Advance(Longest - TimeSpan.FromSeconds(1));
        queue.Add(Flows(2, exporter: 9), 1);
        Assert.Equal(7, queue.Take()!.Count);
        Assert.False(queue.Expire());
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(queue.Expire());
        Assert.Equal((7, 2), (queue.LostBy(ForwardLoss.TooOld), queue.Waiting));
        Assert.Equal(new(minute, 1, 7), Assert.Single(queue.TakeLosses()));
        Assert.Equal(2, queue.Take()!.Count);
        AddsUp(queue);
    }

    /// <summary>Full blocks and those that are being filled, though nobody asks for either.</summary>
    [Fact]
    public void What_nobody_took_in_its_time_is_lost_too()
    {
        var queue = Made(10 * Block);
        queue.Add(Flows(Block + 7), 0);
        _clock.Advance(Longest);
        queue.Add(Flows(2), 1);

        Assert.Equal((Block + 7, 2), (queue.LostBy(ForwardLoss.TooOld), queue.Waiting));
        Assert.False(queue.Expire());
        Assert.Equal(2, queue.Take()!.Count);
        AddsUp(queue);
    }

    [Fact]
    public void From_when_on_all_flows_reached_their_owner_follows_the_latest_that_did_not()
    {
        var queue = Made(10 * Block);
        Assert.Equal(long.MinValue, queue.LostBeforeMs);
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        queue.Add(Flows(1, startMs: now - 60_000), 0);
        _ = queue.Take();
        queue.Lose(ForwardLoss.InDoubt);
        Assert.Equal(now - 60_000 + 1, queue.LostBeforeMs);

        queue.Add(Flows(1, startMs: now + 600_000), 0);
        Assert.Equal(1, queue.LoseAll(ForwardLoss.Stopped));
        Assert.Equal(now + 1, queue.LostBeforeMs);
        Assert.Equal((1, 1), (queue.LostBy(ForwardLoss.InDoubt), queue.LostBy(ForwardLoss.Stopped)));
        AddsUp(queue);
    }

    [Fact]
    public void Many_lanes_and_one_sender_lose_and_double_nothing_that_is_not_counted()
    {
        const int Lanes = 4;
        const int Each = 3_000;
        var queue = Made(3 * Block);
        using var done = new CountdownEvent(Lanes);
        var lanes = Enumerable.Range(1, Lanes).Select(lane => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                queue.Add(Flows(1 + (i % 9), exporter: (ushort)lane), i % 2);
            }

            done.Signal();
        })).ToList();
        lanes.ForEach(lane => lane.Start());
        var (sent, turn) = (0L, 0);
        while (!done.IsSet || queue.Waiting > 0)
        {
            if (queue.Take() is not { } block)
            {
                continue;
            }

            if (turn++ % 3 == 0)
            {
                queue.Lose(ForwardLoss.Refused);
            }
            else
            {
                sent += block.Count;
                queue.Acknowledge();
            }
        }

        lanes.ForEach(lane => lane.Join());
        Assert.Equal(Lanes * Enumerable.Range(0, Each).Sum(i => 1 + (i % 9)), queue.Handed);
        Assert.Equal(sent, queue.Acknowledged);
        AddsUp(queue);
    }

    private ForwardQueue Made(long most) => new("edge-2", 2, most, Longest, _clock);

    private static uint Minute(TimeProvider clock) => (uint)(clock.GetUtcNow().ToUnixTimeSeconds() / 60 * 60);

    private Flow[] Flows(int count, ushort exporter = 1, long? startMs = null)
    {
        var start = startMs ?? _clock.GetUtcNow().ToUnixTimeMilliseconds() - 1_000;
        return [.. Enumerable.Range(0, count).Select(i => new Flow
        {
            Subject = IpKey.FromV4((uint)i), Exporter = exporter, StartMs = start, EndMs = start,
            SamplingInterval = 1, Place = FlowAttribution.Attributed,
        })];
    }

    private static void AddsUp(ForwardQueue queue)
    {
        var lost = Enum.GetValues<ForwardLoss>().Sum(queue.LostBy);
        Assert.Equal(queue.Handed, queue.Acknowledged + lost + queue.Waiting);
    }
}
