// SPDX-License-Identifier: Apache-2.0
//
// What a run cannot conclude, in words, and the fix: from its own figures, so that a report read later says the same. A
// fact that would tell more of people than the profile shows is not among them.
using System.Globalization;
using Weir.Contracts.Reports;

namespace Weir.Desk.Reporting;

/// <summary>One thing the run cannot conclude.</summary>
/// <param name="What">A word for programs.</param>
/// <param name="Words">A sentence or two, with what to do.</param>
internal sealed record ReportLimit(string What, string Words);

/// <summary>Finds them.</summary>
internal static class ReportLimits
{
    public const string NoList = "no-list";
    public const string Power = "power";
    public const string SelfTest = "self-test";
    public const string PopularEntry = "popular-entry";
    public const string Scanner = "scanner";
    public const string Gaps = "gaps";
    public const string Clocks = "clocks";
    public const string ClockFar = "clock-far";
    public const string Sampling = "sampling-unknown";
    public const string Replication = "replication";

    /// <summary>Exporters' clocks that differ by more change which contact of a line was first.</summary>
    public static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(60);

    /// <summary>From here on a clock is said to be far from the arrival of what it told.</summary>
    private static readonly TimeSpan Far = TimeSpan.FromDays(1);

    /// <summary>Farther than this it is no clock, and the arrival stood in.</summary>
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(25 * 365);

    /// <summary>What is said of an exporter whose clock is far from the arrival of its datagrams and is believed all
    /// the same, since an old capture may have been sent again; empty where it is near.</summary>
    /// <param name="skewSeconds">Arrival less the exporter's clock.</param>
    public static string FarClock(double skewSeconds) =>
        Math.Abs(skewSeconds) < Far.TotalSeconds || Math.Abs(skewSeconds) > Farthest.TotalSeconds ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"tells times {Math.Abs(skewSeconds) / Far.TotalSeconds:0.#} days ")
                + $"{(skewSeconds > 0 ? "before" : "after")} its datagrams arrived, and is believed; where nothing old "
                + "was sent again, its clock is wrong";

    public static IReadOnlyList<ReportLimit> Of(Report report) =>
        [.. Lists(report), .. Cases(report), .. Traffic(report), .. Earlier(report)];

    /// <summary>Whether exporters' clocks agree well enough to tell what came first.</summary>
    public static bool ClocksAgree(IEnumerable<ReportExporter> exporters)
    {
        double[] skews = [.. exporters.Where(one => one.Flows > 0).Select(one => one.ClockSkewSeconds)];
        return skews.Length < 2 || skews.Max() - skews.Min() <= ClocksApart.TotalSeconds;
    }

    private static IEnumerable<ReportLimit> Lists(Report report)
    {
        if (!report.Watchlists.Any(list => list.Role is "c2" or "sinkhole" && list.Entries > 0))
        {
            yield return new(NoList,
                "No list of command servers was in force, so nobody counts as infected and nothing "
                + "was compared. Give one.");
        }

        foreach (var entry in report.Family.PopularEntries)
        {
            yield return new(PopularEntry, $"{entry.Endpoint} is listed, and {entry.Lines} lines met it: more than an "
                + $"endpoint may have to be told from a popular service. {entry.Alone} of them met nothing else that is "
                + "listed and were compared as anybody. If the entry is wrong, allow it; if it is right, its lines "
                + "have their cases, and this run says nothing of what they share.");
        }
    }

    private static IEnumerable<ReportLimit> Cases(Report report)
    {
        if (!report.Family.Power.Enough && report.Watchlists.Count > 0)
        {
            yield return new(Power, report.Family.PopularEntries.Count > 0
                ? "Without the lines that met only what is popular too few infected are left to compare. No candidates "
                    + "are named, which is not the same as there being none."
                : $"{report.Family.Power.Why.TrimEnd('.')}. No candidates are named, which is not the same as there "
                    + "being none. Take a longer window or more lists.");
        }

        if (!report.Family.Valid)
        {
            yield return new(SelfTest, string.Create(
                CultureInfo.InvariantCulture,
                $"With labels shuffled the run still made {report.Family.PermutedDiscoveries} discoveries: its candidates are not to be used, and none waits to be confirmed."));
        }

        if (report.Subjects.Excluded is { IsNumber: true, Number: > 0 })
        {
            yield return new(Scanner,
                $"{report.Subjects.Excluded} lines met so many listed endpoints, one by one, that they "
                + "are scanners or researchers: they are no cases here. If they are bots, their C&Cs are not found.");
        }
    }

    private static IEnumerable<ReportLimit> Traffic(Report report)
    {
        foreach (var exporter in (report.Coverage ?? []).Where(one => one.Missing > 0))
        {
            yield return new(Gaps, string.Create(
                CultureInfo.InvariantCulture,
                $"Exporter {exporter.Exporter} delivered nothing in {exporter.Missing} of {exporter.Minutes} minutes: what is not found may have happened unseen."));
        }

        if (!ClocksAgree(report.Exporters))
        {
            yield return new(Clocks, string.Create(
                CultureInfo.InvariantCulture,
                $"Exporters' clocks differ by more than {ClocksApart.TotalSeconds:0} s ({Skews(report.Exporters)}): which contact of a line came first is not known, and nothing is ranked by it. Set their clocks."));
        }

        foreach (var exporter in report.Exporters.Where(one => one.Flows > 0)
            .DistinctBy(one => one.Address, StringComparer.Ordinal).Take(8))
        {
            if (FarClock(exporter.ClockSkewSeconds) is { Length: > 0 } far)
            {
                yield return new(ClockFar, $"{exporter.Address} {far}.");
            }
        }

        string[] silent =
            [.. report.Exporters.Where(one => one is { Flows: > 0, SamplingRate: <= 1, SamplingSource: "none" })
            .Select(one => one.Address).Distinct().Order(StringComparer.Ordinal)];
        if (silent.Length > 0)
        {
            yield return new(Sampling, $"{string.Join(", ", silent.Take(8))}{(silent.Length > 8 ? " and others" : "")} "
                + "did not say whether packets are sampled. They are taken as not sampled; if they are, volumes are "
                + "too small and contacts are missing. Give the rate in decoding.exporters, or 1.");
        }
    }

    private static IEnumerable<ReportLimit> Earlier(Report report)
    {
        if (report.Family.Replication is { Why.Length: > 0 } cannot)
        {
            yield return new(
                Replication,
                $"Candidates of earlier windows could not be confirmed: {cannot.Why}. They wait for the next.");
        }
    }

    private static string Skews(IEnumerable<ReportExporter> exporters) => string.Join(
        ", ", exporters.Where(one => one.Flows > 0).OrderBy(one => one.ClockSkewSeconds)
            .Select(one =>
                string.Create(CultureInfo.InvariantCulture, $"{one.Address} {one.ClockSkewSeconds:0} s")).Take(8));
}
