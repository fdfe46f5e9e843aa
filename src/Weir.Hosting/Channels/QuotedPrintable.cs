// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Weir.Hosting.Channels;

/// <summary>Text of any letters and any line length as lines of at most 76 plain characters (RFC
/// 2045 section 6.7).</summary>
public static class QuotedPrintable
{
    private const int LongestLine = 76;

    /// <summary>Every kind of line break of the text becomes CRLF; the last line ends with one.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length + (text.Length / 8));
        foreach (var line in Lines(text))
        {
            Line(encoded, Encoding.UTF8.GetBytes(line));
            _ = encoded.Append("\r\n");
        }

        return encoded.ToString();
    }

    private static string[] Lines(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return lines is [_, .., ""] ? lines[..^1] : lines;
    }

    private static void Line(StringBuilder encoded, byte[] octets)
    {
        var column = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            var isLast = i == octets.Length - 1;
            var isPlain = octets[i] is >= (byte)'!' and <= (byte)'~' and not (byte)'='
                || (octets[i] == (byte)' ' && !isLast);
            var width = isPlain ? 1 : 3;
            if (column + width > LongestLine - (isLast ? 0 : 1))
            {
                _ = encoded.Append("=\r\n");
                column = 0;
            }

            _ = isPlain ? encoded.Append((char)octets[i]) : encoded.Append('=')
                .Append(octets[i].ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            column += width;
        }
    }
}
