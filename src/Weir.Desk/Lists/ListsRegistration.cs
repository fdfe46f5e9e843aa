// SPDX-License-Identifier: Apache-2.0
//
// The lists in force: files of the configuration, those fetched on schedule, what people allowed and promoted, and
// beside them what the configuration itself allows.
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Fetching;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Desk.Lists;

/// <summary>One list of the configuration.</summary>
/// <param name="Feed">How its file is read.</param>
/// <param name="Source">Where the file is fetched from; null for one that others keep.</param>
/// <param name="MaxAge">Older than this it is too old, where it accuses anybody.</param>
public sealed record DeskList(FeedOptions Feed, ListSource? Source, TimeSpan MaxAge);

/// <summary>Which lists there are.</summary>
public sealed record DeskListsOptions
{
    /// <summary>Lists, in the order of their mention.</summary>
    public IReadOnlyList<DeskList> Lists { get; init; } = [];

    /// <summary>In force whatever the files hold.</summary>
    public IReadOnlyList<Feed> Always { get; init; } = [];

    /// <summary>How often files are looked at. Default an hour.</summary>
    public TimeSpan Refresh { get; init; } = ListSource.UsualPeriod;

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
        services.AddSingleton(provider => new AllowFile(
            options.Folder, provider.GetRequiredService<CurrentWatchlist>()));
        services.AddSingleton<IFalsePositiveSink>(provider => provider.GetRequiredService<AllowFile>());
        services.AddSingleton<IKeptList>(provider => provider.GetRequiredService<AllowFile>());
        services.AddSingleton(_ => new HeldEndpoints(options.Folder));
        services.AddSingleton<IKeptList>(provider => provider.GetRequiredService<HeldEndpoints>());
        services.AddSingleton(provider => new ListEdits(
            options.Folder, provider.GetRequiredService<CurrentWatchlist>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ListEdits>>()));
        services.AddSingleton<IListEdits>(provider => provider.GetRequiredService<ListEdits>());
        services.AddSingleton(provider => provider.GetRequiredService<ListSet>().Refresher);
        services.AddSingleton<IAlarmSource>(provider => provider.GetRequiredService<ListSet>());
        services.AddOpened(async (provider, cancel) =>
        {
            var records = new CaseRecords(provider.GetRequiredService<RecordsFile>());
            provider.GetRequiredService<ListEdits>().Reserve(await records.LoadLatestEditAsync(cancel));
            return Open(provider, options);
        });
        services.AddLoop("lists", provider => provider.GetRequiredService<ListSet>().Refresher.RunAsync);
        services.AddRecurring("list-record", ListRecord.Period, provider =>
        {
            var (set, audit) = (
                provider.GetRequiredService<ListSet>(), provider.GetRequiredService<IAuditLog>());
            return cancel => set.Record.WriteAsync(audit, cancel);
        });
        return services.AddLoop("list-fetching", provider => provider.GetRequiredService<ListSet>().Fetching.RunAsync);
    }

    /// <summary>Reads every list once.</summary>
    /// <exception cref="FeedException">One cannot be read, and there is no earlier copy.</exception>
    private static ListSet Open(IServiceProvider provider, DeskListsOptions options)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var logs = provider.GetRequiredService<ILoggerFactory>();
        var lists = provider.GetRequiredService<CurrentWatchlist>();
        IKeptList[] kept = [.. provider.GetServices<IKeptList>()];
        var set = new ListSet(lists, [.. kept.Select(list => list.Open())], time, logs,
            provider.GetRequiredService<ListEdits>(),
            new ListDifferences(Path.Combine(options.Folder, "list-differences"), time));
        if (set.Follow(options) is [var fault, ..])
        {
            set.Dispose();
            throw fault;
        }

        Array.ForEach(kept, list => list.RefreshWith(set.Refresher));
        _ = new WatchMetrics(
            provider.GetRequiredService<IMeterFactory>(), () => lists.Current.Feeds, set.Read,
            () => set.Fetching.Held().Where(one => one.Held.DroppedBy is null).Select(one => one.Source.Name),
            () => set.Record.Refused, time);
        provider.GetRequiredService<HealthRegistry>().Add(
            "lists", () => ListHealth.Of(set.Read(), set.KeptFaults, time.GetUtcNow()));
        return set;
    }
}
