// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd;

/// <summary>The main job on what others recorded: who is infected, and silence where nothing can be concluded.</summary>
public sealed class AnalyzeRealInputsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CICIDS2017_names_exactly_the_five_infected_hosts_and_admits_too_little_power()
    {
        if (SharedData.Path("flows/cicids2017") is not { } data)
        {
            return;
        }

        var list = _folder.File("c2.txt", "205.174.165.73\n");
        var report = await AnalyzeAsync("192.168.10.0/24", list, Path.Combine(data, "Botnet_736.csv.xz"), Path.Combine(data, "BENIGN_5000.csv.xz"));

        Assert.Equal(
            ["192.168.10.14", "192.168.10.15", "192.168.10.5", "192.168.10.8", "192.168.10.9"],
            Infected(report));
        Assert.Equal(5, report.GetProperty("subjects").GetProperty("cases").GetInt32());
        var power = report.GetProperty("family").GetProperty("power");
        Assert.False(power.GetProperty("enough").GetBoolean());
        Assert.NotEmpty(power.GetProperty("why").GetString()!);
        Assert.Empty(report.GetProperty("candidates").EnumerateArray());
        Balanced(report);
    }

    [Fact]
    public async Task IoT_23_34_1_names_the_bot_and_its_C2()
    {
        if (SharedData.Path("flows/iot23-34-1/conn.log.labeled.xz") is not { } data)
        {
            return;
        }

        var list = _folder.File("c2.txt", "185.244.25.235:6667\n");
        var report = await AnalyzeAsync("192.168.1.0/24", list, data);

        Assert.Equal(["192.168.1.195"], Infected(report));
        var infected = report.GetProperty("infected")[0];
        Assert.Equal("185.244.25.235:6667/tcp", infected.GetProperty("endpoints")[0].GetString());
        Balanced(report);
    }

    [Theory]
    [InlineData("comfoo", "68.183.138.51", "192.168.99.52")]
    [InlineData("taidoor", "104.248.234.238", "192.168.99.51")]
    public async Task A_beaconing_host_is_found_from_its_C2_address(string name, string c2, string host)
    {
        if (SharedData.Path($"flows/beacons/{name}.conn.log.xz") is not { } data)
        {
            return;
        }

        var report = await AnalyzeAsync("192.168.99.0/24", _folder.File("c2.txt", c2 + "\n"), data);

        Assert.Equal([host], Infected(report));
        Balanced(report);
    }

    [Fact]
    public async Task An_ordinary_network_yields_no_infected_and_no_candidate()
    {
        if (SharedData.Path("flows/ordinary-lan/conn.log.labeled.xz") is not { } data || SharedData.Path("feeds") is not { } feeds)
        {
            return;
        }

        var report = await AnalyzeAsync("192.168.0.0/16,10.0.0.0/8,172.16.0.0/12", Path.Combine(feeds, "c2intel/all.txt"), data);

        Assert.Empty(report.GetProperty("infected").EnumerateArray());
        Assert.Empty(report.GetProperty("candidates").EnumerateArray());
        Balanced(report);
    }

    private async Task<JsonElement> AnalyzeAsync(string networks, string watchlist, params string[] inputs)
    {
        var outside = _folder.At("out");
        var result = await WeirProcess.RunAsync(["analyze", .. inputs, "--networks", networks, "--watchlist", watchlist, "--profile", "lab", "--out", outside]);

        Assert.True(result.ExitCode == 0, $"exit {result.ExitCode}: {result.Error}");
        Assert.Contains("lab", result.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(outside, "report.html")));
        return JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(outside, "report.json"))).RootElement;
    }

    private static string[] Infected(JsonElement report) =>
        [.. report.GetProperty("infected").EnumerateArray().Select(i => i.GetProperty("subject").GetString()!).Order(StringComparer.Ordinal)];

    /// <summary>Nothing is lost silently: what was read went somewhere.</summary>
    private static void Balanced(JsonElement report)
    {
        var flows = report.GetProperty("flows");
        long Of(string name) => flows.GetProperty(name).GetInt64();
        Assert.True(Of("read") > 0);
        Assert.Equal(Of("read"), Of("attributed") + Of("foreign") + Of("internal") + Of("spoofed") + Of("excluded") + Of("outsideWindow"));
        Assert.Equal(Of("read"), report.GetProperty("inputs").EnumerateArray().Sum(i => i.GetProperty("flows").GetInt64()));
    }
}
