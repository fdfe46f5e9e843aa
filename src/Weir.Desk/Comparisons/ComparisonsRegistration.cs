// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;
using Weir.Desk.Alerts;
using Weir.Desk.Collectors;
using Weir.Desk.Enrichment;
using Weir.Desk.Lists;
using Weir.Desk.Policy;
using Weir.Desk.Promotion;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Running;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Comparisons;

/// <summary>Puts comparisons into a host.</summary>
internal static class ComparisonsRegistration
{
    public static IServiceCollection AddComparisons(
        this IServiceCollection services, ReportRunOptions options)
    {
        services.AddSingleton(_ => new ComparedRuns(options.Folder));
        services.AddSingleton<ICandidates>(provider => provider.GetRequiredService<ComparedRuns>());
        services.AddSingleton(provider => new ComparisonSchedule(
            options.Settings.Schedule.Next, new ReportRun(options, SourcesOf(provider)).RunAsync,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ComparisonSchedule>>()));
        return services.AddLoop("comparisons", provider =>
        {
            var schedule = provider.GetRequiredService<ComparisonSchedule>();
            _ = new ComparingMetrics(
                provider.GetRequiredService<IMeterFactory>(), () => schedule.State,
                provider.GetRequiredService<TimeProvider>());
            provider.GetRequiredService<HealthRegistry>().Add("comparing", schedule.Check);
            return schedule.RunAsync;
        });
    }

    private static ComparisonSources SourcesOf(IServiceProvider provider) => new()
    {
        Store = new StoreComparisons(provider.GetRequiredService<StoreRequests>()),
        Engine = provider.GetRequiredService<PolicyEngine>(),
        Events = provider.GetRequiredService<EventHistory>(),
        Lists = provider.GetRequiredService<CurrentWatchlist>(),
        Refresher = provider.GetRequiredService<ListRefresher>(),
        Owners = provider.GetRequiredService<NetworkOwners>(),
        Collectors = provider.GetRequiredService<CollectorStatuses>(),
        Runs = provider.GetRequiredService<ComparedRuns>(),
        Alerts = provider.GetRequiredService<AlertPublisher>(),
        Renewal = provider.GetRequiredService<PromotionRenewal>(),
        Audit = provider.GetRequiredService<IAuditLog>(),
        Time = provider.GetRequiredService<TimeProvider>(),
        Log = provider.GetRequiredService<ILogger<ReportRun>>(),
    };
}
