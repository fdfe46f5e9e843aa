// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
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

    private FlowStore(ClickHouseHttp client, ChildHost? child, bool tokens, string version, ILogger log) =>
        (Client, Child, EngineHasTokens, Version, _log) = (client, child, tokens, version, log);

    public ClickHouseHttp Client { get; }

    /// <summary>The embedded engine's supervisor; null where a server is used.</summary>
    public ChildHost? Child { get; }

    /// <summary>The engine knows <c>insert_deduplication_token</c>.</summary>
    public bool EngineHasTokens { get; }

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

    /// <summary>Connects to a ClickHouse server and brings Weir's tables in it up to date.</summary>
    public static Task<FlowStore> OpenServerAsync(
        StoreAddress address, TimeProvider time, ILoggerFactory logs, CancellationToken cancel) =>
            OpenAsync(address, null, time, logs, cancel);

    /// <summary>Every partition of every daily table, oldest first.</summary>
    public async Task<List<StorePartition>> HoldingsAsync(CancellationToken cancel)
    {
        var holdings = new List<StorePartition>();
        var tables = string.Join(", ", DailyTables.Select(SqlText.Literal));
        var sql = $"""
            SELECT table, toUInt32(partition) AS day, toUInt64(sum(rows)) AS n, toUInt64(sum(bytes_on_disk)) AS octets
            FROM system.parts WHERE active AND database = {SqlText.Literal(Client.Address.Database)} AND table IN ({tables})
            GROUP BY table, day ORDER BY day, table
            """;
        await foreach (var block in Client.QueryAsync(sql, cancel))
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
        var old = (await HoldingsAsync(cancel)).FindAll(
            holding => holding.Day < day && tables?.Contains(holding.Table) != false);
        foreach (var holding in old)
        {
            await Client.ExecuteAsync(
                $"ALTER TABLE {SqlText.Name(holding.Table)} DROP PARTITION {SqlText.Partition(holding.Day)}", cancel);
        }

        if (old.Count > 0)
        {
            var last = day.AddDays(-1);
            _log.Dropped(last, old.Count);
        }

        return old.Count;
    }

    /// <summary>Starts the embedded engine again on a folder that is new, and makes its tables.</summary>
    /// <exception cref="StoreException">It does not start, or cannot make them.</exception>
    public async Task RenewAsync(CancellationToken cancel)
    {
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
            await StoreSchema.EnsureAsync(client, cancel);
            var tokens = await client.ScalarAsync<ulong>(
                "SELECT count() FROM system.settings WHERE name = 'insert_deduplication_token'", cancel) > 0;
            if (tokens)
            {
                await HardenAsync(client, cancel);
            }

            var version = "";
            await foreach (var block in client.QueryAsync("SELECT version() AS v", cancel))
            {
                version = block["v"].Texts[0];
            }

            return new FlowStore(client, child, tokens, version, logs.CreateLogger<FlowStore>());
        }
        catch
        {
            client.Dispose();
            throw;
        }
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
