// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;
using Weir.Hosting.Reloading;

namespace Weir.Hosting.Monitoring;

/// <summary>Puts into a host what is told to whoever watches it.</summary>
public static class MonitoringRegistration
{
    /// <summary>Adds the registries and the server. It stands first in a list: a process tells that it is starting. It
    /// is ready when <see cref="AddReadiness"/> has had its turn.</summary>
    public static IServiceCollection AddMonitoring(
        this IServiceCollection services, MonitorAddress address, string setting)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HealthRegistry>();
        services.AddSingleton(provider => new MetricsRegistry(provider.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton(new ReloadState(""));
        services.AddSingleton<MonitoredProcess>();
        services.AddSingleton<Readiness>();
        return services.AddSingleton<IHostedService>(provider =>
        {
            var readiness = provider.GetRequiredService<Readiness>();
            var health = provider.GetRequiredService<HealthRegistry>();
            _ = new ProcessMetrics(provider.GetRequiredService<IMeterFactory>(), health);
            health.Add("start", () => readiness.IsReady
                ? ComponentHealth.Ok
                : ComponentHealth.Starting("its components are being opened"));
            return new MonitoringServer(address, setting, provider.GetRequiredService<MonitoredProcess>());
        });
    }

    /// <summary>Stands last in a list: all before it has started.</summary>
    public static IServiceCollection AddReadiness(this IServiceCollection services) =>
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Readiness>());

    private sealed class Readiness : IHostedService
    {
        private bool _isReady;

        public bool IsReady => Volatile.Read(ref _isReady);

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Volatile.Write(ref _isReady, true);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
