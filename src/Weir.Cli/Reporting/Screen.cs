// SPDX-License-Identifier: Apache-2.0
//
// What people read on a screen: lines as wide as the terminal is, a hundred columns where there is none. A line that is
// longer goes on below it.
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weir.Cli.Reporting;

/// <summary>Width of a screen, and text on it.</summary>
internal static class Screen
{
    /// <summary>Behind these a word that fits no line is broken.</summary>
    private static readonly SearchValues<char> _marks = SearchValues.Create(",;:/-=");

    /// <summary>Columns where no terminal says another number.</summary>
    public const int Usual = 100;

    private const int Narrowest = 60;

    /// <summary>Words up to this length stay whole.</summary>
    private const int LongestWhole = 24;

    /// <summary>Columns of what a writer writes to.</summary>
    public static int WidthOf(TextWriter to) =>
        ReferenceEquals(to, Console.Out) && !Console.IsOutputRedirected && Console.WindowWidth is var wide and > 0
            ? Math.Max(Narrowest, wide)
            : Usual;

    /// <summary>A text on one line, of which a terminal takes no orders: control characters, and those that turn or end
    /// a line, are spaces.</summary>
    public static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator ? ' ' : c));

    /// <summary>Writes a sentence, as many lines as it needs.</summary>
    /// <param name="text">The sentence.</param>
    /// <param name="to">Where it is written.</param>
    /// <param name="indent">Columns before each line but the first.</param>
    public static void WriteLine(string text, TextWriter to, int indent = 0)
    {
        foreach (var (line, at) in Wrap(Clean(text), WidthOf(to) - indent).Select((line, at) => (line, at)))
        {
            to.Write((at == 0 ? "" : new string(' ', indent)) + line + "\n");
        }
    }

    /// <summary>The least columns in which a text can stand: its longest word, of which a long one is broken.</summary>
    public static int LeastWidth(string text) =>
        Math.Min(
            LongestWhole, Words(text, LongestWhole).Select(word => word.TrimEnd(' ').Length).DefaultIfEmpty(0).Max());

    /// <summary>Lines of at most so many columns, at least one. Broken behind a space; a longer word behind a mark
    /// such as a comma, and where it has none, anywhere.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width)
    {
        if (text.Length <= width)
        {
            return [text];
        }

        var (lines, line) = (new List<string>(), new StringBuilder());
        foreach (var word in Words(text, Math.Min(width, LongestWhole)).SelectMany(word => Pieces(word, width)))
        {
            if (line.Length > 0 && line.Length + word.TrimEnd(' ').Length > width)
            {
                lines.Add(line.ToString().TrimEnd(' '));
                _ = line.Clear();
            }

            _ = line.Append(word);
        }

        lines.Add(line.ToString().TrimEnd(' '));
        return lines;
    }

    /// <summary>Words with the spaces behind them; those longer than <paramref name="whole"/> in parts.</summary>
    private static IEnumerable<string> Words(string text, int whole)
    {
        for (var begin = 0; begin < text.Length;)
        {
            var space = text.IndexOf(' ', begin);
            var end = space < 0 ? text.Length : space;
            var isWhole = end - begin <= whole;
            while (!isWhole && begin < end)
            {
                var mark = text.AsSpan(begin, end - begin).IndexOfAny(_marks);
                if (mark < 0)
                {
                    break;
                }

                yield return text.Substring(begin, mark + 1);
                begin += mark + 1;
            }

            while (end < text.Length && text[end] == ' ')
            {
                end++;
            }

            if (begin < end)
            {
                yield return text[begin..end];
            }

            begin = end;
        }
    }

    private static IEnumerable<string> Pieces(string word, int width)
    {
        for (; word.TrimEnd(' ').Length > width; word = word[width..])
        {
            yield return word[..width];
        }

        yield return word;
    }
}
