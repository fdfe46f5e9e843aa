// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Reports;

/// <summary>What collectors heard of one exporter in a window of whole minutes: counts of datagrams and time, nothing
/// of subjects.</summary>
/// <param name="Exporter">Address the datagrams came from.</param>
/// <param name="Minutes">Minutes of the window.</param>
/// <param name="Heard">Of those, minutes in which a datagram came.</param>
/// <param name="Datagrams">Datagrams that came.</param>
/// <param name="Flows">Flows read of them.</param>
/// <param name="Lost">Messages that its sequence numbers say were sent and did not arrive.</param>
/// <param name="Sampling">The coarsest sampling, one packet in so many; 0 = not known.</param>
/// <param name="Gaps">Spans without a datagram, earliest first; of more than <see cref="MaxGaps"/> the
/// longest.</param>
public sealed record ExporterCoverage(
    string Exporter, int Minutes, int Heard, long Datagrams, long Flows, long Lost, uint Sampling,
    IReadOnlyList<CoverageGap> Gaps)
{
    /// <summary>Most gaps of one exporter.</summary>
    public const int MaxGaps = 100;

    /// <summary>Minutes without a datagram.</summary>
    public int Missing => Minutes - Heard;

    /// <summary>Share of what was sent that did not arrive, 0 to 1.</summary>
    public double LostShare => Lost == 0 ? 0 : (double)Lost / (Lost + Datagrams);

    /// <summary>Gaps longer than a time.</summary>
    public IEnumerable<CoverageGap> LongerThan(TimeSpan longest) => Gaps.Where(gap => gap.Until - gap.From > longest);
}

/// <summary>A span of whole minutes in which nothing came of an exporter.</summary>
/// <param name="From">First minute, UTC.</param>
/// <param name="Until">First minute after it.</param>
/// <param name="WasWatched">A collector ran and the exporter said nothing; false = for some of it no collector that
/// knew the exporter ran, or its rows never came.</param>
public sealed record CoverageGap(DateTimeOffset From, DateTimeOffset Until, bool WasWatched);
