// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Health;
using Weir.Store.Evidence;

namespace Weir.Store.Loading;

/// <summary>Puts the intake of segments into a host.</summary>
internal static class LoadingRegistration
{
    public static IServiceCollection AddSegmentIntake(this IServiceCollection services, SegmentIntakeOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<SegmentIntake>();
        services.AddSingleton<IPendingRows>(provider => provider.GetRequiredService<SegmentIntake>());
        return services.AddSingleton<IHostedService>(provider => new Showing(
            provider.GetRequiredService<SegmentIntake>(), provider.GetRequiredService<HealthRegistry>(),
            provider.GetRequiredService<IMeterFactory>()));
    }

    /// <summary>Shows how the intake is; that it is made reads what was erased before anything is taken.</summary>
    private sealed class Showing(SegmentIntake intake, HealthRegistry health, IMeterFactory meters) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            health.Add("segments", () => intake.State.Fault is { Length: > 0 } fault
                ? ComponentHealth.Degraded($"segments wait at their collectors: {fault}")
                : ComponentHealth.Ok);
            var meter = meters.Create("Weir.Store.Loading");
            meter.CreateObservableCounter(
                "weir.store.segments_taken", () => intake.State.Segments, "{segment}",
                "Segments of collectors that the store acknowledged.");
            meter.CreateObservableCounter(
                "weir.store.rows_taken", () => intake.State.Rows, "{row}", "Rows that the flow store took.");
            meter.CreateObservableCounter(
                "weir.store.rows_known", () => intake.State.Known, "{row}",
                "Rows of segments that were sent again and were there already.");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
