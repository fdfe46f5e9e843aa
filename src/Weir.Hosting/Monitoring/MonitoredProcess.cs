// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;

namespace Weir.Hosting.Monitoring;

/// <summary>This process.</summary>
public sealed class MonitoredProcess(MetricsRegistry registry, HealthRegistry health) : IMonitored
{
    /// <inheritdoc/>
    public Task<string> MetricsAsync(CancellationToken cancel) => Task.FromResult(MetricsPage.Render(registry));

    /// <inheritdoc/>
    public Task<(string Json, bool IsLive, bool IsReady)> HealthAsync(CancellationToken cancel)
    {
        var reading = health.Read();
        return Task.FromResult((reading.ToJson(), reading.IsLive, reading.IsReady));
    }
}
