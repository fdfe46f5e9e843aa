// SPDX-License-Identifier: Apache-2.0
//
// The report, schema weir.report/1. What stands here is the file others read: names are camel-cased as they are,
// additions are free, a change is an entry in the CHANGELOG. A Figure is a number in the lab profile; in every other
// profile it may be words (a band, an order of magnitude, "<10"), see ReportAnonymizer.
using System.Text.Json.Serialization;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;

namespace Weir.Desk.Reporting;

/// <summary>One run's findings, as computed; <see cref="ReportAnonymizer"/> makes of it what a
/// profile may show.</summary>
internal sealed record Report
{
    public const string SchemaName = "weir.report/1";

    public string Schema { get; init; } = SchemaName;

    /// <summary><c>lab</c>, <c>us-provider</c> or <c>eu-provider</c>.</summary>
    public required string Profile { get; init; }

    /// <summary>The provider's name, as configured; empty for none.</summary>
    public string Provider { get; init; } = "";

    /// <summary>What the report of a week before said, as it was published; left out where none is kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportTrend? Trend { get; init; }

    /// <summary>What pseudonyms in this report are worth: whose key, and whether they can be
    /// resolved. Empty in <c>lab</c>.</summary>
    public string Pseudonyms { get; init; } = "";

    public required ReportWindow Window { get; init; }

    public IReadOnlyList<ReportInput> Inputs { get; init; } = [];

    public IReadOnlyList<ReportExporter> Exporters { get; init; } = [];

    public ReportFlows Flows { get; init; } = new();

    /// <summary>What collectors heard of each exporter in the window; left out where the report is of files, whose
    /// flows are all there is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ExporterCoverage>? Coverage { get; init; }

    public ReportSubjects Subjects { get; init; } = new();

    public IReadOnlyList<ReportWatchlist> Watchlists { get; init; } = [];

    public IReadOnlyList<ReportSighting> Sightings { get; init; } = [];

    /// <summary>Who exchanged packets with a listed endpoint; filled only in <c>lab</c>.</summary>
    public IReadOnlyList<ReportInfected> Infected { get; init; } = [];

    public IReadOnlyList<ReportCandidate> Candidates { get; init; } = [];

    /// <summary>What many of the candidates are together.</summary>
    public IReadOnlyList<ReportCampaign> Campaigns { get; init; } = [];

    /// <summary>Which infections each case has; filled only in <c>lab</c>.</summary>
    public IReadOnlyList<ReportLineInfections> Infections { get; init; } = [];

    /// <summary>What the infected share that have no command server; left out outside <c>lab</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportPeers? Peers { get; init; }

    /// <summary>Whose networks the far ends of campaigns, infections, events and popular entries are in, by address;
    /// left out where no file says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, NetworkOwner>? Networks { get; init; }

    public IReadOnlyList<ReportRollup> Rollups { get; init; } = [];

    public ReportFamily Family { get; init; } = new();

    /// <summary>What lines share that were seen to attack; left out outside <c>lab</c>, and where fewer than three
    /// did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportOtherCases? ByDeeds { get; init; }

    /// <summary>What lines share that others reported as infected; left out outside <c>lab</c>, and where nobody gave
    /// such a file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportOtherCases? ByReports { get; init; }

    /// <summary>Mechanical triggers; outside <c>lab</c> under pseudonyms and without <c>cnc-contact</c>, which
    /// <see cref="EventCounts"/> alone tells of.</summary>
    public IReadOnlyList<ReportEvent> Events { get; init; } = [];

    /// <summary>All of them by rule.</summary>
    public IReadOnlyList<ReportEventCount> EventCounts { get; init; } = [];

    /// <summary>Mechanical triggers of the window that are older than the newest ones in <see cref="Events"/>;
    /// <see cref="EventCounts"/> counts them too. Left out where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long EventsNotShown { get; init; }

    public ReportCounters Counters { get; init; } = new();

    /// <summary>Endpoints (and roll-ups) found but held back because too few subjects stand behind them; see
    /// <see cref="Withholdings"/>.</summary>
    public int Withheld { get; init; }

    public IReadOnlyList<ReportWithholding> Withholdings { get; init; } = [];

    /// <summary>What the run cannot conclude, and why.</summary>
    public IReadOnlyList<ReportLimit> Limits => ReportLimits.Of(this);

    public ReportTiming Timing { get; init; } = new();

    /// <summary>How many candidates there are, wherever that is told.</summary>
    internal int Found => Candidates.Count - Shared;

    /// <summary>Endpoints that so many others use that they are none.</summary>
    internal int Shared => Candidates.Count(static one => one.Status == "shared");

    /// <summary>An endpoint, and whose network it is in where that is known.</summary>
    internal string NameOf(string endpoint) => Networks is { } networks && Endpoint.TryParse(endpoint, out var read)
        && networks.TryGetValue(read.Address.ToString(), out var owner) ? $"{endpoint} ({owner})" : endpoint;

    /// <summary>The part that the store's comparison found, as it stands here.</summary>
    [JsonIgnore]
    internal ComparedFigures Figures => new()
    {
        Subjects = Subjects,
        EstimatedPackets = Flows.EstimatedPackets,
        EstimatedOctets = Flows.EstimatedOctets,
        Sightings = Sightings,
        Infected = Infected,
        Candidates = Candidates,
        Campaigns = Campaigns,
        Infections = Infections,
        Peers = Peers,
        Rollups = Rollups,
        Family = Family,
        Withheld = Withheld,
        Withholdings = Withholdings,
    };
}

/// <summary>A report of before, in a few figures.</summary>
/// <param name="Until">End of its window.</param>
/// <param name="Cases">Infected subjects.</param>
/// <param name="Seen">Subjects seen.</param>
/// <param name="Candidates">Candidate endpoints.</param>
internal sealed record ReportTrend(
    DateTimeOffset Until, PublishedValue Cases, PublishedValue Seen, PublishedValue Candidates);

/// <summary>The time the report is about: flow time, from inclusive, until exclusive, UTC.</summary>
internal sealed record ReportWindow(DateTimeOffset From, DateTimeOffset Until);

/// <summary>Where the flows went: read = attributed + foreign + internal + spoofed + excluded + outsideWindow +
/// unattributed + seenTwice.</summary>
internal sealed record ReportFlows
{
    public long Read { get; init; }

    public long Attributed { get; init; }

    public long Foreign { get; init; }

    public long Internal { get; init; }

    public long Spoofed { get; init; }

    public long Excluded { get; init; }

    /// <summary>Flows that started before <c>--since</c> or not before <c>--until</c>.</summary>
    public long OutsideWindow { get; init; }

    /// <summary>Flows of a subscriber who cannot be named: no lease is known, or no key of their
    /// epoch was at hand.</summary>
    public long Unattributed { get; init; }

    /// <summary>Flows told at a router's way out that its way in had told already: they count once.</summary>
    public long SeenTwice { get; init; }

    /// <summary>Packets of the attributed flows as the store sums them, each multiplied by its
    /// sampling interval.</summary>
    public long? EstimatedPackets { get; init; }

    /// <summary>Their octets, the same way.</summary>
    public long? EstimatedOctets { get; init; }
}

/// <summary>What the run cost: wall seconds, flows per wall second, peak resident octets.</summary>
internal sealed record ReportTiming
{
    public double Seconds { get; init; }

    public double FlowsPerSecond { get; init; }

    public long PeakMemoryBytes { get; init; }
}
