// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Collector.Digesting;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>What evidence costs: each flow while scopes are open, each flow on its way into the ring, and a pass
/// through the ring for a worm's scopes.</summary>
public static class EvidenceBench
{
    private const int Subjects = 1_000_000;
    private const int Flows = 10_000_000;
    private const int FlowsPerSecond = 10_000;
    private const int Worm = 10_000;
    private const long Noon = 1_700_049_600_000;

    public static void Run(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        foreach (var (scopes, aim) in new[] { (0, 2), (100, 10), (Worm, 10) })
        {
            Watching(scores, scopes, aim);
        }

        var folder = Directory.CreateTempSubdirectory("weir-bench-ring-").FullName;
        try
        {
            Ring(scores, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Flows of a million subjects to port 443, scopes on port 445: what watching costs those who
    /// are not meant.</summary>
    private static void Watching(Scores scores, int scopes, double aim)
    {
        using var recorder = new ScopeRecorder(new EvidenceDependencies { Sink = new Discard() }, 1);
        _ = recorder.Watch(Scopes(scopes));
        var (nanoseconds, allocated) = Add(recorder, Flows, pause: false);
        scores.AtMost("evidence", $"a flow, {scopes:N0} scopes open", nanoseconds, "ns", aim);
        if (scopes == Worm)
        {
            scores.AtMost("evidence", "octets allocated per flow", Math.Round(allocated, 2), "B", 0);
        }
    }

    /// <summary>Six minutes at ten thousand flows a second, written as fast as the disk takes them; then a worm
    /// opens its scopes.</summary>
    private static void Ring(Scores scores, string folder)
    {
        const int Held = FlowsPerSecond * 360;
        using var recorder = new ScopeRecorder(new EvidenceDependencies
        {
            Sink = new Discard(),
            Ring = new RingOptions { Directory = folder, Size = 1L << 30 }
        }, 1);
        var (nanoseconds, _) = Add(recorder, Held, pause: true);
        scores.AtMost("evidence", "a flow into the ring, on the shard's thread", nanoseconds, "ns", 40);
        scores.AtMost("evidence", "flows that the ring lost meanwhile", recorder.State.Ring!.Lost, "flows", 0);

        var watch = Stopwatch.StartNew();
        var reach = recorder.Watch(Scopes(Worm));
        scores.AtMost(
            "evidence", $"{Worm:N0} scopes put in force, on the shard's thread", watch.Elapsed.TotalMilliseconds,
            "ms", 100);
        reach.GetAwaiter().GetResult();
        recorder.FlushBeside(0).GetAwaiter().GetResult();
        scores.AtMost(
            "evidence",
            $"one pass for all of them through {Held / 1e6:0.#} M flows (6 min at {FlowsPerSecond:N0} flows/s)",
            watch.Elapsed.TotalSeconds, "s", 5);
    }

    private static (double Nanoseconds, double Allocated) Add(ScopeRecorder recorder, int flows, bool pause)
    {
        var batch = new Flow[FlowBatch.DefaultCapacity];
        Array.Fill(batch, new Flow
        {
            Protocol = Protocols.Tcp,
            RemotePort = 443,
            PacketsOut = 3,
            OctetsOut = 900,
            SamplingInterval = 1,
            StartMs = Noon,
            EndMs = Noon + 1_000
        });
        var (random, watch) = (1UL, new Stopwatch());
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var done = 0;
        for (; done < flows; done += batch.Length)
        {
            foreach (ref var flow in batch.AsSpan())
            {
                random = (random * 6364136223846793005UL) + 1442695040888963407UL;
                flow.Subject = IpKey.FromV4(0x0A000000 + (uint)((random >> 33) % Subjects));
                flow.Remote = IpKey.FromV4((uint)(random >> 20));
            }

            watch.Start();
            recorder.Add(batch);
            watch.Stop();
            if (pause && done % (batch.Length * 4) == 0)
            {
                // Ten times as fast as the traffic it stands for; the ring's own thread shares the machine.
                Thread.Sleep(TimeSpan.FromSeconds(4.0 * batch.Length / FlowsPerSecond / 10));
            }
        }

        return (
            watch.Elapsed.TotalNanoseconds / done, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / done);
    }

    private static ScopeWatch[] Scopes(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new ScopeWatch(
            new ScopeId((ulong)i),
            IpKey.FromV4(0x0A000000 + (uint)(i * 97 % Subjects)),
            new TrafficClass(new FlowPredicate
            {
                Direction = Direction.Out,
                Protocol = Protocols.Tcp,
                RemotePorts = [445]
            }).Predicate,
            Noon - Scope.BeforeMs,
            Noon + Scope.AfterMs)),
    ];

    private sealed class Discard : IEvidenceSink
    {
        public void Write(ReadOnlySpan<EvidenceRow> rows)
        {
        }
    }
}
