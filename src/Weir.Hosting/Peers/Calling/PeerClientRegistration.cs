// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Peers.Calling;

/// <summary>Puts clients of other processes into a host.</summary>
public static class PeerClientRegistration
{
    /// <summary>Adds a <see cref="PeerClient"/>, keyed by the peer's name, and its health check
    /// <c>peer-NAME</c>.</summary>
    public static IServiceCollection AddPeerClient(this IServiceCollection services, PeerClientOptions options)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddKeyedSingleton(options.Name, (provider, _) => new PeerClient(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"peer-{options.Name}", provider => new PeerHealth(
                provider.GetRequiredKeyedService<PeerClient>(options.Name)),
            HealthStatus.Degraded, ["peer"]));
        return services;
    }
}
