// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;

namespace Weir.Contracts.Protocol;

/// <summary>What collectors heard in a window, by exporter: minutes and counts, nothing of subjects.</summary>
/// <param name="From">First minute, UTC.</param>
/// <param name="Until">First minute after it: no later than <see cref="KnownUntil"/>, for nothing is said of minutes
/// whose rows are still to come.</param>
/// <param name="KnownUntil">End of the latest minute of which any collector's row is here; null where there is
/// none.</param>
/// <param name="Exporters">Those that were asked for, or all that were heard in the window or a day before it.</param>
public sealed record CoverageReply(
    DateTimeOffset From, DateTimeOffset Until, DateTimeOffset? KnownUntil, IReadOnlyList<ExporterCoverage> Exporters)
{
    /// <summary>Longest window, days.</summary>
    public const int MaxDays = 31;

    /// <summary>Most exporters that may be named in one question.</summary>
    public const int MaxExporters = 256;
}
