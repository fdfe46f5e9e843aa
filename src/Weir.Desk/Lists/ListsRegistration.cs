// SPDX-License-Identifier: Apache-2.0
//
// The lists in force: files of the configuration, what people allowed and promoted, and beside them what the
// configuration itself allows.
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;
using Weir.Desk.Cases;
using Weir.Desk.Lists.Feeds;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Desk.Lists;

/// <summary>Which lists there are.</summary>
public sealed record DeskListsOptions
{
    /// <summary>Files, in the order of their mention.</summary>
    public IReadOnlyList<FeedOptions> Files { get; init; } = [];

    /// <summary>In force whatever the files hold.</summary>
    public IReadOnlyList<Feed> Always { get; init; } = [];

    /// <summary>How often files are looked at. Default an hour.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Folder of the lists that people make.</summary>
    public required string Folder { get; init; }
}

/// <summary>Puts the lists into a host.</summary>
internal static class ListsRegistration
{
    public static IServiceCollection AddLists(this IServiceCollection services, DeskListsOptions options)
    {
        services.AddSingleton(provider => new CurrentWatchlist(
            Watchlist.From(options.Always, provider.GetRequiredService<TimeProvider>().GetUtcNow())));
        services.AddSingleton(_ => new AllowFile(options.Folder));
        services.AddSingleton<IFalsePositiveSink>(provider => provider.GetRequiredService<AllowFile>());
        services.AddSingleton<IKeptList>(provider => provider.GetRequiredService<AllowFile>());
        services.AddOpened((provider, _) => Task.FromResult(Open(provider, options)));
        return services.AddLoop("lists", provider => provider.GetRequiredService<ListRefresher>().RunAsync);
    }

    /// <summary>Reads every list once.</summary>
    /// <exception cref="FeedException">One cannot be read, and there is no earlier copy.</exception>
    private static ListRefresher Open(IServiceProvider provider, DeskListsOptions options)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        IKeptList[] kept = [.. provider.GetServices<IKeptList>()];
        var lists = provider.GetRequiredService<CurrentWatchlist>();
        var refresher = new ListRefresher(
            [.. options.Files, .. kept.Select(list => list.Open())], lists, options.Refresh, time,
            provider.GetRequiredService<ILogger<ListRefresher>>(), options.Always);
        if (refresher.Refresh() is [var fault, ..])
        {
            throw fault;
        }

        Array.ForEach(kept, list => list.RefreshWith(refresher));
        _ = new WatchMetrics(
            provider.GetRequiredService<IMeterFactory>(), () => lists.Current.Feeds, () => refresher.States, time);
        provider.GetRequiredService<HealthRegistry>().Add("lists", () => HealthOf(refresher.States));
        return refresher;
    }

    private static ComponentHealth HealthOf(IReadOnlyList<ListState> states) =>
        states.Where(state => state.Fault is not null).Select(state => state.Fault).ToList() is { Count: > 0 } faults
            ? ComponentHealth.Degraded("a last good copy stays in force: " + string.Join("; ", faults))
            : ComponentHealth.Ok;
}
