// SPDX-License-Identifier: Apache-2.0
//
// Step 7, the same for files and for sockets: compare, then put together what the report says.
using System.Diagnostics;
using System.Globalization;
using Weir.Cli.Reporting;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
using Weir.Store.Comparing;
using Weir.Store.Embedded;
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

    public ComparingOptions Comparing { get; init; } = new();

    public required ulong Seed { get; init; }

    /// <summary>Key of the epoch's cohort draw (rules.md R8), 0 where there is none. With it nobody who knows the seed
    /// can tell who is drawn; it is in no report.</summary>
    public ulong Cohort { get; init; }

    public string Pseudonyms { get; init; } = "";

    /// <summary>Since the run began: for files the whole of it, for sockets the comparison.</summary>
    public required Func<TimeSpan> Elapsed { get; init; }

    /// <summary>In which the flows were read, where that is not the run itself.</summary>
    public TimeSpan? Reading { get; init; }
}

/// <summary>Compares and reports.</summary>
internal static class RunReport
{
    /// <summary>The report in clear; <see cref="ReportAnonymizer"/> hides what the profile asks.</summary>
    /// <exception cref="StoreException">The store could not answer.</exception>
    public static async Task<Report> MakeAsync(FlowStore store, RunResults facts, CancellationToken cancel)
    {
        var cases = CaseSet.From(facts.Standing, Benign(facts.Lists));
        var run = await ComparisonEngine.RunAsync(
            new PairCounts(store.Client, facts.Networks.Lines), facts.Compared, cases, facts.Comparing,
            facts.Seed ^ facts.Cohort, cancel);
        var seen = await SumAsync(store, "uniqExact(subject)", facts.Compared, cancel);
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
                EstimatedPackets = await SumAsync(store, "sum(packets_out + packets_in)", facts.Compared, cancel),
                EstimatedOctets = await SumAsync(store, "sum(octets_out + octets_in)", facts.Compared, cancel),
            },
            Subjects = new ReportSubjects
            {
                Seen = seen,
                Cases = cases.Cases.Count,
                Controls = run.Participants.Controls,
                Excluded = run.Participants.Scanners
            },
            Watchlists = facts.Watchlists,
            Sightings = ReportFindingMapper.Sightings(facts.Standing),
            Infected = ReportFindingMapper.Infected(facts.Standing, facts.Networks),
            Candidates = ReportFindingMapper.Candidates(run),
            Rollups = ReportFindingMapper.Rollups(run),
            Family = ReportFindingMapper.Family(run) with { Seed = facts.Seed },
            Events = ReportEventMapper.ToReportEvents(
                facts.Events, facts.Networks, facts.Profile == ReportAnonymizer.LabProfile),
            EventCounts = facts.EventCounts ?? ReportEventMapper.Counts(facts.Events),
            EventsNotShown = facts.OlderEvents,
            Counters = ReportEventMapper.CountersOf(facts.Counted),
            Timing = new ReportTiming
            {
                Seconds = seconds,
                FlowsPerSecond = facts.Flows.Read / reading,
                PeakMemoryBytes = PeakMemory(store)
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
    };

    private static async Task<long> SumAsync(
        FlowStore store, string what, PairWindow window, CancellationToken cancel) =>
            (long)await store.Client.ScalarAsync<ulong>(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"SELECT toUInt64({what}) FROM pairs WHERE hour > "
                        + $"toDateTime({Math.Max(0, (window.FromMs - 3_600_000) / 1_000)}) AND hour < "
                        + $"toDateTime({(window.UntilMs + 999) / 1_000})"),
                cancel);

    private static List<Wire.Prefix> Benign(Watchlist lists) =>
        [
            .. lists.Feeds.SelectMany(f => f.Entries).Where(e => e.Role == ListRole.Allow).Select(e => e.What),
            .. SpecialPurpose.Networks
        ];

    /// <summary>Peak resident octets of this process and the store's child together.</summary>
    private static long PeakMemory(FlowStore store)
    {
        using var own = Process.GetCurrentProcess();
        return own.PeakWorkingSet64 + PeakOf(store.Child?.State.ProcessId ?? 0);
    }

    private static long PeakOf(int processId)
    {
        if (processId == 0)
        {
            return 0;
        }

        try
        {
            using var child = Process.GetProcessById(processId);
            return child.PeakWorkingSet64;
        }
        catch (ArgumentException)
        {
            return 0; // it ended just now and is being started again
        }
    }
}
