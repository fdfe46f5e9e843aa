// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Collector.Attributing;
using Weir.Collector.Digesting;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>Nanoseconds a flow while seven million pairs are held, flows in random order.</summary>
public static class DigestBench
{
    private const int Pairs = 7_000_000;
    private const int Flows = 20_000_000;
    private const int WrittenFlows = 1_000_000;

    public static void Run(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var batches = MakeBatches(4_096);
        using var digester = new Digester(
            DigestOptions.ForPairs(2 * (Pairs + 100_000)), EpochPseudonymizer.InClear(), new Discard());
        var random = 1UL;
        var watch = new Stopwatch();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var done = 0L;
        var rounds = Flows / (batches.Length * FlowBatch.DefaultCapacity) * 2;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var batch in batches)
            {
                Vary(batch.Flows, ref random);
                watch.Start();
                digester.Add(batch.Flows);
                watch.Stop();
                done += batch.Count;
            }
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        scores.AtMost(
            "digest", $"a flow, {digester.PairsHeld / 1e6:0.#} M pairs held", watch.Elapsed.TotalNanoseconds / done,
            "ns", 100);
        scores.AtMost("digest", "octets allocated per flow", Math.Round((double)allocated / done, 2), "B", 0);
        WriteOut(scores, batches);
    }

    /// <summary>Pairs under pseudonyms until a segment's rows are with the sink, the second of two rounds: the first
    /// takes its memory from the system.</summary>
    private static void WriteOut(Scores scores, FlowBatch[] batches)
    {
        using var digester = new Digester(
            DigestOptions.ForPairs(2 * (WrittenFlows + 100_000)), EpochPseudonymizer.UnderKey(new byte[32]), new Discard());
        var random = 1UL;
        var elapsed = TimeSpan.Zero;
        var held = 0;
        for (var round = 0; round < 2; round++)
        {
            for (var done = 0; done < WrittenFlows; done += FlowBatch.DefaultCapacity)
            {
                var batch = batches[done / FlowBatch.DefaultCapacity % batches.Length];
                Vary(batch.Flows, ref random);
                digester.Add(batch.Flows);
            }

            held = digester.PairsHeld;
            var began = Stopwatch.GetTimestamp();
            digester.Flush();
            elapsed = Stopwatch.GetElapsedTime(began);
        }

        scores.AtLeast(
            "digest", $"a row named, in the order of the store and handed out, {held / 1e6:0.##} M pairs",
            elapsed.TotalNanoseconds / held, "ns");
    }

    private static void Vary(Span<Flow> flows, ref ulong random)
    {
        foreach (ref var flow in flows)
        {
            random = (random * 6364136223846793005UL) + 1442695040888963407UL;
            var pair = (uint)((random >> 33) % Pairs);
            flow.Subject = IpKey.FromV4(0x0A000000 + (pair % 100_000));
            flow.Remote = IpKey.FromV4(0x2E000000 + (pair * 2654435761u >> 8));
            flow.RemotePort = (ushort)(pair % 7 == 0 ? 80 : 443);
        }
    }

    private static FlowBatch[] MakeBatches(int count)
    {
        var batches = new FlowBatch[count / 64];
        for (var i = 0; i < batches.Length; i++)
        {
            batches[i] = new FlowBatch();
            while (!batches[i].IsFull)
            {
                ref var flow = ref batches[i].Next();
                flow.Protocol = Protocols.Tcp;
                flow.SamplingInterval = 1;
                flow.PacketsOut = 3;
                flow.OctetsOut = 900;
                flow.StartMs = 1_700_000_000_000;
                flow.EndMs = 1_700_000_001_000;
                flow.SubjectPort = 40_000;
            }
        }

        return batches;
    }

    private sealed class Discard : IDigestSink
    {
        public void Write(ReadOnlySpan<PairDigest> rows)
        {
        }
    }
}
