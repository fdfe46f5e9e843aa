// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Decoding;

/// <summary>Who is one exporter, when did it restart, and what came before its template (RFC 7011 §2, §8).</summary>
public class ExporterIdentityTests
{
    private const long Now = (ExportedAt * 1000L) + 40;
    private static readonly IpKey _router = IpKey.Parse("192.0.2.1");
    private static readonly byte[] _ends = Join(Ip("10.0.0.1"), Ip("192.0.2.7"));
    private static readonly byte[] _teach = Set(0, Template(256, "8/4 12/4 2/4"));
    private static readonly byte[] _record = Join(_ends, U32(5));

    private static ExporterListing Only(Decoder decoder) => Assert.Single(decoder.List());

    [Fact]
    public void Two_routers_behind_one_address_keep_their_own_definitions_of_one_id()
    {
        var lane = new TestLane();
        lane.Decode(4_001, Ipfix(Set(2, Template(256, "8/4 12/4 2/4 1/4"))));
        lane.Decode(4_002, Ipfix(Set(2, Template(256, "12/4 8/4 1/4 2/4"))));
        var first = Assert.Single(lane.Decode(4_001, Ipfix(Set(256, _ends, U32(5, 700)))));
        var second = Assert.Single(lane.Decode(4_002, Ipfix(Set(256, _ends, U32(5, 700)))));
        Assert.Equal((IpKey.Parse("10.0.0.1"), 5UL, 700UL), (first.Source, first.Packets, first.Octets));
        Assert.Equal((IpKey.Parse("192.0.2.7"), 700UL, 5UL), (second.Source, second.Packets, second.Octets));
    }

    [Fact]
    public void A_port_without_templates_borrows_what_the_others_agree_on_and_nothing_else()
    {
        var lane = new TestLane();
        lane.Decode(4_001, Ipfix(Set(2, Template(256, "8/4 12/4 2/4"))));
        Assert.Single(lane.Decode(4_003, Ipfix(Set(256, _record))));
        lane.Decode(4_002, Ipfix(Set(2, Template(256, "12/4 8/4 2/4"))));
        Assert.Empty(lane.Decode(4_003, Ipfix(Set(256, _record))));
        Assert.Equal(1, Only(lane.Decoder).UnknownTemplateSets);
    }

    [Fact]
    public void A_router_of_another_boot_time_borrows_nothing()
    {
        var lane = new TestLane();
        lane.Decode(4_001, V9(_teach));
        Assert.Single(lane.Decode(4_002, V9(Set(256, _record))));
        Assert.Empty(lane.Decode(4_003, At(ExportedAt, 1_000, 1, Set(256, _record))));
    }

    [Fact]
    public void A_restart_is_told_by_the_boot_time_and_the_old_templates_stay_until_new_ones_come()
    {
        var lane = new TestLane();
        lane.Decode(4_001, At(ExportedAt, 500_000, 900, _teach));
        Assert.Single(lane.Decode(4_001, At(ExportedAt + 60, 1_000, 1, Set(256, _record))));
        Assert.Equal((1L, 0L), (Only(lane.Decoder).Restarts, Only(lane.Decoder).Lost));
        var swapped = lane.Decode(
            4_001, At(ExportedAt + 61, 2_000, 2, Set(0, Template(256, "12/4 8/4 2/4"))),
            At(ExportedAt + 62, 3_000, 3, Set(256, _record)));
        Assert.Equal(IpKey.Parse("192.0.2.7"), Assert.Single(swapped).Source);
    }

    [Fact]
    public void Late_data_an_outage_and_an_uptime_that_wraps_are_no_restart()
    {
        var lane = new TestLane();
        lane.Decode(4_001, At(ExportedAt, 100_000_000, 1_000, _teach));
        Assert.Single(lane.Decode(4_001, At(ExportedAt - 19, 99_981_000, 990, Set(256, _record))));
        Assert.Single(lane.Decode(4_001, At(ExportedAt + 900, 100_900_000, 101_001, Set(256, _record))));
        Assert.Equal((0L, 100_000L, 1L), Of(lane));
        var wrapped = new TestLane();
        wrapped.Decode(4_001, At(ExportedAt, uint.MaxValue - 999, 1, _teach));
        Assert.Single(wrapped.Decode(4_001, At(ExportedAt + 2, 1_000, 2, Set(256, _record))));
        Assert.Equal((0L, 0L, 0L), Of(wrapped));

        static (long, long, long) Of(TestLane one) =>
            (Only(one.Decoder).Restarts, Only(one.Decoder).Lost, Only(one.Decoder).Late);
    }

    [Fact]
    public void A_forged_header_of_another_port_costs_nothing()
    {
        var lane = new TestLane();
        lane.Decode(4_001, At(ExportedAt, 500_000, 900, _teach));
        lane.Decode(6_666, At(1, 77, 5, Set(300, _record)));
        Assert.Single(lane.Decode(4_001, At(ExportedAt + 1, 501_000, 901, Set(256, _record))));
        Assert.Equal((0L, 0L), (Only(lane.Decoder).Restarts, Only(lane.Decoder).Lost));
    }

    [Fact]
    public void Two_sequences_under_one_name_are_no_loss_and_a_gap_in_one_is()
    {
        var lane = new TestLane();
        for (uint i = 0; i < 20; i++)
        {
            lane.Decode(4_001, V9Of(7, 1_000_000 + i, _teach), V9Of(7, 9_000_000 + i, _teach));
        }

        Assert.Equal(0, Only(lane.Decoder).Lost);
        lane.Decode(4_001, V9Of(7, 1_000_025, _teach));
        Assert.Equal((5L, 0L), (Only(lane.Decoder).Lost, Only(lane.Decoder).Restarts));
    }

    [Fact]
    public void Data_before_its_template_waits_and_is_decoded_when_that_comes()
    {
        var lane = new TestLane();
        Assert.Empty(lane.Decode(4_001, V9(Set(256, _record, _record))));
        Assert.Equal(1, Only(lane.Decoder).UnknownTemplateSets);
        Assert.Equal(["7/256"], Only(lane.Decoder).UnknownTemplates);
        Assert.Equal(2, lane.Decode(4_001, V9Of(7, 1, _teach)).Count);
        Assert.Equal((0L, 1L), (Only(lane.Decoder).UnknownTemplateSets, Only(lane.Decoder).SetsReadLate));
        Assert.Equal(0, lane.Options.Waiting.Held);
    }

    [Fact]
    public void What_waits_is_bounded_by_octets_for_all_lanes_and_by_time()
    {
        var options = DecodingOptions.OfFiles with { MaxWaitingOctets = 100 };
        var (lane, other) = (new TestLane(options), new TestLane(options));
        lane.Decode(4_001, V9(Set(256, [.. Enumerable.Repeat(_record, 8).SelectMany(static r => r)])));
        other.Decode(4_001, V9(Set(256, _record)));
        Assert.Equal(96, options.Waiting.Held);
        Assert.Empty(other.Decode(4_001, V9Of(7, 1, _teach)));
        Assert.Equal(1, Only(other.Decoder).UnknownTemplateSets);

        var timed = new TestLane { AtMs = 1_000_000 };
        timed.Decode(4_001, V9(Set(256, _record)));
        timed.AtMs += 600_001;
        timed.Decode(4_001, V9Of(7, 1, Set(300, _record)));
        Assert.Empty(timed.Decode(4_001, V9Of(7, 2, _teach)));
    }

    [Fact]
    public void In_a_second_reading_nothing_has_to_wait()
    {
        var options = DecodingOptions.OfFiles;
        var first = new FirstReading(options);
        var data = V9(Set(256, _record));
        var taught = V9Of(
            7, 1, _teach, Set(1, U16(257, 4, 4), U16(1, 4), U16(34, 4)), Set(257, U32(1, 100)));
        first.Add(data, _router, 4_001, Now);
        first.Add(taught, _router, 4_001, Now);
        var lane = new TestLane(options, first);
        var flow = Assert.Single(lane.Decode(4_001, data));
        Assert.Equal((5UL, 100U), (flow.Packets, flow.SamplingInterval));
        Assert.Equal(0, Only(lane.Decoder).UnknownTemplateSets);
    }

    [Fact]
    public void A_port_that_changes_with_every_start_does_not_fill_the_table()
    {
        var lane = new TestLane(DecodingOptions.OfFiles with { MaxTemplatesPerExporter = 16 });
        for (ushort port = 1_000; port < 1_100; port++)
        {
            lane.Decode(port, V9(_teach));
        }

        Assert.Single(lane.Decode(1_099, V9Of(7, 1, Set(256, _record))));
        Assert.Equal((16, 0), (Only(lane.Decoder).Templates, Only(lane.Decoder).Faults.Count));
    }

    private static byte[] At(uint seconds, uint uptime, uint sequence, params byte[][] sets)
    {
        var message = V9Of(7, sequence, sets);
        U32(uptime, seconds).CopyTo(message, 4);
        return message;
    }
}
