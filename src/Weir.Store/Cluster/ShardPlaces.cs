// SPDX-License-Identifier: Apache-2.0
//
// A subject's rows are all on one shard, and counts of distinct subjects add up because of that alone. So each shard
// remembers which one it is, of how many; one that is named in another place, or of another number, is refused by name,
// and so is a server that holds rows of a store of its own. Nothing is made anywhere before all of them were looked at.
using System.Globalization;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Cluster;

/// <summary>Brings the tables of all shards to this program's version, or none.</summary>
internal static class ShardPlaces
{
    public const string Table = "shard_place";

    /// <exception cref="StoreException">A shard is not reached, belongs to a newer Weir, or to another
    /// place.</exception>
    public static async Task EnsureAsync(IReadOnlyList<StoreShard> shards, CancellationToken cancel)
    {
        foreach (var (number, shard) in shards.Index())
        {
            await CheckAsync(shard, number, shards.Count, cancel);
        }

        foreach (var (number, shard) in shards.Index())
        {
            await StoreSchema.EnsureAsync(shard.Client, cancel);
            await shard.Client.ExecuteAsync(
                $"CREATE TABLE IF NOT EXISTS {Table} (number UInt32, shards UInt32, at DateTime('UTC')) "
                    + "ENGINE = MergeTree ORDER BY number", cancel);
            if (await shard.Client.ScalarAsync<ulong>($"SELECT count() FROM {Table}", cancel) == 0)
            {
                await shard.Client.ExecuteAsync(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"INSERT INTO {Table} SELECT toUInt32({number}), toUInt32({shards.Count}), now()"), cancel);
            }
        }
    }

    private static async Task CheckAsync(StoreShard shard, int number, int count, CancellationToken cancel)
    {
        if (await HasAsync(shard, "schema_steps", cancel))
        {
            StoreSchema.RefuseNewer(
                await StoreSchema.VersionAsync(shard.Client, cancel), shard.Prefix);
        }

        if (await HasAsync(shard, Table, cancel))
        {
            await foreach (var block in shard.Client.QueryAsync($"SELECT number, shards FROM {Table} LIMIT 1", cancel))
            {
                var (was, of) = (block["number"].Values<uint>()[0], block["shards"].Values<uint>()[0]);
                if (was != number || of != count)
                {
                    throw new StoreException(
                        0,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"shard {shard.Name} holds the rows of shard {was + 1} of {of}, and store.cluster.shards ")
                            + string.Create(
                                CultureInfo.InvariantCulture,
                                $"names it as {number + 1} of {count}; name the shards in their old order and number, ")
                            + "or begin with empty servers",
                        retryable: false);
                }
            }
        }
        else if (await HasAsync(shard, "pairs", cancel)
            && await shard.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", cancel) > 0)
        {
            throw new StoreException(
                0, $"shard {shard.Name} holds rows of a store of its own; take an empty server, or another database",
                retryable: false);
        }
    }

    private static async Task<bool> HasAsync(StoreShard shard, string table, CancellationToken cancel) =>
        await shard.Client.OutsideAsync(
            $"SELECT count() FROM system.tables WHERE database = {SqlText.Literal(shard.Client.Address.Database)} AND "
                + $"name = {SqlText.Literal(table)}", cancel) > 0;
}
