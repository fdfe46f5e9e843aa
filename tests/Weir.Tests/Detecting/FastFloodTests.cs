// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Wire;
using static Weir.Tests.Detecting.DetectorHarness;

namespace Weir.Tests.Detecting;

/// <summary>Ten times the floor in two of three seconds is told with the flow that says so, and nothing less
/// is.</summary>
public sealed class FastFloodTests
{
    /// <summary>What was told before anything was judged by the bins.</summary>
    private static List<QualityEvent> AtOnce(DetectingOptions options, params Flow[] flows)
    {
        using var watched = new DetectorHarness(options);
        watched.Add(flows);
        return watched.Told;
    }

    private static List<QualityEvent> AtOnce(params Flow[] flows) => AtOnce(Small, flows);

    [Fact]
    public void A_great_flood_is_told_with_its_second_second_and_names_its_victim()
    {
        var told = Assert.Single(AtOnce(Out(0, 2, 210_000 * 2)));

        Assert.Equal((RuleId.FloodOut, EventPhase.Opened), (told.Rule, told.Phase));
        Assert.Equal("out udp rport=7703 raddr=203.0.113.9", told.Class!.ToString());
        Assert.Equal((200_000d, "packets/s", 3), (told.Threshold, told.Unit, told.WindowSeconds));
        Assert.Equal(210_000, told.Measured, 1.0);
        Assert.Equal((Start, Start + 2_000), (told.FromMs, told.UntilMs));
    }

    [Theory]
    [InlineData(190_000, 20)]
    [InlineData(900_000, 1)]
    public void Less_than_ten_floors_or_one_second_waits_for_the_bins(double rate, double seconds) =>
        Assert.Empty(AtOnce(Out(0, seconds, rate * seconds)));

    [Fact]
    public void Two_of_three_seconds_are_enough_and_two_of_four_are_not()
    {
        Assert.Single(AtOnce(Out(0, 1, 300_000), Out(2, 3, 300_000)));
        Assert.Empty(AtOnce(Out(0, 1, 300_000), Out(3, 4, 300_000)));
    }

    [Fact]
    public void A_factor_of_0_leaves_it_to_the_bins()
    {
        var off = Small with { FastFactor = 0 };
        Assert.Empty(AtOnce(off, Out(0, 40, 900_000 * 40)));
        using var watched = new DetectorHarness(off);
        watched.Add(Out(0, 40, 900_000 * 40));
        Assert.Equal(20_000, Assert.Single(watched.Finish()).Threshold);
    }

    [Fact]
    public void The_bins_carry_on_what_was_told_at_once_and_close_it_once()
    {
        using var watched = new DetectorHarness();
        for (var second = 0; second < 60; second++)
        {
            watched.Add(Out(second, second + 1, 300_000));
        }

        Assert.Single(watched.Told);
        watched.Finish();

        Assert.Equal(EventPhase.Closed, Assert.Single(watched.Events).Phase);
        Assert.Equal((Start, Start + 60_000), (watched.Events[0].FromMs, watched.Events[0].UntilMs));
        Assert.Equal(1, watched.Told.Count(e => e.Phase == EventPhase.Opened));
    }

    [Fact]
    public void Bare_SYN_is_a_SYN_flood_and_answers_of_a_service_a_reflection()
    {
        var syn = Assert.Single(AtOnce(Out(0, 2, 24_000, protocol: Protocols.Tcp, port: 80, flags: Syn)));
        Assert.Equal((RuleId.SynFloodOut, 10_000d), (syn.Rule, syn.Threshold));

        var reflected = Assert.Single(AtOnce(
            In(0, 2, 600_000, 30_000_000, own: 53, port: 40_000, remote: Victim),
            Out(0, 2, 600_000, 600_000_000, own: 53, port: 40_000)));
        Assert.Equal((RuleId.ReflectionOut, "DNS reflector"), (reflected.Rule, reflected.Detail));
    }

    [Fact]
    public void Ten_floors_to_many_remotes_are_no_flood() => Assert.Empty(AtOnce(
        [.. Enumerable.Range(0, 40).Select(i => Out(0, 3, 10_000 * 3, remote: Remote(i)))]));

    [Theory]
    [InlineData(1_000, 250, true)]
    [InlineData(10_000, 21, false)]
    [InlineData(10_000, 45, true)]
    public void Sampled_traffic_needs_32_packets_looked_at_in_each_second(uint sampling, int samples, bool fires)
    {
        // One flow a packet, as sFlow tells it, with neither length nor order.
        var packets = Enumerable.Range(0, 3 * samples).Select(i => i / (double)samples)
            .Select(at => Out(at, at, 1, 1_000, sampling: sampling));

        Assert.Equal(fires, AtOnce([.. packets]).Count == 1);
    }

    [Fact]
    public void An_exporter_whose_times_say_nothing_makes_no_great_flood_of_a_long_flow() =>
        Assert.Empty(AtOnce(Out(1, 1, 900_000), Out(2, 2, 900_000), Out(3, 3, 900_000)));

    [Fact]
    public void A_flood_received_is_told_from_short_flows_and_named()
    {
        var told = Assert.Single(AtOnce([.. Enumerable.Range(0, 900).Select(i => In(
            i / 300.0, (i / 300.0) + 0.5, 1_000, 1_200_000, port: 123, remote: Remote(i % 300)))]));

        Assert.Equal((RuleId.FloodIn, "NTP amplification"), (told.Rule, told.Detail));
        Assert.Equal("in udp rport=123 raddr=any trait=from-service", told.Class!.ToString());
    }

    [Fact]
    public void A_fast_download_is_no_flood_whichever_direction_is_told_first()
    {
        // A minute's flow of a download comes whole, its other direction in the next datagram.
        Assert.Empty(AtOnce(In(0, 60, 400_000 * 60, 400_000.0 * 60 * 1_400, port: 443), Out(0, 60, 60_000 * 60, port: 443)));
        Assert.Empty(AtOnce([.. Enumerable.Range(0, 10).SelectMany(second => (Flow[])[
            Out(second, second + 1, 60_000, port: 443), In(second, second + 1, 400_000, 560_000_000, port: 443)])]));
        Assert.Empty(AtOnce([.. Enumerable.Range(0, 10).SelectMany(second => (Flow[])[
            In(second, second + 1, 400_000, 560_000_000, port: 443), Out(second, second + 1, 60_000, port: 443)])]));
        Assert.Empty(AtOnce(In(0, 3, 900_000, 900_000_000.0, Protocols.Tcp, 443, Talk)));
    }

    /// <summary>Whatever is told, in whatever order: a flood told at once is one by the sums of all that was
    /// told.</summary>
    [Fact]
    public void Nothing_is_told_at_once_that_the_sums_of_all_flows_do_not_show()
    {
        var fired = 0;
        for (var seed = 1; seed <= 400; seed++)
        {
            var random = new Random(seed);
            Flow[] flows = [.. Enumerable.Range(0, 60).Select(_ =>
            {
                var from = random.Next(0, 8_000) / 1_000.0;
                var lasts = random.Next(4) == 0 ? random.Next(1, 5_000) / 1_000.0 : random.Next(1, 900) / 1_000.0;
                return Out(from, from + lasts, random.Next(1, 90_000));
            })];
            var shown = Enumerable.Range(0, 16).Select(second => flows.Sum(flow => flow.PacketsOut * Share(flow, second)))
                .Select(sum => sum > 199_999).ToArray();
            var told = AtOnce(flows);
            fired += told.Count;

            Assert.All(told, e => Assert.True(
                Enumerable.Range(0, 14).Any(at => shown[at..(at + 3)].Count(above => above) >= 2), $"seed {seed}"));
        }

        Assert.InRange(fired, 20, 400);
    }

    [Fact]
    public void Counting_in_seconds_allocates_nothing()
    {
        using var watched = new DetectorHarness();
        Flow[] flows = [.. Enumerable.Range(0, 100).Select(i => Out(i / 50.0, (i / 50.0) + 0.01, 3_500, remote: Remote(i)))];
        watched.Add(flows);
        var before = GC.GetAllocatedBytesForCurrentThread();
        watched.Add(flows);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(watched.Told);
    }

    [Fact]
    public unsafe void It_lies_in_what_a_block_of_detail_had_left()
    {
        Assert.Equal(FastBins.Octets, sizeof(FastBins));
        Assert.Equal(SecondStagePool.Octets, sizeof(VolumeState));
    }

    private static double Share(in Flow flow, int second)
    {
        var (from, until) = (Start + (second * 1_000L), Start + ((second + 1) * 1_000L));
        return Math.Max(0, Math.Min(flow.EndMs, until) - Math.Max(flow.StartMs, from))
            / (double)(flow.EndMs - flow.StartMs);
    }
}
