// SPDX-License-Identifier: Apache-2.0
//
// Floods out and in, SYN floods, reflection and spoofing, judged bin by bin (statistics.md B.11). A bin is held against
// the floor and against the line's own mean of the bins before it; a bin above does not move the mean.
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Detecting;

/// <summary>The rules of volume for a block of detail and a bin.</summary>
internal sealed unsafe partial class VolumeRules(
    DetectingOptions options, FlowTime time, EventTracker book, Func<IpKey, (Floors Floors, double LineRate)> floorsOf,
    ExporterNumbers exporters, bool isDoubtful)
{
    /// <summary>A bin of sampled traffic rests on at least so many packets looked at.</summary>
    private const double MinSamples = 10;
    private const int All = 3;
    private const int SynRun = 4;
    private const int ReflectionRun = 5;

    /// <summary>Remotes with so much of the heaviest one's packets are victims too.</summary>
    private const float VictimShare = 0.1f;

    private const float OfHeaviest = 0.01f;

    private static readonly byte[] ClassProtocols = [Protocols.Udp, Protocols.Tcp, Protocols.Icmp, 0];

    private readonly double _seconds = time.BinMs / 1_000.0;

    public void Judge(VolumeState* detail, long bin)
    {
        Span<float> sums = stackalloc float[VolumeState.Sums];
        detail->DrainBin(bin, sums);
        if (InterfaceSubscriberLines.Is(detail->Head.Subject))
        {
            Spoofed(detail, bin, sums);
        }
        else if (detail->Head.Kind == SecondStageKind.Sent)
        {
            Sent(detail, bin, sums);
        }
        else
        {
            Received(detail, bin, sums);
        }

        detail->Top.Decay();
    }

    private void Sent(VolumeState* detail, long bin, ReadOnlySpan<float> sums)
    {
        var (floors, lineRate) = floorsOf(detail->Head.Subject);
        var all = AllOf(sums);
        var bits = sums[(int)VolumeCounter.Octets] * 8 / _seconds;
        var reflected = sums[(int)VolumeCounter.Service] * 8 / _seconds;
        var syn = sums[(int)VolumeCounter.Fifth] / _seconds;
        if (all / _seconds >= floors.Out / 2.0 || syn >= floors.Syn / 2.0 || reflected >= floors.Reflection / 2.0
            || (lineRate > 0 && bits >= lineRate * options.LineShare / 2))
        {
            detail->Head.HotAt = Math.Max(detail->Head.HotAt, bin);
        }

        var reflects = CountRun(detail, ReflectionRun, reflected > floors.Reflection
            && sums[(int)VolumeCounter.Service] > options.ReflectionRatio * sums[(int)VolumeCounter.Asked]
            && Sampled(detail, sums[(int)VolumeCounter.Udp]));
        if (ReachedMinimum(detail, ReflectionRun, reflects, RuleId.ReflectionOut))
        {
            Observe(
                detail, bin, ReflectionRun, RuleId.ReflectionOut, new(reflected, floors.Reflection, "bits/s"),
                new(
                    ClassOf(detail, Direction.Out, Protocols.Udp, detail->Port, TraitOf(RuleId.ReflectionOut)),
                    $"{Amplifiers.ToName(detail->Port)} reflector", detail->Port));
        }

        var synThreshold = MinThreshold(detail, floors.Syn);
        var synFlood = CountRun(detail, SynRun, syn > synThreshold
            && sums[(int)VolumeCounter.Fifth] > options.SynShare * sums[(int)VolumeCounter.Tcp]
            && Concentrated(detail, Protocols.Tcp));
        if (ReachedMinimum(detail, SynRun, synFlood, RuleId.SynFloodOut))
        {
            Observe(
                detail, bin, SynRun, RuleId.SynFloodOut, new(syn, synThreshold, "packets/s"),
                new(ClassOf(detail, Direction.Out, Protocols.Tcp, trait: TraitOf(RuleId.SynFloodOut))));
        }

        Floods(detail, bin, sums, new(all, bits, floors.Out, lineRate), reflects, synFlood);
        Settle(detail);
    }

    /// <summary>Floods by protocol and of all together. Packets that reflection or a SYN flood account for are none of
    /// their own.</summary>
    private void Floods(
        VolumeState* detail, long bin, ReadOnlySpan<float> sums, in SentVolume sent, bool reflects, bool synFlood)
    {
        var (all, bits, floor, lineRate) = sent;
        var named = false;
        for (var kind = 0; kind < VolumeState.Classes; kind++)
        {
            var packets = (kind == All ? all : sums[kind]) / _seconds;
            var threshold = Threshold(detail, kind, floor);
            var overLine = kind == All && lineRate > 0 && bits > lineRate * options.LineShare;
            var above = packets > threshold || overLine;
            Learn(detail, kind, packets, above);
            var breach = CountRun(detail, kind, above);
            var claimed = (kind == (int)VolumeCounter.Udp && reflects) || (kind == (int)VolumeCounter.Tcp && synFlood);
            named |= claimed && breach;
            if (breach && !claimed && !(kind == All && (named || reflects || synFlood))
                && Concentrated(detail, ClassProtocols[kind]) && ReachedMinimum(detail, kind, true, RuleId.FloodOut))
            {
                named = true;
                var protocol = kind == All ? detail->Top.Heaviest(0, out _).Protocol
                    : kind == (int)VolumeCounter.Icmp ? IcmpOf(detail)
                    : ClassProtocols[kind];
                Observe(
                    detail, bin, kind, RuleId.FloodOut,
                    packets <= threshold
                        ? new(bits, lineRate * options.LineShare, "bits/s")
                        : new(packets, threshold, "packets/s"),
                    new(ClassOf(detail, Direction.Out, protocol)));
            }
        }
    }

    private void Received(VolumeState* detail, long bin, ReadOnlySpan<float> sums)
    {
        var (floors, lineRate) = floorsOf(detail->Head.Subject);
        var all = AllOf(sums);
        var (packets, bits) = (all / _seconds, sums[(int)VolumeCounter.Octets] * 8 / _seconds);
        var bitFloor = lineRate > 0 ? Math.Min(floors.InBits, lineRate * options.LineShare) : floors.InBits;
        if (packets >= floors.In / 2.0 || bits >= bitFloor / 2)
        {
            detail->Head.HotAt = Math.Max(detail->Head.HotAt, bin);
        }

        var threshold = Threshold(detail, All, floors.In);
        var above = (packets > threshold || (bits > bitFloor && Sampled(detail, all)))
            && all >= options.OneWayRatio * sums[(int)VolumeCounter.Fifth];
        Learn(detail, All, packets, above);
        Settle(detail);
        if (!CountRun(detail, All, above) || !ReachedMinimum(detail, All, true, RuleId.FloodIn))
        {
            return;
        }

        Observe(
            detail, bin, All, RuleId.FloodIn,
            packets <= threshold ? new(bits, bitFloor, "bits/s") : new(packets, threshold, "packets/s"),
            TrafficOf(detail, sums));
    }

    /// <summary>What comes, by what it comes from: named where most of it is amplified.</summary>
    private BreachTraffic TrafficOf(VolumeState* detail, ReadOnlySpan<float> sums)
    {
        var amplified = sums[(int)VolumeCounter.Service] > options.AmplificationShare * sums[(int)VolumeCounter.Octets]
            && detail->PortVotes > 0;
        return amplified
            ? new(
                TrafficClass.Create(Direction.In, Protocols.Udp, [detail->Port], [], trait: TraitOf(RuleId.FloodIn)),
                $"{Amplifiers.ToName(detail->Port)} amplification")
            : new(Diffuse(detail));
    }

    /// <summary>Packets a minute from sources outside the networks, behind one interface; evidence as soon as
    /// there are enough.</summary>
    private void Spoofed(VolumeState* detail, long bin, ReadOnlySpan<float> sums)
    {
        var packets = sums[(int)VolumeCounter.Udp] + sums[(int)VolumeCounter.Tcp]
            + sums[(int)VolumeCounter.Icmp] + sums[(int)VolumeCounter.Other];
        var minuteBegins = bin * time.BinMs / FlowTime.MinuteMs != (bin - 1) * time.BinMs / FlowTime.MinuteMs;
        detail->Mean[0] = (minuteBegins ? 0 : detail->Mean[0]) + packets;
        var threshold = Math.Max(
            options.SpoofedPackets, detail->Head.Sampling > 1 ? MinSamples * detail->Head.Sampling : 0);
        if (packets > 0 && detail->Mean[0] >= options.SpoofedPackets / 2)
        {
            detail->Head.HotAt = Math.Max(detail->Head.HotAt, bin);
        }

        if (packets > 0 && detail->Mean[0] >= threshold)
        {
            book.Observe(new RuleBreach
            {
                Subject = detail->Head.Subject,
                Rule = RuleId.Spoof,
                Class = null,
                FromMs = bin * time.BinMs / FlowTime.MinuteMs * FlowTime.MinuteMs,
                UntilMs = (bin + 1) * time.BinMs,
                Measured = detail->Mean[0],
                Threshold = threshold,
                Unit = "packets/min",
                WindowSeconds = 60,
                Sampling = detail->Head.Sampling,
                Source = exporters.Of(detail->Head.Exporter),
                Doubt = detail->Head.DoubtOf(bin * time.BinMs / FlowTime.MinuteMs * FlowTime.MinuteMs, isDoubtful),
                Detail = $"interface {InterfaceSubscriberLines.InterfaceOf(detail->Head.Subject)}",
            });
        }
    }

    private static float AllOf(ReadOnlySpan<float> sums) =>
        sums[(int)VolumeCounter.Udp] + sums[(int)VolumeCounter.Tcp]
        + sums[(int)VolumeCounter.Icmp] + sums[(int)VolumeCounter.Other];

    private bool CountRun(VolumeState* detail, int run, bool above)
    {
        detail->Runs[run] = above ? (byte)Math.Min(byte.MaxValue, detail->Runs[run] + 1) : (byte)0;
        return above;
    }

    /// <summary>Whether a bin above is evidence: the last of enough in a row, or more of an event under way.</summary>
    private bool ReachedMinimum(VolumeState* detail, int run, bool above, string rule) =>
        above && (detail->Runs[run] >= options.Bins || book.IsOpen(detail->Head.Subject, rule, isDoubtful));

    private bool Concentrated(VolumeState* detail, byte protocol)
    {
        _ = detail->Top.Heaviest(protocol == Protocols.Icmp ? IcmpOf(detail) : protocol, out var share);
        return share > options.TopShare;
    }

    private double Threshold(VolumeState* detail, int kind, double floor)
    {
        var least = MinThreshold(detail, floor);
        return detail->Known < options.BaselineBins
            ? least
            : Math.Max(least, detail->Mean[kind] + (options.Deviations * Math.Sqrt(detail->Variance[kind])));
    }

    private double MinThreshold(VolumeState* detail, double floor) =>
        detail->Head.Sampling > 1 ? Math.Max(floor, MinSamples * detail->Head.Sampling / _seconds) : floor;

    private static bool Sampled(VolumeState* detail, float packets) =>
        detail->Head.Sampling <= 1 || packets >= MinSamples * detail->Head.Sampling;

    private void Learn(VolumeState* detail, int kind, double packets, bool above)
    {
        if (above)
        {
            return;
        }

        if (detail->Known == 0)
        {
            detail->Mean[kind] = (float)packets;
            return;
        }

        var error = packets - detail->Mean[kind];
        detail->Mean[kind] += (float)(options.Weight * error);
        detail->Variance[kind] =
            (float)((options.Weight * error * error) + ((1 - options.Weight) * detail->Variance[kind]));
    }

    private static void Settle(VolumeState* detail)
    {
        if (detail->Runs[All] == 0)
        {
            detail->Known = (ushort)Math.Min(ushort.MaxValue, detail->Known + 1);
        }
    }

    private static byte IcmpOf(VolumeState* detail) => detail->Head.Subject.IsV4 ? Protocols.Icmp : Protocols.Icmp6;

    private static TrafficClass ClassOf(
        VolumeState* detail, Direction direction, byte protocol, ushort subjectPort = 0,
        FlowTrait trait = FlowTrait.None)
    {
        var (remotes, ports) = detail->Top.Select(protocol, VictimShare);
        return TrafficClass.Create(direction, protocol, subjectPort == 0 ? ports : [], remotes, subjectPort, trait);
    }

    private static FlowTrait TraitOf(string rule) => DetectionRules.Get(rule).Trait;

    /// <summary>Many senders: the heaviest of them, with their port where they have one in common. That port alone
    /// would hold whatever else the line does there.</summary>
    private TrafficClass Diffuse(VolumeState* detail)
    {
        var protocol = detail->Top.MainProtocol();
        _ = detail->Top.Heaviest(protocol, out var share);
        var (remotes, ports) = detail->Top.Select(protocol, share > options.TopShare ? VictimShare : OfHeaviest);
        return TrafficClass.Create(
            Direction.In, protocol, ports, remotes);
    }

    private void Observe(
        VolumeState* detail, long bin, int run, string rule, in BreachMeasurement measured, in BreachTraffic traffic) =>
            book.Observe(new RuleBreach
            {
                Subject = detail->Head.Subject,
                Rule = rule,
                Class = traffic.Class,
                ServicePort = traffic.ServicePort,
                FromMs = (bin - Math.Max(0, Math.Min(detail->Runs[run], options.Bins) - 1)) * time.BinMs,
                UntilMs = (bin + 1) * time.BinMs,
                Measured = measured.Value,
                Threshold = measured.Threshold,
                Unit = measured.Unit,
                WindowSeconds = (int)(_seconds * options.Bins),
                Sampling = Math.Max(1, detail->Head.Sampling),
                Source = exporters.Of(detail->Head.Exporter),
                Doubt = detail->Head.DoubtOf(
                    (bin - Math.Max(0, Math.Min(detail->Runs[run], options.Bins) - 1)) * time.BinMs, isDoubtful),
                Detail = traffic.Words,
            });

    /// <summary>What a line sent in a bin.</summary>
    /// <param name="Packets">Of all protocols, in the bin.</param>
    /// <param name="Bits">A second.</param>
    /// <param name="Floor">Packets a second below which there is no flood.</param>
    /// <param name="LineRate">Bits a second; 0 = not known.</param>
    private readonly record struct SentVolume(float Packets, double Bits, double Floor, double LineRate);

    /// <summary>Whose packets they were.</summary>
    /// <param name="Class">The traffic of the breach.</param>
    /// <param name="Words">More about it, for people.</param>
    /// <param name="ServicePort">Of a service of the line that was used; 0 = none.</param>
    private readonly record struct BreachTraffic(TrafficClass Class, string Words = "", ushort ServicePort = 0);
}

/// <summary>A measured value and the threshold it is above.</summary>
/// <param name="Value">What was measured.</param>
/// <param name="Threshold">What it was held against.</param>
/// <param name="Unit">Of both, such as <c>packets/s</c>.</param>
internal readonly record struct BreachMeasurement(double Value, double Threshold, string Unit);
