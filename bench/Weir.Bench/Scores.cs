// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Bench;

/// <summary>One figure beside its aim.</summary>
/// <param name="Area">Decoding, watchlist, ...</param>
/// <param name="What">What was measured.</param>
/// <param name="Measured">The figure with its unit.</param>
/// <param name="Aim">The aim with its unit; empty where there is none.</param>
/// <param name="Ok">Whether it is met; null where there is no aim.</param>
public sealed record Measurement(string Area, string What, string Measured, string Aim, bool? Ok)
{
    /// <summary>A line of five fields with tabulators, as the shell scripts write them too.</summary>
    public string ToLine() =>
        string.Join('\t', Area, What, Measured, Aim, Ok switch { true => "yes", false => "no", null => "-" });

    public static Measurement Parse(string line) =>
        line.Split('\t') is [var area, var what, var measured, var aim, var ok]
            ? new(area, what, measured, aim, ok switch { "yes" => true, "no" => false, _ => null })
            : throw new FormatException($"a line of figures has five fields: '{line}'");
}

/// <summary>Figures as they come: each is printed at once and kept for the table.</summary>
public sealed class Scores(TextWriter output)
{
    private readonly List<Measurement> _all = [];

    public IReadOnlyList<Measurement> All => _all;

    /// <summary>A figure that should be at least so much; an aim of 0 is none.</summary>
    public void AtLeast(string area, string what, double measured, string unit, double aim = 0) =>
        Add(area, what, measured, unit, aim > 0 ? "at least" : "", aim, aim > 0 ? measured >= aim : null);

    /// <summary>A figure that should be at most so much.</summary>
    public void AtMost(string area, string what, double measured, string unit, double aim) =>
        Add(area, what, measured, unit, "at most", aim, measured <= aim);

    private void Add(string area, string what, double measured, string unit, string bound, double aim, bool? ok)
    {
        var score = new Measurement(
            area, what, $"{Text(measured)} {unit}", bound.Length > 0 ? $"{bound} {Text(aim)} {unit}" : "", ok);
        _all.Add(score);
        output.WriteLine($"{area}: {what}: {score.Measured}{(bound.Length > 0 ? $" (aim: {score.Aim})" : "")}");
    }

    private static string Text(double value) => value.ToString(
        Math.Abs(value) >= 100 || value == Math.Floor(value) ? "N0" : "0.##", CultureInfo.InvariantCulture);
}
