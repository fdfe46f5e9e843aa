// SPDX-License-Identifier: Apache-2.0
//
// The whole collector, put together in the order of the way. What can be refused is opened first; then everything runs
// until it is told to stop, or until a part fails that the way cannot do without; then all is ended in the same order.
using System.Diagnostics.Metrics;
using Weir.Cli.Configuring;
using Weir.Cli.Web;
using Weir.Cli.Web.SelfService;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Clients;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Desk.Alerts;
using Weir.Desk.Cases;
using Weir.Desk.Comparisons;
using Weir.Desk.Complaints;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.GoBgp;
using Weir.Desk.Mitigation.Rpz;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;
using Weir.Hosting.Spooling;
using Weir.Store.ClickHouse;
using Weir.Store.Embedded;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Vault.Keys;

namespace Weir.Cli.Serving;

/// <summary><c>weir serve</c>. The constructor is inert.</summary>
internal sealed class WeirServer(
    WeirConfiguration settings, TimeProvider time, ILoggerFactory logs, IMeterFactory meters)
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TemplatesSaved = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FlowsAhead = TimeSpan.FromHours(1);

    private readonly ILogger _log = logs.CreateLogger<WeirServer>();
    private readonly HealthRegistry _health = new(time);
    private string _starting = "opening the flow store";

    /// <summary>Collects until <paramref name="stop"/>.</summary>
    /// <exception cref="OperatorException">Something could not be opened, or a part failed that the way
    /// cannot do without.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        // Refused or opened: the audit before all, then lists, folders, ports, the store.
        await using var cases = CaseParts.Open(settings, time, logs);
        using var alerts = cases.Alerts = await AlertParts.OpenAsync(settings, time, logs, stop);
        var networks = StageOptions.Attributing(settings.Attributing);
        var allowed = StageOptions.Allowed(settings.Matching, time.GetUtcNow());
        var lists = new CurrentWatchlist(Watchlist.From(allowed, time.GetUtcNow()));
        using var promote = new PromoteParts(settings, time, logs);
        var refresher = new ListRefresher(
            [.. StageOptions.Lists(settings.Matching), cases.Allow.Open(), promote.Open()], lists, RefreshPeriod(),
            time, logs.CreateLogger<ListRefresher>(), allowed);
        using var blocks = await BlockParts.OpenAsync(settings, cases.Policy, cases.Audit, lists, time, logs, stop);
        Opened.Lists(refresher);
        cases.Allow.RefreshWith(refresher);
        promote.RefreshWith(refresher);
        Opened.Folder("report.dir", settings.Report.Dir);
        Opened.Folder(
            "decoding.template-file", Path.GetDirectoryName(Path.GetFullPath(settings.Decoding.TemplateFile))!);
        await using var pages = SelfServiceParts.Open(settings.Selfservice, time);
        var files = Opened.Keys(settings, time);
        using var vault = await Opened.VaultAsync(settings, time, logs, meters, stop);
        var ask = vault?.ForDesk(cases.Audit, scope => cases.Desk?.FindOrder(scope));
        IEpochKeySource? keys = vault is null ? files : vault.Keys;
        using var notices = new NoticeParts(settings.Notices, ask, pages.Links, alerts, time, logs);
        using var ladders = new LadderParts(settings, ask, lists, time, logs);
        var gate = new IntakeGate();
        using var intake = Opened.Sockets(settings.Collecting, gate, time, logs);
        using var spool = Opened.Spool(settings.Store, logs);
        using var registry = new MetricsRegistry(meters);
        _health.Add("start", () => _starting.Length > 0 ? ComponentHealth.Starting(_starting) : ComponentHealth.Ok);
        await using var web = await Opened.WebAsync(settings.Web, registry, _health);
        await using var store = await Opened.StoreAsync(settings.Store, time, logs, stop);
        using var loader = new SpoolLoader(spool, store, time, logs.CreateLogger<SpoolLoader>());

        // The way: sockets, lanes, shards, spool.
        var faults = new FaultLog(time, logs.CreateLogger<FaultLog>());
        using var pipeline = new Pipeline(new PipelineDependencies
        {
            Decoding = StageOptions.Decoding(settings.Decoding),
            Networks = networks,
            Interfaces = StageOptions.Interfaces(settings.Decoding),
            Watchlist = lists,
            Digesting = StageOptions.Digesting(settings.Digesting),
            Names = () => keys is null ? EpochPseudonymizer.InClear() : EpochPseudonymizer.ByEpoch(keys),
            Keys = keys,
            Intake = vault?.Intake,
            Digests = spool,
            Sightings = blocks.See(new CaseSightings(new SightingSpool(spool), cases.Signer, cases.Relay)),
            Detecting = cases.Detecting(),
            Evidence = cases.Evidence(spool),
            Window = FlowsTaken(),
            Faults = faults,
        });
        var lanes = intake.Lanes.Select(_ => pipeline.AddLane()).ToArray();
        var templates = new TemplateKeeper(settings.Decoding.TemplateFile, logs.CreateLogger<TemplateKeeper>());
        templates.Restore(lanes);

        // Beside the way: flushing, loading, lists, comparing, keeping house.
        var comparisons = new Comparisons(
            settings, new(store, lists, refresher, intake, pipeline, networks, keys, cases), time,
            logs.CreateLogger<Comparisons>());
        var disk = new DiskGate(gate, () => spool.State.DiskFull, settings.Store.Spool);
        var house = new Housekeeping(
            store, new EvidenceStore(store, loader, time), files, settings.Store.RetentionDays, cases.Policy,
            cases.Audit, time, logs.CreateLogger<Housekeeping>());
        var transparency = new Transparency(settings.Auditing.Dir, cases.Policy, settings.Report.Dir, time);
        var saving = Round(
            "templates", TemplatesSaved, _ => Task.Run(() => templates.Save(lanes), CancellationToken.None));
        var cleaning = Round("retention", Housekeeping.Period, house.CleanAsync);
        var reporting = Round("transparency", Transparency.Period, transparency.WriteAsync);
        Rounds[] rounds = [Round("disk", OneSecond, disk.LookAsync), saving, cleaning, reporting];
        var keeping = Round("cases", CaseParts.KeepPeriod, cases.KeepAsync);
        var complaints = Round("complaints", ComplaintFolders.Period, cases.TakeComplaintsAsync);
        var linking = Round("links", SelfServiceParts.KeepPeriod, pages.KeepAsync);
        Show(faults, intake, pipeline, new(spool, loader, store), lists, refresher, comparisons, rounds);
        var promoting = Round("promotions", PromoteParts.Period, promote.KeepAsync);
        var blocking = Round("blocks", BlockParts.KeepPeriod, blocks.KeepAsync);
        var alerting = Round(
            "alerts", AlertParts.Period, giveUp => alerts.LookAsync(cases.Desk, blocks.Desk, _health, giveUp));
        Show(cases);
        Show(blocks);
        var telling = Round("telling", NoticeParts.KeepPeriod, notices.KeepAsync);
        notices.Show(meters, _health);
        var climbing = Round("ladders", LadderParts.KeepPeriod, ladders.KeepAsync);
        ladders.Show(meters);
        Show(alerts);
        if (vault is not null)
        {
            _health.Add("vault", vault.Look);
        }

        await cases.Audit.AppendAsync(PolicyAuditEntry.Create(cases.Policy), stop);
        await cleaning.DoAsync(stop);
        await reporting.DoAsync(stop);

        pipeline.Start();
        await cases.BeginAsync(
            pipeline, store, loader, (IVault?)ask ?? new LocalVault(keys, networks), keys, comparisons,
            blocks, notices, ladders,
            desk => promote.Begin(desk, store, lists, keys, cases.Keys.Store, cases.Audit), stop);
        await pages.StartAsync(
            cases, new EvidenceStore(store, loader, time),
            [new MitigationMeasures(blocks.Desk, time), new WalledGardenMeasures(ladders)],
            fixing: ladders, meters, logs);
        using var ending = new Ending(intake, pipeline, spool, loader, time, logs.CreateLogger<Ending>());
        var collecting = intake.RunAsync(lane => new LaneDatagramHandler(lanes[lane.Number]), ending.Intake);
        Task[] beside =
        [
            FlushAsync(pipeline, ending.Rest), JudgeAsync(pipeline, ending.Rest),
            FlushEvidenceAsync(pipeline, ending.Rest),
            keeping.RunAsync(ending.Rest), complaints.RunAsync(ending.Rest), promoting.RunAsync(ending.Rest),
            blocking.RunAsync(ending.Rest), telling.RunAsync(ending.Rest), climbing.RunAsync(ending.Rest),
            linking.RunAsync(ending.Rest), alerting.RunAsync(ending.Rest), alerts.RunAsync(ending.Rest),
            .. blocks.Run(ending.Rest), loader.RunAsync(ending.Rest), refresher.RunAsync(ending.Rest),
            .. rounds.Select(round => round.RunAsync(ending.Rest)),
            .. vault is null ? [] : new[] { vault.RunAsync(ending.Rest) },
        ];
        var comparing = comparisons.RunAsync(ending.Rest);
        _starting = "";
        var listeners = string.Join(' ', intake.Sockets.Select(s => s.Listener).Distinct());
        var console = web.Address.Authority;
        _log.Ready(listeners, console, settings.Report.Dir);

        var failure = await UntilAsync([collecting, .. beside], stop);
        var read = lanes.Sum(lane => lane.Read);
        _log.Stopping(read);
        await pages.DisposeAsync();
        await cases.CloseApiAsync();
        await ending.EndAsync(collecting, [.. beside, comparing]);
        await cases.EndAsync();
        await saving.DoAsync(CancellationToken.None);
        var left = spool.State.Ready;
        _log.Stopped(left);
        if (failure is not null)
        {
            throw new OperatorException($"stopped by a failure: {failure.Message}", ExitCode.Failed);
        }
    }

    private Rounds Round(string part, TimeSpan period, Func<CancellationToken, Task> work)
    {
        var round = new Rounds(part, period, work, time, logs.CreateLogger<Rounds>());
        _health.Add(part, round.Look);
        return round;
    }

    /// <summary>What an operator can look at: metrics and health.</summary>
    private void Show(
        FaultLog faults, UdpIntake intake, Pipeline pipeline, StoreDependencies parts, CurrentWatchlist lists,
        ListRefresher refresher, Comparisons comparisons, Rounds[] rounds)
    {
        _ = new FaultMetrics(meters, faults);
        _ = new SocketMetrics(meters, () => intake);
        _ = new WayMetrics(meters, () => [pipeline]);
        _ = new DetectingMetrics(meters, () => [pipeline]);
        _ = new EvidenceMetrics(
            meters, () => [.. pipeline.Shards.Select(shard => shard.Evidence).OfType<RecorderState>()], time);
        _ = new StoreMetrics(meters, () => parts);
        _ = new WatchMetrics(meters, () => lists.Current.Feeds, () => refresher.States, time);
        _ = new ComparingMetrics(meters, () => comparisons.State, time);
        _ = new ProcessMetrics(meters, _health);
        _health.Add("intake", () => intake.Gate.IsOpen ? ComponentHealth.Ok : new ComponentHealth(
            HealthState.Degraded, "stopped: " + string.Join("; ", intake.Gate.Reasons), IsReady: false));
        _health.Add("lists", () => HealthOf(refresher.States));
        _health.Add("spool", () => HealthOf(parts.Loader.State));
        _health.Add("store", () => parts.Store.Child is { State.Running: false } child
            ? ComponentHealth.Degraded($"its process is being started again: {child.State.LastWords}")
            : ComponentHealth.Ok);
        _health.Add("comparing", comparisons.Look);
        Array.ForEach(rounds, round => _health.Add(round.Part, round.Look));
    }

    private void Show(CaseParts cases)
    {
        _ = new AuditMetrics(meters, () => cases.Audit.State, time);
        _ = new CaseMetrics(meters, () => cases.Desk);
        _health.Add("audit", cases.LookAtAudit);
        _health.Add("desk", cases.Look);
    }

    private void Show(BlockParts blocks)
    {
        _ = new MitigationMetrics(meters, () => blocks.Desk, () => blocks.Router?.Status, () => blocks.Zone?.Status);
        _health.Add("blocking", blocks.Look);
    }

    private void Show(AlertParts alerts)
    {
        _ = new AlertMetrics(meters, () => alerts.Sender);
        _health.Add("notifying", alerts.Look);
    }

    /// <summary>Ends when told to stop, or when a part does that should not; gives its failure.</summary>
    private static async Task<Exception?> UntilAsync(Task[] running, CancellationToken stop)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(told.SetResult);
        var first = await Task.WhenAny([told.Task, .. running]);
        return first == told.Task
            ? null
            : first.Exception?.GetBaseException() ?? new InvalidOperationException("a part of the way ended by itself");
    }

    /// <summary>Writes out what the shards hold and moves the window of flows that are taken.</summary>
    private async Task FlushAsync(Pipeline pipeline, CancellationToken cancel)
    {
        var watermark = new Watermark(settings.Decoding.ActiveTimeout, time);
        using var timer = new PeriodicTimer(settings.Digesting.FlushInterval, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            var mark = watermark.Next(pipeline.Lanes.Sum(lane => lane.Read), pipeline.Lanes.Max(lane => lane.LastMs));
            await Task.Run(() => pipeline.FlushAsync(mark), cancel).WaitAsync(cancel);
            foreach (var lane in pipeline.Lanes)
            {
                lane.Window = FlowsTaken();
            }
        }
    }

    /// <summary>Lets the counters judge by our clock, whatever the digests' interval is, and says when exporters hold
    /// flows longer than the configuration believes.</summary>
    private async Task JudgeAsync(Pipeline pipeline, CancellationToken cancel)
    {
        var late = new LateFlows(settings.Decoding.ActiveTimeout, time, logs.CreateLogger<LateFlows>());
        using var timer = new PeriodicTimer(OneSecond, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            await Task.Run(pipeline.JudgeAsync, cancel).WaitAsync(cancel);
            late.Look(pipeline.Shards.Aggregate(default(DetectingCounts), (sum, shard) => sum + shard.Detected));
        }
    }

    /// <summary>Writes out evidence often, so that who works on a case does not wait for it.</summary>
    private async Task FlushEvidenceAsync(Pipeline pipeline, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(settings.Evidence.FlushInterval, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            var mark = (time.GetUtcNow() - settings.Decoding.ActiveTimeout).ToUnixTimeMilliseconds();
            await Task.Run(() => pipeline.FlushEvidenceAsync(mark), cancel).WaitAsync(cancel);
        }
    }

    /// <summary>Flows that are kept anyway for no time, or that a broken clock puts ahead, are not taken: each would
    /// make a day's partition and an epoch's key.</summary>
    private FlowWindow FlowsTaken()
    {
        var now = time.GetUtcNow();
        return new FlowWindow(
            new DateTimeOffset(now.UtcDateTime.Date.AddDays(-settings.Store.RetentionDays), TimeSpan.Zero)
                .ToUnixTimeMilliseconds(),
            (now + FlowsAhead).ToUnixTimeMilliseconds());
    }

    private TimeSpan RefreshPeriod() =>
        settings.Matching.Lists.Select(list => list.Refresh).DefaultIfEmpty(TimeSpan.FromHours(1)).Min();

    private static ComponentHealth HealthOf(IReadOnlyList<ListState> states) =>
        states.Where(s => s.Fault is not null).Select(s => s.Fault).ToList() is { Count: > 0 } faults
            ? ComponentHealth.Degraded("a last good copy stays in force: " + string.Join("; ", faults))
            : ComponentHealth.Ok;

    private static ComponentHealth HealthOf(LoaderState state) =>
        state.Fault.Length > 0 ? ComponentHealth.Degraded($"segments wait: {state.Fault}")
        : state.SegmentsSetAside > 0 ? ComponentHealth.Degraded(
            FormattableString.Invariant($"{state.SegmentsSetAside} damaged segments lie in spool/bad"))
        : ComponentHealth.Ok;
}
