// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Hosting.Metrics;

namespace Weir.Tests.House;

/// <summary>A label outside <see cref="MetricNames.Labels"/> is dropped without a word and its series fall together; so
/// every label that an instrument is given stands in that list, and the list has none that nobody gives.</summary>
public sealed partial class LabelTests
{
    private static readonly (string Path, string Name)[] Given =
    [
        .. from file in Repository.Sources("src")
            where file.Text.Contains("Measurement<", StringComparison.Ordinal)
                || file.Text.Contains("KeyValuePair<string, object?>", StringComparison.Ordinal)
                || file.Text.Contains(".CreateCounter", StringComparison.Ordinal)
            from Match match in Label().Matches(file.Text)
            select (file.Path, match.Groups["name"].Value),
    ];

    [Fact]
    public void Every_label_that_is_given_is_shown() => Breaches.None(
        Given.Where(label => !MetricNames.Labels.Contains(label.Name))
            .Select(label => $"{label.Path}: the label {label.Name} is not in MetricNames.Labels and is dropped"));

    [Fact]
    public void Every_label_of_the_list_is_given() => Breaches.None(
        MetricNames.Labels.Except(Given.Select(label => label.Name))
            .Select(label => $"MetricNames.Labels: nothing gives {label}"));

    [GeneratedRegex("""(?:KeyValuePair<string, object\?>|\bnew)\("(?<name>[a-z_]+)",""")]
    private static partial Regex Label();
}
