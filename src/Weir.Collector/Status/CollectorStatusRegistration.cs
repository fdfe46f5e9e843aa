// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Collecting.Sessions;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Digesting;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;
using Weir.Hosting.Monitoring;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Status;

internal static class CollectorStatusRegistration
{
    /// <summary>Adds the collector's record, for who may verify it, and how it stands.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="name">The collector's.</param>
    /// <param name="record">Where its record lies.</param>
    /// <param name="desk">Who asks for it.</param>
    public static IServiceCollection AddRecordCourier(
        this IServiceCollection services, string name, string record, PeerClient desk) =>
        services.AddSingleton<IHostedService>(provider =>
        {
            var audit = provider.GetRequiredService<FileAuditLog>();
            provider.GetRequiredService<HealthRegistry>().Add("audit", () => audit.State.Fault is { Length: > 0 } fault
                ? ComponentHealth.Degraded(fault)
                : ComponentHealth.Ok);
            return new RecordCourier(name, record, audit, desk, provider.GetRequiredService<TimeProvider>());
        });

    /// <summary>Adds what can be looked at: status to the desk, and metrics.</summary>
    public static IServiceCollection AddStatus(
        this IServiceCollection services, string name, TimeSpan period, PeerClient desk, bool isLab)
    {
        services.AddSingleton<StatusSnapshot>();
        services.AddSingleton<IExporterPage>(
            provider => new ExporterPage(
                provider.GetRequiredService<Pipeline>(), provider.GetRequiredService<KnownExporters>()));
        return services.AddSingleton<IHostedService>(provider =>
        {
            AddMetrics(provider, isLab);
            return new StatusReporter(
                name, period, provider.GetRequiredService<StatusSnapshot>(), desk,
                provider.GetRequiredService<HealthRegistry>(), provider.GetRequiredService<TimeProvider>());
        });
    }

    private static void AddMetrics(IServiceProvider provider, bool isLab)
    {
        var meters = provider.GetRequiredService<IMeterFactory>();
        var pipeline = provider.GetRequiredService<Pipeline>();
        var intake = provider.GetRequiredService<UdpIntake>();
        var named = new NamedExporters(pipeline.Exporters);
        _ = new FaultMetrics(meters, provider.GetRequiredService<FaultLog>(), named.Has);
        _ = new SocketMetrics(meters, () => intake);
        var sessions = provider.GetRequiredService<SessionIntake>();
        _ = new SessionMetrics(meters, () => sessions.Listeners);
        _ = new PipelineMetrics(meters, () => [pipeline], provider.GetRequiredService<TimeProvider>(), isLab, named);
        _ = new DetectorMetrics(meters, () => [pipeline]);
        _ = new RecorderMetrics(
            meters, () => [.. pipeline.Shards.Select(shard => shard.Evidence).OfType<RecorderState>()],
            provider.GetRequiredService<TimeProvider>());
    }
}
