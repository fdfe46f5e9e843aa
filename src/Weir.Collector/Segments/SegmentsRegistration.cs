// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Collecting;
using Weir.Hosting.Disks;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Segments;

internal static class SegmentsRegistration
{
    /// <summary>Adds the spool, its way to the store, and the watch over its disk.</summary>
    public static IServiceCollection AddSegments(
        this IServiceCollection services, SegmentsOptions options, PeerClient store, bool isLab)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider =>
            new Spool(options.Spool, provider.GetRequiredService<ILogger<Spool>>()));
        services.AddSingleton(provider => new SegmentSender(
            provider.GetRequiredService<Spool>(), store, options, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SegmentSender>>()));
        services.AddSingleton<IHostedService>(provider => new SpoolDiskWatch(
            provider.GetRequiredService<Spool>(),
            provider.GetRequiredService<WatchedFolders>().Of(options.Spool.Directory),
            provider.GetRequiredService<IntakeGate>(), provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<IHostedService>(provider =>
        {
            var sender = provider.GetRequiredService<SegmentSender>();
            var spool = provider.GetRequiredService<Spool>();
            _ = new SegmentsMetrics(
                provider.GetRequiredService<IMeterFactory>(), () => spool.State, () => sender.State,
                provider.GetRequiredService<TimeProvider>(), isLab);
            provider.GetRequiredService<HealthRegistry>().Add("segments", () => HealthOf(sender.State, spool));
            return sender;
        });
    }

    private static ComponentHealth HealthOf(SegmentsState state, Spool spool) =>
        spool.Fault is { Length: > 0 } fault ? ComponentHealth.Degraded($"the intake stands still: {fault}")
        : spool.Folder.RowsLost is > 0 and var lost ? ComponentHealth.Degraded(FormattableString.Invariant(
            $"{lost} rows are lost: the spool was removed while they waited in it"))
        : state.Fault.Length > 0 ? ComponentHealth.Degraded($"segments wait: {state.Fault}")
        : state.SetAside > 0 ? ComponentHealth.Degraded(
            FormattableString.Invariant($"{state.SetAside} segments that the store refuses lie in spool/bad"))
        : ComponentHealth.Ok;
}
