// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Outside;
using Weir.Hosting.Erasing;
using Weir.Hosting.Health;

namespace Weir.Hosting.Releases;

/// <summary>Puts a process's own chain into a host.</summary>
public static class ReleaseChainRegistration
{
    /// <summary>Opens the log with the host; it is closed last.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="options">Where it lies.</param>
    /// <param name="process"><c>store</c> or <c>vault</c>.</param>
    public static IServiceCollection AddReleaseChain(
        this IServiceCollection services, AuditOptions options, string process)
    {
        services.AddSingleton(provider => FileAuditLog.Open(
            options with { Process = process }, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<FileAuditLog>>(), provider.GetService<ErasureClock>()));
        services.AddBoundedAudit();
        services.AddSingleton(provider => new ForgedGrounds(
            process, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ForgedGrounds>>()));
        services.AddSingleton(provider => new ReleaseChain(
            provider.GetRequiredService<IAuditLog>(), provider.GetRequiredService<IMeterFactory>(), process,
            provider.GetRequiredService<ForgedGrounds>()));
        services.AddSingleton(provider => new RecordGate(
            options.Directory, provider.GetRequiredService<ReleaseChain>(),
            provider.GetRequiredService<HealthRegistry>()));
        services.AddSingleton<IHostedService>(provider => new Opening(
            provider.GetRequiredService<FileAuditLog>(), provider.GetRequiredService<ForgedGrounds>(),
            provider.GetRequiredService<HealthRegistry>()));
        return services.AddHeadsOutside(options.Outside, process);
    }

    /// <summary>Shows how the log is. That it is made opens the log before anything else starts.</summary>
    private sealed class Opening(FileAuditLog audit, ForgedGrounds forged, HealthRegistry health) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            health.Add("audit", () => audit.State.Fault is { Length: > 0 } fault
                ? ComponentHealth.Failing(fault)
                : ComponentHealth.Ok);
            health.Add("requests", forged.Check);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
