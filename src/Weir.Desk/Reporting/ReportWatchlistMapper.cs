// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Lists;

namespace Weir.Desk.Reporting;

/// <summary>Lists in force as a report writes them.</summary>
internal static class ReportWatchlistMapper
{
    public static ReportWatchlist Map(Feed feed, DateTimeOffset now, string? stale = null) => new()
    {
        Name = feed.Name,
        Role = feed.Role.ToString().ToLowerInvariant(),
        Entries = feed.Entries.Count,
        RefusedLines = feed.Refused.Count,
        Refusals = [.. feed.Refused.Examples.Select(refused => new ReportRefusal(refused.Place, refused.Reason))],
        AgeSeconds = Math.Round((now - feed.ReadAt).TotalSeconds),
        Stale = stale,
    };
}
