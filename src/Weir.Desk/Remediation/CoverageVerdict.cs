// SPDX-License-Identifier: Apache-2.0
//
// Clean needs coverage (worked example 19): silence counts only where the exporters of the line delivered. A gap longer
// than the limit begins the silence anew; what is not known yet is not silence.
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Desk.Cases;

namespace Weir.Desk.Remediation;

/// <summary>The part of a silence that was watched. Pure.</summary>
internal static class CoverageVerdict
{
    /// <summary>Share of what an exporter sent that may be lost.</summary>
    public const double MaxLost = 0.01;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <param name="coverage">Of the line's exporters, from the begin of the silence on.</param>
    /// <param name="since">Begin of the silence.</param>
    /// <param name="length">How long it has to be.</param>
    /// <param name="longestGap">A gap up to so long is none; never longer than a quarter of the silence, and a
    /// minute at least.</param>
    public static RemediationVerdict Of(
        CoverageReply coverage, DateTimeOffset since, TimeSpan length, TimeSpan longestGap)
    {
        var quarter = length / 4 > Minute ? length / 4 : Minute;
        var limit = longestGap < quarter ? longestGap : quarter;
        var (from, until) = (since, coverage.Until);
        List<RemediationDoubt> doubts = [];
        foreach (var exporter in coverage.Exporters)
        {
            var gaps = exporter.LongerThan(limit).ToList();
            doubts.AddRange(gaps.TakeLast(1).Select(gap => DoubtOf(exporter, gap)));
            if (gaps.Count > 0 && Resumed(gaps[^1], until) is var resumed && resumed > from)
            {
                from = resumed;
            }

            if (exporter.Heard == 0 && gaps.Count == 0)
            {
                doubts.Add(new(DoubtKind.ExporterSilent, exporter.Exporter, coverage.From, coverage.Until));
                from = until;
            }
        }

        if (coverage.Exporters.Count == 0 && coverage.Until > coverage.From)
        {
            return new(since, since, [new(DoubtKind.NoExporter)]);
        }

        if (until - from < length || coverage.Exporters.Count == 0)
        {
            return new(from, until, doubts.Count > 0 ? doubts : [new(DoubtKind.TooShort, "", from, until)]);
        }

        return new(
            from, until,
            [
                .. coverage.Exporters.Where(one => one.LostShare > MaxLost)
                    .Select(one => new RemediationDoubt(DoubtKind.Lost, one.Exporter)),
            ]);
    }

    /// <summary>From when a minute was watched whole again: the one that ends a gap may have been heard in its last
    /// second alone.</summary>
    private static DateTimeOffset Resumed(CoverageGap gap, DateTimeOffset until) =>
        gap.Until + Minute < until ? gap.Until + Minute : until;

    private static RemediationDoubt DoubtOf(ExporterCoverage exporter, CoverageGap gap) => new(
        gap.WasWatched ? DoubtKind.ExporterSilent : DoubtKind.NotWatched, exporter.Exporter, gap.From, gap.Until);
}
