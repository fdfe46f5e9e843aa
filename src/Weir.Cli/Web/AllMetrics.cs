// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Collector.Accounting;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Sessions;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Events;
using Weir.Collector.Forwarding;
using Weir.Collector.Lists;
using Weir.Collector.Segments;
using Weir.Collector.Status;
using Weir.Desk.Alerts;
using Weir.Desk.Cases;
using Weir.Desk.Collectors;
using Weir.Desk.Comparisons;
using Weir.Desk.Customers;
using Weir.Desk.Escalations;
using Weir.Desk.Enrichment;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation.Enforcing;
using Weir.Desk.Notices;
using Weir.Desk.Remediation;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Outside;
using Weir.Hosting.Disks;
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;
using Weir.Hosting.Peers.Certificates;
using Weir.Hosting.Peers.Serving;
using Weir.Store.Engine;
using Weir.Vault.Customers;
using Weir.Vault.Identity.Intake;

namespace Weir.Cli.Web;

/// <summary>Every stage's metrics class, made with nothing behind it: what the documentation is written from.</summary>
internal static class AllMetrics
{
    /// <summary>One entry per class. A new stage adds its line here; a test misses it otherwise.</summary>
    private static readonly Dictionary<string, Action<IMeterFactory>> Classes = new()
    {
        [nameof(SocketMetrics)] = meters => _ = new SocketMetrics(meters, () => null),
        [nameof(SessionMetrics)] = meters => _ = new SessionMetrics(meters, () => []),
        [nameof(FaultMetrics)] =
            meters => _ = new FaultMetrics(
                meters, new FaultLog(TimeProvider.System, NullLogger<FaultLog>.Instance), static _ => false),
        [nameof(PipelineMetrics)] = meters =>
            _ = new PipelineMetrics(meters, () => [], TimeProvider.System, isLab: true),
        [nameof(DetectorMetrics)] = meters => _ = new DetectorMetrics(meters, () => []),
        [nameof(RecorderMetrics)] = meters => _ = new RecorderMetrics(meters, () => [], TimeProvider.System),
        [nameof(WatchMetrics)] = meters =>
            _ = new WatchMetrics(meters, () => [], () => [], () => [], () => [], TimeProvider.System),
        [nameof(EnrichmentMetrics)] = meters => _ = new EnrichmentMetrics(meters, () => []),
        [nameof(ComparingMetrics)] = meters => _ = new ComparingMetrics(meters, () => null, TimeProvider.System),
        [nameof(CaseMetrics)] = meters => _ = new CaseMetrics(meters, () => null),
        [nameof(MitigationMetrics)] = meters => _ = new MitigationMetrics(meters, () => null, () => []),
        [nameof(Weir.Desk.Notices.NoticeMetrics)] =
            meters => _ = new Weir.Desk.Notices.NoticeMetrics(meters, () => null),
        [nameof(CustomerPageMetrics)] = meters => _ = new CustomerPageMetrics(meters, () => null),
        [nameof(CustomerActMetrics)] =
            meters => _ = new CustomerActMetrics(meters, () => new Dictionary<string, long>()),
        [nameof(Weir.Desk.Escalations.EscalationMetrics)] =
            meters => _ = new Weir.Desk.Escalations.EscalationMetrics(meters, () => null),
        [nameof(AlertMetrics)] = meters => _ = new AlertMetrics(meters, () => null),
        [nameof(CollectorMetrics)] = meters => _ = new CollectorMetrics(meters, null!, null!),
        [nameof(EventsMetrics)] = meters => _ = new EventsMetrics(meters, null!, null!, null!, TimeProvider.System),
        [nameof(ListsMetrics)] = meters => _ = new ListsMetrics(meters, null!, null!, TimeProvider.System),
        [nameof(ForwardingMetrics)] = meters => _ = new ForwardingMetrics(meters, null!, null!, 0),
        [nameof(AccountMetrics)] = meters => _ = new AccountMetrics(meters, null!),
        [nameof(DiskMetrics)] = meters => _ = new DiskMetrics(meters, () => []),
        [nameof(SegmentsMetrics)] = meters => _ = new SegmentsMetrics(
            meters, () => new("", 0, 0, 0, 0, 0), () => new(0, 0, 0, 0, 0, ""), TimeProvider.System, isLab: false),
        [nameof(EngineMetrics)] = meters => _ = new EngineMetrics(meters, null!),
        [nameof(ExporterWatchMetrics)] = meters => _ = new ExporterWatchMetrics(meters, () => 0),
        [nameof(PeerCertificateMetrics)] = meters => _ = new PeerCertificateMetrics(meters, () => default),
        [nameof(PeerServerMetrics)] = meters => _ = new PeerServerMetrics(meters, () => 0),
        [nameof(HeadPusherMetrics)] = meters => _ = new HeadPusherMetrics(meters, () => []),
        [nameof(AuditMetrics)] = meters => _ = new AuditMetrics(meters, () => null, TimeProvider.System),
        [nameof(IdentityMetrics)] = meters => _ = new IdentityMetrics(meters, () => null),
        [nameof(ProcessMetrics)] = meters => _ = new ProcessMetrics(meters, new HealthRegistry(TimeProvider.System)),
    };

    public static IEnumerable<string> Names => Classes.Keys;

    public static IEnumerable<Action<IMeterFactory>> Creators => Classes.Values;
}
