// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck.Xunit;
using Weir.Collector.Collecting.Files;
using Weir.Wire;

namespace Weir.Tests.Collecting;

public sealed class FlowTableTests
{
    private const string ZeekHeading = "#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents   label   detailed-label\n#types\ttime\n";
    private const string ArgusHeading =
        "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,SrcPkts,Label\n";
    private const string CicidsHeading = "Flow ID, Source IP, Source Port, Destination IP, Destination Port, Protocol, "
        + "Timestamp, Flow Duration, Total Fwd Packets, Total Backward Packets,Total Length of Fwd Packets, Total "
        + "Length of Bwd Packets, Label\n";
    private const string NfdumpHeading = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out\n";

    private static (List<FlowRecord> Flows, InputFile File) Read(string text, InputOptions? options = null)
    {
        using var scratch = new Scratch(text);
        return Scratch.Flows(scratch.Path, options);
    }

    private static FlowRecord One(string text, InputOptions? options = null) =>
        Assert.Single(Read(text, options).Flows);

    [Theory]
    [InlineData("3,186,186", 3, 186, 0, 0)]
    [InlineData("11,1600,900", 6, 900, 5, 700)]
    [InlineData("2,1600,1599", 1, 1599, 1, 1)]
    [InlineData("1,60,0", 0, 0, 1, 60)]
    public void Totals_are_shared_by_the_octets_where_the_source_s_packets_are_not_told(
        string counters, ulong packets, ulong octets, ulong reversePackets, ulong reverseOctets)
    {
        var flow = One(ArgusHeading.Replace(",SrcPkts", "", StringComparison.Ordinal)
            + $"2026/05/28 20:26:35.000000,4.0,udp,198.51.100.10,50000,   ->,203.0.113.66,443,INT,0,,{counters},x\n");
        Assert.Equal(
            (packets, octets, reversePackets, reverseOctets),
            (flow.Packets, flow.Octets, flow.ReversePackets, flow.ReverseOctets));
    }

    [Theory]
    [InlineData("action", "ACCEPT", false)]
    [InlineData("action", "REJECT", true)]
    [InlineData("disposition", "Denied", true)]
    [InlineData("fwd", "130", true)]
    [InlineData("fwd", "64", false)]
    public void What_was_not_let_through_is_dropped(string column, string word, bool dropped) => Assert.Equal(
        dropped, One($"srcaddr,dstaddr,srcport,dstport,protocol,packets,bytes,start,end,{column}\n"
            + $"198.51.100.10,203.0.113.66,50000,443,6,6,900,1780000000,1780000060,{word}\n").Is(FlowTraits.Dropped));

    [Fact]
    public void A_zeek_line_becomes_a_biflow_with_the_flags_of_both_sides()
    {
        var flow = One(ZeekHeading + "1545403848.981338\tCD\t192.168.1.195\t41040\t185.244.25.235\t80\ttcp\thttp\t1.477656\t149\t128252\tSF\t-\t-\t2896\tShADar\t94\t5525\t96\t139044\t-   Malicious   C&C");

        Assert.Equal(
            (IpKey.Parse("192.168.1.195"), IpKey.Parse("185.244.25.235"), (ushort)41040, (ushort)80, (byte)6),
            (flow.Source, flow.Destination, flow.SourcePort, flow.DestinationPort, flow.Protocol));
        Assert.Equal(
            (94UL, 5525UL, 96UL, 139044UL), (flow.Packets, flow.Octets, flow.ReversePackets, flow.ReverseOctets));
        Assert.Equal((1545403848981L, 1545403848981L + 1477), (flow.StartMs, flow.EndMs));
        Assert.Equal((2 | 8 | 16, 2 | 4 | 16), (flow.TcpFlags, flow.ReverseTcpFlags));
        Assert.Equal(FlowTraits.Biflow | FlowTraits.FlagsKnown, flow.Traits);
    }

    [Theory]
    [InlineData("S0", "S", 0, 2, 0, true)]
    [InlineData("OTH", "C", 1, 0, 0, false)]
    [InlineData("OTH", "-", 1, 0, 0, false)]
    [InlineData("REJ", "-", 0, 2, 4 | 16, true)]
    [InlineData("SHR", "^hadf", 1, 0, 1 | 2 | 8 | 16, true)]
    [InlineData("S1", "C", 1, 2 | 8 | 16, 2 | 8 | 16, true)]
    public void Zeek_flags_come_from_the_history_or_else_from_the_state(
        string state, string history, int payload, int forward, int reverse, bool known)
    {
        var flow = One(ZeekHeading + $"1.5\tCD\t192.0.2.1\t1\t192.0.2.2\t2\ttcp\t-\t-\t{payload}\t{payload}\t{state}\t-\t-\t0\t{history}\t0\t-\t0\t-\t-\n");

        Assert.Equal((forward, reverse, known), (flow.TcpFlags, flow.ReverseTcpFlags, flow.Is(FlowTraits.FlagsKnown)));
        Assert.Equal(((ulong)payload, (ulong)payload, 1500L, 1500L), (
            flow.Octets, flow.ReverseOctets, flow.StartMs, flow.EndMs));
    }

    [Fact]
    public void Zeek_icmp_ports_are_type_and_code()
    {
        var flow = One(
            ZeekHeading + "1.5\tCD\tfe80::1\t143\tff02::16\t2\ticmp\t-\t-\t-\t-\tOTH\t-\t-\t0\t-\t5\t380\t0\t0\t-\n");
        Assert.Equal((58, (143 << 8) | 2, 0), (flow.Protocol, flow.DestinationPort, flow.SourcePort));
    }

    [Fact]
    public void Zeek_json_tells_the_same_as_the_tab_form()
    {
        var json = "{\"ts\":1545403848.981338,\"uid\":\"a\\\"}b\",\"id.orig_h\":\"192.168.1.195\",\"id.orig_p\":41040,\"id.resp_h\":\"185.244.25.235\",\"id.resp_p\":80,\"proto\":\"tcp\", \"duration\": 1.477656, \"orig_bytes\":149,\"resp_bytes\":128252,\"conn_state\":\"SF\",\"history\":\"ShADar\",\"orig_pkts\":94,\"orig_ip_bytes\":5525,\"resp_pkts\":96,\"resp_ip_bytes\":139044,\"tunnel_parents\":[\"x]\"],\"geo\":{\"a\":{\"b\":1}}}\n{\"ts\":1}\n{broken\n\n";
        var (flows, file) = Read(json);
        var tabs = One(ZeekHeading + "1545403848.981338\tCD\t192.168.1.195\t41040\t185.244.25.235\t80\ttcp\thttp\t1.477656\t149\t128252\tSF\t-\t-\t2896\tShADar\t94\t5525\t96\t139044\t-\n");

        Assert.Equal("zeek-json", file.Format);
        Assert.Equal(tabs, Assert.Single(flows));
        Assert.Equal([new RejectedFlowLine(2, "source"), new(3, "JSON object")], file.Losses.FirstRefused);
    }

    [Fact]
    public void Argus_totals_less_the_source_are_the_answer()
    {
        var flow = One(ArgusHeading + "2019/04/04 16:23:00.355768,129.927856,tcp,10.8.0.69,48009,   "
            + "->,31.13.83.2,443,SPA_SRPA,0,164,26,5723,1621,13,\n");

        Assert.Equal(
            (13UL, 1621UL, 13UL, 4102UL), (flow.Packets, flow.Octets, flow.ReversePackets, flow.ReverseOctets));
        Assert.Equal((2 | 8 | 16, 2 | 4 | 8 | 16), (flow.TcpFlags, flow.ReverseTcpFlags));
        Assert.Equal(1554394980355L, flow.StartMs);
        Assert.Equal(129_927, flow.EndMs - flow.StartMs);
    }

    [Fact]
    public void An_argus_arrow_to_the_left_turns_the_record()
    {
        var flow = One(ArgusHeading
            + "2019/04/04 16:23:00.355768,1,tcp,10.8.0.69,48009,  <-,31.13.83.2,443,SA_S,0,0,5,500,300,3,\n");

        Assert.Equal((IpKey.Parse("31.13.83.2"), (ushort)443, 2UL, 3UL), (
            flow.Source, flow.SourcePort, flow.Packets, flow.ReversePackets));
        Assert.Equal((2, 18), (flow.TcpFlags, flow.ReverseTcpFlags));
    }

    [Fact]
    public void Argus_icmp_has_the_type_in_the_low_octet_and_arp_is_not_ip()
    {
        var (flows, file) = Read(ArgusHeading + "2019/04/04 16:23:00.1,0,icmp,10.8.0.69,0x0403,  "
            + "->,31.13.83.2,0x0000,URF,0,,1,100,100,1,\n1970/01/01 01:00:08.1,0,arp,10.0.2.15,,  "
            + "who,10.0.2.2,,CON,,,22,924,462,11,x\n2019/04/04 16:23:00.1,0,tcp,10.8.0.69,1,  "
            + "->,31.13.83.2,2,S_,0,,1,100,100,2,\n");

        Assert.Equal((3 << 8) | 4, Assert.Single(flows).DestinationPort);
        Assert.Equal((1L, new RejectedFlowLine(4, "source counters above the totals")), (
            file.Losses.LinesNotIp, file.Losses.FirstRefused[0]));
    }

    [Fact]
    public void Cicids_as_first_published_has_its_afternoon_put_right()
    {
        var flow = One(
            CicidsHeading + "x,192.168.10.5,54865,104.16.207.165,443,6,7/7/2017 3:30,3500000,2,1,12,6,BENIGN\n");

        Assert.Equal(new DateTimeOffset(2017, 7, 7, 15, 30, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), flow.StartMs);
        Assert.Equal((3_500L, 2UL, 12UL, 1UL, 6UL), (
            flow.EndMs - flow.StartMs, flow.Packets, flow.Octets, flow.ReversePackets, flow.ReverseOctets));
        Assert.Equal(FlowTraits.Biflow, flow.Traits);
    }

    [Fact]
    public void Nfdump_csv_reads_up_to_its_summary_and_leaves_out_counters_aside()
    {
        var (flows, file) = Read(NfdumpHeading
            + "2026-12-22 19:01:38,2026-12-22 "
            + "19:01:38,0.061,64.13.134.52,172.16.0.8,113,36050,TCP,...A.R..,0,0,1,46,7,700,3,4\n"
            + "2026-12-22 19:01:39,2026-12-22 "
            + "19:01:39,0.000,64.13.134.52,172.16.0.8,0,8.0,ICMP,........,0,0,1,46,0,0,3,4\n"
            + "Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n2,92,2,1,1,1\n");

        Assert.Equal((2, 1L, 0L), (flows.Count, file.Losses.OutCounters, file.Losses.LinesRefused));
        Assert.Equal((20, FlowTraits.FlagsKnown, 61L, 3u, 4u), (
            flows[0].TcpFlags, flows[0].Traits, flows[0].EndMs - flows[0].StartMs, flows[0].InputInterface,
            flows[0].OutputInterface));
        Assert.Equal((8 << 8, FlowTraits.None), (flows[1].DestinationPort, flows[1].Traits));
    }

    [Fact]
    public void The_short_csv_heading_of_later_nfdump_reads_too()
    {
        var flow = One(
            "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,bps,pps,bpp,flows\n2024-01-01 "
                + "00:00:00.500,1.250,TCP,192.0.2.1,1234,2001:db8::1,443,7,700,1,1,1,1\n");
        Assert.Equal((1704067200500L, 1704067201750L, 7UL, 700UL, (ushort)443), (
            flow.StartMs, flow.EndMs, flow.Packets, flow.Octets, flow.DestinationPort));
    }

    [Fact]
    public void Columns_of_a_foreign_table_are_mapped_by_name()
    {
        var options = new InputOptions
        {
            UtcOffset = TimeSpan.FromHours(1),
            Columns = new Dictionary<string, string>
            {
                ["source"] = "from",
                ["destination"] = "to",
                ["destination_port"] = "Service",
                ["packets"] = "n",
                ["start"] = "when"
            },
        };
        var flow = One(
            "when;from;to;Service;n;bytes\n2020-01-01 01:00:00;\"192.0.2.1\";192.0.2.2;443;5;\"6\"\n", options);

        Assert.Equal((IpKey.Parse("192.0.2.1"), (ushort)443, 5UL, 6UL, 1577836800000L), (
            flow.Source, flow.DestinationPort, flow.Packets, flow.Octets, flow.StartMs));
    }

    [Theory]
    [InlineData("a,b,c\n1,2,3\n", "no column for the source address among: a, b, c")]
    [InlineData("{\"a\":1}\n", "id.orig_h")]
    [InlineData("", "is empty")]
    [InlineData("#\n#\n", "no heading")]
    public void A_table_that_says_too_little_is_refused_in_one_sentence(string text, string expected)
    {
        var fault = Assert.Throws<InputException>(() => Read(text));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_to_nothing_is_refused()
    {
        Assert.Contains("'colour'", Assert.Throws<InputException>(() => Read("src,dst\n", new()
        {
            Columns = new Dictionary<string, string> { ["colour"] = "src" }
        })).Message, StringComparison.Ordinal);
        Assert.Contains("'nosuch'", Assert.Throws<InputException>(() => Read("src,dst\n", new()
        {
            Columns = new Dictionary<string, string> { ["start"] = "nosuch" }
        })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_lines_are_told_by_number_and_reason_up_to_a_bound()
    {
        var text = new StringBuilder("src,dst,sport,dport,proto,packets\r\n");
        text.Append("192.0.2.1,192.0.2.2,1,2,tcp,3\r\n192.0.2.1,x,1,2,tcp,3\r\n192.0.2.1,192.0.2.2,1,2\r\n192.0.2.1,192.0.2.2,1,70000,tcp,3\r\n192.0.2.1,192.0.2.2,1,2,what,3\r\n192.0.2.1,192.0.2.2,1,2,tcp,-3\r\n");
        text.Append(new string('x', 600_000)).Append('\n');
        for (var i = 0; i < 20; i++)
        {
            text.Append("nothing,at,all,of,a,flow\n");
        }

        text.Append("192.0.2.1,192.0.2.2,1,2,tcp,3");
        var (flows, file) = Read(text.ToString());

        Assert.Equal((2, 26L), (flows.Count, file.Losses.LinesRefused));
        Assert.Equal(
            [
                new(3, "destination"), new(4, "columns missing at the end"), new(5, "port"), new(6, "protocol"),
                new(7, "packets"),
                new(8, "longer than 512 KiB"), new(9, "protocol"), new RejectedFlowLine(10, "protocol")],
            file.Losses.FirstRefused);
    }

    [Property(MaxTest = 500, Replay = "1729,1")]
    public void A_mutated_table_never_throws_and_accounts_for_every_line(int seed)
    {
        var random = new Random(seed);
        var (heading, line) = random.Next(4) switch
        {
            0 => (ZeekHeading, "1545403848.981338\tCD\t192.168.1.195\t41040\t185.244.25.235\t80\ttcp\thttp\t1.477656\t149\t128252\tSF\t-\t-\t2896\tShADar\t94\t5525\t96\t139044\t-\n"),
            1 => (ArgusHeading, "2019/04/04 16:23:00.355768,129.927856,tcp,10.8.0.69,48009,   "
                + "->,31.13.83.2,443,SPA_SRPA,0,164,26,5723,1621,13,\n"),
            2 => (CicidsHeading, "x,192.168.10.5,54865,104.16.207.165,443,6,7/7/2017 3:30,3500000,2,1,12,6,BENIGN\n"),
            _ => ("{\"id.orig_h\":\"192.0.2.1\"}\n", "{\"ts\":1545403848.98,\"id.orig_h\":\"192.168.1.195\",\"id.resp_h\":\"185.244.25.235\",\"x\":[{\"a\":[]}],\"proto\":\"tcp\"}\n"),
        };
        var octets = Encoding.ASCII.GetBytes(heading + line + line + line);
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            octets[random.Next(heading.Length, octets.Length)] = (byte)random.Next(9, 256);
        }

        using var scratch = new Scratch(octets);
        try
        {
            _ = Scratch.Flows(scratch.Path);
        }
        catch (InputException fault)
        {
            Assert.Contains("begins like nothing", fault.Message, StringComparison.Ordinal);
        }
    }
}
