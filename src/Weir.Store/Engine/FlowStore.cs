// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Segments;
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Store.Cluster;
using Weir.Store.Embedded;
using Weir.Wire.Native;

namespace Weir.Store.Engine;

/// <summary>One day's partition of a table.</summary>
public readonly record struct StorePartition(string Table, DateOnly Day, ulong Rows, ulong OctetsOnDisk);

/// <summary>The flow store, embedded or a server: its client, its tables, its retention.</summary>
public sealed class FlowStore : IAsyncDisposable
{
    /// <summary>Tables partitioned by day, which retention empties.</summary>
    private static readonly string[] DailyTables = ["pairs", "sightings", "coverage"];

    private readonly ILogger _log;

    private FlowStore(ClickHouseHttp client, IReadOnlyList<StoreShard> shards, string version, ILogger log) =>
        (Client, Shards, Version, _log) = (client, shards, version, log);

    /// <summary>Asks: of one machine itself, of many what stands before them.</summary>
    public ClickHouseHttp Client { get; }

    /// <summary>The machines that hold rows, in their order; one where there is no cluster.</summary>
    public IReadOnlyList<StoreShard> Shards { get; }

    /// <summary>The cluster; null where one machine holds all.</summary>
    internal ClusterOptions? Cluster { get; private init; }

    /// <summary>The embedded engine's supervisor; null where a server is used.</summary>
    public ChildHost? Child { get; private init; }

    /// <summary>The engine knows <c>insert_deduplication_token</c>.</summary>
    public bool EngineHasTokens { get; private init; }

    /// <summary>The engine's own version, such as <c>26.5.1.1</c>.</summary>
    public string Version { get; }

    /// <summary>Starts the embedded engine on a directory and brings its tables up to date.</summary>
    /// <param name="directory">The engine's directory, made where it is not there.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logs">Where it tells what happens.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="memoryLimit">Octets the engine's queries may take; 0 = default.</param>
    /// <param name="commandLine">How the child is started; null = this program.</param>
    /// <exception cref="StoreException">The library is missing or the directory cannot be had.</exception>
    public static async Task<FlowStore> OpenEmbeddedAsync(
        string directory, TimeProvider time, ILoggerFactory logs, CancellationToken cancel, long memoryLimit = 0,
        string[]? commandLine = null)
    {
        _ = ChDbFile.Find();
        var options =
            new FlowStoreServerOptions { Directory = directory, Socket = FlowStoreServer.SocketFor(directory) };
        options = memoryLimit > 0 ? options with { MemoryLimit = memoryLimit } : options;
        var child = new ChildHost(
            options, commandLine ?? ChildHost.OwnCommandLine(), time, logs.CreateLogger<ChildHost>());
        try
        {
            await child.StartAsync(cancel);
            return await OpenAsync(StoreAddress.ForSocket(options.Socket), child, time, logs, cancel);
        }
        catch
        {
            await child.DisposeAsync();
            RemoveSocketFolder(options.Socket, directory);
            throw;
        }
    }

    /// <summary>Connects to the shards of a cluster, brings the tables of all up to date, and starts the embedded
    /// engine that asks them.</summary>
    /// <param name="directory">The embedded engine's directory: it will hold no rows.</param>
    /// <param name="cluster">The shards.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logs">Where it tells what happens.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="engine">How the embedded engine runs; null = as it does.</param>
    /// <exception cref="StoreException">A shard does not answer, is of another version or another place, or the
    /// directory cannot be had; the text names it.</exception>
    public static async Task<FlowStore> OpenClusterAsync(
        string directory, ClusterOptions cluster, TimeProvider time, ILoggerFactory logs, CancellationToken cancel,
        EngineOptions? engine = null)
    {
        _ = ChDbFile.Find();
        var shards = StoreShard.Open(cluster, time);
        ChildHost? child = null;
        var options =
            new FlowStoreServerOptions { Directory = directory, Socket = FlowStoreServer.SocketFor(directory) };
        try
        {
            await ShardPlaces.EnsureAsync(shards, cancel);
            var hasTokens = true;
            foreach (var shard in shards)
            {
                hasTokens &= await HasTokensAsync(shard.Client, cancel);
            }

            options = options with
            {
                Config = ClusterFront.WriteConfig(directory, cluster),
                MemoryLimit = engine is { MemoryLimit: > 0 } limited ? limited.MemoryLimit : options.MemoryLimit,
            };
            child = new ChildHost(
                options, engine?.CommandLine is { } line ? [.. line] : ChildHost.OwnCommandLine(), time,
                logs.CreateLogger<ChildHost>());
            await child.StartAsync(cancel);
            return await FrontAsync(
                new ClickHouseHttp(ClusterFront.Address(options.Socket, cluster), time), cluster, shards, child,
                hasTokens, logs.CreateLogger<FlowStore>());
        }
        catch
        {
            await EndAsync(shards, child, options, directory);
            throw;
        }
    }

    /// <summary>Connects to a ClickHouse server and brings Weir's tables in it up to date.</summary>
    public static Task<FlowStore> OpenServerAsync(
        StoreAddress address, TimeProvider time, ILoggerFactory logs, CancellationToken cancel) =>
            OpenAsync(address, null, time, logs, cancel);

    /// <summary>Every partition of every daily table, oldest first.</summary>
    public async Task<List<StorePartition>> HoldingsAsync(CancellationToken cancel)
    {
        var holdings = new List<StorePartition>();
        foreach (var shard in Shards)
        {
            holdings.AddRange(await HoldingsAsync(shard, cancel));
        }

        return Shards.Count == 1 ? holdings :
        [
            .. holdings.GroupBy(held => (held.Day, held.Table)).OrderBy(day => day.Key)
                .Select(day => new StorePartition(
                day.Key.Table, day.Key.Day, Sum(day.Select(held => held.Rows)),
                Sum(day.Select(held => held.OctetsOnDisk)))),
        ];
    }

    private static ulong Sum(IEnumerable<ulong> some) => some.Aggregate(0UL, (sum, one) => sum + one);

    private static async Task<List<StorePartition>> HoldingsAsync(StoreShard shard, CancellationToken cancel)
    {
        var holdings = new List<StorePartition>();
        var tables = string.Join(", ", DailyTables.Select(SqlText.Literal));
        var database = SqlText.Literal(shard.Client.Address.Database);
        var sql = $"""
            SELECT table, toUInt32(partition) AS day, toUInt64(sum(rows)) AS n, toUInt64(sum(bytes_on_disk)) AS octets
            FROM system.parts WHERE active AND database = {database} AND table IN ({tables})
            GROUP BY table, day ORDER BY day, table
            """;
        await foreach (var block in shard.Client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                var day = DateOnly.ParseExact(
                    block["day"].Values<uint>()[i].ToString(CultureInfo.InvariantCulture), "yyyyMMdd",
                    CultureInfo.InvariantCulture);
                holdings.Add(new(
                    block["table"].Texts[i], day, block["n"].Values<ulong>()[i], block["octets"].Values<ulong>()[i]));
            }
        }

        return holdings;
    }

    /// <summary>Drops every partition of a day before <paramref name="day"/> (rules.md R10).</summary>
    /// <param name="day">First day that stays.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="tables">Of which tables; null for all.</param>
    /// <returns>Partitions dropped.</returns>
    public async Task<int> DropBeforeAsync(DateOnly day, CancellationToken cancel, string[]? tables = null)
    {
        var dropped = new HashSet<(string, DateOnly)>();
        foreach (var shard in Shards)
        {
            foreach (var holding in (await HoldingsAsync(shard, cancel)).FindAll(
                holding => holding.Day < day && tables?.Contains(holding.Table) != false))
            {
                await shard.Client.ExecuteAsync(
                    $"ALTER TABLE {SqlText.Name(holding.Table)} DROP PARTITION {SqlText.Partition(holding.Day)}",
                    cancel);
                _ = dropped.Add((holding.Table, holding.Day));
            }
        }

        if (dropped.Count > 0)
        {
            var last = day.AddDays(-1);
            _log.Dropped(last, dropped.Count);
        }

        return dropped.Count;
    }

    /// <summary>Starts the embedded engine again on a folder that is new, and makes its tables.</summary>
    /// <exception cref="StoreException">It does not start, or cannot make them.</exception>
    public async Task RenewAsync(CancellationToken cancel)
    {
        if (Cluster is not null)
        {
            _ = ClusterFront.WriteConfig(Child!.Directory, Cluster);
            await Child.StartAgainAsync(cancel);
            await ClusterFront.EnsureAsync(Client, Cluster, cancel);
            return;
        }

        await Child!.StartAgainAsync(cancel);
        await StoreSchema.EnsureAsync(Client, cancel);
        if (EngineHasTokens)
        {
            await HardenAsync(Client, cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var shard in Shards)
        {
            shard.Dispose();
        }

        if (Child is not null)
        {
            await Child.DisposeAsync();
            RemoveSocketFolder(Client.Address.Socket!, Child.Directory);
        }
    }

    /// <summary>A socket beside its store stays until the next start; a folder made for it alone goes.</summary>
    private static void RemoveSocketFolder(string socket, string directory)
    {
        var folder = Path.GetDirectoryName(socket)!;
        if (folder != Path.GetFullPath(directory) && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<FlowStore> OpenAsync(
        StoreAddress address, ChildHost? child, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        var client = new ClickHouseHttp(address, time);
        try
        {
            if (child is not null)
            {
                await ClusterFront.RefuseFrontAsync(client, cancel);
            }

            await StoreSchema.EnsureAsync(client, cancel);
            var hasTokens = await HasTokensAsync(client, cancel);
            return new FlowStore(
                client, [new StoreShard("", client, client)], await VersionAsync(client, cancel),
                logs.CreateLogger<FlowStore>())
            { Child = child, EngineHasTokens = hasTokens };
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task<FlowStore> FrontAsync(
        ClickHouseHttp client, ClusterOptions cluster, IReadOnlyList<StoreShard> shards, ChildHost child,
        bool hasTokens, ILogger log)
    {
        try
        {
            await ClusterFront.EnsureAsync(client, cluster, CancellationToken.None);
            return new FlowStore(client, shards, await VersionAsync(client, CancellationToken.None), log)
            { Child = child, Cluster = cluster, EngineHasTokens = hasTokens };
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task EndAsync(
        IReadOnlyList<StoreShard> shards, ChildHost? child, FlowStoreServerOptions options, string directory)
    {
        foreach (var shard in shards)
        {
            shard.Dispose();
        }

        if (child is not null)
        {
            await child.DisposeAsync();
        }

        RemoveSocketFolder(options.Socket, directory);
    }

    /// <summary>Whether the engine knows tokens; one that does is told to hold fast what it takes.</summary>
    private static async Task<bool> HasTokensAsync(ClickHouseHttp client, CancellationToken cancel)
    {
        var hasTokens = await client.ScalarAsync<ulong>(
            "SELECT count() FROM system.settings WHERE name = 'insert_deduplication_token'", cancel) > 0;
        if (hasTokens)
        {
            await HardenAsync(client, cancel);
        }

        return hasTokens;
    }

    private static async Task<string> VersionAsync(ClickHouseHttp client, CancellationToken cancel)
    {
        var version = "";
        await foreach (var block in client.QueryAsync("SELECT version() AS v", cancel))
        {
            version = block["v"].Texts[0];
        }

        return version;
    }

    /// <summary>What 18.16 does not have: dropping a second insert of the same token, and parts on disk before an
    /// insert is confirmed, since the spool deletes the segment then.</summary>
    private static async Task HardenAsync(ClickHouseHttp client, CancellationToken cancel)
    {
        foreach (var table in (string[])[.. DailyTables, EvidenceBlocks.Table])
        {
            var ours = $"SELECT count() FROM system.tables WHERE database = {SqlText.Literal(client.Address.Database)} "
                + $"AND name = {SqlText.Literal(table)} AND engine = 'MergeTree'";
            if (await client.ScalarAsync<ulong>(ours, cancel) > 0)
            {
                // Replaced parts of evidence leave the disk at once, so what replaces them must be on it.
                var merged = table == EvidenceBlocks.Table ? ", min_rows_to_fsync_after_merge = 1" : "";
                await client.ExecuteAsync($"ALTER TABLE {table} MODIFY SETTING non_replicated_deduplication_window = "
                    + $"1000, fsync_after_insert = 1, fsync_part_directory = 1{merged}", cancel);
            }
        }
    }
}
