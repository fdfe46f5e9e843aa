// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Cli.Status;

namespace Weir.Tests.House;

/// <summary>What was received and not used is found on one screen: every metric whose name speaks of a loss stands in
/// <see cref="LossCatalogue"/>, as a loss or with the reason why it is none.</summary>
public sealed partial class LossTests
{
    private static readonly string[] Known =
        [.. Metric().Matches(Repository.Read("docs/51-metrics.md")).Select(match => match.Groups["name"].Value)];

    [Fact]
    public void A_metric_that_speaks_of_a_loss_is_on_the_screen_of_status() => Breaches.None(
        Known.Where(name => Loss().IsMatch(name) && LossCatalogue.All.All(loss => loss.Metric != name)
            && !LossCatalogue.Others.ContainsKey(name))
            .Select(name => $"{name}: add it to LossCatalogue.All, or to Others with the reason why nothing is lost"));

    [Fact]
    public void The_catalogue_names_only_metrics_that_there_are() => Breaches.None(
        LossCatalogue.All.Select(loss => loss.Metric).Concat(LossCatalogue.Others.Keys)
            .Where(name => !Known.Contains(name)));

    [GeneratedRegex(@"^\| `(?<name>weir_\w+)`", RegexOptions.Multiline)]
    private static partial Regex Metric();

    [GeneratedRegex("lost|dropped|refus|damaged|torn|given_up|set_aside|fail|truncated|malformed|closed_early|evicted"
        + "|clipped|unknown|missing|late_|paused")]
    private static partial Regex Loss();
}
