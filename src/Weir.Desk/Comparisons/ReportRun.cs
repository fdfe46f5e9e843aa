// SPDX-License-Identifier: Apache-2.0
//
// One comparison: decided and recorded, computed by the store, which makes it as coarse as its own profile wants, put
// together with what collectors say of their work and what the desk journaled, and written as a report.
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Events;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Desk.Alerts;
using Weir.Desk.Collectors;
using Weir.Desk.Enrichment;
using Weir.Desk.Lists;
using Weir.Desk.Policy;
using Weir.Desk.Promotion;
using Weir.Desk.Records;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;
using Weir.Hosting.Auditing;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Comparisons;

/// <summary>What a comparison is made of.</summary>
internal sealed record ComparisonSources
{
    public required StoreComparisons Store { get; init; }

    public required PolicyEngine Engine { get; init; }

    public required EventHistory Events { get; init; }

    public required CurrentWatchlist Lists { get; init; }

    public required ListRefresher Refresher { get; init; }

    public required NetworkOwners Owners { get; init; }

    public required CollectorStatuses Collectors { get; init; }

    public required ComparedRuns Runs { get; init; }

    public required AlertPublisher Alerts { get; init; }

    /// <summary>Renews what was promoted and is upheld.</summary>
    public required PromotionRenewal Renewal { get; init; }

    public required IAuditLog Audit { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger<ReportRun> Log { get; init; }
}

/// <summary>Runs one.</summary>
internal sealed class ReportRun(ReportRunOptions options, ComparisonSources sources)
{
    /// <summary>A report lists so many events; those before are counted.</summary>
    private const int MostEvents = 1_000;

    private readonly long _begun = sources.Time.GetTimestamp();

    private bool InClear => options.Profile == ReportAnonymizer.LabProfile;

    public async Task RunAsync(CancellationToken cancel)
    {
        if (await sources.Engine.DecideAsync(Actor.Weir, new Request.Compare(), cancel) is Decision.Deny deny)
        {
            throw new InvalidOperationException($"the comparison was refused: {deny.Why}");
        }

        var started = sources.Time.GetTimestamp();
        var statuses = sources.Collectors.All.Select(heard => heard.Status).ToList();
        var isSampled = CollectorInputs.IsSampled(statuses);
        var hours = InClear
            ? ComparedWindow.UntilNow(sources.Time.GetUtcNow(), options.Settings.Window, isSampled)
            : ComparedWindow.LatestOver(
                sources.Time.GetUtcNow() - options.Settle, options.Settings.Window, isSampled);
        var lists = sources.Lists.Current;
        var compared = await sources.Store.RunAsync(
            new CompareAsk(
                "", hours.FromMs, hours.UntilMs, hours.TwoWayOnly, "", options.Settings.Seed, options.Settings.Q,
                options.Settings.Strict, options.Settings.KAnonymity.K,
                ReportLimits.ClocksAgree(statuses.SelectMany(CollectorInputs.ToExporters))),
            StoreComparisons.AllowedBy(lists), cancel);
        var computed = await MakeAsync(hours, statuses, lists, cancel);
        var seconds = sources.Time.GetElapsedTime(started).TotalSeconds;
        var shaped = new ReportAnonymizer(options.Settings.KAnonymity).Complete(computed, compared.Figures) with
        {
            Provider = options.Provider,
            Trend = sources.Runs.WeekBefore(DateTimeOffset.FromUnixTimeMilliseconds(hours.UntilMs)),
            Sightings = ReportFamilies.Name(compared.Figures.Sightings, lists, sources.Time.GetUtcNow()),
            Coverage = compared.Figures.Coverage,
            Flows = computed.Flows with
            {
                EstimatedPackets = compared.Figures.EstimatedPackets,
                EstimatedOctets = compared.Figures.EstimatedOctets,
            },
            Timing = new ReportTiming
            {
                Seconds = seconds,
                FlowsPerSecond = computed.Flows.Read / sources.Time.GetElapsedTime(_begun).TotalSeconds,
                PeakMemoryBytes = compared.PeakMemoryBytes,
            },
        };
        IReadOnlyList<WithheldRow> withheld =
            [.. compared.Withheld.Select(one => new WithheldRow(one.Endpoint, one.Status, one.P, one.Q)
            {
                RestsOn = one.RestsOn,
            })];
        shaped = ReportNetworks.Name(shaped, sources.Owners.Find);
        await ComparedRecord.KeepAsync(
            sources.Audit, sources.Runs, new(shaped, withheld, compared.WasKept), sources.Time.GetUtcNow(), cancel);
        await sources.Renewal.RunAsync(
            compared.Upheld, DateTimeOffset.FromUnixTimeMilliseconds(hours.UntilMs), cancel);
        sources.Alerts.Compared(shaped);
        var files = ReportFiles.Write(shaped, options.Folder);
        sources.Log.Compared(shaped.Family.Endpoints, seconds, shaped.Found, shaped.Shared, files.Json);
    }

    /// <summary>All of the report but what the store finds.</summary>
    private async Task<Report> MakeAsync(
        ComparedHours hours, IReadOnlyList<CollectorStatus> statuses, Watchlist lists, CancellationToken cancel)
    {
        // Outside the lab who met a listed endpoint is counted alone (rules.md R11).
        var told = await sources.Events.ReadAsync(
            hours.FromMs, hours.UntilMs, InClear ? "" : DetectionRules.All.First(rule => rule.IsContact).Id, MostEvents,
            cancel);
        var now = sources.Time.GetUtcNow();
        return new Report
        {
            Profile = options.Profile,
            Pseudonyms = ReportAnonymizer.KeysAreKept,
            Window = new ReportWindow(
                DateTimeOffset.FromUnixTimeMilliseconds(hours.FromMs),
                DateTimeOffset.FromUnixTimeMilliseconds(hours.UntilMs)),
            Inputs = [.. statuses.Select(CollectorInputs.ToInput)],
            Exporters = [.. statuses.SelectMany(CollectorInputs.ToExporters)],
            Flows = CollectorInputs.ToFlows(statuses),
            Watchlists = [.. lists.Feeds.Select(feed => ReportWatchlistMapper.Map(feed, now, FaultOf(feed.Path)))],
            Events = ReportEventMapper.ToReportEvents(told.Newest, options.Networks, InClear),
            EventCounts = [.. told.ByRule.Select(rule => new ReportEventCount(rule.Rule, rule.Events, rule.Subjects))],
            EventsNotShown = told.Older,
            Counters = CollectorInputs.ToCounters(statuses),
        };
    }

    private string? FaultOf(string path) =>
        sources.Refresher.States.FirstOrDefault(state => state.Path == path)?.Fault;
}

/// <summary>Event id 8451.</summary>
internal static partial class ComparisonLog
{
    [LoggerMessage(EventId = 8451, Level = LogLevel.Information,
        Message = "compared {Endpoints} endpoints in {Seconds:0.0} s: {Candidates} candidates, {Shared} shared "
            + "with too many; report in {File}")]
    public static partial void Compared(
        this ILogger log, long endpoints, double seconds, int candidates, int shared, string file);
}
