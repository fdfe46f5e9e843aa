// SPDX-License-Identifier: Apache-2.0
//
// Rows as they come, parted by the network of their remote: whatever is counted, by endpoint, address or network, the
// rows that it is counted from lie in one partition, which fits the cache while it is grouped.
using System.Runtime.InteropServices;
using Weir.Wire;

namespace Weir.Store.Comparing.InMemory;

/// <summary>Rows by partition, in chunks outside the managed heap. Not for several threads.</summary>
internal sealed unsafe class PairPartitions : IDisposable
{
    public const int Count = 1 << Bits;

    /// <summary>Octets that chunks half full take at most.</summary>
    public const long Slack = (long)Count * ChunkRows * RowOctets;

    private const int Bits = 8;
    private const int ChunkRows = 4_096;
    private const int RowOctets = 36;

    private readonly Chunks[] _partitions = new Chunks[Count];

    /// <summary>Which partition holds a remote: the whole of its /24 or /48 lies in one.</summary>
    public static int PartitionOf(IpKey remote)
    {
        var network = remote.IsV4 ? (1UL << 63) | (remote.V4 >> 8) : remote.Upper >> 16;
        return (int)((network * 0x9E37_79B9_7F4A_7C15UL) >> (64 - Bits));
    }

    public void Add(in PairRow row)
    {
        ref var chunks = ref _partitions[PartitionOf(new IpKey(row.Remote))];
        if (chunks.Free == 0)
        {
            chunks.Last = (PairRow*)NativeMemory.AlignedAlloc(ChunkRows * RowOctets, 64);
            chunks.Free = ChunkRows;
            (chunks.All ??= []).Add((nint)chunks.Last);
        }

        chunks.Last[ChunkRows - chunks.Free--] = row;
    }

    /// <summary>Hands over a partition's rows and gives their chunks back.</summary>
    /// <param name="partition">0 to <see cref="Count"/> - 1.</param>
    /// <param name="rows">Takes them; grown where they need it.</param>
    /// <returns>How many.</returns>
    public int Take(int partition, ref PairRow[] rows)
    {
        ref var chunks = ref _partitions[partition];
        var count = chunks.All is { } all ? (all.Count * ChunkRows) - chunks.Free : 0;
        if (rows.Length < count)
        {
            rows = GC.AllocateUninitializedArray<PairRow>(count);
        }

        for (var done = 0; done < count; done += ChunkRows)
        {
            new ReadOnlySpan<PairRow>((PairRow*)chunks.All![done / ChunkRows], Math.Min(count - done, ChunkRows))
                .CopyTo(rows.AsSpan(done));
        }

        Return(partition);
        return count;
    }

    public void Dispose()
    {
        for (var partition = 0; partition < Count; partition++)
        {
            Return(partition);
        }
    }

    private void Return(int partition)
    {
        foreach (var chunk in _partitions[partition].All ?? [])
        {
            NativeMemory.AlignedFree((void*)chunk);
        }

        _partitions[partition] = default;
    }

    private struct Chunks
    {
        public List<nint>? All;
        public PairRow* Last;
        public int Free;
    }
}
