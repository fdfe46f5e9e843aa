// SPDX-License-Identifier: Apache-2.0
using Weir.Lab;
using Weir.Lab.Traffic;
using Weir.Wire;

namespace Weir.Tests.Lab;

public sealed class RouterTests
{
    [Fact]
    public void A_long_flow_is_told_in_pieces_that_add_up()
    {
        var told = Route(new LabOptions(), Whole(150_000, 1_000, 700));
        var outbound = told.Where(one => one.Outbound).Select(one => one.Record).ToArray();
        Assert.Equal(3, outbound.Length);
        Assert.Equal(1_000u, (uint)outbound.Sum(record => (long)record.Packets));
        Assert.Equal(100_000u, (uint)outbound.Sum(record => (long)record.Octets));
        Assert.All(outbound, record =>
            Assert.InRange(record.EndMs - record.StartMs, 1, Weir.Lab.Traffic.Router.ActiveTimeoutMs));
        Assert.Equal(700u, (uint)told.Where(one => !one.Outbound).Sum(one => (long)one.Record.Packets));
    }

    [Fact]
    public void Only_the_first_piece_bears_SYN_and_only_the_last_FIN()
    {
        var flags = Route(new LabOptions(), Whole(150_000, 1_000, 700))
            .Where(one => one.Outbound).OrderBy(one => one.Record.StartMs).Select(one => one.Record.TcpFlags).ToArray();
        Assert.Equal([0x1A, 0x18, 0x19], flags);
    }

    [Fact]
    public void Both_directions_are_records_of_their_own_with_ends_and_interfaces_turned()
    {
        var told = Route(new LabOptions(), Whole(1_000, 10, 8));
        Assert.Equal(2, told.Count);
        var (there, back) =
            (told[0].Outbound ? told[0].Record : told[1].Record, told[0].Outbound ? told[1].Record : told[0].Record);
        Assert.Equal((there.Source, there.SourcePort, there.InputInterface), (
            back.Destination, back.DestinationPort, back.OutputInterface));
        Assert.Equal((10ul, 8ul), (there.Packets, back.Packets));
    }

    [Fact]
    public void A_two_way_record_starts_from_who_opened()
    {
        var talk = Whole(1_000, 10, 8);
        talk.RemoteOpened = true;
        var record =
            Assert.Single(Route(new LabOptions { Protocol = ExportProtocol.Ipfix, Biflow = true }, talk)).Record;
        Assert.Equal((talk.Remote, 8ul, 10ul), (record.Source, record.Packets, record.ReversePackets));
    }

    [Fact]
    public void A_flow_is_told_after_its_end_and_an_idle_one_later()
    {
        var closed = Route(new LabOptions(), Whole(1_000, 10, 8));
        var open = Whole(1_000, 10, 8);
        (open.Protocol, open.FlagsOut, open.FlagsIn) = (17, 0, 0);
        Assert.All(closed, one => Assert.InRange(one.ExportMs - one.Record.EndMs, 0, 1_000));
        Assert.All(
            Route(new LabOptions(), open), one => Assert.InRange(one.ExportMs - one.Record.EndMs, 15_000, 16_000));
    }

    [Fact]
    public void What_lies_behind_the_end_of_the_run_never_happened()
    {
        var options = new LabOptions();
        var talk = Whole(100_000, 1_000, 1_000);
        talk.StartMs = options.EndMs - 50_000;
        var told = Route(options, talk);
        Assert.All(told, one => Assert.True(one.Record.EndMs <= options.EndMs));
        Assert.Equal(500, told.Where(one => one.Outbound).Sum(one => (long)one.Record.Packets));
    }

    [Fact]
    public void Sampling_keeps_the_expected_share_of_packets_and_octets()
    {
        var options = new LabOptions { Sampling = 100 };
        var talks = Enumerable.Range(0, 5_000).Select(_ => Whole(30_000, 200, 100)).ToArray();
        var told = Route(options, talks).Where(one => one.Outbound).ToArray();
        Assert.InRange(told.Sum(one => (long)one.Record.Packets), 9_600, 10_400); // 10,000 ± 4 sigma
        Assert.InRange(told.Sum(one => (long)one.Record.Octets), 960_000, 1_040_000);
        Assert.InRange(told.Length, 5_000 * 0.8660 * 0.97, 5_000 * 0.8660 * 1.03); // 1 - 0.99^200
        Assert.All(told, one => Assert.InRange(one.Record.StartMs, talks[0].StartMs, one.Record.EndMs));
    }

    [Fact]
    public void A_sampled_flow_shows_SYN_about_as_rarely_as_its_first_packet_is_taken()
    {
        var told = Route(
            new LabOptions { Sampling = 100 }, [.. Enumerable.Range(0, 20_000).Select(_ => Whole(30_000, 10, 10))])
            .Where(one => one.Outbound).ToArray();
        Assert.InRange(told.Count(one => (one.Record.TcpFlags & Tcp.Syn) != 0), 140, 270); // 20,000 / 100 ± 4.5 sigma
    }

    [Fact]
    public void SFlow_tells_single_packets()
    {
        var told = Route(new LabOptions { Protocol = ExportProtocol.SFlow5, Sampling = 20 }, [
            .. Enumerable.Range(0, 500).Select(_ => Whole(30_000, 200, 100))]);
        Assert.All(told, one => Assert.Equal((1ul, one.Record.StartMs), (one.Record.Packets, one.Record.EndMs)));
        Assert.InRange(told.Count, 7_100, 7_900); // 500 * 300 / 20 ± 4.5 sigma
        Assert.All(told, one => Assert.InRange(one.Record.Octets, 40ul, 1_500ul));
    }

    private static Conversation Whole(long durationMs, long packetsOut, long packetsIn) => new()
    {
        Local = IpKey.Parse("10.0.0.7"),
        Remote = IpKey.Parse("32.0.0.9"),
        LocalPort = 40_000,
        RemotePort = 443,
        Protocol = 6,
        StartMs = LabOptions.DefaultStartMs + 1_000,
        DurationMs = durationMs,
        PacketsOut = packetsOut,
        PacketsIn = packetsIn,
        OctetsOut = packetsOut * 100,
        OctetsIn = packetsIn * 600,
        FlagsOut = Tcp.Whole,
        FlagsIn = Tcp.Whole,
    };

    private static List<PendingRecord> Route(LabOptions options, params Conversation[] talks)
    {
        var calendar = new ExportSchedule(options.StartMs, 60_000, 1_500);
        var router = new Weir.Lab.Traffic.Router(options, calendar, new Dice(11));
        foreach (var talk in talks)
        {
            router.Handle(talk);
        }

        var all = new List<PendingRecord>();
        for (var slice = 0; slice < calendar.Slices; slice++)
        {
            calendar.Drain(slice, (told, order) =>
            {
                foreach (var place in order)
                {
                    all.Add(told[ExportSchedule.IndexOf(place)]);
                }
            });
        }

        Assert.Equal(all.OrderBy(one => one.ExportMs).Select(one => one.ExportMs), all.Select(one => one.ExportMs));
        return all;
    }
}
