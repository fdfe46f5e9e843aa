// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Weir.Desk.Reporting.Transparency;

/// <summary>The transparency reports of quarters that are over, as they were written beside the other
/// reports.</summary>
internal sealed partial class PublishedTransparency(string folder)
{
    private const string Prefix = "transparency-";
    private const string Suffix = ".json";

    /// <summary>Quarters that have one, such as <c>2026Q1</c>, oldest first.</summary>
    public IReadOnlyList<string> Quarters() => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}")
            .Select(path => Path.GetFileName(path)[Prefix.Length..^Suffix.Length])
            .Where(name => Quarter().IsMatch(name)).Order(StringComparer.Ordinal),
    ];

    /// <summary>A quarter's report, JSON of schema <c>weir.transparency/1</c>; null where there is none.</summary>
    public string? Read(string quarter) => Quarters().Contains(quarter)
        ? File.ReadAllText(Path.Combine(folder, Prefix + quarter + Suffix))
        : null;

    [GeneratedRegex("^[0-9]{4}Q[1-4]$")]
    private static partial Regex Quarter();
}
