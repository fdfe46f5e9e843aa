// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd;

/// <summary>A foreign source on an interface that faces subscribers is counted as spoofed, and only
/// there (BCP 38).</summary>
public sealed class SpoofedSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Spoofed_sources_are_told_from_foreign_ones_by_their_interface()
    {
        var lab = _folder.At("lab");
        var made = await WeirProcess.RunAsync(
            "lab", "--out", lab, "--subscribers", "4000", "--bots", "80", "--nets", "4", "--flows", "100000",
            "--seed", "3");
        Assert.True(made.ExitCode == 0, made.Error);

        var unaware = await FlowsAsync(lab);
        var aware = await FlowsAsync(lab, "--subscriber-interface", "1");

        Assert.Equal(0, unaware.Spoofed);
        Assert.True(aware.Spoofed > 0, "no source was counted as spoofed");
        Assert.Equal(unaware.Foreign, aware.Foreign + aware.Spoofed);
        Assert.Empty(unaware.Events);
        Assert.All(aware.Events, subject => Assert.Matches("^100::c000:2[0-9a-f]{2}:0:1$", subject));
        Assert.NotEmpty(aware.Events);
    }

    private async Task<(long Foreign, long Spoofed, string[] Events)> FlowsAsync(string lab, params string[] more)
    {
        var report = _folder.At("report");
        var result = await WeirProcess.RunAsync(
            ["analyze", Path.Combine(lab, "export.pcap"), "--networks", "@"
                + Path.Combine(lab, "networks.txt"), "--profile", "lab", "--out", report, .. more]);
        Assert.True(result.ExitCode == 0, result.Error);
        var root = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(report, "report.json"))).RootElement;
        var flows = root.GetProperty("flows");
        var spoofed = root.GetProperty("events").EnumerateArray()
            .Where(e => e.GetProperty("rule").GetString() == "spoof")
            .Select(e => e.GetProperty("subject").GetString()!);
        return (flows.GetProperty("foreign").GetInt64(), flows.GetProperty("spoofed").GetInt64(), [.. spoofed]);
    }
}
