// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Wire;
using static Weir.Tests.Detecting.DetectorHarness;

namespace Weir.Tests.Detecting;

/// <summary>What holds for any traffic.</summary>
public sealed class DetectorProperties
{
    private static Flow Any(Random dice, double rate)
    {
        var from = dice.NextDouble() * 600;
        var seconds = dice.NextDouble() * 60;
        byte[] protocols = [Protocols.Udp, Protocols.Tcp, Protocols.Icmp, 47];
        var protocol = protocols[dice.Next(4)];
        var flow = Out(
            from, from + seconds, Math.Max(1, rate * seconds), protocol: protocol, port: (ushort)dice.Next(1, 60_000),
            flags: protocol == Protocols.Tcp ? Talk : (byte)0,
            remote: Remote(dice.Next(2_000)), subject: IpKey.FromV4(0x0A00_0000u + (uint)dice.Next(50)),
            answered: dice.Next(1, 40));
        return dice.Next(3) == 0
            ? flow with
            {
                PacketsOut = 0,
                OctetsOut = 0,
                FlagsOut = 0,
                PacketsIn = flow.PacketsOut,
                OctetsIn = flow.OctetsOut
            }
            : flow;
    }

    [Fact]
    public void Traffic_below_every_floor_raises_nothing_and_every_flow_is_accounted_for() =>
        Prop.ForAll(Gen.Choose(1, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var dice = new Random(seed);
            using var watched = new DetectorHarness();
            var flows = Enumerable.Range(0, 400).Select(_ => Any(dice, 100)).OrderBy(f => f.EndMs).ToArray();
            foreach (var batch in flows.Chunk(dice.Next(1, 200)))
            {
                watched.Add(batch);
            }

            var events = watched.Finish();
            var counts = watched.Detector.Counts;
            return events.Count == 0
                && counts.Seen == flows.Length
                && counts.Seen == counts.Counted + counts.Late + counts.Ahead
                    + counts.NoRoom + counts.Allowed + counts.AtBorder
                && counts.EventsOpened == counts.EventsClosed;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void The_order_in_which_flows_come_within_the_active_timeout_changes_no_event() =>
        Prop.ForAll(Gen.Choose(1, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var dice = new Random(seed);
            var flows = Enumerable.Range(0, 200).Select(_ => Any(dice, 100)).ToList();
            for (var i = 0; i < dice.Next(1, 6); i++)
            {
                var from = dice.Next(0, 400);
                var line = IpKey.FromV4(0x0A01_0000u + (uint)i);
                flows.AddRange(dice.Next(2) == 0
                    ? [Out(from, from + 50, 60_000 * 50, subject: line)]
                    : Enumerable.Range(0, 600).Select(n => Out(
                        from + (n * 0.1), from + (n * 0.1), 1, 60, Protocols.Tcp, 23, Syn, subject: line,
                        remote: Remote(n))));
            }

            return Told(flows.OrderBy(f => f.EndMs)) is { Length: > 0 } inOrder
                && inOrder.SequenceEqual(Told(flows.OrderBy(f => f.EndMs + dice.Next(0, 60_000))));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    [Fact]
    public void Spreading_a_flow_over_bins_keeps_its_packets() =>
        Prop.ForAll(Gen.Choose(0, 120_000).Two().ToArbitrary(), span =>
        {
            var (from, length) = span;
            var flow =
                Out(0, 0, 1_000) with { StartMs = Start + from, EndMs = Start + from + Math.Min(length, 30_000) };
            var detail = default(VolumeState);
            Span<float> amounts = [1_000, 0, 0, 0, 0, 0, 0, 0], bin = stackalloc float[VolumeState.Sums];
            var clipped = detail.Spread(flow, amounts, 10_000, Start / 10_000);
            var sum = 0f;
            for (var i = 0; i < FlowTime.Bins; i++)
            {
                detail.DrainBin((Start / 10_000) + i, bin);
                sum += bin[0];
            }

            return !clipped && Math.Abs(sum - 1_000) < 0.1;
        }).Check(Config.QuickThrowOnFailure);

    private static string[] Told(IEnumerable<Flow> flows)
    {
        using var watched = new DetectorHarness();
        foreach (var batch in flows.Chunk(64))
        {
            watched.Add(batch);
        }

        return [.. watched.Finish().Select(e => $"{e.Rule} {e.Subject} {e.Class}").Order(StringComparer.Ordinal)];
    }
}
