// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd;

/// <summary>A net without a server, from the simulated provider to the report.</summary>
public sealed class PeersTests : IDisposable
{
    private static readonly string[] Provider =
        ["--subscribers", "6000", "--bots", "120", "--nets", "3", "--flows", "300000", "--file-sharing", "0.03"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Its_known_bots_are_one_group_and_no_peer_is_a_candidate()
    {
        var (report, figures) = await RunAsync("--jobs", "peers-only", "--seed", "2");

        Assert.Equal((1, 1), (figures["peerOnly"], figures["peerOnlyFound"]));
        Assert.InRange(figures["peerRecall"], 0.8, 1);
        Assert.Equal(0, figures["peerGroupsFalse"]);
        var lines = report.GetProperty("peers").GetProperty("groups")[0].GetProperty("lines").EnumerateArray()
            .Select(line => line.GetString()).ToHashSet();
        var named = report.GetProperty("infections").EnumerateArray()
            .Where(line => line.GetProperty("infections").EnumerateArray().Any(
                one => one.TryGetProperty("kind", out var kind) && kind.GetString() == "peer-to-peer"))
            .Select(line => line.GetProperty("subject").GetString()).ToHashSet();
        Assert.Subset(named, lines);
        var cases = report.GetProperty("infected").EnumerateArray()
            .Select(line => line.GetProperty("subject").GetString()).ToHashSet();
        Assert.Subset(cases, lines);
    }

    [Fact]
    public async Task Without_such_a_net_nobody_is_in_a_group_whatever_files_are_shared()
    {
        var (report, figures) = await RunAsync("--seed", "2");

        Assert.Equal(0, figures["peerNets"]);
        Assert.Equal(0, report.GetProperty("peers").GetProperty("groups").GetArrayLength());
        Assert.InRange(figures["peerP"], 0.05, 1);
    }

    private async Task<(JsonElement Report, Dictionary<string, double> Figures)> RunAsync(params string[] options)
    {
        var (lab, made) = (_folder.At("lab"), _folder.At("report"));
        await DoneAsync(["lab", "--out", lab, .. Provider, .. options]);
        await DoneAsync(
            "analyze", Path.Combine(lab, "export.pcap"), "--networks", $"@{Path.Combine(lab, "networks.txt")}",
            "--watchlist", Path.Combine(lab, "watchlist.txt"), "--profile", "lab", "--out", made);
        var report = Path.Combine(made, "report.json");
        var score = await WeirProcess.RunAsync(
            "lab", "score", "--truth", Path.Combine(lab, "truth.json"), "--report", report, "-o", "json");
        return (
            JsonDocument.Parse(await File.ReadAllTextAsync(report)).RootElement,
            JsonDocument.Parse(score.Out).RootElement.GetProperty("figures").EnumerateArray().ToDictionary(
                f => f.GetProperty("name").GetString()!, f => f.GetProperty("value").GetDouble()));
    }

    private static async Task DoneAsync(params string[] arguments)
    {
        var run = await WeirProcess.RunAsync(arguments);
        Assert.True(run.ExitCode == 0, $"exit {run.ExitCode}: {run.Error}");
    }
}
