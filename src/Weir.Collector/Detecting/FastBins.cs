// SPDX-License-Identifier: Apache-2.0
//
// The fast tier: three seconds of flow time beside the bins of ten. Sums only grow, so that a second far above the
// floor is far above it whatever is told later, and nothing has to be waited for. It lies in what a block of detail
// had left: a subject without one pays nothing.
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;

namespace Weir.Collector.Detecting;

/// <summary>Sums of the three newest seconds of one direction; 28 octets of a block of detail.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct FastBins
{
    public const int Seconds = 3;
    public const int Octets = 28;

    /// <summary>A flow told later than this after its start says nothing of whose packets answered it: those may be
    /// told after it.</summary>
    private const long ShortMs = 5_000;

    private uint _newest;

    /// <summary>Packets of each, then bare SYN sent or octets received.</summary>
    private fixed float _sums[2 * Seconds];

    /// <summary>The newest second, since the UNIX epoch.</summary>
    public readonly uint Newest => _newest;

    /// <summary>Adds what a line sent: spread over the flow's seconds, since a line that sends so much does so whatever
    /// comes back.</summary>
    /// <returns>Whether a second passed another multiple of a gate, so that it is worth judging.</returns>
    public bool AddSent(in Flow flow, float packets, float bareSyn, in FastGates gates)
    {
        if (!IsOpen(flow, flow.PacketsOut))
        {
            return false;
        }

        var (first, last) = ((uint)(flow.StartMs / 1_000), LastOf(flow));
        if (first == last)
        {
            return Add(last, packets, bareSyn, gates);
        }

        var whole = (float)(flow.EndMs - flow.StartMs);
        var passed = false;
        for (var second = Math.Max(first, _newest - Seconds + 1); second <= last; second++)
        {
            var share = (Math.Min(flow.EndMs, (second + 1) * 1_000L) - Math.Max(flow.StartMs, second * 1_000L)) / whole;
            passed |= Add(second, packets * share, bareSyn * share, gates);
        }

        return passed;
    }

    /// <summary>Adds what a line received: a short flow alone, and to its last second alone, so that two of them are
    /// two flows and what the line sent in between is known.</summary>
    /// <returns>Whether a second passed another multiple of a gate, so that it is worth judging.</returns>
    public bool AddReceived(in Flow flow, float packets, float octets, in FastGates gates)
    {
        var lasted = flow.EndMs - flow.StartMs;
        if (lasted > ShortMs || !IsOpen(flow, flow.PacketsIn))
        {
            return false;
        }

        var share = lasted <= 1_000 ? 1f : 1_000f / lasted;
        return Add(LastOf(flow), packets * share, octets * share, gates);
    }

    /// <summary>Seconds with more packets than a threshold.</summary>
    public readonly FastBreach PacketsAbove(double threshold) => Count(0, threshold);

    /// <summary>The same of bare SYN sent, or of octets received.</summary>
    public readonly FastBreach OthersAbove(double threshold) => Count(Seconds, threshold);

    /// <summary>Moves on to the flow's end. A flow before the three newest seconds is too late; one without a length
    /// but with several packets is of an exporter whose times say nothing.</summary>
    private bool IsOpen(in Flow flow, ulong packets)
    {
        if (flow.StartMs == flow.EndMs && packets > 1)
        {
            return false;
        }

        var last = LastOf(flow);
        for (var left = last > _newest ? Math.Min(last - _newest, Seconds) : 0; left > 0; left--)
        {
            var at = (last - left + 1) % Seconds;
            (_sums[at], _sums[Seconds + at]) = (0, 0);
        }

        _newest = Math.Max(_newest, last);
        return last + Seconds > _newest;
    }

    /// <summary>The second of the last packet.</summary>
    private static uint LastOf(in Flow flow) => (uint)(Math.Max(flow.StartMs, flow.EndMs - 1) / 1_000);

    private bool Add(uint second, float packets, float others, in FastGates gates)
    {
        var at = second % Seconds;
        var (before, othersBefore) = (_sums[at], _sums[Seconds + at]);
        _sums[at] = before + packets;
        _sums[Seconds + at] = othersBefore + others;
        return (int)(before * gates.PerPacket) != (int)((before + packets) * gates.PerPacket)
            | (int)(othersBefore * gates.PerOther) != (int)((othersBefore + others) * gates.PerOther);
    }

    private readonly FastBreach Count(int from, double threshold)
    {
        var breach = default(FastBreach);
        for (var second = _newest; second + Seconds > _newest; second--)
        {
            if (_sums[from + (second % Seconds)] is var sum && sum >= threshold)
            {
                breach = new(breach.Seconds + 1, second, Math.Max(breach.Greatest, sum));
            }
        }

        return breach;
    }
}

/// <summary>What stands out of three seconds.</summary>
/// <param name="Seconds">How many are above.</param>
/// <param name="First">The first of them, since the UNIX epoch.</param>
/// <param name="Greatest">The greatest sum of a second.</param>
internal readonly record struct FastBreach(int Seconds, uint First, double Greatest);

/// <summary>Parts of the lowest gate that one packet, or one of the other kind, is; 0 where nothing ever
/// passes.</summary>
internal readonly record struct FastGates(float PerPacket, float PerOther)
{
    /// <summary>Passed a little above the gate, so that what is judged there is above it for certain.</summary>
    private const double Above = 1 - 1e-6;

    public static FastGates Of(double factor, double packets, double others) => factor <= 0
        ? default
        : new((float)(Above / (factor * packets)), (float)(Above / (factor * others)));

    public bool AreOn => PerPacket > 0;
}
