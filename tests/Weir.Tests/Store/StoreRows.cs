// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Segments;
using Weir.Store.Engine;
using Weir.Store.Loading;
using Weir.Wire.Native;

namespace Weir.Tests.Store;

/// <summary>Rows put in, counted and taken out, on however many machines the store has.</summary>
internal static class StoreRows
{
    public static async Task EmptyAsync(FlowStore store, string table)
    {
        foreach (var shard in store.Shards)
        {
            await shard.Client.ExecuteAsync($"TRUNCATE TABLE {table}", default);
        }
    }

    /// <summary>As a segment, which all rows are of.</summary>
    public static async Task InsertAsync(FlowStore store, PairDigest[] rows, ulong segment)
    {
        using var native = new MemoryStream();
        PairBlocks.Write(rows, segment, new NativeWriter(), native);
        foreach (var share in await Weir.Store.Cluster.SegmentShares.DivideAsync(
            new(SegmentKind.Pairs, 0, segment, (uint)rows.Length, (ulong)native.Length, 0), Rewound(native),
            store.Shards.Count, default))
        {
            await store.Shards[share.Shard].Loader.InsertAsync(
                PairBlocks.Table, PairBlocks.Columns, share.Blocks, default);
        }
    }

    public static Task<ulong> CountAsync(FlowStore store, string table, string where = "1") =>
        store.Client.ScalarAsync<ulong>(
            $"SELECT toUInt64(sum(n)) FROM (SELECT count() AS n FROM {table} WHERE {where})", default);

    private static MemoryStream Rewound(MemoryStream stream)
    {
        stream.Position = 0;
        return stream;
    }
}
