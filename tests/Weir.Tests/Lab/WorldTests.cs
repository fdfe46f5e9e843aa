// SPDX-License-Identifier: Apache-2.0
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Lab.Population;
using Weir.Lab.Telling;
using Weir.Wire;

namespace Weir.Tests.Lab;

public sealed class WorldTests
{
    private static readonly LabOptions Options = new() { Subscribers = 20_000, Bots = 300, Nets = 8, Ipv6Share = 0.15 };
    private static readonly World World = new(Options);

    [Fact]
    public void Activity_is_heavy_tailed()
    {
        var activity = World.Lines.Select(line => (double)line.Activity).Order().ToArray();
        var busiest = activity[^200..].Sum() / activity.Sum();
        Assert.InRange(busiest, 0.12, 0.35); // the busiest hundredth
        Assert.InRange(activity[10_000], 0.5, 0.75); // the median of exp(N(-0.5, 1)) is 0.61
    }

    [Fact]
    public void Shares_of_lines_are_those_of_the_model()
    {
        Assert.InRange(World.Lines.Count(line => line.Nat), 320, 480);
        Assert.InRange(World.Lines.Count(line => line.Device), 500, 700);
        Assert.InRange(World.Lines.Count(line => line.V6), 2_750, 3_250);
    }

    [Fact]
    public void Owners_of_the_device_are_infected_several_times_as_often()
    {
        var owners = World.Bots.Count(bot => World.Lines[bot.Subscriber].Device) / (double)World.Bots.Length;
        Assert.InRange(owners, 0.10, 0.35); // 3 % of lines with eightfold odds: 0.2
    }

    [Fact]
    public void Popularity_is_Zipf_with_tastes_of_communities()
    {
        var dice = new Dice(9);
        var counts = new Dictionary<int, int>();
        for (var i = 0; i < 200_000; i++)
        {
            ref readonly var line = ref World.Lines[dice.Below(World.Lines.Length)];
            var place = World.Ordinary.Pick(dice, i % World.Lines.Length, line.Community, line.OtherCommunity);
            Assert.InRange(place, 0, World.Ordinary.Count - 1);
            counts[place] = counts.GetValueOrDefault(place) + 1;
        }

        var ranked = counts.Values.OrderDescending().ToArray();
        Assert.InRange(ranked[0], 200_000 * 0.01, 200_000 * 0.05);
        Assert.InRange((double)ranked[0] / ranked[9], 2, 8); // 1/(k+3): rank 1 against rank 10
        Assert.True(counts.Count > 10_000);
    }

    [Fact]
    public void Each_net_has_its_share_of_bots_half_of_them_to_be_revealed()
    {
        for (var net = 0; net < 8; net++)
        {
            var bots = World.Bots.Where(bot => bot.Net == net).ToArray();
            Assert.InRange(bots.Length, 37, 38);
            Assert.InRange(bots.Count(bot => bot.Places.Any(place => place.Listed)), 18, 19);
            Assert.All(bots, bot => Assert.All(bot.Places, place => Assert.Equal(net, place.Net)));
            Assert.All(bots, bot => Assert.Equal(World.Lines[bot.Subscriber].V6, World.Places.NetIsV6(net)));
        }
    }

    [Fact]
    public void Every_address_is_used_for_one_thing_only()
    {
        var remotes = Enumerable.Range(0, World.Ordinary.Count).Select(number => World.Addressing.Remote(number, false))
            .Concat(World.Places.All.Select(place => place.Address)).ToArray();
        Assert.Equal(remotes.Length, remotes.Distinct().Count());
        var networks = World.Addressing.Networks().ToArray();
        Assert.DoesNotContain(remotes, remote => networks.Any(network => network.Contains(remote)));
        Assert.All(
            Enumerable.Range(0, World.Lines.Length),
            line => Assert.Contains(
                networks, network => network.Contains(World.Addressing.Subject(line, World.Lines[line].V6).Network)));
    }

    [Fact]
    public void A_run_of_a_day_gives_an_engine_a_fair_chance()
    {
        var truth = new Simulation(Options with { Flows = 900_000 }).Run(new Nowhere());
        var clear = truth.HiddenCncs.Where(cnc => cnc.OthersShare < 0.005).ToArray();
        Assert.True(clear.Length >= 14);
        Assert.Equal(truth.Totals.HiddenCncsBelowHalfPercent, clear.Length);
        Assert.All(clear, cnc => Assert.True(cnc.KnownBots >= 4, $"{cnc.Endpoint} has {cnc.KnownBots} revealed bots"));
        Assert.Contains(truth.HiddenCncs, cnc => cnc.OthersShare >= 0.005);
        Assert.InRange(truth.Totals.BotsWithListedExchange, 130, 155);
        Assert.All(truth.VendorClouds, place =>
            Assert.InRange(place.OthersShare, place.Endpoint[0] == '[' ? 0.003 : 0.015, 0.03));
        Assert.All(truth.Helpers, place =>
            Assert.True(place.Bots > (place.Endpoint[0] == '[' ? 8 : 80) && place.OthersShare > 0.004));
        string[] rules = ["flood-out", "syn-flood-out", "reflection-out", "flood-in", "spam", "scan", "spoof"];
        Assert.Equal(rules.Order(), truth.Events.Select(one => one.Rule).Distinct().Order());
        Assert.All(truth.Events, one => Assert.True(one.ExportedFlows > 0 && one.UntilMs > one.FromMs));
        Assert.Contains(truth.Events, one => one is { Rule: "flood-out", Protocol: "udp", Port: 7_703 });
    }

    private sealed class Nowhere : IDatagramSink
    {
        public void Send(in Exporter exporter, long atMs, ReadOnlySpan<byte> payload)
        {
            Assert.InRange(payload.Length, 20, 1_400);
        }
    }
}
