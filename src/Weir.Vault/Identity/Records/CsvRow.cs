// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Files;

namespace Weir.Vault.Identity.Records;

/// <summary>Rows of tables with commas: their fields, and columns by name.</summary>
internal static class CsvRow
{
    /// <summary>The fields of a line; null where a quote is not closed.</summary>
    public static List<string>? Split(string line)
    {
        var fields = CsvLine.Split(line, ',', out var isClosed);
        return isClosed ? fields : null;
    }

    /// <summary>Where the first of several names stands in a header, case and underscores aside; -1
    /// where none does.</summary>
    public static int Find(List<string> header, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var at = header.FindIndex(h => Folded(h) == Folded(name));
            if (at >= 0)
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>A field; empty where the column or the field is missing.</summary>
    public static string Field(List<string> fields, int column) =>
        column >= 0 && column < fields.Count ? fields[column].Trim() : "";

    private static string Folded(string name) =>
        name.Trim().TrimStart('\uFEFF').Replace("_", "", StringComparison.Ordinal)
            .Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
}
