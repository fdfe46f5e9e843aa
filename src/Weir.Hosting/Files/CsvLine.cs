// SPDX-License-Identifier: Apache-2.0
//
// One line of separated values (RFC 4180 quoting, one record a line). What may be wrong: a quote that is not closed.
// What it costs is the caller's to say: a list takes the rest of the line as the field, a table refuses the line.
using System.Text;

namespace Weir.Hosting.Files;

/// <summary>Splits a line into its fields.</summary>
public static class CsvLine
{
    /// <summary>The fields of a line without its line end: at least one, blanks around them and their quotes taken off,
    /// a doubled quote inside quotes once.</summary>
    /// <param name="line">The line.</param>
    /// <param name="separator">Between two fields, such as a comma.</param>
    /// <param name="isClosed">False where the last field's quote is not closed.</param>
    public static List<string> Split(string line, char separator, out bool isClosed)
    {
        var fields = new List<string>(16);
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            foreach (var part in line.AsSpan().Split(separator))
            {
                fields.Add(line.AsSpan()[part].Trim().ToString());
            }

            isClosed = true;
            return fields;
        }

        var field = new StringBuilder();
        var isBlank = true;
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var letter = line[i];
            if (isQuoted)
            {
                if (letter != '"')
                {
                    field.Append(letter);
                }
                else if (i + 1 < line.Length && line[i + 1] == '"')
                {
                    field.Append(line[i++]);
                }
                else
                {
                    isQuoted = false;
                }
            }
            else if (letter == '"' && isBlank)
            {
                field.Clear();
                (isQuoted, isBlank) = (true, false);
            }
            else if (letter == separator)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
                isBlank = true;
            }
            else
            {
                field.Append(letter);
                isBlank = isBlank && char.IsWhiteSpace(letter);
            }
        }

        fields.Add(field.ToString().Trim());
        isClosed = !isQuoted;
        return fields;
    }
}
