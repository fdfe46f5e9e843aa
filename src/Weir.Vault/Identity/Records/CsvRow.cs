// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Weir.Vault.Identity.Records;

/// <summary>Splits lines of CSV (RFC 4180, one record a line) and finds columns by name.</summary>
internal static class CsvRow
{
    /// <summary>The fields of a line; null where a quote is not closed.</summary>
    public static List<string>? Split(string line)
    {
        var fields = new List<string>(16);
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var letter = line[i];
            if (quoted)
            {
                if (letter != '"')
                {
                    field.Append(letter);
                }
                else if (i + 1 < line.Length && line[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (letter == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (letter == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(letter);
            }
        }

        fields.Add(field.ToString());
        return quoted ? null : fields;
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
