// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Matching;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>What telling at once costs a flow, beside the same step without it, turn by turn in one run: certain
/// contacts in matching, seconds in detecting.</summary>
public static class AtOnceBench
{
    private const int Turns = 60;
    private const int Batches = 400;
    private const long StartMs = 1_700_000_040_000;
    private const uint Subjects = 200_000;
    private const uint Busy = 2_000;

    public static void Run(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        Contacts(scores, share: 100, "one flow in 100 listed");
        Contacts(scores, share: 1, "every flow listed");
        Floods(scores);
    }

    private static void Contacts(Scores scores, uint share, string what)
    {
        var tag = new ListTag("bench", ListRole.C2, 100, "");
        var list = new CurrentWatchlist(Watchlist.From(
            [WatchlistBench.FeedOf([.. Enumerable.Range(0, 4_096).Select(i => new ListEntry(
                Prefix.From(IpKey.FromV4(0x2E00_0000u + (uint)i), 128), 443, Protocols.Tcp, tag, 0, 0, ListEntry.Never, 0))])],
            DateTimeOffset.UnixEpoch));
        Matcher[] both =
        [
            new(list, (block, _) => new SubjectKey(block.Bits)),
            new(list, (block, _) => new SubjectKey(block.Bits), atOnce: static _ => { }),
        ];
        var batch = new Flow[FlowBatch.DefaultCapacity];
        var random = 7UL;
        var (without, with) = Compare(
            () =>
            {
                FillContacts(batch, share, ref random);
                return batch;
            },
            (which, flows) => both[which].Match(flows));
        scores.AtLeast("at once", $"contacts, {what}: a flow in matching without", without, "ns");
        scores.AtLeast("at once", $"contacts, {what}: with", with, "ns");
        scores.AtMost("at once", $"contacts, {what}: added by telling what is certain", with - without, "ns", 5);
    }

    private static void Floods(Scores scores)
    {
        using var without = NewDetector(0);
        using var with = NewDetector(10);
        var batch = new Flow[FlowBatch.DefaultCapacity];
        var random = 7UL;
        var atMs = StartMs;
        var (plain, fast) = Compare(
            () =>
            {
                FillVolumes(batch, atMs, ref random);
                atMs += 20;
                return batch;
            },
            (which, flows) => (which == 0 ? without : with).Add(flows));
        var details = with.Counts.Details;
        scores.AtLeast("at once", $"floods, {details:N0} of {Subjects:N0} lines with detail: a flow in detecting without", plain, "ns");
        scores.AtLeast("at once", "floods: with the tier of seconds", fast, "ns");
        scores.AtMost("at once", "floods: added by the tier of seconds", fast - plain, "ns", 5);
        scores.AtMost("at once", "floods: octets a subject", (double)FastBins.Octets * details / Subjects, "B", 16);
        scores.AtMost("at once", "floods: octets of a block of detail, of those it had left", FastBins.Octets, "B", 28);
    }

    /// <summary>Least time a flow of each, taken turn by turn over the same flows, so that a busy machine disturbs
    /// both.</summary>
    private static (double Without, double With) Compare(Func<Flow[]> fill, Action<int, Flow[]> run)
    {
        var best = new double[] { double.MaxValue, double.MaxValue };
        var watches = new[] { new Stopwatch(), new Stopwatch() };
        for (var turn = 0; turn < Turns; turn++)
        {
            watches[0].Reset();
            watches[1].Reset();
            var flows = 0;
            for (var i = 0; i < Batches; i++)
            {
                var batch = fill();
                flows += batch.Length;
                for (var which = 0; which < 2; which++)
                {
                    // Whoever comes second finds the flows in the cache; they take turns.
                    var one = (which + i) % 2;
                    watches[one].Start();
                    run(one, batch);
                    watches[one].Stop();
                }
            }

            best[0] = Math.Min(best[0], watches[0].Elapsed.TotalNanoseconds / flows);
            best[1] = Math.Min(best[1], watches[1].Elapsed.TotalNanoseconds / flows);
        }

        return (best[0], best[1]);
    }

    private static Detector NewDetector(double factor) => new(new DetectorDependencies
    {
        Options = new DetectingOptions { Subjects = (int)Subjects, FastFactor = factor },
        Networks = new NetworkTable([new Network(Prefix.Parse("10.0.0.0/8"))]),
        Name = static (subject, _) => new SubjectKey(subject.Bits),
        Sink = new Nobody(),
        Exporters = new ExporterNumbers(),
        HashKey = 1,
    });

    private static void FillContacts(Span<Flow> flows, uint share, ref ulong random)
    {
        foreach (ref var flow in flows)
        {
            var draw = Next(ref random);
            var listed = draw % share == 0;
            var sent = (draw & 64) == 0;
            flow = default;
            flow.Subject = IpKey.FromV4(0x0A00_0000 + (draw >> 8) % 4_096);
            flow.Remote = IpKey.FromV4(listed ? 0x2E00_0000 + ((draw >> 20) % 16) : 0x8000_0000u | (draw * 2654435761u));
            flow.RemotePort = 443;
            flow.SubjectPort = 40_000;
            flow.Protocol = Protocols.Tcp;
            flow.Traits = FlowTraits.FlagsKnown;
            flow.SamplingInterval = 1;
            flow.Place = FlowAttribution.Attributed;
            (flow.StartMs, flow.EndMs) = (StartMs, StartMs + 500);
            (flow.PacketsOut, flow.FlagsOut) = sent ? (1ul, (byte)0x02) : (0ul, (byte)0);
            (flow.PacketsIn, flow.FlagsIn) = sent ? (0ul, (byte)0) : (4ul, (byte)0x1A);
        }
    }

    private static void FillVolumes(Span<Flow> flows, long atMs, ref ulong random)
    {
        foreach (ref var flow in flows)
        {
            var draw = Next(ref random);
            var busy = draw % 16 == 0;
            var sent = (draw & 32) == 0;
            flow = default;
            flow.Subject = IpKey.FromV4(0x0A00_0000 + (busy ? (draw >> 4) % Busy : draw % Subjects));
            flow.Remote = IpKey.FromV4(0x2E00_0000 + ((draw * 2654435761u) >> 8));
            flow.RemotePort = 443;
            flow.SubjectPort = 40_000;
            flow.Protocol = Protocols.Tcp;
            flow.FlagsOut = sent ? (byte)0x1A : (byte)0;
            flow.FlagsIn = sent ? (byte)0 : (byte)0x10;
            flow.Traits = FlowTraits.FlagsKnown;
            flow.SamplingInterval = 1;
            flow.Place = FlowAttribution.Attributed;
            (flow.StartMs, flow.EndMs) = (atMs - (draw % 4_000), atMs);
            var packets = busy ? 20_000u : 12u;
            (flow.PacketsOut, flow.OctetsOut) = sent ? (packets, packets * 200ul) : (0ul, 0ul);
            (flow.PacketsIn, flow.OctetsIn) = sent ? (0ul, 0ul) : (packets, packets * 900ul);
        }
    }

    private static uint Next(ref ulong random)
    {
        random = (random * 6364136223846793005UL) + 1442695040888963407UL;
        return (uint)(random >> 33);
    }

    private sealed class Nobody : IQualityEventSink
    {
        public void Handle(QualityEvent quality)
        {
        }
    }
}
