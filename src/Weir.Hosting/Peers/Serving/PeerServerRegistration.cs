// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Running;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Puts a door to the other processes into a host.</summary>
public static class PeerServerRegistration
{
    /// <summary>Adds a <see cref="PeerServer"/> that starts and stops with the host, in the order of the
    /// list.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="options">Where, and who.</param>
    /// <param name="routes">Writes the routes; their handlers come from the provider.</param>
    public static IServiceCollection AddPeerServer(
        this IServiceCollection services, PeerOptions options, Action<IServiceProvider, PeerRoutes> routes)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        return services.AddDeferred(provider =>
        {
            var list = new PeerRoutes();
            routes(provider, list);
            return new PeerServer(
                options, list, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<IMeterFactory>(),
                provider.GetRequiredService<ILoggerFactory>());
        });
    }
}
