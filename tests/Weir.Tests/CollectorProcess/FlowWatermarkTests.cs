// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Running;
using Weir.Tests.Support;

namespace Weir.Tests.CollectorProcess;

public sealed class FlowWatermarkTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    public FlowWatermarkTests() => _clock.Advance(TimeSpan.FromDays(20_000));

    [Fact]
    public void While_flows_come_it_follows_the_newest_less_the_active_timeout()
    {
        var mark = new FlowWatermark(TimeSpan.FromMinutes(2), _clock);

        Assert.Equal(Now - 3_600_000 - 120_000, mark.Next(1, Now - 3_600_000));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(Now - 3_000_000 - 120_000, mark.Next(2, Now - 3_000_000));
    }

    [Fact]
    public void An_exporter_whose_clock_is_ahead_does_not_carry_it_beyond_ours()
    {
        var mark = new FlowWatermark(TimeSpan.FromMinutes(2), _clock);

        Assert.Equal(Now - 120_000, mark.Next(1, Now + 86_400_000));
    }

    [Fact]
    public void When_nothing_comes_for_an_active_timeout_our_clock_moves_it()
    {
        var mark = new FlowWatermark(TimeSpan.FromMinutes(2), _clock);
        var newest = Now - 3_600_000;
        _ = mark.Next(1, newest);

        _clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(newest - 120_000, mark.Next(1, newest));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Now - 120_000, mark.Next(1, newest));
    }

    [Fact]
    public void Before_the_first_flow_it_is_our_clock() =>
        Assert.Equal(Now - 1_000, new FlowWatermark(TimeSpan.FromSeconds(1), _clock).Next(0, long.MinValue));
}
