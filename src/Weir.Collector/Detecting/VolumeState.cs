// SPDX-License-Identifier: Apache-2.0
//
// Packets and octets of one direction of a subject in bins of flow time. A flow's packets are spread evenly from its
// start to its end: a router tells a minute's flow at once, and its whole weight in one bin would be a flood that never
// was.
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Weir.Contracts.Flows;

namespace Weir.Collector.Detecting;

/// <summary>What is summed in a bin.</summary>
internal enum VolumeCounter
{
    Udp,
    Tcp,
    Icmp,
    Other,

    /// <summary>Sent: bare SYN. Received: packets the subject sent in conversations.</summary>
    Fifth,
    Octets,

    /// <summary>Sent: octets of its services that reflect. Received: octets from ports that amplify.</summary>
    Service,

    /// <summary>Sent: octets those services received.</summary>
    Asked,
}

/// <summary>A block of detail on what a subject sends, or receives: 1 KiB to the last octet but four. The head leaves
/// twelve unused, where a sequential layout would have nothing.</summary>
[StructLayout(LayoutKind.Explicit, Size = SecondStagePool.Octets)]
internal unsafe struct VolumeState
{
    public const int Sums = 8;
    public const int Classes = 4;

    [FieldOffset(0)]
    public SecondStageHeader Head;

    /// <summary>A service's own port (sent) or the amplifying port (received), by majority; 0 = none.</summary>
    [FieldOffset(36)]
    public ushort Port;
    [FieldOffset(38)]
    public byte PortVotes;

    /// <summary>Bins in a row above the threshold: UDP, TCP, ICMP, all, bare SYN, reflection.</summary>
    [FieldOffset(39)]
    public fixed byte Runs[7];

    /// <summary>Bins the mean below rests on.</summary>
    [FieldOffset(46)]
    public ushort Known;

    /// <summary>Mean and variance of UDP, TCP, ICMP and all packets a bin.</summary>
    [FieldOffset(48)]
    public fixed float Mean[Classes];
    [FieldOffset(64)]
    public fixed float Variance[Classes];

    [FieldOffset(80)]
    public TopRemotes Top;

    /// <summary>The three newest seconds, in what a block had left.</summary>
    [FieldOffset(480)]
    public FastBins Fast;

    [FieldOffset(512)]
    public fixed float Bins[FlowTime.Bins * Sums];

    /// <summary>Where a bin begins in the block.</summary>
    public static int OffsetOf(long bin) =>
        sizeof(VolumeState) - ((FlowTime.Bins - (int)(bin % FlowTime.Bins)) * Sums * sizeof(float));

    /// <summary>Adds a share of a flow to each bin it touches that is still open.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="amounts">What the whole of it weighs, by <see cref="VolumeCounter"/>.</param>
    /// <param name="binMs">Length of a bin.</param>
    /// <param name="firstOpen">The first open bin.</param>
    /// <returns>Whether a part of it lay before, or so far ahead that no bin is open yet.</returns>
    public bool Spread(in Flow flow, ReadOnlySpan<float> amounts, long binMs, long firstOpen)
    {
        var first = flow.StartMs / binMs;
        var last = flow.EndMs / binMs;
        var lastOpen = Math.Min(last, firstOpen + FlowTime.Bins - 1);
        var whole8 = Vector256.Create(amounts);
        var whole = (float)Math.Max(1, flow.EndMs - flow.StartMs);
        for (var bin = Math.Max(first, firstOpen); bin <= lastOpen; bin++)
        {
            var share = first == last
                ? 1f
                : (Math.Min(flow.EndMs, (bin + 1) * binMs) - Math.Max(flow.StartMs, bin * binMs)) / whole;
            ref var sums = ref Bins[(int)(bin % FlowTime.Bins) * Sums];
            (Vector256.LoadUnsafe(ref sums) + (whole8 * share)).StoreUnsafe(ref sums);
        }

        return first < firstOpen || last > lastOpen;
    }

    /// <summary>The sums of a bin, taken out of it.</summary>
    public void DrainBin(long bin, Span<float> sums)
    {
        var at = (int)(bin % FlowTime.Bins) * Sums;
        for (var i = 0; i < Sums; i++)
        {
            sums[i] = Bins[at + i];
            Bins[at + i] = 0;
        }
    }

    /// <summary>Adds the sums of a bin, which keeps them.</summary>
    public void AddBin(long bin, Span<float> sums)
    {
        var at = (int)(bin % FlowTime.Bins) * Sums;
        for (var i = 0; i < Sums; i++)
        {
            sums[i] += Bins[at + i];
        }
    }

    /// <summary>Votes for the port that matters (Boyer and Moore 1981).</summary>
    public void Vote(ushort port)
    {
        if (PortVotes == 0 || Port == port)
        {
            Port = port;
            PortVotes = (byte)Math.Min(200, PortVotes + 1);
        }
        else
        {
            PortVotes--;
        }
    }
}
