// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;
using Weir.Hosting.Files;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Lists;

internal static class CollectorListsRegistration
{
    private const string Key = "lists";

    /// <summary>Adds the watchlist, as the desk has it.</summary>
    public static IServiceCollection AddLists(this IServiceCollection services, ListsOptions options, PeerClient desk)
    {
        services.AddSingleton<CurrentWatchlist>();
        services.AddKeyedSingleton(Key, (_, _) => DiskFolder.Open(options.Folder));
        return services.AddSingleton<IHostedService>(provider =>
        {
            var (lists, time) = (provider.GetRequiredService<CurrentWatchlist>(),
                provider.GetRequiredService<TimeProvider>());
            var feed = new ListsFeed(
                desk, lists, new ListsCopy(provider.GetRequiredKeyedService<DiskFolder>(Key)), options, time,
                provider.GetRequiredService<ILogger<ListsFeed>>());
            _ = new ListsMetrics(provider.GetRequiredService<IMeterFactory>(), lists, feed, time);
            provider.GetRequiredService<HealthRegistry>().Add(Key, () => feed.State.Fault is { Length: > 0 } fault
                ? feed.HasLists ? ComponentHealth.Degraded($"a last good copy stays in force: {fault}")
                    : ComponentHealth.Degraded($"no list is in force: {fault}") with { IsReady = false }
                : ComponentHealth.Ok);
            return feed;
        });
    }
}
