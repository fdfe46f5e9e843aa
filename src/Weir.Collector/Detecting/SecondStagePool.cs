// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Memory;
using Weir.Wire;

namespace Weir.Collector.Detecting;

/// <summary>What a block of detail is about.</summary>
internal enum SecondStageKind : byte
{
    Free,
    Sent,
    Received,
    Tried,
}

/// <summary>The begin of every block.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SecondStageHeader
{
    public IpKey Subject;

    /// <summary>Bin or half minute in which the subject was last above half a floor.</summary>
    public long HotAt;

    /// <summary>The next free block, while this one is free; while it is not, the end of the last flow of a
    /// contested stream, seconds since the UNIX epoch.</summary>
    public uint NextFree;

    /// <summary>One packet in so many, the coarsest heard.</summary>
    public uint Sampling;

    /// <summary>Number of an exporter that tells most of it.</summary>
    public ushort Exporter;
    public SecondStageKind Kind;
    public byte ExporterVotes;

    public void Observe(in Flow flow)
    {
        if (flow.Standing == FlowStanding.Contested)
        {
            NextFree = Math.Max(NextFree, (uint)(flow.EndMs / 1_000));
        }

        Sampling = Math.Max(Sampling, flow.SamplingInterval);
        if (ExporterVotes == 0 || Exporter == flow.Exporter)
        {
            Exporter = flow.Exporter;
            ExporterVotes = (byte)Math.Min(200, ExporterVotes + 1);
        }
        else
        {
            ExporterVotes--;
        }
    }

    /// <summary>Why what is held of the time from a moment on is not corroborated. What the block sums up fades within
    /// two minutes.</summary>
    /// <param name="fromMs">The moment.</param>
    /// <param name="isDoubtful">Whether flows are counted here that are not corroborated.</param>
    public readonly EvidenceDoubt DoubtOf(long fromMs, bool isDoubtful) =>
        !isDoubtful ? EvidenceDoubt.None
        : NextFree != 0 && (NextFree + FadedSeconds) * 1_000L > fromMs ? EvidenceDoubt.TwoStreams
        : EvidenceDoubt.NewStream;

    private const long FadedSeconds = 121;
}

/// <summary>Blocks of 1 KiB, a bounded number of them, for the few subjects above half a floor.
/// Block 0 is none.</summary>
internal sealed unsafe class SecondStagePool(int blocks) : IDisposable
{
    public const int Octets = 1_024;
    private const int MaxBins = 8;

    private readonly byte* _memory = (byte*)LargePages.Allocate(((ulong)blocks + 1) * Octets);
    private uint _free;

    /// <summary>Blocks in use.</summary>
    public int Held { get; private set; }

    /// <summary>Blocks that were ever in use, numbered from 1.</summary>
    public uint Top { get; private set; }

    public SecondStageHeader* At(uint block) => (SecondStageHeader*)(_memory + ((ulong)block * Octets));

    /// <summary>Hints to the memory that the first half of a block and some of its bins will be read.</summary>
    public void Prefetch(uint block, long firstBin, long lastBin)
    {
        var start = (byte*)At(block);
        for (var line = 0; line < Octets / 2; line += 64)
        {
            LargePages.Prefetch(start + line);
        }

        for (var bin = Math.Max(firstBin, lastBin - MaxBins + 1); bin <= lastBin; bin++)
        {
            LargePages.Prefetch(start + VolumeState.OffsetOf(bin));
        }
    }

    /// <summary>An empty block; 0 where all are in use.</summary>
    public uint Rent(in IpKey subject, SecondStageKind kind)
    {
        var block = _free;
        if (block != 0)
        {
            _free = At(block)->NextFree;
        }
        else if (Top < blocks)
        {
            block = ++Top;
        }
        else
        {
            return 0;
        }

        NativeMemory.Clear(At(block), Octets);
        At(block)->Subject = subject;
        At(block)->Kind = kind;
        Held++;
        return block;
    }

    /// <summary>Gives a block back and blanks it: it named remotes.</summary>
    public void Return(uint block)
    {
        NativeMemory.Clear(At(block), Octets);
        At(block)->NextFree = _free;
        _free = block;
        Held--;
    }

    public void Dispose() => LargePages.Return(_memory, ((ulong)blocks + 1) * Octets);
}
