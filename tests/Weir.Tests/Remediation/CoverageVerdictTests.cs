// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Desk.Cases;
using Weir.Desk.Remediation;

namespace Weir.Tests.Remediation;

/// <summary>Which silence was watched (worked example 19).</summary>
public sealed class CoverageVerdictTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    [Fact]
    public void A_silence_that_every_exporter_delivered_through_is_proven()
    {
        var verdict = Judge(Week, Exporter("192.0.2.1", Gap(5, 14)), Exporter("192.0.2.2"));

        Assert.True(verdict.IsProven);
        Assert.Equal((Since, Since + Week), (verdict.From, verdict.Until));
    }

    [Fact]
    public void Exporters_that_were_dead_prove_nothing_and_say_which_and_when()
    {
        var dead = Judge(Week, Exporter("192.0.2.1") with
        {
            Heard = 0, Gaps = [new(Since, Since + Week, WasWatched: true)],
        });

        var doubt = Assert.Single(dead.Doubts);
        Assert.Equal(
            (DoubtKind.ExporterSilent, "192.0.2.1", Since, Since + Week), (doubt.Kind, doubt.What, doubt.From, doubt.Until));
        Assert.Equal(
            "exporter 192.0.2.1 delivered nothing from 2026-11-20 08:00:00Z to 2026-11-27 08:00:00Z", doubt.ToString());
    }

    [Fact]
    public void After_a_gap_the_silence_begins_anew()
    {
        var gap = Gap(24 * 60, (24 * 60) + 11) with { WasWatched = false };

        Assert.Equal(DoubtKind.NotWatched, Assert.Single(Judge(Week, Exporter("192.0.2.1", gap)).Doubts).Kind);
        var later = Judge(TimeSpan.FromDays(8.1), Exporter("192.0.2.1", gap));
        Assert.True(later.IsProven);

        // The minute that ends it may have been heard in its last second alone.
        Assert.Equal(gap.Until.AddMinutes(1), later.From);
    }

    [Fact]
    public void What_is_not_known_yet_no_exporter_and_losses_prove_nothing()
    {
        Assert.True(Judge(Week - TimeSpan.FromMinutes(1), Exporter("192.0.2.1")).IsEarly);
        Assert.True(CoverageVerdict.Of(new(Since, Since, null, []), Since, Week, Longest).IsEarly);
        Assert.Equal(DoubtKind.NoExporter, Assert.Single(Judge(Week).Doubts).Kind);
        Assert.Equal(
            DoubtKind.Lost, Assert.Single(Judge(Week, Exporter("192.0.2.1") with { Lost = 102 }).Doubts).Kind);
        Assert.True(Judge(Week, Exporter("192.0.2.1") with { Lost = 99 }).IsProven);
    }

    /// <summary>A short silence has short gaps: a quarter of it, and a minute at least.</summary>
    [Theory]
    [InlineData(75, 1, true)]
    [InlineData(75, 2, false)]
    [InlineData(1_200, 5, true)]
    [InlineData(1_200, 6, false)]
    [InlineData(1_200, 20, false)]
    public void No_gap_counts_as_watched_that_is_longer_than_a_quarter(int seconds, int minutes, bool isProven) =>
        Assert.Equal(
            isProven, Judge(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds),
                Exporter("192.0.2.1", Gap(0, minutes))).IsProven);

    /// <summary>Whatever the gaps are: what is proven has none in it that is longer than allowed.</summary>
    [Fact]
    public void What_is_proven_was_watched()
    {
        var random = new Random(91);
        for (var round = 0; round < 500; round++)
        {
            var at = 0;
            var gaps = Enumerable.Range(0, random.Next(4)).Select(_ =>
            {
                var from = at += random.Next(1, 4_000);
                return Gap(from, at += random.Next(1, 30));
            }).ToArray();
            var known = TimeSpan.FromMinutes(at + random.Next(20_000));
            var verdict = Judge(known, Exporter("192.0.2.1", gaps));

            if (verdict.IsProven)
            {
                Assert.True(verdict.Until - verdict.From >= Week);
                Assert.DoesNotContain(
                    gaps, gap => gap.Until - gap.From > Longest && gap.Until > verdict.From);
            }
            else
            {
                var last = gaps.Where(gap => gap.Until - gap.From > Longest).Select(gap => gap.Until)
                    .DefaultIfEmpty(Since).Max();
                Assert.True(Since + known - last < Week + TimeSpan.FromMinutes(1));
            }
        }
    }

    private static RemediationVerdict Judge(TimeSpan known, params ExporterCoverage[] exporters) =>
        Judge(known, Week, exporters);

    private static RemediationVerdict Judge(TimeSpan known, TimeSpan length, params ExporterCoverage[] exporters) =>
        CoverageVerdict.Of(new(Since, Since + known, Since + known, exporters), Since, length, Longest);

    private static ExporterCoverage Exporter(string address, params CoverageGap[] gaps) =>
        new(address, 10_080, 10_000, 10_000, 100_000, 0, 1, gaps);

    private static CoverageGap Gap(int from, int until) =>
        new(Since.AddMinutes(from), Since.AddMinutes(until), WasWatched: true);
}
