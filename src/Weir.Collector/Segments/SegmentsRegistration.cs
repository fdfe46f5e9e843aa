// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Segments;

internal static class SegmentsRegistration
{
    /// <summary>Adds the spool, its way to the store, and the watch over its disk.</summary>
    public static IServiceCollection AddSegments(
        this IServiceCollection services, SegmentsOptions options, PeerClient store)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider =>
            new Spool(options.Spool, provider.GetRequiredService<ILogger<Spool>>()));
        services.AddSingleton(provider => new SegmentSender(
            provider.GetRequiredService<Spool>(), store, options, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SegmentSender>>()));
        services.AddSingleton<SpooledSightings>();
        services.AddHostedService<SpoolDiskWatch>();
        return services.AddSingleton<IHostedService>(provider =>
        {
            var sender = provider.GetRequiredService<SegmentSender>();
            _ = new SegmentsMetrics(
                provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<Spool>(), sender);
            provider.GetRequiredService<HealthRegistry>().Add("segments", () => HealthOf(sender.State));
            return sender;
        });
    }

    private static ComponentHealth HealthOf(SegmentsState state) =>
        state.Fault.Length > 0 ? ComponentHealth.Degraded($"segments wait: {state.Fault}")
        : state.SetAside > 0 ? ComponentHealth.Degraded(
            FormattableString.Invariant($"{state.SetAside} segments that the store refuses lie in spool/bad"))
        : ComponentHealth.Ok;
}
