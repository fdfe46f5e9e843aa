// SPDX-License-Identifier: Apache-2.0
using Weir.Collecting;
using Weir.Tests.Support;
using Weir.Wire;
using Xunit.Abstractions;

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
        if (SharedData.Path(relative) is not { } path)
        {
            return;
        }

        var (read, file) = Scratch.Flows(path);
        output.WriteLine(string.Join("; ", file.Losses.Describe()));

        Assert.Equal(format, file.Format);
        Assert.Equal((flows, notIp, 0L), (read.Count, file.Losses.LinesNotIp, file.Losses.LinesRefused));
        Assert.Null(file.Losses.DamagedAt);
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
        if (SharedData.Path(relative) is not { } path)
        {
            return;
        }

        var (taken, file) = Scratch.Datagrams(path);
        output.WriteLine(string.Join("; ", file.Losses.Describe()));

        Assert.Equal(("pcap", datagrams), (file.Format, taken.Count));
        Assert.All(taken, datagram => Assert.NotEqual(0, datagram.Port));
        Assert.All(taken, datagram => Assert.True(datagram.ArrivedAtMs > 0 && datagram.Exporter != default));
    }

    [Fact]
    public void Every_payload_file_is_recognised_and_yields_all_its_octets()
    {
        if (SharedData.Path("flow-export") is not { } folder)
        {
            return;
        }

        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => path.EndsWith(".dat", StringComparison.Ordinal) || path.EndsWith(".bin", StringComparison.Ordinal) || path.EndsWith(".dump", StringComparison.Ordinal)).ToList();
        Assert.True(files.Count > 90, $"only {files.Count} payload files");
        foreach (var path in files)
        {
            var (taken, file) = Scratch.Datagrams(path);
            Assert.True(file.Format is "payload" or "ipfix-file", path);
            Assert.Equal(new FileInfo(path).Length, taken.Sum(datagram => datagram.Payload.Length) + file.Losses.OctetsSkipped);
            Assert.True(file.Losses.OctetsSkipped == 0, path);
            output.WriteLine($"{Path.GetFileName(path)} {file.Format} {taken.Count}");
        }
    }

    [Theory]
    [InlineData("packets/amp.TCP.reflection.SYNACK.pcap.xz")]
    [InlineData("packets/amp.UDP.isakmp.pcap.xz")]
    [InlineData("packets/amp.UDP.snmp.src161.pcapng.xz")]
    [InlineData("packets/amp.dns.RRSIG.fragmented.pcap.xz")]
    [InlineData("packets/pkt.TCP.synflood.spoofed.pcap.xz")]
    [InlineData("packets/synscan.pcapng.xz")]
    [InlineData("isp/test_dl_5gb.tcpdump.radius.pcap")]
    public void Captures_without_exports_yield_none_and_account_for_every_packet(string relative)
    {
        if (SharedData.Path(relative) is not { } path)
        {
            return;
        }

        var (taken, file) = Scratch.Datagrams(path);
        output.WriteLine($"{file.Format} {file.Losses.Packets}: {string.Join("; ", file.Losses.Describe())}");

        Assert.Empty(taken);
        Assert.True(file.Losses.Packets > 0 && file.Losses.DamagedAt is null && file.Losses.CutAt is null);
    }
}
