// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace Weir.EndToEnd.Support;

/// <summary>A folder in which the program analyses inputs, and what it wrote there.</summary>
internal sealed class AnalyzedFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public string Json => Path.Combine(_folder.At("out"), "report.json");

    public string Html => Path.Combine(_folder.At("out"), "report.html");

    public string File(string name, string text) => _folder.File(name, text);

    /// <summary>The report in profile <c>lab</c> with one list.</summary>
    public Task<JsonElement> AnalyzeAsync(string networks, string watchlist, params string[] inputs) =>
        RunAsync(networks, ["--watchlist", watchlist], inputs);

    /// <summary>The report in profile <c>lab</c> with any options.</summary>
    public async Task<JsonElement> RunAsync(string networks, string[] options, params string[] inputs)
    {
        var result = await ResultAsync(networks, [.. options, "--profile", "lab"], inputs);
        Assert.Contains("LAB PROFILE", result.Out, StringComparison.Ordinal);
        return JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(Json)).RootElement;
    }

    /// <summary>What the program printed, after a run that must succeed.</summary>
    public async Task<WeirResult> ResultAsync(string networks, string[] options, params string[] inputs)
    {
        var result = await WeirProcess.RunAsync(
            ["analyze", .. inputs, "--networks", networks, .. options, "--out", _folder.At("out")]);
        Assert.True(result.ExitCode == 0, $"exit {result.ExitCode}: {result.Error}");
        Assert.True(System.IO.File.Exists(Html));
        return result;
    }

    public void Dispose() => _folder.Dispose();

    public static string[] Infected(JsonElement report) =>
        [.. report.GetProperty("infected")
            .EnumerateArray().Select(i => i.GetProperty("subject").GetString()!).Order(StringComparer.Ordinal)];

    /// <summary>Nothing is lost silently: what was read went somewhere.</summary>
    public static void Balanced(JsonElement report)
    {
        var flows = report.GetProperty("flows");
        long Of(string name) => flows.GetProperty(name).GetInt64();
        Assert.True(Of("read") > 0);
        Assert.Equal(Of("read"), Of("attributed") + Of("foreign") + Of("internal")
            + Of("spoofed") + Of("excluded") + Of("outsideWindow") + Of("unattributed"));
        Assert.Equal(
            Of("read"), report.GetProperty("inputs").EnumerateArray().Sum(i => i.GetProperty("flows").GetInt64()));
    }
}
