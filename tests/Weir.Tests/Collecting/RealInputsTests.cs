// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting.Files;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Collecting;

/// <summary>Every real input reads, and its counts are those other programs count.</summary>
public sealed class RealInputsTests(ITestOutputHelper output)
{
    /// <summary>Flows expected: lines (wc -l) less heading, comments and what is not IP.</summary>
    [Theory]
    [InlineData("flows/cicids2017/Botnet_736.csv.xz", "csv", 736, 0)]
    [InlineData("flows/cicids2017/BENIGN_5000.csv.xz", "csv", 5000, 0)]
    [InlineData("flows/cicids2017/DDoS_5000.csv.xz", "csv", 5000, 0)]
    [InlineData("flows/cicids2017/Portscan_5000.csv.xz", "csv", 5000, 0)]
    [InlineData("flows/cicids2017/Infiltration_-_Portscan_5000.csv.xz", "csv", 5000, 0)]
    [InlineData("flows/cicids2017/Infiltration_36.csv.xz", "csv", 36, 0)]
    [InlineData("flows/iot23-34-1/conn.log.labeled.xz", "zeek-tsv", 23145, 0)]
    [InlineData("flows/beacons/comfoo.conn.log.xz", "zeek-tsv", 15363, 0)]
    [InlineData("flows/beacons/taidoor.conn.log.xz", "zeek-tsv", 14201, 0)]
    [InlineData("flows/ordinary-lan/conn.log.labeled.xz", "zeek-tsv", 7124, 0)]
    [InlineData("flows/argus/test2-malicious.binetflow.xz", "argus", 6751, 0)]
    [InlineData("flows/argus/test5.tabs.binetflow.xz", "argus", 6721, 4)]
    [InlineData("flows/ctu13-tuples/ctu13-part.tuples.xz", "csv", 4013, 0)]
    public void Every_flow_table_reads_whole(string relative, string format, int flows, int notIp)
    {
        var path = SharedData.Path(relative);
        var (read, file) = Scratch.Flows(path);
        output.WriteLine(string.Join("; ", file.Losses.Describe()));

        Assert.Equal(format, file.Format);
        Assert.Equal((flows, notIp, 0L), (read.Count, file.Losses.LinesNotIp, file.Losses.LinesRefused));
        Assert.Null(file.Losses.DamagedAt);
    }

    /// <summary>Sums that awk computes over the same columns: packets and octets of both directions, destination
    /// ports but ICMP's.</summary>
    [Theory]
    [InlineData("flows/cicids2017/Botnet_736.csv.xz", 4788, 5186545, 5083, 94790, 5946880)]
    [InlineData("flows/cicids2017/BENIGN_5000.csv.xz", 43753, 3091126, 45913, 42163895, 1392709)]
    [InlineData("flows/cicids2017/DDoS_5000.csv.xz", 39949, 100000, 27043, 58296580, 400000)]
    [InlineData("flows/cicids2017/Portscan_5000.csv.xz", 5085, 470, 5033, 58230, 42372262)]
    [InlineData("flows/cicids2017/Infiltration_-_Portscan_5000.csv.xz", 9495, 28708, 5322, 53512, 43216778)]
    [InlineData("flows/cicids2017/Infiltration_36.csv.xz", 39501, 26477397, 34860, 149802, 15984)]
    [InlineData("flows/iot23-34-1/conn.log.labeled.xz", 147553, 84810493, 14142, 2574163, 53802255)]
    [InlineData("flows/beacons/comfoo.conn.log.xz", 49568, 8914899, 22742, 3991767, 40932099)]
    [InlineData("flows/beacons/taidoor.conn.log.xz", 47989, 8534819, 19467, 3725328, 38633004)]
    [InlineData("flows/ordinary-lan/conn.log.labeled.xz", 633076, 192385271, 1485712, 1955422234, 2290588)]
    [InlineData("flows/argus/test2-malicious.binetflow.xz", 206003, 26271460, 285153, 322434105, 2762558)]
    [InlineData("flows/argus/test5.tabs.binetflow.xz", 42945, 3967910, 13803, 2511383, 421978)]
    public void The_sums_of_every_flow_table_are_those_of_its_columns(
        string relative, long packets, long octets, long reversePackets, long reverseOctets, long ports)
    {
        var path = SharedData.Path(relative);
        var flows = Scratch.Flows(path).Flows;
        Assert.Equal(
            (packets, octets, reversePackets, reverseOctets, ports),
            (
                flows.Sum(flow => (long)flow.Packets), flows.Sum(flow => (long)flow.Octets),
                flows.Sum(flow => (long)flow.ReversePackets), flows.Sum(flow => (long)flow.ReverseOctets),
                flows.Sum(flow => flow.Protocol is 1 or 58 ? 0L : flow.DestinationPort)));
        Assert.All(
            flows, flow => Assert.True(flow.Is(FlowTraits.Biflow) && flow.StartMs > 0 && flow.EndMs >= flow.StartMs));
    }

    [Fact]
    public void The_five_infected_hosts_of_the_botnet_file_speak_to_its_controller()
    {
        var path = SharedData.Path("flows/cicids2017/Botnet_736.csv.xz");
        var flows = Scratch.Flows(path).Flows.Where(flow => flow.Destination == IpKey.Parse("205.174.165.73")).ToList();
        Assert.Equal(
            new[] { "192.168.10.14", "192.168.10.15", "192.168.10.5", "192.168.10.8", "192.168.10.9" },
            flows.Select(flow => flow.Source.ToString()).Distinct().Order(StringComparer.Ordinal));
        var first = Scratch.Flows(path).Flows[0];
        Assert.Equal((1499434776267L, 81L, (ushort)53709, (ushort)8080, 5UL, 4UL), (
            first.StartMs, first.EndMs - first.StartMs, first.SourcePort, first.DestinationPort, first.Packets,
            first.ReversePackets));
    }

    [Fact]
    public void The_mirai_bot_is_seen_exchanging_data_with_its_controller()
    {
        var path = SharedData.Path("flows/iot23-34-1/conn.log.labeled.xz");
        var flows = Scratch.Flows(path).Flows
            .Where(flow => flow.Destination == IpKey.Parse("185.244.25.235") && flow.DestinationPort == 6667).ToList();
        var both = flows.Count(
            flow => (flow.TcpFlags & flow.ReverseTcpFlags & 0x18) == 0x18 && flow.Is(FlowTraits.FlagsKnown));
        output.WriteLine($"{flows.Count} flows, {both} with data both ways");
        Assert.True(both > 1_000 && flows.All(flow => flow.Source == IpKey.Parse("192.168.1.195")));
    }

    [Theory]
    [InlineData("flow-export/vendors/ipfix_cisco.pcap", 3)]
    [InlineData("flow-export/vendors/netflow9_e10s_4_7byte_pad.pcap", 3)]
    [InlineData("flow-export/vendors/netflow9_ubiquiti_edgerouter.pcap", 2)]
    [InlineData("flow-export/sflow/sflow-print-v6.pcap", 25)]
    [InlineData("flow-export/sflow/sflow_multiple_counter_30_pdus.pcap", 30)]
    [InlineData("flow-export/sflow/sflow_print-segv.pcap", 1)]
    [InlineData("flow-export/sflow/sflow_expanded.pcap", 1)]
    public void Every_capture_of_exports_yields_all_its_packets(string relative, int datagrams)
    {
        var path = SharedData.Path(relative);
        var (taken, file) = Scratch.Datagrams(path);
        output.WriteLine(string.Join("; ", file.Losses.Describe()));

        Assert.Equal(("pcap", datagrams), (file.Format, taken.Count));
        Assert.All(taken, datagram => Assert.NotEqual(0, datagram.Port));
        Assert.All(taken, datagram => Assert.True(datagram.ArrivedAtMs > 0 && datagram.Exporter != default));
    }

    [Fact]
    public void Every_payload_file_is_recognised_and_yields_all_its_octets()
    {
        var folder = SharedData.Path("flow-export");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(".dat", StringComparison.Ordinal)
                || path.EndsWith(".bin", StringComparison.Ordinal) || path.EndsWith(".dump", StringComparison.Ordinal))
            .ToList();
        Assert.True(files.Count > 90, $"only {files.Count} payload files");
        foreach (var path in files)
        {
            var (taken, file) = Scratch.Datagrams(path);
            Assert.True(file.Format is "payload" or "ipfix-file", path);
            Assert.Equal(
                new FileInfo(path).Length, taken.Sum(datagram => datagram.Payload.Length) + file.Losses.OctetsSkipped);
            Assert.True(file.Losses.OctetsSkipped == 0, path);
            output.WriteLine($"{Path.GetFileName(path)} {file.Format} {taken.Count}");
        }
    }

    /// <summary>UDP datagrams, put together from fragments where need be, as tshark counts them (less those inside ICMP
    /// and tunnels).</summary>
    [Theory]
    [InlineData("packets/amp.TCP.reflection.SYNACK.pcap.xz", 163)]
    [InlineData("packets/amp.UDP.isakmp.pcap.xz", 3984)]
    [InlineData("packets/amp.UDP.snmp.src161.pcapng.xz", 4079)]
    [InlineData("packets/amp.dns.RRSIG.fragmented.pcap.xz", 429)]
    [InlineData("packets/pkt.TCP.synflood.spoofed.pcap.xz", 0)]
    [InlineData("packets/synscan.pcapng.xz", 0)]
    [InlineData("isp/test_dl_5gb.tcpdump.radius.pcap", 388)]
    public void Captures_without_exports_yield_none_and_account_for_every_packet(string relative, int udp)
    {
        var path = SharedData.Path(relative);
        var (taken, file) = Scratch.Datagrams(path);
        output.WriteLine($"{file.Format} {file.Losses.Packets}: {string.Join("; ", file.Losses.Describe())}");

        Assert.Empty(taken);
        Assert.Equal(udp, file.Losses.NotFlowExport);
        Assert.True(file.Losses.Packets > 0 && file.Losses.DamagedAt is null && file.Losses.CutAt is null);
    }
}
