// SPDX-License-Identifier: Apache-2.0
//
// The individual plane of a running Weir: audit, records, desk, evidence, disclosure, and the socket people come
// through. The audit is opened before anything else and closed after everything; the desk opens when the shards run.
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;
using Weir.Cli.Retaining;
using Weir.Cli.Web;
using Weir.Collector;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Events;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Desk.Api;
using Weir.Desk.Api.Retention;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Comparisons;
using Weir.Desk.Complaints;
using Weir.Desk.Lists;
using Weir.Desk.Notices;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Desk.Promotion;
using Weir.Desk.Records;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Transparency;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Spooling;
using Weir.Store.ClickHouse;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Store.Population;

namespace Weir.Cli.Serving;

/// <summary>Opened in two steps, <see cref="Open"/> before the way and <see cref="BeginAsync"/> when
/// its shards run.</summary>
internal sealed class CaseParts : IAsyncDisposable
{
    /// <summary>What a segment may take from the spool to the store; a window of the population plane is counted
    /// only after it.</summary>
    public static readonly TimeSpan OnTheWay = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan KeepPeriod = TimeSpan.FromSeconds(10);

    private readonly WeirConfiguration _settings;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly RecordsFile _records;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly DateTimeOffset _opened;
    private ApiServer? _api;
    private PopulationReports? _population;
    private ComplaintHandler? _complaints;
    private ComplaintFolders? _folders;
    private readonly CancellationTokenSource _shardsEnd = new();
    private InProcessEvents? _events;
    private InProcessScopes? _scopes;
    private Task _handling = Task.CompletedTask;
    private Task _feeding = Task.CompletedTask;
    private Task _following = Task.CompletedTask;

    private CaseParts(
        WeirConfiguration settings, FileAuditLog audit, RecordsFile records, AllowFile allow,
        ReporterAuthenticator reporters, TimeProvider time, ILoggerFactory logs) =>
            (_settings, Audit, _records, Allow, _time, _logs, Policy, Reporters, _opened, Keys) =
                (settings, audit, records, allow, time, logs, PolicyRules.Of(settings), reporters, time.GetUtcNow(),
                InProcessKeys.For(settings, logs));

    public FileAuditLog Audit { get; }

    public AllowFile Allow { get; }

    public EventSigner Signer { get; } = new();

    public InProcessKeys Keys { get; }

    public EventRelay Relay { get; } = new();

    public PolicyProfile Policy { get; }

    public CaseHandler? Desk { get; private set; }

    /// <summary>What was raised, as the desk journaled it.</summary>
    public EventHistory Events => new(_records);

    /// <summary>Where alerts go; set before <see cref="BeginAsync"/>.</summary>
    public AlertParts? Alerts { get; set; }

    /// <summary>Who may complain; read before the way opens, so that a key that is missing is told at once.</summary>
    private ReporterAuthenticator Reporters { get; }

    /// <summary>The audit first, then the records.</summary>
    /// <exception cref="OperatorException">One of them cannot be had.</exception>
    public static CaseParts Open(WeirConfiguration settings, TimeProvider time, ILoggerFactory logs)
    {
        var reporters = ComplaintChoices.Reporters(settings.Complaints);
        FileAuditLog? audit = null;
        try
        {
            audit = FileAuditLog.Open(
                settings.Auditing.Options(VersionAction.Text), time, logs.CreateLogger<FileAuditLog>());
            var records = RecordsFile.Open(Path.Combine(settings.Cases.Dir, "records.sqlite"));
            return new CaseParts(settings, audit, records, new AllowFile(settings.Cases.Dir), reporters, time, logs);
        }
        catch (AuditException fault)
        {
            throw new OperatorException($"auditing.dir: {fault.Message}", ExitCode.Failed);
        }
        catch (RecordsException fault)
        {
            audit?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw new OperatorException($"cases.dir: {fault.Message}", ExitCode.Failed);
        }
    }

    /// <summary>What the shards need to write evidence and to raise events.</summary>
    public EvidenceDependencies Evidence(Spool spool) => new()
    {
        Sink = spool,
        Ring = StageOptions.Ring(_settings.Evidence, _time.GetUtcNow()),
        Time = _time,
    };

    public DetectingDependencies Detecting() =>
        new(StageOptions.Detecting(_settings.Detecting, _settings.Decoding.ActiveTimeout), Signer, Relay, _time);

    /// <summary>Restores the desk, lets events in, and opens the socket.</summary>
    public async Task BeginAsync(
        Pipeline pipeline, FlowStore store, SpoolLoader loader, IVault vault, IEpochKeySource? keys,
        Comparisons comparisons, BlockParts blocks,
        NoticeParts notices, LadderParts ladders, Func<CaseHandler, PromotionHandler> promote, CancellationToken cancel)
    {
        try
        {
            var evidence = new EvidenceStore(store, loader, _time);
            Desk = await CaseHandler.OpenAsync(
                new CaseHandlerDependencies
                {
                    Records = new CaseRecords(_records),
                    Audit = Audit,
                    Ring = Keys.Ring,
                    Grants = Policy.ShowsSubjects
                        ? new LabGrantSource(Keys.Vault)
                        : vault as IGrantSource ?? new LabGrantSource(Keys.Vault),
                    Orders = new ScopeChangeLog(_time),
                    Reports = await ScopeReportBook.OpenAsync(new ScopeReportRecords(_records), cancel),
                    Evidence = evidence,
                    Vault = vault,
                    Consents = Policy.ShowsSubjects ? null : vault as Weir.Contracts.Consents.IConsentGateway,
                    Allow = Allow,
                    Policy = Policy,
                    Time = _time,
                    Log = _logs.CreateLogger<CaseHandler>(),
                    CheckSettles = _settings.Escalating.Settles,
                },
                cancel);
            _population = new PopulationReports(
                new PopulationCounts(store.Client, StageOptions.Attributing(_settings.Attributing).Lines),
                new PopulationAnswers(Path.Combine(_settings.Report.Dir, "population")),
                PopulationReportHandler.RulesOf(Policy),
                _settings.Decoding.ActiveTimeout + _settings.Digesting.FlushInterval + OnTheWay, _time);
            _complaints = new ComplaintHandler(
                new ComplaintIntake(Reporters, vault, new ComplaintRecords(_records, _time), _time), Desk);
            _folders = new ComplaintFolders(
                ComplaintChoices.Folders(_settings.Complaints), _complaints, _time,
                _logs.CreateLogger<ComplaintFolders>());
            _folders.Prepare();
            await notices.OpenAsync(this, Desk, _records, cancel);
            await ladders.OpenAsync(this, Desk, _records, blocks, notices, store, cancel);
            _api = await ApiServer.StartAsync(
                _settings.Control.Socket,
                new ApiDependencies
                {
                    Callers = Callers(_settings.Access),
                    Cases = Desk,
                    Evidence = new EvidenceHandler(Desk.Engine, Desk.Scopes, evidence, Audit),
                    Disclosures = new DisclosureHandler(Desk, vault, Audit, Policy, _time),
                    Runs = new ComparedRuns(_settings.Report.Dir),
                    Transparency = new PublishedTransparency(_settings.Report.Dir),
                    StartComparison = comparisons.TryStart,
                    Population = new PopulationReportHandler(_population, Desk.Engine, Audit),
                    Complaints = _complaints,
                    Promotions = promote(Desk),
                    Blocks = blocks.Requests(Desk, store, Policy),
                    Router = blocks.Router,
                    Zone = blocks.Zone,
                    Notices = notices.Desk,
                    Escalations = ladders.Desk,
                    EscalationRound = LadderParts.KeepPeriod,
                    Alerts = Alerts!.Sender,
                    Sightings = new SharedSightings(new SightingRepository(store.Client)),
                    Lists = blocks.Lists,
                    Inventory = () => Held(pipeline),
                    Audit = Audit,
                    Policy = Policy,
                    Time = _time,
                },
                _logs);
        }
        catch (Exception failure) when (failure is AuditException or RecordsException
            or IOException or Weir.Desk.Notices.NoticeJournalException)
        {
            Relay.Break(failure);
            throw new OperatorException(failure.Message, ExitCode.Failed);
        }

        _events = new InProcessEvents(Keys.Collector, _time);
        _scopes = new InProcessScopes(Desk, new ScopeShards(pipeline), new EpochBlocks(keys), _time);
        _handling = Desk.RunAsync(_giveUp.Token);
        _feeding = _events.RunAsync(Desk, _giveUp.Token);
        _following = _scopes.RunAsync(_shardsEnd.Token);
        Relay.To(_events);
    }

    /// <summary>The machine's leave to compare, recorded before the run.</summary>
    public async Task MayCompareAsync(CancellationToken cancel)
    {
        if (await Desk!.Engine.DecideAsync(Actor.Weir, new Request.Compare(), cancel) is Decision.Deny deny)
        {
            throw new InvalidOperationException($"the comparison was refused: {deny.Why}");
        }
    }

    public async Task ComparedAsync(Report computed, Report shaped, CancellationToken cancel)
    {
        await ComparedRecord.KeepAsync(
            Audit, new ComparedRuns(_settings.Report.Dir), computed, shaped, _time.GetUtcNow(), cancel);
        Alerts?.Compared(shaped);
    }

    private static ApiCallers Callers(AccessSettings access) => new(
        [
            (Role.Analyst, access.Analysts), (Role.Operator, access.Operators),
            (Role.PrivacyOfficer, access.PrivacyOfficers), (Role.Auditor, access.Auditors),
            (Role.Administrator, access.Administrators),
        ],
        access.Vault);

    /// <summary>What the shards hold in memory and in their rings.</summary>
    private RetentionInventory Held(Pipeline pipeline)
    {
        var now = _time.GetUtcNow();
        var rings = pipeline.Shards
            .Select(shard => shard.Evidence?.Ring).OfType<RingState>().Where(ring => ring.Blocks > 0).ToList();
        var forgotten = now.AddHours(-Policy.CounterHours);
        return new RetentionInventory(
            rings.Count > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(rings.Min(ring => ring.OldestMs)) : null,
            rings.Sum(ring => ring.Flows), rings.Sum(ring => ring.Octets), _opened > forgotten ? _opened : forgotten,
            pipeline.Shards.Sum(shard => shard.Detected.Subjects), now);
    }

    public Task KeepAsync(CancellationToken cancel) => Desk?.RunOnceAsync(cancel) ?? Task.CompletedTask;

    /// <summary>Looks into the folders that complaints come by.</summary>
    public Task TakeComplaintsAsync(CancellationToken cancel) => _folders?.LookAsync(cancel) ?? Task.CompletedTask;

    public ComponentHealth Look() =>
        Desk is not { } desk ? ComponentHealth.Starting("restoring case files")
        : desk.Fault.Length > 0 ? ComponentHealth.Degraded($"{desk.Waiting} events wait: {desk.Fault}")
        : _scopes is { Fault.Length: > 0 } scopes
            ? ComponentHealth.Degraded($"scopes are not in force yet: {scopes.Fault}")
        : ComponentHealth.Ok;

    public ComponentHealth LookAtAudit() =>
        AuditHealth.Of(Audit.State, _settings.Auditing.Options(VersionAction.Text), _time.GetUtcNow());

    /// <summary>No further requests of people; before the way ends.</summary>
    public async Task CloseApiAsync()
    {
        await _shardsEnd.CancelAsync();
        await _following;
        if (_api is not null)
        {
            await _api.DisposeAsync();
            _api = null;
        }
    }

    /// <summary>When the shards have ended: what they raised last is handled, within a bounded time.</summary>
    public async Task EndAsync()
    {
        _events?.Complete();
        _giveUp.CancelAfter(TimeSpan.FromSeconds(10));
        await _feeding;
        Desk?.Complete();
        await _handling;
    }

    public async ValueTask DisposeAsync()
    {
        Relay.Break(new OperationCanceledException("stopped"));
        await CloseApiAsync();
        await EndAsync();
        Desk?.Dispose();
        _population?.Dispose();
        _complaints?.Dispose();
        _records.Dispose();
        Allow.Dispose();
        _scopes?.Dispose();
        _giveUp.Dispose();
        _shardsEnd.Dispose();
        Keys.Dispose();
        await Audit.DisposeAsync();
    }
}
