// SPDX-License-Identifier: Apache-2.0
//
// Blocking of a running Weir: the journal, the desk, and beside the way the keepers of the router and of the zone,
// where they are configured. A journal that cannot be opened does not stop the collector: nothing is blocked then, and
// the routers are swept.
using Weir.Cli.Configuring;
using Weir.Cli.Web;
using Weir.Collector;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Cases;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.GoBgp;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Mitigation.Rpz;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.GoBgp;
using Weir.Hosting.Health;
using Weir.Store.ClickHouse;

namespace Weir.Cli.Serving;

/// <summary>Made by <see cref="OpenAsync"/>.</summary>
internal sealed class BlockParts : IDisposable
{
    public static readonly TimeSpan KeepPeriod = TimeSpan.FromSeconds(30);

    private readonly BlockingSettings _settings;
    private readonly MitigationJournal? _journal;
    private readonly ListedForBlocks _listed;
    private readonly TimeProvider _time;
    private SeenEndpoints? _seen;

    private BlockParts(
        BlockingSettings settings, MitigationJournal? journal, MitigationController desk, ListedForBlocks listed,
        Exemptions exempt, TimeProvider time, ILoggerFactory logs)
    {
        (_settings, _journal, Desk, _listed, _time) = (settings, journal, desk, listed, time);
        Router = settings.Gobgp is { } at
            ? new RouteReconciler(
                desk, at, BlockChoices.Routes(settings), time, logs.CreateLogger<RouteReconciler>())
            : null;
        Zone = settings.Rpz.File is { } file
            ? new PolicyZonePublisher(
                desk, BlockChoices.Zone(settings.Rpz, file, exempt), BlockChoices.Resolvers(settings.Rpz, file), time,
                logs.CreateLogger<PolicyZonePublisher>())
            : null;
    }

    public MitigationController Desk { get; }

    /// <summary>The lists in force.</summary>
    public CurrentWatchlist Lists => _listed.Lists;

    /// <summary>None where no GoBGP is configured.</summary>
    public RouteReconciler? Router { get; }

    /// <summary>None where no zone is configured.</summary>
    public PolicyZonePublisher? Zone { get; }

    public static async Task<BlockParts> OpenAsync(
        WeirConfiguration settings, PolicyProfile policy, IAuditLog audit, CurrentWatchlist lists, TimeProvider time,
        ILoggerFactory logs, CancellationToken cancel)
    {
        var listed = new ListedForBlocks(lists, time);
        MitigationJournal? journal = null;
        IMitigationJournal kept;
        try
        {
            kept = journal = MitigationJournal.Open(Path.Combine(settings.Cases.Dir, "blocks.sqlite"));
        }
        catch (MitigationJournalException fault)
        {
            kept = new LostJournal(fault);
        }

        var desk = await MitigationController.OpenAsync(
            kept, audit, listed, BlockChoices.Desk(settings, policy), time,
            logs.CreateLogger<MitigationController>(), cancel);
        return new BlockParts(
            settings.Blocking, journal, desk, listed, LadderChoices.Exempt(settings.Escalating), time, logs);
    }

    /// <summary>Has sightings looked at on their way.</summary>
    public ISightingSink See(ISightingSink next) => _seen = new SeenEndpoints(next);

    /// <summary>What people may ask of it.</summary>
    public BlockRequests Requests(CaseHandler cases, FlowStore store, PolicyProfile policy) => new(new()
    {
        Cases = cases,
        Blocks = Desk,
        Collateral = new CollateralCounts(store.Client, _time),
        IsListed = _listed.Names,
        Length = _settings.Lease,
        Longest = TimeSpan.FromDays(policy.BlockDays),
    });

    /// <summary>The keepers, round after round.</summary>
    public IEnumerable<Task> Run(CancellationToken cancel)
    {
        if (Router is not null)
        {
            yield return Router.RunAsync(cancel);
        }

        if (Zone is not null)
        {
            yield return Zone.RunAsync(cancel);
        }
    }

    /// <summary>What was tried keeps its block; what is due ends.</summary>
    public async Task KeepAsync(CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        foreach (var (endpoint, lastMs) in _seen?.Take() ?? new Dictionary<Weir.Contracts.Flows.Endpoint, long>())
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(lastMs);
            await Desk.SawAsync([endpoint], at < now ? at : now, cancel);
        }

        await Desk.ExpireAsync(cancel);
    }

    public ComponentHealth Look() =>
        Desk.Lost is { Length: > 0 } lost ? ComponentHealth.Degraded(lost)
        : Router?.Status is { IsReachable: false } router
            ? ComponentHealth.Degraded($"GoBGP at {_settings.Gobgp}: {router.Fault}")
        : Router?.Status is { Planned: > 0 } alone && !alone.Peers.Any(p => p.IsEstablished)
            ? ComponentHealth.Degraded($"GoBGP at {_settings.Gobgp} has no neighbour: blocks reach no router")
        : Zone?.Status is { Fault.Length: > 0 } zone ? ComponentHealth.Degraded(zone.Fault)
        : ComponentHealth.Ok;

    public void Dispose()
    {
        Router?.Dispose();
        Zone?.Dispose();
        Desk.Dispose();
        _journal?.Dispose();
    }

    /// <summary>Stands where none could be opened.</summary>
    private sealed class LostJournal(MitigationJournalException fault) : IMitigationJournal
    {
        public Task WriteAsync(IReadOnlyCollection<LeaseRow> rows, CancellationToken cancel) => throw fault;

        public Task ProbeAsync(CancellationToken cancel) => throw fault;

        public Task<IReadOnlyList<LeaseRow>> LoadAsync(DateTimeOffset endedSince, CancellationToken cancel) =>
            throw fault;
    }
}
