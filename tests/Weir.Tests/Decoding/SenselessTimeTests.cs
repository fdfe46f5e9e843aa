// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using FsCheck.Xunit;
using Weir.Cli.Flows;
using Weir.Cli.Reporting;
using Weir.Collector.Collecting.Files;
using Weir.Collector.Decoding;
using Weir.Collector.Status;
using Weir.Tests.Collecting;
using Weir.Tests.Files;
using Weir.Vault.Identity.Records;
using Weir.Wire;
using Weir.Wire.Files;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Decoding;

/// <summary>No value of a time ends a run: whatever a wire, a capture or a table tells is a moment that a calendar has,
/// or counted.</summary>
public class SenselessTimeTests
{
    private static readonly IpKey _router = IpKey.Parse("192.0.2.1");

    /// <summary>Every element that tells a time, by the width that RFC 7012 gives it and by others.</summary>
    private static readonly string[] _times =
    [
        "150/4 151/4", "150/8 151/8", "152/8 153/8", "154/8 155/8", "156/8 157/8", "158/4 159/4", "158/8 159/8",
        "160/8 21/4", "22/4 21/4", "152/8 161/4", "152/8 161/8", "152/8 162/8", "153/8 161/8", "323/8 161/8",
        "324/8 162/8", "325/8 161/4", "322/4 162/4",
    ];

    private static readonly ulong[] _edges =
    [
        0, 1, int.MaxValue, uint.MaxValue, long.MaxValue, 1UL << 63, ulong.MaxValue, 253_402_300_799_999,
        253_402_300_800_000, 4_294_967_295_999, 4_294_967_296_000,
    ];

    [Property(MaxTest = 2_000, Replay = "9999,1")]
    public void Any_time_of_a_record_is_shown_and_lies_in_the_calendar(int seed)
    {
        var random = new Random(seed);
        var decoder = new Decoder(DecodingOptions.OfFiles);
        var sink = new Shown([]);
        for (var message = 0; message < 4; message++)
        {
            var fields = _times[random.Next(_times.Length)];
            var record = fields.Split(' ').SelectMany(field => U64(Number(random))[^Width(field)..]).ToArray();
            var payload = Ipfix(
                Set(2, Template(256 + message, "8/4 12/4 1/4 2/4 " + fields)),
                Set(256 + message, Ip("198.51.100.10"), Ip("203.0.113.66"), U32(300, 3), record));
            U32((uint)Number(random)).CopyTo(payload, 4);
            decoder.Decode(payload, _router, 4739, random.Next(2) == 0 ? 0 : (uint)Number(random) * 1_000L, ref sink);
        }

        Assert.Equal(4, sink.Flows.Count);
        foreach (var flow in sink.Flows)
        {
            Assert.True(flow.Record.StartMs <= flow.Record.EndMs && Holds(flow.Record));
        }

        Written(sink.Flows, DecodedFlow.Columns);
        Written([ExporterReport.From(Assert.Single(decoder.List()))], [new("last", static one => one.Last)]);
    }

    [Property(MaxTest = 2_000, Replay = "9998,3")]
    public void Any_uptime_and_export_time_is_shown_and_lies_in_the_calendar(int seed)
    {
        var random = new Random(seed);
        var decoder = new Decoder(DecodingOptions.OfFiles);
        var sink = new Shown([]);
        var record = V5Record("198.51.100.10", "203.0.113.66", 1000, 443, 3, 300);
        U32((uint)Number(random), (uint)Number(random)).CopyTo(record, 24);
        var payload = V5(0, 1, record);
        U32((uint)Number(random), (uint)Number(random), (uint)Number(random)).CopyTo(payload, 4);
        decoder.Decode(payload, _router, 2055, random.Next(2) == 0 ? 0 : (uint)Number(random) * 1_000L, ref sink);
        Assert.True(Holds(sink.Flows[0].Record));
        Written(sink.Flows, DecodedFlow.Columns);
    }

    [Fact]
    public void A_record_whose_time_nobody_can_tell_has_none_and_is_counted()
    {
        var lane = new TestLane { AtMs = 0 };
        var payload = Ipfix(
            Set(2, Template(256, "8/4 12/4 152/8 153/8")),
            Set(256, Ip("198.51.100.10"), Ip("203.0.113.66"), U64(253_402_300_799_998), U64(253_402_300_799_999)));
        U32(0).CopyTo(payload, 4);
        var flow = Assert.Single(lane.Decode(4739, payload));
        Assert.Equal((0L, 0L), (flow.StartMs, flow.EndMs));
        Assert.Equal(1, Assert.Single(lane.Decoder.List()).Counts.TimesReplaced);
    }

    [Fact]
    public void A_header_that_says_1970_still_tells_how_long_a_flow_lasted()
    {
        var v9 = V9(
            Set(0, Template(256, "8/4 12/4 2/4 1/4 22/4 21/4")),
            Set(256, Ip("198.51.100.10"), Ip("203.0.113.66"), U32(6, 900, 695_000, 995_000)));
        U32(1_000_000, 0).CopyTo(v9, 4);
        var ipfix = Ipfix(
            Set(2, Template(256, "8/4 12/4 2/4 1/4 158/4 159/4")),
            Set(256, Ip("198.51.100.10"), Ip("203.0.113.66"), U32(6, 900, 305_000_000, 5_000_000)));
        U32(0).CopyTo(ipfix, 4);
        foreach (var payload in (byte[][])[v9, ipfix])
        {
            var lane = new TestLane { AtMs = 1_780_000_000_000 };
            var flow = Assert.Single(lane.Decode(4739, payload));
            Assert.Equal((1_779_999_695_000, 1_779_999_995_000), (flow.StartMs, flow.EndMs));
        }
    }

    [Property(MaxTest = 500, Replay = "9999,3")]
    public void Any_time_of_a_capture_is_one_of_the_calendar_or_counted(int seed)
    {
        var random = new Random(seed);
        var options = Bytes.Join(
            Bytes.Half(9, true), Bytes.Half(1, true), [(byte)random.Next(256), 0, 0, 0], Bytes.Half(14, true),
            Bytes.Half(8, true), BitConverter.GetBytes(Number(random)), new byte[4]);
        var content = Bytes.Join(
            Bytes.Section(true),
            Bytes.Block(1, true, Bytes.Join(Bytes.Half(1, true), new byte[6], options)),
            Bytes.Enhanced(true, 0, Number(random), Bytes.Ethernet(Bytes.V4(Bytes.Udp(Bytes.V5(1))))));
        using var scratch = new Scratch(content);
        var (taken, file) = Scratch.Datagrams(scratch.Path);
        Assert.True(FlowCalendar.Holds(Assert.Single(taken).ArrivedAtMs));
        Assert.True(file.Losses.TimesSenseless == 0 || file.Losses.Any);
    }

    [Fact]
    public void A_packet_of_no_time_takes_that_of_the_packet_before_and_is_named()
    {
        var frame = Bytes.Ethernet(Bytes.V4(Bytes.Udp(Bytes.V5(1))));
        using var scratch = new Scratch(Bytes.Join(
            Bytes.Section(true), Bytes.Interface(true, LinkType.Ethernet),
            Bytes.Enhanced(true, 0, 1_500_000_000_000_000, frame), Bytes.Enhanced(true, 0, ulong.MaxValue, frame)));
        var (taken, file) = Scratch.Datagrams(scratch.Path);
        Assert.Equal([1_500_000_000_000, 1_500_000_000_000], taken.Select(static one => one.ArrivedAtMs));
        Assert.Contains("1 packets told a time that no calendar has", Assert.Single(file.Losses.Describe()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9999-12-31 23:59:59,0")]
    [InlineData("1700000000,9223372036854774")]
    [InlineData("4294967295,4294967295")]
    [InlineData("1e14,0")]
    public void A_row_beyond_the_calendar_is_refused_by_name(string times)
    {
        var head = "start,duration,source,destination,source_port,destination_port,protocol,packets,octets"u8;
        Assert.True(FlowTable.TryCreate(head, 0, new Dictionary<string, FlowColumn>(), out var table, out var why), why);
        var (flow, rule) = (default(FlowRecord), "");
        var row = System.Text.Encoding.ASCII.GetBytes(times + ",198.51.100.10,203.0.113.66,1000,443,6,3,300");
        Assert.Equal(FlowRowKind.Refused, table.Read(row, ref flow, ref rule));
        Assert.NotEmpty(rule);
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("253402300800000")]
    [InlineData("1969-12-31 23:59:59")]
    public void A_time_of_a_log_that_is_none_is_refused(string text) => Assert.False(TimestampText.TryParse(text, out _));

    private static bool Holds(in FlowRecord flow) => FlowCalendar.Holds(flow.StartMs) && FlowCalendar.Holds(flow.EndMs);

    private static int Width(string field) => int.Parse(field.Split('/')[1], CultureInfo.InvariantCulture);

    private static ulong Number(Random random) => random.Next(3) switch
    {
        0 => _edges[random.Next(_edges.Length)],
        1 => (ulong)random.NextInt64() >> random.Next(63),
        _ => _edges[random.Next(_edges.Length)] + (ulong)random.Next(-2, 3),
    };

    private static void Written<T>(IEnumerable<T> rows, ListingColumn<T>[] columns)
    {
        using var to = new StringWriter(CultureInfo.InvariantCulture);
        Listing.Write(rows, columns, ListingFormat.Ndjson, to);
        Assert.NotEmpty(to.ToString());
    }

    private readonly record struct Shown(List<DecodedFlow> Flows) : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter) => Flows.Add(new DecodedFlow
        {
            ProtocolVersion = "ipfix", Source = $"{flow.Source}", Destination = $"{flow.Destination}", Record = flow,
            SamplingSource = "unknown",
        });
    }
}
