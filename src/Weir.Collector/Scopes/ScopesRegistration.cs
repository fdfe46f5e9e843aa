// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Events;
using Weir.Collector.Keys;
using Weir.Contracts.Clients;
using Weir.Contracts.Signing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Scopes;

internal static class ScopesRegistration
{
    /// <summary>Adds scopes: ordered by the desk and checked here, or given by own events.</summary>
    public static IServiceCollection AddScopes(
        this IServiceCollection services, ScopesOptions options, PublicKeyRing ring, PeerClient desk)
    {
        services.AddSingleton(options);
        services.AddSingleton<ScopeFigures>();
        services.AddSingleton<ScopeRecord>();
        services.AddSingleton<ScopeKeeper>();
        services.AddSingleton<IScopeWriter, ScopeShards>();
        services.AddSingleton(provider =>
            new OrderChecks(
                ring, options.Limits, provider.GetRequiredService<SubjectBlocks>(), new(options.People)));
        services.AddSingleton(provider =>
            new ScopeReporter(desk, options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ScopeReporter>());
        services.AddHostedService<ScopesRounds>();
        return services.AddSingleton<IHostedService>(provider =>
        {
            var keeper = provider.GetRequiredService<ScopeKeeper>();
            var feed = new ScopesFeed(
                desk, keeper, options, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ScopesFeed>>());
            provider.GetRequiredService<ScopeFigures>().Register(
                provider.GetRequiredService<IMeterFactory>(), keeper, provider.GetRequiredService<OwnEvents>());
            provider.GetRequiredService<HealthRegistry>().Add("scopes", () => feed.Fault is { Length: > 0 } fault
                ? ComponentHealth.Degraded($"own events are recorded, the desk's orders are not heard: {fault}")
                : ComponentHealth.Ok);
            return feed;
        });
    }
}
