// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd;

/// <summary>Files as exporters and other programs wrote them: recognised by content, each input
/// told on its own.</summary>
public sealed class AnalyzeFormatsTests : IDisposable
{
    private readonly AnalyzedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("test2-malicious.binetflow.xz", 6_751, 0)]
    [InlineData("test5.tabs.binetflow.xz", 6_720, 4)]
    public async Task An_Argus_file_gives_its_flows_and_counts_what_is_not_IP(string name, int flows, int notIp)
    {
        var data = SharedData.Path("flows/argus/" + name);
        var report = await _folder.RunAsync("10.0.0.0/8,192.168.0.0/16", [], data);

        var input = Assert.Single(report.GetProperty("inputs").EnumerateArray());
        Assert.Equal("argus", input.GetProperty("format").GetString());
        Assert.InRange(input.GetProperty("flows").GetInt32(), flows, flows + 1);
        Assert.Equal(notIp, input.GetProperty("losses").EnumerateArray().Sum(l => l.GetProperty("count").GetInt32()));
        AnalyzedFolder.Balanced(report);
    }

    [Theory]
    [InlineData("payload/netflow5", "netflow5_test_juniper_mx80.dat")]
    [InlineData("payload/netflow9", "netflow9_test_softflowd_tpl_data.dat")]
    [InlineData("payload/netflow9", "netflow9_test_macaddr_tpl.dat", "netflow9_test_macaddr_data.dat")]
    [InlineData("payload/netflow9", "netflow9_test_ubnt_edgerouter_tpl.dat",
        "netflow9_test_ubnt_edgerouter_data1024.dat", "netflow9_test_ubnt_edgerouter_data1025.dat")]
    [InlineData("payload/netflow9", "netflow9_test_nprobe_tpl.dat", "netflow9_test_nprobe_data.dat")]
    [InlineData("payload/ipfix", "ipfix_test_vmware_vds_tpl.dat", "ipfix_test_vmware_vds_data264.dat")]
    [InlineData("payload/ipfix", "ipfix_test_openbsd_pflow_tpl.dat", "ipfix_test_openbsd_pflow_data.dat")]
    [InlineData("payload/ipfix", "ipfix_test_mikrotik_tpl.dat", "ipfix_test_mikrotik_data258.dat",
        "ipfix_test_mikrotik_data259.dat")]
    [InlineData("payload/ipfix", "ipfix_test_barracuda_tpl.dat", "ipfix_test_barracuda_data256.dat")]
    [InlineData("pcap/netflow9", "netflow9_ubiquiti_edgerouter.pcap")]
    [InlineData("pcap/ipfix", "ipfix_cisco.pcap")]
    public async Task A_vendors_payloads_are_flows_with_templates_from_the_file_before(
        string format, params string[] names)
    {
        var vendors = SharedData.Path("flow-export/vendors");
        var report = await _folder.RunAsync(
            "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16", [], [.. names.Select(name => Path.Combine(vendors, name))]);

        Assert.All(report.GetProperty("inputs").EnumerateArray(), input =>
            Assert.Equal(format, input.GetProperty("format").GetString()));
        Assert.Equal(0, Sum(report, "templateUnknown"));
        Assert.Equal(0, Sum(report, "malformed"));
        AnalyzedFolder.Balanced(report);
    }

    [Fact]
    public async Task Each_input_of_a_mixed_run_names_its_own_protocol()
    {
        var vendors = SharedData.Path("flow-export/vendors");
        var report = await _folder.RunAsync(
            "10.0.0.0/8,192.168.0.0/16", [],
            Path.Combine(vendors, "ipfix_test_ixia_tpldata271.dat"),
            Path.Combine(vendors, "netflow5_test_microtik.dat"), Path.Combine(vendors, "netflow9_test_valid01.dat"));

        Assert.Equal(
            ["payload/ipfix", "payload/netflow5", "payload/netflow9"],
            report.GetProperty("inputs").EnumerateArray().Select(i => i.GetProperty("format").GetString()!));
    }

    private static long Sum(JsonElement report, string name) =>
        report.GetProperty("inputs").EnumerateArray().Sum(i => i.GetProperty(name).GetInt64());
}
