// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Store.Coverage;
using Weir.Wire;

namespace Weir.Tests.Store;

/// <summary>Minutes made into counts and gaps.</summary>
public sealed class CoverageFoldTests
{
    private const long Begin = 29_000_000;

    private static readonly IpKey Edge = IpKey.Parse("192.0.2.1");
    private static readonly IpKey Core = IpKey.Parse("192.0.2.2");

    [Fact]
    public void Silence_that_a_collector_watched_and_a_collector_that_did_not_run_are_two_things()
    {
        CoverageMinute[] minutes =
        [
            Heard(Edge, 0), Heard(Edge, 1), Silent(Edge, 2), Silent(Edge, 3), Heard(Edge, 4), Heard(Edge, 8),
            Heard(Core, 0) with { Lost = 3, Sampling = 100 }, .. Enumerable.Range(1, 9).Select(i => Heard(Core, i)),
        ];

        var folded = CoverageFold.Fold(minutes, Begin, Begin + 10, []);

        var (edge, core) = (folded[0], folded[1]);
        Assert.Equal(("192.0.2.1", 10, 4, 6), (edge.Exporter, edge.Minutes, edge.Heard, edge.Missing));
        Assert.Equal([Gap(2, 4, true), Gap(5, 8, false), Gap(9, 10, false)], edge.Gaps);
        Assert.Empty(core.Gaps);
        Assert.Equal((10L, 3L, 100u), (core.Datagrams / 5, core.Lost, core.Sampling));
    }

    [Fact]
    public void An_exporter_that_was_heard_before_and_one_that_is_named_are_missed_for_the_whole_window()
    {
        var folded = CoverageFold.Fold([Heard(Edge, -60)], Begin, Begin + 5, [Core]);

        Assert.All(folded, one => Assert.Equal([Gap(0, 5, false)], one.Gaps));
        Assert.Equal([Edge.ToString(), Core.ToString()], folded.Select(one => one.Exporter));
        Assert.All(folded, one => Assert.Equal(0, one.Heard));
    }

    /// <summary>Whatever is heard: minutes heard and minutes in gaps are all minutes of the window.</summary>
    [Fact]
    public void Heard_minutes_and_gaps_make_up_the_window()
    {
        var random = new Random(19);
        for (var round = 0; round < 200; round++)
        {
            var length = random.Next(1, 150);
            var minutes = Enumerable.Range(-5, length + 10).Where(_ => random.Next(3) > 0)
                .Select(i => random.Next(3) == 0 ? Silent(Edge, i) : Heard(Edge, i)).ToList();

            foreach (var one in CoverageFold.Fold(minutes, Begin, Begin + length, [Edge]))
            {
                Assert.Equal(length, one.Heard + (int)one.Gaps.Sum(gap => (gap.Until - gap.From).TotalMinutes));
                Assert.Equal(one.Gaps.OrderBy(gap => gap.From), one.Gaps);
                Assert.Equal(
                    minutes.Count(row => row.Datagrams > 0 && row.Minute >= Begin && row.Minute < Begin + length),
                    one.Heard);
            }
        }
    }

    private static CoverageMinute Heard(IpKey exporter, int minute) => new(exporter, Begin + minute, 5, 50, 0, 1);

    private static CoverageMinute Silent(IpKey exporter, int minute) => new(exporter, Begin + minute, 0, 0, 0, 1);

    private static CoverageGap Gap(int from, int until, bool watched) => new(At(from), At(until), watched);

    private static DateTimeOffset At(int minute) => DateTimeOffset.FromUnixTimeSeconds((Begin + minute) * 60);
}
