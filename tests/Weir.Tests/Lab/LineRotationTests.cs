// SPDX-License-Identifier: Apache-2.0
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Lab.Population;
using Weir.Wire;

namespace Weir.Tests.Lab;

/// <summary>A provider sent again is new traffic: other lines, and nothing else changed.</summary>
public sealed class LineRotationTests
{
    private const int Lines = 400;

    private static readonly LabOptions Options = new()
    {
        Subscribers = Lines,
        Seconds = 600,
        Bots = 8,
        Nets = 2,
        Flows = 20_000,
        ListEntries = 50,
        Ipv6Share = 0.25,
        Exporters = 1,
    };

    [Fact]
    public void A_turn_passes_each_record_to_a_line_of_its_kind_and_changes_nothing_else()
    {
        var (payloads, world) = Simulate();
        var before = ReadBack.From(payloads).Flows;
        Turn(payloads, new LineRotation(world.Lines));
        var after = ReadBack.From(payloads).Flows;
        Assert.Equal(before.Count, after.Count);
        var turned = 0;
        for (var i = 0; i < before.Count; i++)
        {
            var (was, now) = (before[i], after[i]);
            var isOutbound = was.Source != now.Source;
            Assert.False(isOutbound && was.Destination != now.Destination);
            var (from, to) = isOutbound ? (was.Source, now.Source) : (was.Destination, now.Destination);
            turned += from == to ? 0 : 1;
            Assert.Equal(from.IsV4, to.IsV4);
            if (from != to)
            {
                Assert.Equal(KindOf(world, from), KindOf(world, to));
                Assert.NotEqual(LineOf(from), LineOf(to));
            }

            (now.Source, now.Destination) = (was.Source, was.Destination);
            Assert.Equal(was, now);
        }

        Assert.True(turned > before.Count * 0.99, $"{turned} of {before.Count} records have another line");
    }

    [Fact]
    public void The_next_round_meets_few_pairs_of_the_round_before()
    {
        var (payloads, world) = Simulate();
        var before = Pairs(payloads);
        Turn(payloads, new LineRotation(world.Lines));
        var after = Pairs(payloads);
        Assert.Equal(before.Count, after.Count);
        after.IntersectWith(before);
        Assert.True(after.Count < before.Count / 10, $"{after.Count} of {before.Count} pairs came again");
    }

    [Fact]
    public void Every_line_of_a_kind_has_its_turn_before_one_comes_again()
    {
        var (payloads, world) = Simulate();
        var rotation = new LineRotation(world.Lines);
        var one = payloads.First(payload => payload[20] == 1 && payload[21] == 0);
        List<byte[]> alone = [payloads.First(payload => payload[20] == 0), one];
        var seen = new HashSet<int>();
        var begin = SubscriberOf(ReadBack.From(alone).Flows[0]);
        for (var line = begin; seen.Add(line); line = SubscriberOf(ReadBack.From(alone).Flows[0]))
        {
            rotation.Turn(one);
        }

        Assert.Equal(world.Lines.Count(line => !line.V6 && (line.Bot > 0) == (world.Lines[begin].Bot > 0)), seen.Count);
        Assert.Equal(begin, SubscriberOf(ReadBack.From(alone).Flows[0]));
    }

    private static (List<byte[]> Payloads, World World) Simulate()
    {
        var shelf = new DatagramBuffer();
        var simulation = new Simulation(Options);
        simulation.Run(shelf);
        return (shelf.Payloads, simulation.World);
    }

    private static void Turn(List<byte[]> payloads, LineRotation rotation) =>
        payloads.ForEach(payload => rotation.Turn(payload));

    private static HashSet<(IpKey, IpKey)> Pairs(List<byte[]> payloads) =>
        [.. ReadBack.From(payloads).Flows.Select(flow => LineOf(flow.Source) >= 0
            ? (flow.Source, flow.Destination) : (flow.Destination, flow.Source))];

    private static (bool IsV6, bool IsInfected) KindOf(World world, IpKey address) =>
        (world.Lines[LineOf(address)].V6, world.Lines[LineOf(address)].Bot > 0);

    private static int SubscriberOf(in FlowRecord flow) =>
        LineOf(flow.Source) is >= 0 and var line ? line : LineOf(flow.Destination);

    /// <summary>A line's number, or -1 for a remote; written down here by itself.</summary>
    private static int LineOf(IpKey address)
    {
        var number = address.IsV4
            ? (long)(uint)address.Lower - 0x0A00_0001 : (long)(address.Upper - 0x2001_0DB8_0000_0000);
        return number is >= 0 and < Lines ? (int)number : -1;
    }
}
