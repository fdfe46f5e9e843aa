// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd;

/// <summary>The aims of accuracy, held by the program from simulation to score, at a size a test can bear;
/// scripts/lab-accuracy.sh has the full one.</summary>
public sealed class LabAccuracyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("v9", "--subscribers", "20000", "--bots", "200", "--nets", "6", "--flows", "1000000", "--seed", "2")]
    [InlineData("ipfix", "--subscribers", "20000", "--bots", "200", "--nets", "6", "--flows", "1000000", "--seed", "3",
        "--biflow", "--ipv6-share", "0.4")]
    [InlineData("v5", "--subscribers", "20000", "--bots", "200", "--nets", "6", "--flows", "1000000", "--seed", "4")]
    public async Task Infected_and_hidden_CnCs_of_a_simulated_provider_are_found(
        string protocol, params string[] options)
    {
        var lab = _folder.At("lab");
        await DoneAsync(["lab", "--out", lab, "--protocol", protocol, .. options]);
        var report = await AnalyzeAsync(lab, "report");

        var score = await WeirProcess.RunAsync(
            "lab", "score", "--truth", Path.Combine(lab, "truth.json"), "--report", report, "-o", "json");

        Assert.True(score.ExitCode == 0, $"exit {score.ExitCode}: {score.Error}{score.Out}");
        var figures = JsonDocument.Parse(score.Out).RootElement.GetProperty("figures").EnumerateArray()
            .ToDictionary(f => f.GetProperty("name").GetString()!, f => f.GetProperty("value").GetDouble());
        Assert.True(figures["infectedOwed"] >= 80, "the simulation is too poor to prove anything");
        Assert.True(figures["hiddenCncs"] >= 12, "the simulation is too poor to prove anything");
        Assert.True(figures["eventsOwed"] >= 20, "the simulation is too poor to prove anything");
        Assert.Equal(0, figures["eventsNotOwed"]);
        Assert.InRange(figures["eventRecall"], 0.95, 1);
        Assert.InRange(figures["eventPrecision"], 0.95, 1);
        Assert.InRange(figures["triggerMedianSeconds"], 1, 180);
        Assert.True(
            figures["pooledFisherFalse"] > figures["falseCandidates"],
            "strata, veto and cap do no better than pooling");
    }

    [Trait("Run", "prove")]
    [Trait("Part", "again")]
    [Fact]
    public async Task The_same_seed_finds_the_same_twice_and_an_allowed_entry_accuses_nobody()
    {
        var lab = _folder.At("lab");
        await DoneAsync(
            "lab", "--out", lab, "--subscribers", "5000", "--bots", "80", "--nets", "3", "--flows", "250000",
            "--popular-wrong-entry");

        var first = await AnalyzeAsync(lab, "first", "--watchlist", $"{Path.Combine(lab, "allow.txt")},role=allow");
        var again = await AnalyzeAsync(lab, "again", "--watchlist", $"{Path.Combine(lab, "allow.txt")},role=allow");
        var accused = await AnalyzeAsync(lab, "accused");

        Assert.NotEmpty(Part(first, "candidates"));
        foreach (var part in (string[])[
            "candidates", "rollups", "family", "infected", "sightings", "events", "flows", "subjects", "window"])
        {
            Assert.Equal(Part(first, part), Part(again, part));
        }

        var popular = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(lab, "truth.json"))).RootElement
            .GetProperty("wrongEntries")
            .EnumerateArray().Single(w => w.GetProperty("allowed").GetBoolean());
        Assert.True(popular.GetProperty("cleanCount").GetInt32() > 50);
        Assert.True(Count(accused, "infected") - Count(first, "infected") >= 50, "the allow-list changed nothing");
        Assert.Equal(0, (await WeirProcess.RunAsync(
            "lab", "score", "--truth", Path.Combine(lab, "truth.json"), "--report", first)).ExitCode);
    }

    private async Task<string> AnalyzeAsync(string lab, string name, params string[] more)
    {
        var report = _folder.At(name);
        await DoneAsync([
            "analyze", Path.Combine(lab, "export.pcap"), "--networks", $"@{Path.Combine(lab, "networks.txt")}",
            "--watchlist", Path.Combine(lab, "watchlist.txt"), "--profile", "lab", "--subscriber-interface", "1",
            "--out", report, .. more]);
        return Path.Combine(report, "report.json");
    }

    private static async Task DoneAsync(params string[] arguments)
    {
        var result = await WeirProcess.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"exit {result.ExitCode}: {result.Error}");
    }

    private static string Part(string report, string name) =>
        JsonDocument.Parse(File.ReadAllText(report)).RootElement.GetProperty(name).GetRawText();

    private static int Count(string report, string name) =>
        JsonDocument.Parse(File.ReadAllText(report)).RootElement.GetProperty(name).GetArrayLength();
}
