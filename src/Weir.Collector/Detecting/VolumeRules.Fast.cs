// SPDX-License-Identifier: Apache-2.0
//
// Floods so large that nobody has to wait for three bins: ten times the floor in two of three seconds, sampled traffic
// with 32 packets looked at in each of them. What the closer rules ask beside the rate is asked of the bins that hold
// those seconds. The event is the one that the bins would have opened, and they carry it on.
using Weir.Collector.Decoding;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Detecting;

internal sealed unsafe partial class VolumeRules
{
    private const int SecondsNeeded = 2;

    /// <summary>Packets looked at in a second: a rate told by fewer is off by more than a third now and then.</summary>
    private const double FastSamples = 32;

    /// <summary>Of two seconds received, what the line sent in the second may be told after it.</summary>
    private const int NotYetTold = 2;

    /// <param name="detail">What the line sent.</param>
    /// <param name="firstOpen">The first bin that is not judged.</param>
    public void JudgeFastSent(VolumeState* detail, long firstOpen)
    {
        var (floors, _) = floorsOf(detail->Head.Subject);
        Span<float> sums = stackalloc float[VolumeState.Sums];
        OpenSums(detail, firstOpen, sums);
        var synThreshold = FastThreshold(detail, floors.Syn);
        if (detail->Fast.OthersAbove(synThreshold) is { Seconds: >= SecondsNeeded } syn
            && sums[(int)VolumeCounter.Fifth] > options.SynShare * sums[(int)VolumeCounter.Tcp]
            && Concentrated(detail, Protocols.Tcp))
        {
            ObserveFast(
                detail, syn.First, RuleId.SynFloodOut, new(syn.Greatest, synThreshold, "packets/s"),
                new(ClassOf(detail, Direction.Out, Protocols.Tcp)));
            return;
        }

        var threshold = FastThreshold(detail, floors.Out);
        if (detail->Fast.PacketsAbove(threshold) is not { Seconds: >= SecondsNeeded } flood
            || !Concentrated(detail, protocol: 0))
        {
            return;
        }

        var reflected = sums[(int)VolumeCounter.Service] * 8 / _seconds;
        if (reflected > floors.Reflection
            && sums[(int)VolumeCounter.Service] > options.ReflectionRatio * sums[(int)VolumeCounter.Asked])
        {
            ObserveFast(
                detail, flood.First, RuleId.ReflectionOut, new(reflected, floors.Reflection, "bits/s"),
                new(
                    ClassOf(detail, Direction.Out, Protocols.Udp, detail->Port),
                    $"{Amplifiers.ToName(detail->Port)} reflector", detail->Port));
            return;
        }

        ObserveFast(
            detail, flood.First, RuleId.FloodOut, new(flood.Greatest, threshold, "packets/s"),
            new(ClassOf(detail, Direction.Out, detail->Top.Heaviest(0, out _).Protocol)));
    }

    /// <param name="detail">What the line received.</param>
    /// <param name="firstOpen">The first bin that is not judged.</param>
    public void JudgeFastReceived(VolumeState* detail, long firstOpen)
    {
        var (floors, _) = floorsOf(detail->Head.Subject);
        Span<float> sums = stackalloc float[VolumeState.Sums];
        OpenSums(detail, firstOpen, sums);
        var all = AllOf(sums);
        var traffic = TrafficOf(detail, sums);
        if (traffic.Words.Length == 0 || all < NotYetTold * options.OneWayRatio * sums[(int)VolumeCounter.Fifth])
        {
            // From no amplifier it may be a download whose other direction is told later, and its senders are named by
            // what the bins hold: it waits for them.
            return;
        }

        var (threshold, octets) = (FastThreshold(detail, floors.In), options.FastFactor * floors.InBits / 8);
        if (detail->Fast.PacketsAbove(threshold) is { Seconds: >= SecondsNeeded } packets)
        {
            ObserveFast(
                detail, packets.First, RuleId.FloodIn, new(packets.Greatest, threshold, "packets/s"), traffic);
        }
        else if (detail->Fast.OthersAbove(octets) is { Seconds: >= SecondsNeeded } bits
            && detail->Fast.PacketsAbove(FastThreshold(detail, 0)).Seconds >= SecondsNeeded)
        {
            ObserveFast(
                detail, bits.First, RuleId.FloodIn, new(bits.Greatest * 8, octets * 8, "bits/s"), traffic);
        }
    }

    private double FastThreshold(VolumeState* detail, double floor) => Math.Max(
        options.FastFactor * floor, detail->Head.Sampling > 1 ? FastSamples * detail->Head.Sampling : 0);

    /// <summary>Sums of the bins that hold the three newest seconds, left in them.</summary>
    private void OpenSums(VolumeState* detail, long firstOpen, Span<float> sums)
    {
        var newest = detail->Fast.Newest;
        var first = Math.Max(firstOpen, (newest - FastBins.Seconds + 1) * 1_000L / time.BinMs);
        for (var bin = first; bin <= newest * 1_000L / time.BinMs; bin++)
        {
            detail->AddBin(bin, sums);
        }
    }

    private void ObserveFast(
        VolumeState* detail, uint first, string rule, in BreachMeasurement measured, in BreachTraffic traffic) =>
            book.Observe(new RuleBreach
            {
                Subject = detail->Head.Subject,
                Rule = rule,
                Class = traffic.Class,
                ServicePort = traffic.ServicePort,
                FromMs = first * 1_000L,
                UntilMs = (detail->Fast.Newest + 1) * 1_000L,
                Measured = measured.Value,
                Threshold = measured.Threshold,
                Unit = measured.Unit,
                WindowSeconds = FastBins.Seconds,
                Sampling = Math.Max(1, detail->Head.Sampling),
                Source = exporters.Of(detail->Head.Exporter),
                Doubt = detail->Head.DoubtOf(first * 1_000L, isDoubtful),
                Detail = traffic.Words,
            });
}
