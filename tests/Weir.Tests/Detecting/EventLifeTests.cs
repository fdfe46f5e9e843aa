// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Tests.Support;
using Weir.Wire;
using static Weir.Tests.Detecting.DetectorHarness;

namespace Weir.Tests.Detecting;

/// <summary>An event opens, grows, closes once; flow time decides when.</summary>
public sealed class EventLifeTests
{
    private static Flow Flood(double from, double until, string victim = "203.0.113.9") =>
        Out(from, until, 50_000 * (until - from), remote: IpKey.Parse(victim));

    [Fact]
    public void Nothing_is_judged_before_the_exporters_may_have_told_all_of_it()
    {
        using var watched = new DetectorHarness();
        watched.Add(Flood(0, 40));
        watched.Until(149);
        Assert.Empty(watched.Told);

        watched.Until(150);
        Assert.Equal(EventPhase.Opened, Assert.Single(watched.Told).Phase);
    }

    [Fact]
    public void A_flood_that_pauses_is_one_event_and_closes_once()
    {
        using var watched = new DetectorHarness();
        for (var i = 0; i < 8; i++)
        {
            watched.Add(Flood(i * 90, (i * 90) + 30));
        }

        watched.Until(1_200);
        Assert.Equal(1, watched.Told.Count(e => e.Phase == EventPhase.Opened));
        Assert.Equal(EventPhase.Closed, watched.Told[^1].Phase);
        Assert.Equal(1, watched.Told.Count(e => e.Phase == EventPhase.Closed));
        Assert.True(watched.Told.Count(e => e.Phase == EventPhase.Grown) >= 5);
        Assert.Equal(Start + (((7 * 90) + 30) * 1_000), watched.Told[^1].UntilMs);
        Assert.Single(watched.Told.Select(e => e.Number).Distinct());
    }

    [Fact]
    public void After_the_hold_down_it_is_another_event()
    {
        using var watched = new DetectorHarness();
        watched.Add(Flood(0, 40), Flood(400, 440));
        Assert.Equal(2, watched.Finish().Count);
    }

    [Fact]
    public void A_flood_that_turns_to_another_victim_is_another_event_and_the_first_is_not_widened()
    {
        using var watched = new DetectorHarness();
        watched.Add(Flood(0, 60));
        watched.Until(200);
        watched.Add(Flood(200, 330, "203.0.113.77"));
        var told = watched.Finish();

        Assert.Equal("out udp rport=7703 raddr=203.0.113.9", told[0].Class!.ToString());
        Assert.Contains("203.0.113.77", told[1].Class!.ToString(), StringComparison.Ordinal);
        Assert.All(watched.Told.Where(e => e.Number == told[0].Number), e => Assert.Equal(told[0].Class, e.Class));
    }

    [Fact]
    public void Detail_goes_when_its_subject_has_been_quiet_for_two_minutes()
    {
        using var watched = new DetectorHarness();
        watched.Add(Out(0, 40, 12_000 * 40));
        Assert.Equal(1, watched.Detector.Counts.Details);
        watched.Until(240);
        Assert.Equal(1, watched.Detector.Counts.Details);
        watched.Until(500);
        Assert.Equal(0, watched.Detector.Counts.Details);
    }

    [Fact]
    public void A_late_flow_is_a_counted_loss_and_a_clock_that_steps_back_is_followed()
    {
        using var watched = new DetectorHarness();
        watched.Until(7_200);
        watched.Add(Flood(0, 40));
        Assert.Equal(1, watched.Detector.Counts.Late);

        for (var i = 0; i < 200; i++)
        {
            watched.Until(i);
        }

        watched.Add(Flood(200, 240));
        Assert.Single(watched.Finish());
        var counts = watched.Detector.Counts;
        Assert.InRange(counts.Late, 1, 70);
        Assert.Equal(counts.Seen, counts.Counted + counts.Late);
    }

    [Fact]
    public void Live_an_exporter_whose_clock_is_ahead_moves_nobodys_time()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(DateTimeOffset.FromUnixTimeMilliseconds(Start) - DateTimeOffset.UnixEpoch);
        using var watched = new DetectorHarness(clock: clock);
        clock.Advance(TimeSpan.FromSeconds(45));
        watched.Add(Flood(0, 40));
        watched.Until(3_000);
        Assert.Equal((1, 1), (watched.Detector.Counts.Ahead, watched.Detector.Counts.Counted));
        Assert.Single(watched.Finish());
    }

    [Fact]
    public void Time_goes_by_without_flows_when_the_caller_says_so()
    {
        using var watched = new DetectorHarness();
        watched.Add(Flood(0, 40));
        watched.Detector.Advance(Start + 60_000);
        Assert.Single(watched.Told);
        watched.Detector.Advance(Start + 200_000);
        Assert.Equal(EventPhase.Closed, watched.Told[^1].Phase);
    }

    [Fact]
    public void Live_what_happened_last_is_judged_by_our_clock_though_traffic_stopped_and_its_times_are_old()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(
            DateTimeOffset.FromUnixTimeMilliseconds(Start) - DateTimeOffset.UnixEpoch + TimeSpan.FromMinutes(40));
        using var watched = new DetectorHarness(clock: clock);
        watched.Add(Flood(0, 40));
        watched.Detector.Tick();
        Assert.Empty(watched.Told);

        clock.Advance(TimeSpan.FromSeconds(100));
        watched.Detector.Tick();
        Assert.Empty(watched.Told);
        clock.Advance(TimeSpan.FromSeconds(60));
        watched.Detector.Tick();
        Assert.Equal(EventPhase.Opened, Assert.Single(watched.Told).Phase);

        clock.Advance(TimeSpan.FromSeconds(200));
        watched.Detector.Tick();
        Assert.Equal(EventPhase.Closed, watched.Told[^1].Phase);
    }

    [Fact]
    public void Live_a_replay_s_flows_are_not_late_because_newer_ones_came_once_or_it_paused()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(
            DateTimeOffset.FromUnixTimeMilliseconds(Start) - DateTimeOffset.UnixEpoch + TimeSpan.FromMinutes(40));
        using var watched = new DetectorHarness(clock: clock);
        for (var second = 0; second < 30; second++)
        {
            watched.Until(second);
            clock.Advance(TimeSpan.FromMilliseconds(10));
            watched.Detector.Advance(Start + (40 * 60_000)); // what the newest flow ever heard would say
        }

        clock.Advance(TimeSpan.FromSeconds(60));
        watched.Detector.Tick();
        watched.Add(Flood(30, 70));

        Assert.Equal(0, watched.Detector.Counts.Late);
        Assert.Single(watched.Finish());
    }

    [Fact]
    public void Exporters_that_hold_flows_long_are_judged_in_longer_bins_later()
    {
        using var watched = new DetectorHarness(Small with { ActiveTimeout = TimeSpan.FromMinutes(30) });
        watched.Add(Out(0, 1_800, 50_000 * 1_800));
        watched.Add(Out(0, 1_800, 1, remote: Remote(1)));
        var told = Assert.Single(watched.Finish());

        Assert.Equal(450, told.WindowSeconds);
        Assert.Equal(50_000, told.Measured, 10.0);
    }
}
