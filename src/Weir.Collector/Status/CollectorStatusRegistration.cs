// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Digesting;
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;
using Weir.Hosting.Monitoring;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Status;

internal static class CollectorStatusRegistration
{
    /// <summary>Adds what can be looked at: status to the desk, and metrics.</summary>
    public static IServiceCollection AddStatus(
        this IServiceCollection services, string name, TimeSpan period, PeerClient desk)
    {
        services.AddSingleton<StatusSnapshot>();
        services.AddSingleton<IExporterPage>(
            provider => new ExporterPage(provider.GetRequiredService<Pipeline>()));
        return services.AddSingleton<IHostedService>(provider =>
        {
            AddMetrics(provider);
            return new StatusReporter(
                name, period, provider.GetRequiredService<StatusSnapshot>(), desk,
                provider.GetRequiredService<TimeProvider>());
        });
    }

    private static void AddMetrics(IServiceProvider provider)
    {
        var meters = provider.GetRequiredService<IMeterFactory>();
        var pipeline = provider.GetRequiredService<Pipeline>();
        var intake = provider.GetRequiredService<UdpIntake>();
        _ = new FaultMetrics(meters, provider.GetRequiredService<FaultLog>());
        _ = new SocketMetrics(meters, () => intake);
        _ = new PipelineMetrics(meters, () => [pipeline]);
        _ = new DetectorMetrics(meters, () => [pipeline]);
        _ = new RecorderMetrics(
            meters, () => [.. pipeline.Shards.Select(shard => shard.Evidence).OfType<RecorderState>()],
            provider.GetRequiredService<TimeProvider>());
    }
}
