// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Detecting;
using Weir.Desk.Reporting;

namespace Weir.Cli.Analysis;

/// <summary>The counters as a report writes them.</summary>
internal static class ReportCountersMapper
{
    public static ReportCounters Map(DetectingCounts counts) => new()
    {
        Seen = counts.Seen,
        Counted = counts.Counted,
        Late = counts.Late,
        NoRoom = counts.NoRoom,
        Allowed = counts.Allowed,
        AtBorder = counts.AtBorder,
        DetailsRefused = counts.DetailsRefused,
        Evicted = counts.Evicted,
    };
}
