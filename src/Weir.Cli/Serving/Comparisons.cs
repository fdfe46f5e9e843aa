// SPDX-License-Identifier: Apache-2.0
//
// Beside the way: at its times, compares what the store holds and writes the report. Whatever goes wrong here is told,
// shown in /healthz and tried again at the next time; the intake does not notice.
using Weir.Cli.Analysis;
using Weir.Cli.Configuring;
using Weir.Cli.Reporting;
using Weir.Cli.Web;
using Weir.Collector;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Desk.Comparisons;
using Weir.Desk.Lists;
using Weir.Desk.Records;
using Weir.Desk.Reporting;
using Weir.Hosting.Health;
using Weir.Store.ClickHouse;
using Weir.Store.Comparing;
using Weir.Store.Runs;

namespace Weir.Cli.Serving;

/// <summary>What a comparison looks at.</summary>
internal sealed record ComparedParts(
    FlowStore Store, CurrentWatchlist Lists, ListRefresher Refresher, UdpIntake Intake, Pipeline Pipeline,
    NetworkTable Networks, IEpochKeySource? Keys, CaseParts Cases);

/// <summary>Compares on schedule. The constructor is inert.</summary>
internal sealed class Comparisons(
    WeirConfiguration settings, ComparedParts parts, TimeProvider time, ILogger<Comparisons> log)
{
    public const string KeysAreKept =
        "Pseudonyms were made under the key of their seven days; the key is erased seven days later.";

    /// <summary>A report lists so many events; those before are counted.</summary>
    private const int MostEvents = 1_000;

    private readonly long _begun = time.GetTimestamp();
    private TaskCompletionSource _start = NotYet();
    private bool _isRunning;
    private ComparisonState _state = new(0, 0, null, TimeSpan.Zero, "");

    public ComparisonState State => Volatile.Read(ref _state);

    public ComponentHealth Look() => State.Fault is { Length: > 0 } fault
        ? ComponentHealth.Degraded($"the latest comparison failed: {fault}")
        : ComponentHealth.Ok;

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var wait = settings.Comparing.Schedule.Next(time.GetUtcNow()) is { } next
                ? next - time.GetUtcNow()
                : Timeout.InfiniteTimeSpan;
            await Task.WhenAny(Task.Delay(wait, time, cancel), Volatile.Read(ref _start).Task);
            cancel.ThrowIfCancellationRequested();
            await TryCompareAsync(cancel);
            Volatile.Write(ref _start, NotYet());
        }
    }

    /// <summary>Has a run begun now; false where one was asked for or is under way.</summary>
    public bool TryStart() => !Volatile.Read(ref _isRunning) && Volatile.Read(ref _start).TrySetResult();

    private static TaskCompletionSource NotYet() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task TryCompareAsync(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        Volatile.Write(ref _isRunning, true);
        try
        {
            await CompareAsync(started, cancel);
            Volatile.Write(ref _state, State with
            {
                Done = State.Done + 1,
                LastAt = time.GetUtcNow(),
                Took = time.GetElapsedTime(started),
                Fault = ""
            });
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            log.RoundFailed("comparing", failure.Message);
            Volatile.Write(ref _state, State with { Failed = State.Failed + 1, Fault = failure.Message });
        }
        finally
        {
            Volatile.Write(ref _isRunning, false);
        }
    }

    private async Task CompareAsync(long started, CancellationToken cancel)
    {
        await parts.Cases.MayCompareAsync(cancel);
        var lanes = parts.Pipeline.Lanes;
        var lists = parts.Lists.Current;
        var hours = ComparedWindow.Of(
            time.GetUtcNow(), settings.Comparing.Window, parts.Keys is not null, LiveInputs.IsSampled(lanes));
        var window = new PairWindow(hours.FromMs, hours.UntilMs, hours.TwoWayOnly);
        // Outside the lab who met a listed endpoint is counted alone (rules.md R11).
        var inClear = settings.Profile == Configuring.Profile.Lab;
        var told = await parts.Cases.Events.ReadAsync(
            window.FromMs, window.UntilMs, inClear ? "" : RuleId.CncContact, MostEvents, cancel);
        var facts = new RunResults
        {
            Profile = Schema.Kebab(settings.Profile.ToString()),
            Pseudonyms = KeysAreKept,
            Window = new ReportWindow(
                DateTimeOffset.FromUnixTimeMilliseconds(window.FromMs),
                DateTimeOffset.FromUnixTimeMilliseconds(window.UntilMs)),
            Compared = window,
            Inputs = [LiveInputs.Of(parts.Intake, lanes)],
            Exporters = LiveInputs.Exporters(lanes),
            Flows = RunReport.FlowsOf(lanes),
            Networks = parts.Networks,
            Lists = lists,
            Watchlists = [.. lists.Feeds.Select(
                feed => ListsAndExporters.ToReportWatchlist(feed, time.GetUtcNow(), FaultOf(feed.Path)))],
            Standing = await StoredSightings.StandingAsync(parts.Store, window, lists, cancel),
            Events = told.Newest,
            EventCounts = [.. told.ByRule.Select(rule => new ReportEventCount(rule.Rule, rule.Events, rule.Subjects))],
            OlderEvents = told.Older,
            Counted = parts.Pipeline.Shards.Aggregate(default(DetectingCounts), (sum, shard) => sum + shard.Detected),
            Comparing = StageOptions.Comparing(settings.Comparing),
            Seed = settings.Comparing.Seed,
            Cohort = parts.Keys?.CohortOf(Epochs.At(window.FromMs)) ?? 0,
            Elapsed = () => time.GetElapsedTime(started),
            Reading = time.GetElapsedTime(_begun),
        };
        var report = await RunReport.MakeAsync(parts.Store, facts, cancel);
        var k = settings.Comparing.K;
        var shaped = new ReportAnonymizer(new ReportKAnonymity(k, Math.Max(k, ReportKAnonymity.Default.MinimumBase)))
            .Shape(report);
        await parts.Cases.ComparedAsync(report, shaped, cancel);
        var files = ReportFiles.Write(shaped, settings.Report.Dir);
        log.Compared(report.Family.Endpoints, report.Timing.Seconds, report.Candidates.Count, files.Json);
    }

    private string? FaultOf(string path) => parts.Refresher.States.FirstOrDefault(state => state.Path == path)?.Fault;
}
