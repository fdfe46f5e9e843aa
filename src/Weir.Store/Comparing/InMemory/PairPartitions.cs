// SPDX-License-Identifier: Apache-2.0
//
// Rows as they come, parted by the network of their remote: whatever is counted, by endpoint, address or network, the
// rows that it is counted from lie in one partition, which fits the cache while it is grouped.
using Weir.Contracts.Memory;
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

    /// <summary>Whole pages.</summary>
    private const ulong ChunkOctets = ChunkRows * RowOctets;
    private const int BlockChunks = 128;
    private const ulong BlockOctets = BlockChunks * ChunkOctets;

    private readonly Chunks[] _partitions = new Chunks[Count];
    private readonly List<nint> _blocks = [];
    private uint _chunksLeft;

    /// <summary>Which partition holds a remote: the whole of its /24 or /48 lies in one.</summary>
    public static int PartitionOf(IpKey remote)
    {
        var network = remote.IsV4 ? (1UL << 63) | (remote.V4 >> 8) : remote.Upper >> 16;
        return (int)((network * 0x9E37_79B9_7F4A_7C15UL) >> (64 - Bits));
    }

    /// <summary>Rows held.</summary>
    public long Rows => _partitions.Sum(static chunks => (long)chunks.Rows);

    public void Add(in PairRow row)
    {
        ref var chunks = ref _partitions[PartitionOf(new IpKey(row.Remote))];
        if (chunks.Free == 0)
        {
            chunks.Last = NextChunk();
            chunks.Free = ChunkRows;
            (chunks.All ??= []).Add((nint)chunks.Last);
        }

        chunks.Last[ChunkRows - chunks.Free--] = row;
    }

    /// <summary>How many rows a partition has.</summary>
    public int RowsOf(int partition) => _partitions[partition].Rows;

    /// <summary>A partition's rows that follow <paramref name="done"/> others, as many as lie together; none when all
    /// are done.</summary>
    public ReadOnlySpan<PairRow> Next(int partition, int done)
    {
        ref var chunks = ref _partitions[partition];
        return done == chunks.Rows ? [] : new(
            (PairRow*)chunks.All![done / ChunkRows], Math.Min(chunks.Rows - done, ChunkRows));
    }

    /// <summary>Gives a partition's memory back.</summary>
    public void Return(int partition)
    {
        foreach (var chunk in _partitions[partition].All ?? [])
        {
            LargePages.Discard((void*)chunk, ChunkOctets);
        }

        _partitions[partition] = default;
    }

    public void Dispose()
    {
        Array.Clear(_partitions);
        _blocks.ForEach(block => LargePages.Return((void*)block, BlockOctets));
        _blocks.Clear();
        _chunksLeft = 0;
    }

    /// <summary>Chunks are cut from blocks that lie in large pages: a row would else cost a fault of a small page for
    /// every hundred.</summary>
    private PairRow* NextChunk()
    {
        if (_chunksLeft == 0)
        {
            _blocks.Add((nint)LargePages.Allocate(BlockOctets));
            _chunksLeft = BlockChunks;
        }

        return (PairRow*)(_blocks[^1] + (nint)(--_chunksLeft * ChunkOctets));
    }

    private struct Chunks
    {
        public List<nint>? All;
        public PairRow* Last;
        public int Free;

        public readonly int Rows => All is null ? 0 : (All.Count * ChunkRows) - Free;
    }
}
