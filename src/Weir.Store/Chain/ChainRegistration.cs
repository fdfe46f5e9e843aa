// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;

namespace Weir.Store.Chain;

/// <summary>Puts the store's own chain into a host.</summary>
internal static class ChainRegistration
{
    /// <summary>Opens the log with the host; it is closed last.</summary>
    public static IServiceCollection AddReleaseChain(this IServiceCollection services, AuditOptions options)
    {
        services.AddSingleton(provider => FileAuditLog.Open(
            options, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<FileAuditLog>>()));
        services.AddSingleton<IAuditLog>(provider => provider.GetRequiredService<FileAuditLog>());
        services.AddSingleton<ReleaseChain>();
        return services.AddSingleton<IHostedService>(provider => new Opening(
            provider.GetRequiredService<FileAuditLog>(), provider.GetRequiredService<HealthRegistry>()));
    }

    /// <summary>Shows how the log is. That it is made opens the log before anything else starts.</summary>
    private sealed class Opening(FileAuditLog audit, HealthRegistry health) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            health.Add("audit", () => audit.State.Fault is { Length: > 0 } fault
                ? ComponentHealth.Failing(fault)
                : ComponentHealth.Ok);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
