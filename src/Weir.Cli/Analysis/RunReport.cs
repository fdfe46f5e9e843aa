// SPDX-License-Identifier: Apache-2.0
//
// Step 7, the same for files and for sockets: compare, then put together what the report says.
using Weir.Cli.Reporting;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Desk.Reporting;
using Weir.Store.Comparing;
using Weir.Store.Ranking;
using Weir.Store.Runs;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Cli.Analysis;

/// <summary>What a run brings to its report.</summary>
internal sealed record RunResults
{
    public required string Profile { get; init; }

    /// <summary>Time the report is about.</summary>
    public required ReportWindow Window { get; init; }

    /// <summary>Hours compared.</summary>
    public required PairWindow Compared { get; init; }

    public required IReadOnlyList<ReportInput> Inputs { get; init; }

    public required IReadOnlyList<ReportExporter> Exporters { get; init; }

    public required ReportFlows Flows { get; init; }

    public required NetworkTable Networks { get; init; }

    /// <summary>Lists in force, and how the report tells of them.</summary>
    public required Watchlist Lists { get; init; }

    public required IReadOnlyList<ReportWatchlist> Watchlists { get; init; }

    /// <summary>Sightings that no allow-list takes back.</summary>
    public required IReadOnlyList<Sighting> Standing { get; init; }

    /// <summary>Events as they stood at the end, and how the counters fared.</summary>
    public IReadOnlyList<QualityEvent> Events { get; init; } = [];

    /// <summary>How many by rule, where <see cref="Events"/> are not all of them; null = they are.</summary>
    public IReadOnlyList<ReportEventCount>? EventCounts { get; init; }

    /// <summary>Events beyond those, older than they.</summary>
    public long OlderEvents { get; init; }

    public DetectingCounts Counted { get; init; }

    /// <summary>Lines that others reported as infected, and where; the lab profile's alone.</summary>
    public IReadOnlyCollection<SubjectKey> Reported { get; init; } = [];

    public string ReportedBy { get; init; } = "";

    public ComparingOptions Comparing { get; init; } = new();

    public required ulong Seed { get; init; }

    /// <summary>Key of the epoch's cohort draw (rules.md R8), 0 where there is none. With it nobody who knows the seed
    /// can tell who is drawn; it is in no report.</summary>
    public ulong Cohort { get; init; }

    public string Pseudonyms { get; init; } = "";

    /// <summary>The provider's name; empty for none.</summary>
    public string Provider { get; init; } = "";

    /// <summary>Since the run began: for files the whole of it, for sockets the comparison.</summary>
    public required Func<TimeSpan> Elapsed { get; init; }

    /// <summary>Peak octets of all processes that took part, asked at the end.</summary>
    public Func<long> PeakMemory { get; init; } = () => PairComparison.PeakMemory(null);

    /// <summary>In which the flows were read, where that is not the run itself.</summary>
    public TimeSpan? Reading { get; init; }
}

/// <summary>Compares and reports.</summary>
internal static class RunReport
{
    /// <summary>The report in clear; <see cref="ReportAnonymizer"/> hides what the profile asks.</summary>
    /// <exception cref="StoreException">The store could not answer.</exception>
    public static async Task<Report> MakeAsync(IPairCounts pairs, RunResults facts, CancellationToken cancel)
    {
        var input = new PairComparisonInput
        {
            Window = facts.Compared,
            Standing = facts.Standing,
            Allowed = Allowed(facts.Lists),
            Networks = facts.Networks,
            Options = facts.Comparing,
            Seed = facts.Seed,
            Cohort = facts.Cohort,
            WithPeers = facts.Profile == ReportAnonymizer.LabProfile,
            Activities = [.. facts.Events.Where(one => DetectionRules.Find(one.Rule) is { IsContact: false })
                .Select(one => new LineDeed(one.Subject, one.FromMs))],
        };
        var figures = await PairComparison.ComputeAsync(pairs, input, cancel);
        var byDeeds = facts.Profile == ReportAnonymizer.LabProfile
            ? await OtherCases.ByDeedsAsync(pairs, input, facts.Events, cancel) : null;
        var byReports = await OtherCases.ByReportsAsync(pairs, input, facts.Reported, cancel);
        var seconds = facts.Elapsed().TotalSeconds;
        var reading = facts.Reading?.TotalSeconds ?? seconds;
        return new Report
        {
            Profile = facts.Profile,
            Pseudonyms = facts.Pseudonyms,
            Window = facts.Window,
            Inputs = facts.Inputs,
            Exporters = facts.Exporters,
            Flows = facts.Flows with
            {
                EstimatedPackets = figures.EstimatedPackets,
                EstimatedOctets = figures.EstimatedOctets,
            },
            Subjects = figures.Subjects,
            Watchlists = facts.Watchlists,
            Provider = facts.Provider,
            Sightings = ReportFamilies.Name(figures.Sightings, facts.Lists, facts.Window.Until),
            Infected = figures.Infected,
            Candidates = figures.Candidates,
            Campaigns = figures.Campaigns,
            Infections = figures.Infections,
            Peers = figures.Peers,
            Rollups = figures.Rollups,
            Family = figures.Family,
            ByDeeds = byDeeds,
            ByReports = byReports is null ? null : byReports with { By = [facts.ReportedBy] },
            Events = ReportEventMapper.ToReportEvents(
                facts.Events, facts.Networks, facts.Profile == ReportAnonymizer.LabProfile),
            EventCounts = facts.EventCounts ?? ReportEventMapper.Counts(facts.Events),
            EventsNotShown = facts.OlderEvents,
            Counters = ReportCountersMapper.Map(facts.Counted),
            Timing = new ReportTiming
            {
                Seconds = seconds,
                FlowsPerSecond = facts.Flows.Read / reading,
                PeakMemoryBytes = facts.PeakMemory(),
            },
        };
    }

    /// <summary>Where the flows of some lanes went.</summary>
    public static ReportFlows FlowsOf(IReadOnlyList<Lane> lanes) => new()
    {
        Read = lanes.Sum(lane => lane.Read),
        Attributed = lanes.Sum(lane => lane.Attributor.Counts.Attributed),
        Foreign = lanes.Sum(lane => lane.Attributor.Counts.Foreign),
        Internal = lanes.Sum(lane => lane.Attributor.Counts.Internal),
        Spoofed = lanes.Sum(lane => lane.Attributor.Counts.Spoofed),
        Excluded = lanes.Sum(lane => lane.Attributor.Counts.Excluded),
        OutsideWindow = lanes.Sum(lane => lane.Attributor.Counts.OutsideWindow),
        Unattributed = lanes.Sum(lane => lane.Attributor.Counts.Unattributed),
        SeenTwice = lanes.Sum(lane => lane.Attributor.Counts.SeenTwice),
    };

    private static List<Wire.Prefix> Allowed(Watchlist lists) =>
        [.. lists.Feeds.SelectMany(f => f.Entries).Where(e => e.Role == ListRole.Allow).Select(e => e.What)];
}
