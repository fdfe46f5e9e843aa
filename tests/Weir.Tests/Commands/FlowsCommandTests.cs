// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Cli;
using Weir.Cli.Analysis;
using Weir.Cli.Commands.Flows;
using Weir.Cli.Flows;
using Weir.Cli.Reporting;
using Weir.Tests.Collecting;
using Weir.Tests.Files;
using Weir.Wire.Files;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Commands;

/// <summary>The view of decoded flows, by which an operator checks an exporter.</summary>
public sealed class FlowsCommandTests
{
    private static readonly byte[] _payload = V5(
        100, 0, V5Record("198.51.100.10", "203.0.113.66", 51_000, 443, 6, 900),
        V5Record("203.0.113.66", "198.51.100.11", 443, 51_001, 5, 4_000));

    private static (List<JsonElement> Rows, string Notes) Run(
        byte[] file, string? networks, string? filter = null, string? names = null)
    {
        using var scratch = new Scratch(file);
        var mask = new FlowMask(networks is null ? null : AnalysisArguments.Networks(networks, null, 64));
        var (rows, notes) = (new StringWriter(), new StringWriter());
        FlowsCommand.Write(
            [scratch.Path], FlowFilter.Parse(filter, mask),
            (mask, names is null ? null : NetworkNames.Read([names])), ListingFormat.Ndjson, (rows, notes), default);
        return ([.. rows.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement)], notes.ToString());
    }

    [Fact]
    public void A_flow_has_the_columns_of_the_contract_with_their_types()
    {
        var (rows, notes) = Run(_payload, networks: null);
        var row = rows[0];
        Assert.Equal(
            [
                "exporter", "domain", "protocolVersion", "source", "destination", "sourcePort", "destinationPort",
                "protocol", "tcpFlags", "packets", "octets", "start", "end", "sampling", "samplingSource",
                "inputInterface", "outputInterface", "direction", "dropped",
            ],
            row.EnumerateObject().Select(static column => column.Name).Take(19));
        Assert.Equal(("198.51.100.10", 51_000, 6, 18), (
            row.GetProperty("source").GetString(), row.GetProperty("sourcePort").GetInt32(),
            row.GetProperty("protocol").GetInt32(), row.GetProperty("tcpFlags").GetInt32()));
        Assert.Equal((100, "header", false, "netflow5"), (
            row.GetProperty("sampling").GetInt32(), row.GetProperty("samplingSource").GetString(),
            row.GetProperty("dropped").GetBoolean(), row.GetProperty("protocolVersion").GetString()));
        Assert.EndsWith(".500Z", row.GetProperty("start").GetString(), StringComparison.Ordinal);
        Assert.Contains("lab", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void Outside_the_laboratory_a_subscriber_is_his_network_and_has_no_port()
    {
        var (rows, _) = Run(_payload, "198.51.100.0/24");
        Assert.Equal(("198.51.100.0/24", 0, "203.0.113.66", 443), (
            rows[0].GetProperty("source").GetString(), rows[0].GetProperty("sourcePort").GetInt32(),
            rows[0].GetProperty("destination").GetString(), rows[0].GetProperty("destinationPort").GetInt32()));
        Assert.DoesNotContain(rows, static row => row.ToString().Contains("198.51.100.1", StringComparison.Ordinal)
            || row.ToString().Contains("5100", StringComparison.Ordinal));
    }

    [Fact]
    public void Whose_network_an_end_is_in_is_told_of_far_ends_and_of_no_subscriber()
    {
        using var names = new Scratch(
            "203.0.113.0/24 64500\n198.51.100.0/24 64501\n203.0.113.0\t203.0.113.255\t64500\tDE\tEXAMPLE\n"u8.ToArray());
        var (rows, _) = Run(_payload, "198.51.100.0/24", names: names.Path);
        Assert.Equal(
            ("AS64500 EXAMPLE, DE", JsonValueKind.Null), (
                rows[0].GetProperty("destinationNetwork").GetString(), rows[0].GetProperty("sourceNetwork").ValueKind));
        Assert.DoesNotContain(rows, static row => row.ToString().Contains("64501", StringComparison.Ordinal));
        Assert.False(Run(_payload, "198.51.100.0/24").Rows[0].TryGetProperty("sourceNetwork", out _));
    }

    [Theory]
    [InlineData("192.0.2.0/24", 47)]
    [InlineData("198.51.100.0/24", 6)]
    public void A_tunnel_of_a_subscriber_is_told_by_its_outer_header_as_in_a_report(string networks, int protocol)
    {
        var inner = Bytes.V4(Bytes.Join(Bytes.U16(50_000), Bytes.U16(443), new byte[16]), protocol: 6);
        var outer = Bytes.Ethernet(Bytes.V4(Bytes.Join([0, 0, 8, 0], inner), protocol: 47));
        var (rows, _) = Run(Bytes.Pcap(LinkType.Ethernet, true, false, outer), networks);
        Assert.Equal(protocol, Assert.Single(rows).GetProperty("protocol").GetInt32());
    }

    [Fact]
    public void A_row_without_packets_has_as_many_as_its_octets_take()
    {
        var (rows, _) = Run(
            [
                .. "srcaddr,dstaddr,srcport,dstport,protocol,bytes,start\n"u8,
                .. "198.51.100.10,203.0.113.66,50000,443,17,1600,1780000000\n"u8,
            ], networks: null);
        Assert.Equal(2, Assert.Single(rows).GetProperty("packets").GetInt32());
    }

    [Theory]
    [InlineData("port=443", 2)]
    [InlineData("destinationPort=443 protocol=tcp", 1)]
    [InlineData("source=203.0.113.0/24", 1)]
    [InlineData("sourcePort=51000", 0)]
    [InlineData("dropped=true", 0)]
    public void A_filter_sees_what_is_shown_and_no_more(string filter, int count) =>
        Assert.Equal(count, Run(_payload, "198.51.100.0/24", filter).Rows.Count);

    [Theory]
    [InlineData("address=198.51.100.10", "asks for a subscriber")]
    [InlineData("source=198.51.0.0/16", "asks for a subscriber")]
    [InlineData("source=nobody", "cannot be a source")]
    [InlineData("colour=red", "no column to filter by")]
    [InlineData("443", "is no term")]
    public void A_filter_that_asks_too_much_or_nothing_is_refused(string filter, string why) =>
        Assert.Contains(
            why, Assert.Throws<OperatorException>(() => Run(_payload, "198.51.100.0/24", filter)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void What_gave_no_flow_is_said_with_its_exporter()
    {
        var (rows, notes) = Run(V9(Set(300, new byte[12])), networks: null);
        Assert.Empty(rows);
        Assert.Contains("1 data sets without their template (domain/id 7/300)", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_of_packets_is_put_together_to_flows_and_says_so()
    {
        byte[] Packet(int second, int flags) => Ethernet(0x0800, IPv4(6, Tcp(51_000, 443, flags)));
        var capture = Capture((0, Packet(0, 2)), (1, Packet(1, 16)), (30, Packet(30, 1)), (30, Ethernet(0x0806)));
        var (rows, notes) = Run(capture, networks: null);
        Assert.Equal([(2, 18, 80), (1, 1, 40)], rows.Select(static row => (
            row.GetProperty("packets").GetInt32(), row.GetProperty("tcpFlags").GetInt32(),
            row.GetProperty("octets").GetInt32())));
        Assert.Equal("pcap/packets", rows[0].GetProperty("protocolVersion").GetString());
        Assert.Contains("holds packets, not flow exports", notes, StringComparison.Ordinal);
        Assert.Contains("1 packets: records that are not IP", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flow_of_packets_that_goes_on_is_told_every_minute()
    {
        var packet = Ethernet(0x0800, IPv4(17, U16(1, 2, 8, 0)));
        var capture = Capture([.. Enumerable.Range(0, 14).Select(i => (i * 10, packet))]);
        Assert.Equal([7, 7], Run(capture, networks: null).Rows.Select(static row =>
            row.GetProperty("packets").GetInt32()));
    }

    internal static byte[] Capture(params (int Second, byte[] Frame)[] packets) => Join(
        [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 1, 0, 0, 0],
        Join([.. packets.Select(static packet => Join(
            BitConverter.GetBytes(1_700_000_000 + packet.Second), new byte[4], BitConverter.GetBytes(packet.Frame.Length),
            BitConverter.GetBytes(packet.Frame.Length), packet.Frame))]));

    [Fact]
    public void A_file_given_twice_would_count_twice_and_is_refused()
    {
        using var scratch = new Scratch(_payload);
        var mask = new FlowMask(null);
        var refused = Assert.Throws<OperatorException>(() => FlowsCommand.Write(
            [scratch.Path, Path.Combine(Path.GetDirectoryName(scratch.Path)!, ".", Path.GetFileName(scratch.Path))],
            FlowFilter.Parse(null, mask), (mask, null), ListingFormat.Ndjson,
            (TextWriter.Null, TextWriter.Null), default));
        Assert.Contains("given twice", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flow_start,flow_end", "")]
    [InlineData("when_it_began,when_it_ended", "1 flows: flows that tell no time")]
    public void A_table_whose_times_nobody_knows_says_so(string times, string said)
    {
        var (rows, notes) = Run(System.Text.Encoding.UTF8.GetBytes(
            $"src,dst,proto,packets,{times}\n"
                + "198.51.100.10,203.0.113.66,6,1,2026-05-28T12:00:00Z,2026-05-28T12:00:05Z\n"),
            networks: null);
        Assert.Equal(said.Length == 0, rows[0].GetProperty("start").ValueKind == JsonValueKind.String);
        Assert.Contains(said, notes, StringComparison.Ordinal);
        Assert.Equal(said.Length > 0, notes.Contains("no time", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(400, "tells times 400 days before its datagrams arrived")]
    public void A_clock_far_from_the_arrival_is_believed_and_said(int days, string said)
    {
        var file = Captured(_payload, ExportedAt + (days * 86_400));
        var (rows, notes) = Run(file, networks: null);
        Assert.Equal(2, rows.Count);
        Assert.Contains(said, notes, StringComparison.Ordinal);
        Assert.Equal(days > 0, notes.Contains("datagrams arrived", StringComparison.Ordinal));
    }

    /// <summary>A capture of one datagram (LINKTYPE_RAW), with its time of arrival.</summary>
    private static byte[] Captured(byte[] payload, long atSeconds)
    {
        var datagram = Join(U16(40_000, 2_055, payload.Length + 8, 0), payload);
        var packet = Join(
            U8(0x45, 0), U16(datagram.Length + 20, 1, 0), U8(64, 17), U16(0), Ip("192.0.2.1"), Ip("192.0.2.10"),
            datagram);
        return Join(
            Hex("A1B2C3D4 0002 0004 00000000 00000000 0000FFFF 00000065"),
            U32((uint)atSeconds, 0, (uint)packet.Length, (uint)packet.Length), packet);
    }
}
