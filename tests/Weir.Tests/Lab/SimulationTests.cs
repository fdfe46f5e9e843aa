// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Lab.Population;
using Weir.Lab.Telling;
using Weir.Wire;

namespace Weir.Tests.Lab;

public sealed class SimulationTests
{
    private static readonly LabOptions Small =
        new() { Subscribers = 3_000, Seconds = 7_200, Bots = 60, Nets = 3, ListEntries = 100, Flows = 60_000 };

    [Theory]
    [InlineData(ExportProtocol.NetFlow9)]
    [InlineData(ExportProtocol.SFlow5)]
    public void The_same_seed_gives_the_same_octets_and_another_seed_others(ExportProtocol protocol)
    {
        var options = Small with { Protocol = protocol };
        Assert.Equal(Digest(options), Digest(options));
        Assert.NotEqual(Digest(options), Digest(options with { Seed = 2 }));
    }

    [Theory]
    [InlineData(ExportProtocol.NetFlow5, 1u)]
    [InlineData(ExportProtocol.NetFlow9, 1u)]
    [InlineData(ExportProtocol.NetFlow9, 50u)]
    [InlineData(ExportProtocol.Ipfix, 1u)]
    [InlineData(ExportProtocol.SFlow5, 32u)]
    public void The_truth_counts_what_was_exported(ExportProtocol protocol, uint sampling)
    {
        var (truth, read, shelf) = Run(Small with { Protocol = protocol, Sampling = sampling });
        Assert.Equal(read.Flows.Count, truth.Totals.Flows);
        Assert.Equal(shelf.Payloads.Count, truth.Totals.Datagrams);
        Assert.Equal(shelf.Payloads.Sum(payload => (long)payload.Length), truth.Totals.DatagramOctets);
        Assert.Equal(read.Flows.Sum(flow => (long)flow.Packets), truth.Totals.Packets);
        Assert.Equal(read.Flows.Sum(flow => (long)flow.Octets), truth.Totals.Octets);
        Assert.All(read.Intervals, interval => Assert.Equal(sampling, interval));
    }

    [Fact]
    public void Two_way_records_tell_the_same_packets_in_fewer_records()
    {
        var (one, _, _) = Run(Small with { Protocol = ExportProtocol.Ipfix });
        var (two, read, _) = Run(Small with { Protocol = ExportProtocol.Ipfix, Biflow = true });
        Assert.Equal(read.Flows.Count, two.Totals.Flows);
        Assert.Equal(read.Flows.Sum(flow => (long)(flow.Packets + flow.ReversePackets)), two.Totals.Packets);
        Assert.InRange((double)two.Totals.Flows / one.Totals.Flows, 0.45, 0.75);
        Assert.Equal(one.Totals.BotsWithListedExchange, two.Totals.BotsWithListedExchange);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(30u)]
    public void Bots_and_others_of_every_CnC_are_those_in_the_records(uint sampling)
    {
        var (truth, read, _) = Run(Small with { Sampling = sampling });
        var networks = truth.Networks.Select(Prefix.Parse).ToArray();
        var infected = truth.Bots.Select(bot => Prefix.Parse(bot.Subject)).ToHashSet();
        foreach (var cnc in truth.HiddenCncs.Concat(truth.KnownCncs))
        {
            var users = Users(read, networks, IpKey.Parse(cnc.Remote), (ushort)cnc.Port);
            Assert.Equal((cnc.Bots, cnc.Others), (
                users.Count(infected.Contains), users.Count(user => !infected.Contains(user))));
        }
    }

    [Fact]
    public void Every_bot_that_the_truth_calls_listed_has_such_records_and_no_other_bot_has()
    {
        var (truth, read, _) = Run(Small);
        var networks = truth.Networks.Select(Prefix.Parse).ToArray();
        var seen = truth.KnownCncs
            .SelectMany(cnc => Users(read, networks, IpKey.Parse(cnc.Remote), (ushort)cnc.Port)).ToHashSet();
        Assert.All(truth.Bots, bot => Assert.Equal(bot.ListedExchanges > 0, seen.Contains(Prefix.Parse(bot.Subject))));
        Assert.Equal(truth.Bots.Count(bot => bot.ListedExchanges > 0), truth.Totals.BotsWithListedExchange);
        Assert.Equal(truth.Bots.Count, truth.Bots.Select(bot => bot.Subject).Distinct().Count());
    }

    [Fact]
    public void No_bot_speaks_to_its_CnC_before_its_onset()
    {
        var (truth, _, _) = Run(Small);
        Assert.All(
            truth.Bots.Where(bot => bot.FirstListedMs > 0), bot => Assert.True(bot.FirstListedMs >= bot.OnsetMs));
        Assert.InRange(truth.Bots.Count(bot => bot.OnsetMs < truth.Run.StartMs), 3, 24);
    }

    [Fact]
    public void Radiation_attempts_and_backscatter_make_nobody_infected()
    {
        var options = Small with { Bots = 3, Coverage = 0 };
        var (truth, read, _) = Run(options);
        var listed = new Simulation(options).World.Places.All
            .Where(place => place.Listed).Select(place => place.Address).ToHashSet();
        Assert.True(read.Flows.Count(flow => listed.Contains(flow.Source)) > 500);
        Assert.Equal(0, truth.Totals.BotsWithListedExchange);
        Assert.Equal(
            truth.WrongEntries.SelectMany(entry => entry.CleanSubjects).Distinct().Count(),
            truth.Totals.CleanWithListedExchange);
    }

    [Fact]
    public void Datagrams_leave_in_order_of_time_and_no_flow_ends_after_its_export()
    {
        var order = new OrderSink();
        new Simulation(Small with { Protocol = ExportProtocol.NetFlow5 }).Run(order);
        Assert.True(order.Datagrams > 1_000);
        Assert.Equal(0, order.Backwards);
    }

    [Fact]
    public void Times_lie_within_the_run()
    {
        var (truth, read, _) = Run(Small with { Protocol = ExportProtocol.Ipfix });
        Assert.All(read.Flows, flow => Assert.True(
            flow.StartMs >= truth.Run.StartMs && flow.EndMs >= flow.StartMs && flow.EndMs <= truth.Run.EndMs));
    }

    [Fact]
    public void The_number_of_flows_is_about_the_target()
    {
        var (truth, _, _) = Run(Small with { Flows = 300_000 });
        Assert.InRange(truth.Totals.Flows, 240_000, 360_000);
    }

    [Fact]
    public void A_popular_wrong_entry_comes_with_the_allow_list_that_mends_it()
    {
        var simulation = new Simulation(Small with { PopularWrongEntry = true });
        var allowed = Assert.Single(simulation.AllowList());
        var truth = simulation.Run(new DatagramBuffer());
        Assert.StartsWith(
            allowed, Assert.Single(truth.WrongEntries, entry => entry.Allowed).Endpoint, StringComparison.Ordinal);
        Assert.Contains(simulation.Watchlist(), row => row.StartsWith(allowed, StringComparison.Ordinal));
        Assert.Empty(new Simulation(Small).AllowList());
    }

    [Fact]
    public void No_hidden_CnC_is_on_the_list()
    {
        var simulation = new Simulation(Small);
        var rows = simulation.Watchlist();
        Assert.Equal(100, rows.Count);
        Assert.Equal(100, rows.Distinct().Count());
        Assert.DoesNotContain(simulation.World.Places.All, place =>
            !place.Listed && rows.Any(row => row.Split(':')[0] == place.Address.ToString()));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(56)]
    public void An_IPv6_subscriber_is_one_prefix_whatever_its_devices(int length)
    {
        var options = Small with { Ipv6Share = 0.5, Ipv6Length = length, Flows = 300_000 };
        var (truth, read, _) = Run(options);
        var inside = truth.Networks.Select(Prefix.Parse).Single(network => !network.IsV4);
        var subjects = read.Flows.Where(flow => inside.Contains(flow.Source))
            .Select(flow => Prefix.From(flow.Source, length)).Distinct().Count();
        Assert.InRange(subjects, 1_350, 1_650);
        Assert.Contains(truth.Bots, bot => bot.Subject.EndsWith($"/{length}", StringComparison.Ordinal));
    }

    private static HashSet<Prefix> Users(ReadBack read, Prefix[] networks, IpKey remote, ushort port)
    {
        var length = remote.IsV4 ? 128 : 64;
        var windows = new Dictionary<(Prefix Subject, long Window), (
            ulong Out, ulong In, byte FlagsOut, byte FlagsIn, byte Protocol)>();
        foreach (var flow in read.Flows)
        {
            var outbound = flow.Destination == remote && flow.DestinationPort == port;
            if (!outbound && (flow.Source != remote || flow.SourcePort != port))
            {
                continue;
            }

            var local = outbound ? flow.Source : flow.Destination;
            Assert.Contains(networks, network => network.Contains(local));
            var key = (Prefix.From(local, length), flow.StartMs / 600_000);
            var sum = windows.GetValueOrDefault(key);
            windows[key] = outbound
                ? (sum.Out + flow.Packets, sum.In, (byte)(sum.FlagsOut | flow.TcpFlags), sum.FlagsIn, flow.Protocol)
                : (sum.Out, sum.In + flow.Packets, sum.FlagsOut, (byte)(sum.FlagsIn | flow.TcpFlags), flow.Protocol);
        }

        return [.. windows.Where(one => IsExchange(one.Value)).Select(one => one.Key.Subject)];
    }

    private static bool IsExchange((ulong Out, ulong In, byte FlagsOut, byte FlagsIn, byte Protocol) sum)
    {
        if (sum.Out == 0 || sum.In == 0)
        {
            return false;
        }

        var resetAlone = (sum.FlagsIn & 4) != 0 && (sum.FlagsIn & 8) == 0;
        return sum.Protocol == 17 || (!resetAlone
            && (((sum.FlagsOut & 16) != 0 && (sum.FlagsOut & 9) != 0) || (sum.Out >= 3 && sum.In >= 3)));
    }

    private static (Truth Truth, ReadBack Read, DatagramBuffer Shelf) Run(LabOptions options)
    {
        var shelf = new DatagramBuffer();
        var truth = new Simulation(options).Run(shelf);
        return (truth, ReadBack.From(shelf.Payloads), shelf);
    }

    private static string Digest(LabOptions options)
    {
        var shelf = new DatagramBuffer();
        new Simulation(options).Run(shelf);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        shelf.Payloads.ForEach(hash.AppendData);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private sealed class OrderSink : IDatagramSink
    {
        private long _lastMs;

        public int Datagrams { get; private set; }

        public int Backwards { get; private set; }

        public void Send(in Exporter exporter, long atMs, ReadOnlySpan<byte> payload)
        {
            var read = ReadBack.From([payload.ToArray()]);
            Datagrams++;
            Backwards += atMs < _lastMs || read.Flows.Any(flow => flow.EndMs > atMs) ? 1 : 0;
            _lastMs = atMs;
        }
    }
}
