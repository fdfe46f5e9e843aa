// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Weir.Contracts.Reports;

/// <summary>What a comparison of the store's pairs found: the part of a report that comes from the store. As computed,
/// or as <see cref="ComparisonAnonymizer"/> makes it for a profile.</summary>
public sealed record ComparedFigures
{
    public ReportSubjects Subjects { get; init; } = new();

    /// <summary>Packets of the attributed flows as the store sums them, each multiplied by its
    /// sampling interval; null outside <c>lab</c>, since one line may have any number.</summary>
    public long? EstimatedPackets { get; init; }

    /// <summary>Their octets, the same way.</summary>
    public long? EstimatedOctets { get; init; }

    public IReadOnlyList<ReportSighting> Sightings { get; init; } = [];

    /// <summary>Who exchanged packets with a listed endpoint; filled only in <c>lab</c>.</summary>
    public IReadOnlyList<ReportInfected> Infected { get; init; } = [];

    public IReadOnlyList<ReportCandidate> Candidates { get; init; } = [];

    /// <summary>What many of the candidates are together.</summary>
    public IReadOnlyList<ReportCampaign> Campaigns { get; init; } = [];

    /// <summary>Which infections each case has; filled only in <c>lab</c>.</summary>
    public IReadOnlyList<ReportLineInfections> Infections { get; init; } = [];

    /// <summary>What the infected share that have no command server; filled only in <c>lab</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportPeers? Peers { get; init; }

    public IReadOnlyList<ReportRollup> Rollups { get; init; } = [];

    public ReportFamily Family { get; init; } = new();

    /// <summary>Endpoints (and roll-ups) found but held back; see <see cref="Withholdings"/>.</summary>
    public int Withheld { get; init; }

    public IReadOnlyList<ReportWithholding> Withholdings { get; init; } = [];

    /// <summary>What collectors heard of each exporter in the window. What no exporter delivered, the comparison did
    /// not see, and its silence proves nothing. Empty where the store has no rows of it.</summary>
    public IReadOnlyList<ExporterCoverage> Coverage { get; init; } = [];

    /// <summary>Endpoints of our own list that this window upholds without it; in no file.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Upheld { get; init; } = [];

    /// <summary>Whether enough subjects were seen for population figures: what else a report says of people follows it.
    /// </summary>
    public bool IsBaseMet { get; init; } = true;
}
