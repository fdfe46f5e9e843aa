// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Events;
using Weir.Contracts.Lists;
using Weir.Contracts.Protocol;
using Weir.Contracts.Signing;
using Weir.Desk.Cases;
using Weir.Desk.Collectors;
using Weir.Desk.Subjects;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Cases;
using Weir.Tests.Hosting;
using Weir.Tests.Support;

namespace Weir.Tests.DeskProcess;

/// <summary>A case desk behind its routes, in a network in memory, and a collector that a test plays.</summary>
internal sealed class DeskPeers : IAsyncDisposable
{
    private const string DeskName = "desk";

    private static readonly Peer Edge = new("edge-1", PeerRoles.Collector);

    private readonly MemoryPeers _network;

    private DeskPeers(CaseHandlerFixture cases)
    {
        Cases = cases;
        _network = new MemoryPeers(
            TimeProvider.System, Counted.Meters, NullLoggerFactory.Instance);
        Statuses = new CollectorStatuses(cases.Clock);
        _ = new CaseMetrics(Counted.Meters, () => Cases.Desk);
        Collector = _network.Client(Edge, DeskName, TimeSpan.FromSeconds(60));
    }

    public CaseHandlerFixture Cases { get; }

    public Counted Counted { get; } = new();

    public CurrentWatchlist Lists { get; } = new();

    public CollectorStatuses Statuses { get; }

    public PeerClient Collector { get; }

    public static async Task<DeskPeers> OpenAsync()
    {
        var place = new DeskPeers(await CaseHandlerFixture.OpenAsync());
        place.Listen();
        return place;
    }

    /// <summary>As a kill and a start: what was not durable is gone, and the door is another.</summary>
    public async Task RestartAsync()
    {
        _network.Stop(DeskName);
        await Cases.RestartAsync();
        Listen();
    }

    public PeerClient Client(PeerRoles roles) => _network.Client(new("somebody", roles), DeskName);

    public Task<EventReceipt> SendAsync(params Envelope[] events) => Collector.PostAsync(
        DeskRoutes.Events, new EventBatch(events), DeskJson.Default.EventBatch, DeskJson.Default.EventReceipt);

    public Task<EventReceipt> SendAsync(params QualityEvent[] events) =>
        SendAsync([.. events.Select(Cases.Keys.Sign)]);

    /// <summary>Handles what was received.</summary>
    public async Task HandleAsync()
    {
        using var stop = new CancellationTokenSource();
        var running = Cases.Desk.RunAsync(stop.Token);
        await Until.IsSoAsync(() => Cases.Desk.Waiting == 0 && Cases.Desk.Orders.Sequence > 0);

        await Cases.Desk.HandleAsync([], default);
        await stop.CancelAsync();
        await running;
    }

    public Task<ScopeChanges?> ScopesAsync(string? generation, long since) => Collector.GetAsync(
        DeskRoutes.Scopes, DeskJson.Default.ScopeChanges,
        new Dictionary<string, string> { ["generation"] = generation ?? "", ["since"] = $"{since}" });

    public Task<Done> ReportAsync(params ScopeReport[] reports) => Collector.PostAsync(
        DeskRoutes.ScopeReports, new ScopeReports(reports), DeskJson.Default.ScopeReports, DeskJson.Default.Done);

    public async ValueTask DisposeAsync()
    {
        Collector.Dispose();
        _network.Dispose();
        await Cases.DisposeAsync();
        Counted.Dispose();
    }

    private void Listen() => _network.Start(
        DeskName,
        new SubjectScopesGate(
            Cases.Desk, new EvidenceHandler(Cases.Desk.Engine, Cases.Desk.Scopes, Cases.Evidence, Cases.Audit), Cases.Audit)
            .Map(new CollectorRoutes(Cases.Desk, new ListsPublisher(Lists, Cases.Clock), Statuses)
                .Map(new PeerRoutes())));
}
