// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;
using Weir.Hosting.Reloading;

namespace Weir.Hosting.Monitoring;

/// <summary>This process.</summary>
public sealed class MonitoredProcess(MetricsRegistry registry, HealthRegistry health, ReloadState reload) : IMonitored
{
    /// <inheritdoc/>
    public ReloadResult Configuration => reload.Latest;

    /// <inheritdoc/>
    public Task<string> MetricsAsync(CancellationToken cancel) => Task.FromResult(MetricsPage.Render(registry));

    /// <inheritdoc/>
    public Task<(string Json, bool IsLive, bool IsReady)> HealthAsync(CancellationToken cancel)
    {
        var reading = health.Read();
        return Task.FromResult((reading.ToJson(), reading.IsLive, reading.IsReady));
    }
}
