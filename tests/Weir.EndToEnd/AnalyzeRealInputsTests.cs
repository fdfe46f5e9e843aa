// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd;

/// <summary>The main job on what others recorded: who is infected, and silence where nothing
/// can be concluded.</summary>
public sealed class AnalyzeRealInputsTests : IDisposable
{
    private readonly AnalyzedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CICIDS2017_names_exactly_the_five_infected_hosts_and_admits_too_little_power()
    {
        var data = SharedData.Path("flows/cicids2017");
        var list = _folder.File("c2.txt", "205.174.165.73\n");
        var report = await _folder.AnalyzeAsync(
            "192.168.10.0/24", list, Path.Combine(data, "Botnet_736.csv.xz"), Path.Combine(data, "BENIGN_5000.csv.xz"));

        Assert.Equal(
            ["192.168.10.14", "192.168.10.15", "192.168.10.5", "192.168.10.8", "192.168.10.9"],
            AnalyzedFolder.Infected(report));
        Assert.Equal(5, report.GetProperty("subjects").GetProperty("cases").GetInt32());
        var power = report.GetProperty("family").GetProperty("power");
        Assert.False(power.GetProperty("enough").GetBoolean());
        Assert.NotEmpty(power.GetProperty("why").GetString()!);
        Assert.Empty(report.GetProperty("candidates").EnumerateArray());
        AnalyzedFolder.Balanced(report);
    }

    [Fact]
    public async Task IoT_23_34_1_names_the_bot_and_its_C2()
    {
        var data = SharedData.Path("flows/iot23-34-1/conn.log.labeled.xz");
        var list = _folder.File("c2.txt", "185.244.25.235:6667\n");
        var report = await _folder.AnalyzeAsync("192.168.1.0/24", list, data);

        Assert.Equal(["192.168.1.195"], AnalyzedFolder.Infected(report));
        var infected = report.GetProperty("infected")[0];
        Assert.Equal("185.244.25.235:6667/tcp", infected.GetProperty("endpoints")[0].GetString());
        AnalyzedFolder.Balanced(report);
    }

    [Theory]
    [InlineData("comfoo", "68.183.138.51", "192.168.99.52")]
    [InlineData("taidoor", "104.248.234.238", "192.168.99.51")]
    public async Task A_beaconing_host_is_found_from_its_C2_address(string name, string c2, string host)
    {
        var data = SharedData.Path($"flows/beacons/{name}.conn.log.xz");
        var report = await _folder.AnalyzeAsync("192.168.99.0/24", _folder.File("c2.txt", c2 + "\n"), data);

        Assert.Equal([host], AnalyzedFolder.Infected(report));
        AnalyzedFolder.Balanced(report);
    }

    [Fact]
    public async Task An_ordinary_network_yields_no_infected_and_no_candidate()
    {
        var data = SharedData.Path("flows/ordinary-lan/conn.log.labeled.xz");
        var feeds = SharedData.Path("feeds");
        var report = await _folder.AnalyzeAsync(
            "192.168.0.0/16,10.0.0.0/8,172.16.0.0/12", Path.Combine(feeds, "c2intel/all.txt"), data);

        Assert.Empty(report.GetProperty("infected").EnumerateArray());
        Assert.Empty(report.GetProperty("candidates").EnumerateArray());
        Assert.Empty(report.GetProperty("events").EnumerateArray());
        AnalyzedFolder.Balanced(report);
    }
}
