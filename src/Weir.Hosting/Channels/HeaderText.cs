// SPDX-License-Identifier: Apache-2.0
//
// Text in a header of a mail. What is not plain becomes encoded words (RFC 2047), so that neither a line break nor a
// letter that the way does not carry ever stands in one.
using System.Text;

namespace Weir.Hosting.Channels;

/// <summary>Text as it stands in a header.</summary>
public static class HeaderText
{
    /// <summary>Octets of text in one encoded word: with its frame and the longest name of ours a line stays under 76
    /// (RFC 2047 section 2).</summary>
    private const int OctetsInWord = 36;

    private const int LongestPlain = 60;

    /// <summary>Whether a text holds what ends or hides a line.</summary>
    public static bool HasControls(string text) => text.Any(char.IsControl);

    /// <summary>A subject or other unstructured text.</summary>
    public static string Encode(string text) =>
        text.Length <= LongestPlain && IsPrintable(text)
        && !text.Contains("=?", StringComparison.Ordinal) && text == text.Trim(' ')
            ? text
            : EncodeWords(text);

    /// <summary>A name before an address: a quoted string, or encoded words.</summary>
    public static string Phrase(string name) =>
        name.Length <= LongestPlain && IsPrintable(name) && !name.Contains("=?", StringComparison.Ordinal)
            ? $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : EncodeWords(name);

    /// <summary>A parameter such as a file's name (RFC 2231 section 4).</summary>
    public static string Parameter(string name, string value) =>
        IsPrintable(value) && !value.AsSpan().ContainsAny('"', '\\')
            ? $"{name}=\"{value}\""
            : $"{name}*=utf-8''{Uri.EscapeDataString(value)}";

    private static bool IsPrintable(string text) => text.All(c => c is >= ' ' and <= '~');

    private static string EncodeWords(string text)
    {
        var words = new List<string>();
        var (word, length) = (new StringBuilder(), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (length + rune.Utf8SequenceLength > OctetsInWord)
            {
                words.Add(EncodeWord(word));
                (word, length) = (new StringBuilder(), 0);
            }

            _ = word.Append(rune.ToString());
            length += rune.Utf8SequenceLength;
        }

        words.Add(EncodeWord(word));
        return string.Join("\r\n ", words);
    }

    private static string EncodeWord(StringBuilder text) =>
        $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text.ToString()))}?=";
}
