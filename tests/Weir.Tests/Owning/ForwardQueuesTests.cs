// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Weir.Collector.Owning;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Hosting.Configuration;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Tests.Owning;

/// <summary>What waits for several owners: one memory for all of them, and of each subject what was lost of its own.
/// </summary>
public sealed class ForwardQueuesTests
{
    private const long Start = 1_767_571_200_000;

    private static readonly OwnersOptions Three = new()
    {
        Collectors =
        [
            new() { Name = "edge-1", Networks = [Prefix.Parse("10.0.0.0/10")] },
            new() { Name = "edge-2", Networks = [Prefix.Parse("10.64.0.0/10")] },
            new() { Name = "edge-3", Networks = [Prefix.Parse("10.128.0.0/9")] },
        ],
        Buffer = ByteSize.MiB(64),
    };

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(Start + 60_000));

    [Fact]
    public void All_owners_share_the_memory_that_the_section_gives()
    {
        var queues = Made(Three);
        Assert.Equal(["edge-2", "edge-3"], queues.Others.Select(queue => queue.Owner));
        Assert.InRange(
            queues.Others.Sum(queue => queue.Most) * Unsafe.SizeOf<Flow>(), (64 << 20) - 1_024, 64 << 20);
    }

    [Fact]
    public void What_was_lost_on_its_way_to_one_owner_is_told_of_its_subjects_and_of_lines_by_number()
    {
        var queues = Made(Three);
        Lose(queues, "edge-2", Start);
        Lose(queues, "edge-3", Start + 5_000);

        Assert.Equal(long.MinValue, queues.LostBeforeMs(IpKey.Parse("10.1.2.3")));
        Assert.Equal(Start + 1, queues.LostBeforeMs(IpKey.Parse("10.65.2.3")));
        Assert.Equal(Start + 5_001, queues.LostBeforeMs(IpKey.Parse("10.200.2.3")));
        Assert.Equal(Start + 5_001, queues.LostBeforeMs(SubscriberLineId.From(new byte[SubscriberLineId.OwnOctets])));
    }

    /// <summary>Whose network it was before the hour and whose it is from then on both count.</summary>
    [Fact]
    public void A_subject_whose_network_changes_hands_is_told_of_what_either_owner_lacks()
    {
        var queues = Made(Three with
        {
            Next =
            [
                new() { Name = "edge-1", Networks = [Prefix.Parse("10.64.0.0/10"), Prefix.Parse("10.128.0.0/9")] },
                new() { Name = "edge-2", Networks = [Prefix.Parse("10.0.0.0/10")] },
            ],
            NextFrom = "2026-12-01T06:00Z",
        });
        Lose(queues, "edge-2", Start);
        Assert.Equal(Start + 1, queues.LostBeforeMs(IpKey.Parse("10.1.2.3")));
        Assert.Equal(Start + 1, queues.LostBeforeMs(IpKey.Parse("10.65.2.3")));
        Assert.Equal(long.MinValue, queues.LostBeforeMs(IpKey.Parse("10.200.2.3")));
    }

    /// <summary>Before the hour a network's flows go to one owner and from then on to another.</summary>
    [Fact]
    public void A_lane_gives_flows_to_who_owns_their_network_at_their_start()
    {
        var edge = new DateTimeOffset(2026, 12, 1, 6, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var queues = Made(Three with
        {
            Next =
            [
                new() { Name = "edge-1", Networks = [Prefix.Parse("10.0.0.0/9")] },
                new() { Name = "edge-2", Networks = [Prefix.Parse("10.128.0.0/9")] },
            ],
            NextFrom = "2026-12-01T06:00Z",
        });
        var lane = new LaneForwarder(queues);
        var line = IpKey.Parse("10.200.2.3");
        Assert.True(lane.TryAdd(One(edge - 1), line));
        Assert.True(lane.TryAdd(One(edge), line));
        Assert.True(lane.TryAdd(One(edge - 1), IpKey.Parse("10.65.2.3")));
        Assert.False(lane.TryAdd(One(edge), IpKey.Parse("10.65.2.3")));
        lane.Flush();

        Assert.Equal([("edge-2", 2L), ("edge-3", 1L)], queues.Others.Select(queue => (queue.Owner, queue.Handed)));
        var second = queues.Others.First();
        Assert.Equal([0, 1], ((int[])[second.Take()!.Map, second.Take()!.Map]).Order());
    }

    private ForwardQueues Made(OwnersOptions options) => new(
        new(options, new AttributingOptions { Networks = [new() { Prefix = Prefix.Parse("10.0.0.0/8") }] }, "edge-1"),
        options, _clock);

    private static void Lose(ForwardQueues queues, string owner, long startMs)
    {
        var queue = queues.Others.Single(one => one.Owner == owner);
        queue.Add([One(startMs)], 0);
        Assert.Equal(1, queue.LoseAll(ForwardLoss.Stopped));
    }

    private static Flow One(long startMs) => new()
    {
        Subject = IpKey.FromV4(7), StartMs = startMs, EndMs = startMs, SamplingInterval = 1,
        Place = FlowAttribution.Attributed,
    };
}
