// SPDX-License-Identifier: Apache-2.0
//
// How much speaks for an endpoint being what commands: a logistic of published weights over features of 0 to 1. What
// the window does not tell counts as the feature's neutral value, which is its mean over candidates of the laboratory,
// and says so in its words. The weights were fitted on laboratory seeds of their own (docs/43-command-accuracy.md) and
// rounded.
using System.Globalization;
using Weir.Contracts.Reports;

namespace Weir.Store.Ranking;

/// <summary>One feature of an endpoint.</summary>
/// <param name="Name">Of <see cref="CommandFeatures"/>.</param>
/// <param name="Value">0 to 1; null where the window does not tell.</param>
/// <param name="Words">What was seen, in words.</param>
internal readonly record struct CommandFeature(string Name, double? Value, string Words);

/// <summary>The scoring table.</summary>
internal static class CommandScore
{
    /// <summary>Log-odds with every feature at 0.</summary>
    public const double Bias = -5.9;

    /// <summary>Log-odds a feature adds at 1, and the value it stands at where nothing is known.</summary>
    public static readonly IReadOnlyList<(string Name, double Weight, double Neutral)> Table =
    [
        (CommandFeatures.First, 1.0, 0.5),
        (CommandFeatures.Precedes, 0.5, 0.3),
        (CommandFeatures.Stays, 3.0, 0.3),
        (CommandFeatures.Regular, 1.5, 0.3),
        (CommandFeatures.Small, 1.0, 0.5),
        (CommandFeatures.Alone, 0.5, 0.5),
        (CommandFeatures.Port, 3.0, 0.3),
        (CommandFeatures.Family, 0.5, 0.8),
        (CommandFeatures.Share, 2.0, 0.5),
        (CommandFeatures.Neighbour, 1.0, 0),
        (CommandFeatures.Others, -1.0, 0),
        (CommandFeatures.Campaign, -3.0, 0),
    ];

    /// <summary>0 to 1, three decimals.</summary>
    public static double Compute(IReadOnlyList<CommandFeature> features)
    {
        var values = features.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
        var odds = Bias + Table.Sum(row => row.Weight * (values.GetValueOrDefault(row.Name) ?? row.Neutral));
        return Math.Round(1 / (1 + Math.Exp(-odds)), 3);
    }

    /// <summary>What carried the score, most first.</summary>
    public static IReadOnlyList<ReportReason> Reasons(IReadOnlyList<CommandFeature> features) =>
    [
        .. from feature in features
           join row in Table on feature.Name equals row.Name
           let carried = feature.Value is { } value ? row.Weight * (value - row.Neutral) : 0
           orderby Math.Abs(carried) descending, feature.Name
           select new ReportReason(
               feature.Name, feature.Value is { } told ? Math.Round(told, 3) : PublishedValue.FromText("undetermined"),
               feature.Words),
    ];

    public static string Words(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
