// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;
using Weir.Hosting.Reloading;
using Weir.Hosting.Retention;

namespace Weir.Hosting.Monitoring;

/// <summary>This process.</summary>
/// <param name="registry">Its instruments.</param>
/// <param name="health">How its components are.</param>
/// <param name="services">The host, whose places of data are asked once it is ready.</param>
/// <param name="time">Our clock.</param>
public sealed class MonitoredProcess(
    MetricsRegistry registry, HealthRegistry health, IServiceProvider services, TimeProvider time) : IMonitored
{
    /// <inheritdoc/>
    public ReloadResult Configuration =>
        services.GetRequiredService<ReloadState>().Latest;

    /// <inheritdoc/>
    public Task<string> MetricsAsync(CancellationToken cancel) => Task.FromResult(MetricsPage.Render(registry));

    /// <inheritdoc/>
    public Task<(string Json, bool IsLive, bool IsReady)> HealthAsync(CancellationToken cancel)
    {
        var reading = health.Read();
        return Task.FromResult((reading.ToJson(), reading.IsLive, reading.IsReady));
    }

    /// <inheritdoc/>
    public async Task<string?> RetentionAsync(CancellationToken cancel) => health.Read().IsReady
        ? RetentionPage.Write(await RetentionPage.ReadAsync(
            services.GetServices<IRetentionSource>(), time.GetUtcNow(), cancel))
        : null;

    /// <inheritdoc/>
    public Task<string?> ExportersAsync(CancellationToken cancel) => Task.FromResult(
        health.Read().IsReady ? services.GetService<IExporterPage>()?.Write() : null);
}
