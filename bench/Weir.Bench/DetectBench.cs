// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>
/// A million subjects in random order for ten minutes of flow time: mostly small exchanges, six flows in a hundred of
/// ten thousand lines busy enough for detail, and an attack now and then.
/// </summary>
public static class DetectBench
{
    private const int Subjects = 1_000_000;
    private const int Round = 2_000 * FlowBatch.DefaultCapacity;
    private const int Flows = 10 * Round;
    private const long StartMs = 1_700_000_040_000;
    private const long SpanMs = 600_000;
    private const uint Busy = 10_000;

    public static void Run(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var before = Resident();
        var kept = new RecordingEventSink();
        using var detector = new Detector(new DetectorDependencies
        {
            Options = new DetectingOptions { Subjects = Subjects },
            Networks = new NetworkTable([new Network(Prefix.Parse("10.0.0.0/8"))]),
            Name = static (subject, _) => new SubjectKey(subject.Bits),
            Sink = kept,
            Exporters = new ExporterNumbers(),
        });
        var batch = new Flow[FlowBatch.DefaultCapacity];
        var random = 1UL;
        var watch = new Stopwatch();
        var slowest = TimeSpan.Zero;
        var best = double.MaxValue;
        long done = 0, allocated = 0;
        while (done < Flows)
        {
            if (done % Round == 0)
            {
                watch.Reset();
            }

            Fill(batch, StartMs + (SpanMs * done / Flows), ref random);
            var octets = GC.GetAllocatedBytesForCurrentThread();
            var started = watch.Elapsed;
            watch.Start();
            detector.Add(batch);
            watch.Stop();
            slowest = done >= Round && watch.Elapsed - started > slowest ? watch.Elapsed - started : slowest;
            allocated += GC.GetAllocatedBytesForCurrentThread() - octets;
            done += batch.Length;
            best = done % Round == 0 ? Math.Min(best, watch.Elapsed.TotalNanoseconds / Round) : best;
        }

        var counts = detector.Counts;
        var resident = Resident() - before;
        scores.AtMost(
            "detecting", $"a flow, {counts.Subjects / 1e6:0.##} M subjects, {counts.Details:N0} with detail", best,
            "ns", 60);
        scores.AtMost(
            "detecting", "counters of an idle subject, its share of free places among them",
            Math.Round(OctetsOf(Subjects) / (double)Subjects, 1), "B", 96);
        scores.AtMost(
            "detecting", $"memory after {SpanMs / 60_000} minutes of {counts.Subjects / 1e6:0.##} M subjects",
            resident / (double)(1 << 20), "MiB", 1_024);
        scores.AtMost(
            "detecting", "set aside for 10 M subjects and 131,072 blocks of detail",
            OctetsOf(10_000_000, 131_072) / 1e6, "MB", 1_200);
        scores.AtMost(
            "detecting", $"the slowest batch of {batch.Length:N0}, judging among it", slowest.TotalMilliseconds,
            "ms", 100);
        scores.AtMost(
            "detecting", "octets allocated per flow, events among them", Math.Round((double)allocated / done, 2),
            "B", 0.1);
        scores.AtLeast("detecting", "events raised on the way", kept.Events, "events");
    }

    /// <summary>Octets set aside; without blocks of detail the counters alone.</summary>
    private static ulong OctetsOf(int subjects, int details = 0)
    {
        using var detector = new Detector(new DetectorDependencies
        {
            Options = new DetectingOptions { Subjects = subjects, Details = details },
            Networks = new NetworkTable([]),
            Name = static (subject, _) => new SubjectKey(subject.Bits),
            Sink = new RecordingEventSink(),
            Exporters = new ExporterNumbers(),
        });
        return detector.Octets;
    }

    private static void Fill(Span<Flow> flows, long atMs, ref ulong random)
    {
        foreach (ref var flow in flows)
        {
            random = (random * 6364136223846793005UL) + 1442695040888963407UL;
            var draw = (uint)(random >> 33);
            var busy = draw % 16 == 0;
            var subject = busy ? draw / 16 % Busy : draw % Subjects;
            var attack = busy && subject < 20;
            var sent = (draw & 32) == 0;
            flow.Subject = IpKey.FromV4(0x0A000000 + subject);
            flow.Remote = IpKey.FromV4(attack ? 0x2E000001 : 0x2E000000 + (draw * 2654435761u >> 8));
            flow.RemotePort = (ushort)(draw % 7 == 0 ? 53 : 443);
            flow.SubjectPort = 40_000;
            flow.Protocol = draw % 7 == 0 ? Protocols.Udp : Protocols.Tcp;
            flow.FlagsOut = sent && flow.Protocol == Protocols.Tcp ? (byte)0x1B : (byte)0;
            flow.FlagsIn = sent || flow.Protocol == Protocols.Udp ? (byte)0 : (byte)0x1B;
            flow.Traits = FlowTraits.FlagsKnown;
            flow.SamplingInterval = 1;
            flow.Place = FlowAttribution.Attributed;
            flow.EndMs = atMs;
            flow.StartMs = atMs - (draw % 30_000);
            var packets = attack ? 300_000u : busy ? 20_000u : 12u;
            (flow.PacketsOut, flow.OctetsOut) = sent ? (packets, packets * 200ul) : (0ul, 0ul);
            (flow.PacketsIn, flow.OctetsIn) = sent ? (0ul, 0ul) : (packets, packets * 900ul);
        }
    }

    private static long Resident() => long.Parse(File.ReadAllText("/proc/self/statm")
        .Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    private sealed class RecordingEventSink : IQualityEventSink
    {
        public int Events { get; private set; }

        public void Handle(QualityEvent quality) => Events += quality.Phase == EventPhase.Opened ? 1 : 0;
    }
}
