// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;

namespace Weir.Desk.Reporting;

/// <summary>Whose networks the endpoints of a report are in.</summary>
internal static class ReportNetworks
{
    /// <summary>The report, with what is known of each remote that it shows; nothing of subscribers.</summary>
    /// <param name="report">As it is published.</param>
    /// <param name="find">Whose network a remote is in.</param>
    public static Report Name(Report report, Func<string, NetworkOwner> find) => report with
    {
        Sightings = [.. report.Sightings.Select(seen => seen with { Network = Known(find(seen.Remote)) })],
        Candidates = Named(report.Candidates, find),
        ByDeeds = Named(report.ByDeeds, find),
        ByReports = Named(report.ByReports, find),
    };

    private static ReportOtherCases? Named(ReportOtherCases? other, Func<string, NetworkOwner> find) =>
        other is null ? null : other with { Candidates = Named(other.Candidates, find) };

    private static List<ReportCandidate> Named(
        IReadOnlyList<ReportCandidate> candidates, Func<string, NetworkOwner> find) =>
        [.. candidates.Select(one => one with { Network = Known(find(one.Remote)) })];

    private static NetworkOwner? Known(NetworkOwner owner) => owner.IsKnown ? owner : null;
}
