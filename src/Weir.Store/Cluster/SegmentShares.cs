// SPDX-License-Identifier: Apache-2.0
//
// A segment among shards. Rows of a subject go where the subject is; evidence and coverage, which name none, go whole
// to the shard that the segment's number says. The same segment is always divided alike, so that a shard is asked for
// exactly the rows that it should hold. A share is one insert, of one partition.
using Weir.Contracts.Segments;
using Weir.Wire.Native;

namespace Weir.Store.Cluster;

/// <summary>A shard's share of a segment.</summary>
/// <param name="Shard">Number of the shard.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Blocks">Them in Format Native; can seek.</param>
internal readonly record struct SegmentShare(int Shard, uint Rows, Stream Blocks);

/// <summary>Divides segments.</summary>
internal static class SegmentShares
{
    /// <param name="head">The segment's header, checked.</param>
    /// <param name="blocks">Its blocks; stands at the first.</param>
    /// <param name="shards">How many shards there are.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Shares with rows; every row of the segment is in one.</returns>
    /// <exception cref="StoreException">The blocks are not in Format Native.</exception>
    public static async Task<IReadOnlyList<SegmentShare>> DivideAsync(
        SegmentHeader head, Stream blocks, int shards, CancellationToken cancel)
    {
        if (head.Kind is not (SegmentKind.Pairs or SegmentKind.Sightings))
        {
            return [new((int)(head.Segment % (ulong)shards), head.Rows, blocks)];
        }

        var shares = new (uint Rows, MemoryStream Blocks)[shards];
        var rows = new List<int>[shards];
        for (var shard = 0; shard < shards; shard++)
        {
            (shares[shard].Blocks, rows[shard]) = (new MemoryStream(), []);
        }

        var (reader, writer) = (new NativeReader(blocks), new NativeWriter());
        while (await reader.ReadAsync(cancel) is { } block)
        {
            Divide(block, rows);
            for (var shard = 0; shard < shards; shard++)
            {
                if (rows[shard].Count > 0)
                {
                    writer.Clear();
                    writer.Rows(block, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows[shard]));
                    shares[shard].Blocks.Write(writer.Written.Span);
                    shares[shard].Rows += (uint)rows[shard].Count;
                    rows[shard].Clear();
                }
            }
        }

        return [.. shares.Index().Where(share => share.Item.Rows > 0).Select(share =>
        {
            share.Item.Blocks.Position = 0;
            return new SegmentShare(share.Index, share.Item.Rows, share.Item.Blocks);
        })];
    }

    private static void Divide(NativeBlock block, List<int>[] rows)
    {
        var subjects = block["subject"];
        for (var row = 0; row < block.Rows; row++)
        {
            rows[ShardHash.ShardOf(subjects.Key(row), rows.Length)].Add(row);
        }
    }
}
