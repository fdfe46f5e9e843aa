// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Lists;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Desk.Collectors;

/// <summary>Puts what collectors ask for into a host; the routes themselves stand in the desk's door.</summary>
internal static class CollectorsRegistration
{
    /// <summary>How often another watchlist in force is noticed.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    public static IServiceCollection AddCollectors(this IServiceCollection services)
    {
        services.AddSingleton<CollectorStatuses>();
        services.AddSingleton(provider => new ListsPublisher(
            provider.GetRequiredService<CurrentWatchlist>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CollectorRoutes>();
        services.AddSingleton<CollectorRecords>();
        return services.AddRecurring("collector-lists", Period, provider =>
        {
            var lists = provider.GetRequiredService<ListsPublisher>();
            var statuses = provider.GetRequiredService<CollectorStatuses>();
            _ = new CollectorMetrics(provider.GetRequiredService<IMeterFactory>(), statuses, lists);
            provider.GetRequiredService<HealthRegistry>().Add("collectors", statuses.Check);
            lists.Refresh();
            return cancel => Task.Run(lists.Refresh, cancel);
        });
    }
}
