// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd;

/// <summary>A run compares in memory and needs no store; with one it finds the same to the last digit; what does not
/// fit is refused with the memory that it needs.</summary>
public sealed partial class AnalyzeMemoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("v9", "--subscribers", "4000", "--bots", "80", "--nets", "3", "--flows", "250000", "--seed", "5")]
    [InlineData("v9", "--subscribers", "9000", "--bots", "150", "--nets", "5", "--flows", "400000", "--seed", "6",
        "--sampling", "4", Traits = ["Run", "prove", "Part", "again"])]
    [InlineData("ipfix", "--subscribers", "6000", "--bots", "120", "--nets", "4", "--flows", "300000", "--seed", "7",
        "--biflow", "--ipv6-share", "0.5", "--popular-wrong-entry", Traits = ["Run", "prove", "Part", "again"])]
    [InlineData("v5", "--subscribers", "5000", "--bots", "100", "--nets", "3", "--flows", "250000", "--seed", "8",
        Traits = ["Run", "prove", "Part", "again"])]
    public async Task A_report_is_the_same_in_memory_and_by_the_store(string protocol, params string[] options)
    {
        var lab = await SimulateAsync(["--protocol", protocol, .. options]);
        var store = _folder.At("store");

        var memory = await ReportAsync(lab, "memory");
        var kept = await ReportAsync(lab, "kept", "--keep", store);

        Assert.True(memory["family"]!["endpoints"]!.GetValue<long>() > 1_000, "too few endpoints to prove anything");
        Assert.True(memory["family"]!["permutations"]!.GetValue<int>() > 0, "no permuted run");
        Assert.NotEmpty(memory["candidates"]!.AsArray());
        Assert.NotEmpty(memory["rollups"]!.AsArray());
        Assert.Equal(kept.ToJsonString(), memory.ToJsonString());
        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(store));

        var twice = await AnalyzeAsync(lab, "twice", [], "--keep", store);
        Assert.Equal(2, twice.ExitCode);
        Assert.Contains($"--keep {store} is not empty", twice.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pairs_that_do_not_fit_are_refused_with_the_memory_they_need_and_that_suffices()
    {
        var lab = await SimulateAsync("--subscribers", "2000", "--flows", "250000", "--seed", "9");

        var refused = await AnalyzeAsync(lab, "refused", [], "--memory", "34");
        Assert.Equal(1, refused.ExitCode);
        Assert.False(Directory.Exists(_folder.At("refused")), "a run that was refused reported");
        var needed = int.Parse(
            Needed().Match(refused.Error).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(1, (await AnalyzeAsync(lab, "refused", [], "--memory", $"{needed - 1}")).ExitCode);
        var done = await AnalyzeAsync(lab, "done", [], "--memory", $"{needed}");
        Assert.True(done.ExitCode == 0, done.Error);
    }

    [Fact]
    public async Task No_store_is_started_unless_pairs_are_to_be_kept()
    {
        var lab = await SimulateAsync("--subscribers", "500", "--bots", "40", "--nets", "2", "--flows", "20000");
        var nowhere = ("WEIR_CHDB", _folder.At("no-such-engine.so"));

        var memory = await AnalyzeAsync(lab, "memory", [nowhere]);
        Assert.True(memory.ExitCode == 0, memory.Error);

        var kept = await AnalyzeAsync(lab, "kept", [nowhere], "--keep", _folder.At("store"));
        Assert.Equal(1, kept.ExitCode);
        Assert.Contains("WEIR_CHDB", kept.Error, StringComparison.Ordinal);
    }

    private async Task<string> SimulateAsync(params string[] options)
    {
        var lab = _folder.At("lab");
        var made = await WeirProcess.RunAsync(["lab", "--out", lab, .. options]);
        Assert.True(made.ExitCode == 0, made.Error);
        return lab;
    }

    /// <summary>The report but for what a clock says.</summary>
    private async Task<JsonNode> ReportAsync(string lab, string name, params string[] options)
    {
        var done = await AnalyzeAsync(lab, name, [], options);
        Assert.True(done.ExitCode == 0, done.Error);
        var report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.At(name), "report.json")))!;
        Assert.True(report.AsObject().Remove("timing"));
        foreach (var list in report["watchlists"]!.AsArray())
        {
            Assert.True(list!.AsObject().Remove("ageSeconds"));
        }

        return report;
    }

    private Task<WeirResult> AnalyzeAsync(
        string lab, string name, (string Name, string Value)[] environment, params string[] options) =>
            WeirProcess.RunAsync(environment, [
                "analyze", Path.Combine(lab, "export.pcap"), "--networks", $"@{Path.Combine(lab, "networks.txt")}",
                "--watchlist", Path.Combine(lab, "watchlist.txt"), "--profile", "lab", "--out", _folder.At(name),
                .. options]);

    [GeneratedRegex(@"need (\d+) MiB of memory")]
    private static partial Regex Needed();
}
