// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.Tests.Support;

namespace Weir.Tests.House;

/// <summary>What is shipped for Prometheus and Grafana: it speaks of metrics that there are, and fires when it should.
/// </summary>
public sealed partial class DashboardTests
{
    private static readonly string Root = RepositoryRoot.Path;
    private static readonly string Rules = Path.Combine(Root, "dist/weir-alerts.rules.yml");
    private static readonly string Dashboard = Path.Combine(Root, "dist/grafana-weir.json");

    [Fact]
    public async Task The_alert_rules_are_sound_and_fire_and_stay_silent_as_their_cases_say()
    {
        Need.Programs("promtool");
        var folder = Directory.CreateTempSubdirectory("weir-rules-");
        File.Copy(Rules, Path.Combine(folder.FullName, Path.GetFileName(Rules)));
        File.Copy(
            Path.Combine(Root, "tests/Weir.Tests/House/weir-alerts.test.yml"),
            Path.Combine(folder.FullName, "weir-alerts.test.yml"));
        foreach (var words in (string[][])[["check", "rules", Path.GetFileName(Rules)], ["test", "rules", "weir-alerts.test.yml"]])
        {
            using var promtool = Process.Start(new ProcessStartInfo("promtool", words)
            {
                WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var error = promtool.StandardError.ReadToEndAsync();
            var output = await promtool.StandardOutput.ReadToEndAsync();
            await promtool.WaitForExitAsync();
            Assert.True(promtool.ExitCode == 0, $"promtool {words[0]}: {output}{await error}");
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void Rules_and_dashboard_name_only_metrics_that_there_are()
    {
        var known = Metric().Matches(File.ReadAllText(Path.Combine(Root, "docs/51-metrics.md")))
            .Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var named = Metric().Matches(File.ReadAllText(Rules) + File.ReadAllText(Dashboard))
            .Select(match => match.Value).Distinct().ToList();
        Assert.True(named.Count > 20, $"only {named.Count} metrics");
        Breaches.None(named.Where(name => !known.Contains(name)));
    }

    [Fact]
    public void The_dashboard_has_the_shape_that_Grafana_takes()
    {
        var page = JsonDocument.Parse(File.ReadAllText(Dashboard)).RootElement;
        Assert.True(page.GetProperty("schemaVersion").GetInt32() >= 36);
        Assert.Equal("datasource", page.GetProperty("templating").GetProperty("list")[0].GetProperty("type").GetString());
        var panels = page.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        var taken = new HashSet<(int X, int Y)>();
        foreach (var panel in panels)
        {
            Assert.NotEqual("", panel.GetProperty("title").GetString());
            var grid = panel.GetProperty("gridPos");
            int At(string name) => grid.GetProperty(name).GetInt32();
            Assert.InRange(At("x") + At("w"), 1, 24);
            for (var x = At("x"); x < At("x") + At("w"); x++)
            {
                for (var y = At("y"); y < At("y") + At("h"); y++)
                {
                    Assert.True(taken.Add((x, y)), $"{panel.GetProperty("title")} lies over another");
                }
            }

            if (panel.GetProperty("type").GetString() != "row")
            {
                Assert.NotEqual("", panel.GetProperty("targets")[0].GetProperty("expr").GetString());
            }
        }
    }

    [GeneratedRegex(@"weir_[a-z0-9_]+")]
    private static partial Regex Metric();
}
