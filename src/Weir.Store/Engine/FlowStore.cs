// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Segments;
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Engine;

/// <summary>One day's partition of a table.</summary>
public readonly record struct StorePartition(string Table, DateOnly Day, ulong Rows, ulong OctetsOnDisk);

/// <summary>The flow store, embedded or a server: its client, its tables, its retention.</summary>
public sealed class FlowStore : IAsyncDisposable
{
    /// <summary>Tables partitioned by day, which retention empties.</summary>
    private static readonly string[] DailyTables = [PairBlocks.Table, SightingBlocks.Table, CoverageBlocks.Table];

    private static readonly IStoreEngine[] Engines =
    [
        .. typeof(FlowStore).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IStoreEngine)))
            .Select(type => (IStoreEngine)Activator.CreateInstance(type, nonPublic: true)!),
    ];

    private readonly OpenedEngine _engine;
    private readonly ILogger _log;

    private FlowStore(OpenedEngine engine, ILogger log) => (_engine, _log) = (engine, log);

    /// <summary>Asks: of one machine itself, of many what stands before them.</summary>
    public ClickHouseHttp Client => _engine.Client;

    /// <summary>The machines that hold rows, in their order; one where there is no cluster.</summary>
    public IReadOnlyList<StoreShard> Shards => _engine.Shards;

    /// <summary>The engine's process where Weir keeps it alive; null where others do.</summary>
    public IEngineProcess? Process => _engine.Process;

    /// <summary>Whether the folder of <see cref="Process"/> holds rows.</summary>
    public bool HoldsRows => _engine.HoldsRows;

    /// <summary>The engine knows <c>insert_deduplication_token</c>.</summary>
    public bool EngineHasTokens => _engine.HasTokens;

    /// <summary>The engine's own version, such as <c>26.5.1.1</c>.</summary>
    public string Version => _engine.Version;

    /// <summary>Opens the engine that a section names, with its tables up to date.</summary>
    /// <param name="settings">The section.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logs">Where it tells what happens.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="options">How an engine of Weir's own runs; null = as it does.</param>
    /// <exception cref="StoreException">It cannot be had; the text says what to do.</exception>
    public static async Task<FlowStore> OpenAsync(
        StoreOptions settings, TimeProvider time, ILoggerFactory logs, CancellationToken cancel,
        EngineOptions? options = null) => new(
            await Engines.Single(engine => engine.Serves(settings)).OpenAsync(
                settings, new(options ?? new(), time, logs), cancel),
            logs.CreateLogger<FlowStore>());

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

    /// <summary>Starts the engine's process again on a folder that is new, and makes its tables.</summary>
    /// <exception cref="StoreException">It does not start, or cannot make them.</exception>
    public async Task RenewAsync(CancellationToken cancel)
    {
        if (_engine is { Process: { } process, MakeTables: { } make })
        {
            await process.StartAgainAsync(cancel);
            await make(cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var shard in Shards)
        {
            shard.Dispose();
        }

        if (Process is not null)
        {
            await Process.DisposeAsync();
        }
    }
}
