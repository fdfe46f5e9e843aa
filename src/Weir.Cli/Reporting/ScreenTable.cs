// SPDX-License-Identifier: Apache-2.0
//
// The printer of listings and reports; `weir status` draws its own. What fits the screen stands on one line a row. Else
// nothing is cut: columns that are empty in every row are left out, then the widest give way and their cells go on
// below; and where that is not enough, or there is one row alone, each row is a block with a line a value.
namespace Weir.Cli.Reporting;

/// <summary>A value of a table as it is shown.</summary>
/// <param name="Text">On one line.</param>
/// <param name="IsNumber">It stands to the right, and is never broken.</param>
internal readonly record struct ScreenCell(string Text, bool IsNumber);

/// <summary>Writes tables of at most so many columns.</summary>
internal static class ScreenTable
{
    private const string Gap = "  ";

    /// <summary>Writes rows under their names.</summary>
    /// <param name="names">A name a column; the first column is never left out or broken.</param>
    /// <param name="rows">As many cells each as there are names.</param>
    /// <param name="width">Columns of the screen; null for as many as the rows need.</param>
    /// <param name="to">Where they are written.</param>
    public static void Write(
        IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<ScreenCell>> rows, int? width, TextWriter to)
    {
        var widths = Widths(names, rows);
        if (width is not { } screen || Total(widths) <= screen)
        {
            WriteLines(names, rows, widths, to);
            return;
        }

        int[] told = [.. Enumerable.Range(0, names.Count).Where(
            at => at == 0 || rows.Any(row => row[at].Text.Length > 0))];
        if (told.Length < names.Count)
        {
            Write([.. told.Select(at => names[at])], [.. rows.Select(row => told.Select(at => row[at]).ToArray())],
                screen, to);
        }
        else if (rows.Count > 1 && IsFitted(widths, Least(names, rows), screen))
        {
            WriteLines(names, rows, widths, to);
        }
        else
        {
            WriteBlocks(names, rows, screen, to);
        }
    }

    /// <summary>Whether rows stand as lines of a table on such a screen, and not as blocks.</summary>
    public static bool Fits(
        IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<ScreenCell>> rows, int screen) =>
        IsFitted(Widths(names, rows), Least(names, rows), screen);

    private static int[] Widths(IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<ScreenCell>> rows) =>
        [.. names.Select((name, at) => rows.Select(row => row[at].Text.Length).Append(name.Length).Max())];

    private static int[] Least(IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<ScreenCell>> rows) =>
        [.. names.Select((name, at) => rows
            .Select(row => at == 0 || row[at].IsNumber ? row[at].Text.Length : Screen.LeastWidth(row[at].Text))
            .Append(name.Length).Max())];

    private static int Total(int[] widths) => widths.Sum() + (Gap.Length * (widths.Length - 1));

    /// <summary>Takes from the widest that can give until all fit; false where they cannot.</summary>
    private static bool IsFitted(int[] widths, int[] least, int screen)
    {
        while (Total(widths) > screen)
        {
            var widest = Enumerable.Range(0, widths.Length).Where(at => widths[at] > least[at])
                .OrderByDescending(at => widths[at]).Append(-1).First();
            if (widest < 0)
            {
                return false;
            }

            widths[widest]--;
        }

        return true;
    }

    private static void WriteLines(
        IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<ScreenCell>> rows, int[] widths, TextWriter to)
    {
        to.Write(string.Join(Gap, names.Select((name, at) => name.PadRight(widths[at]))).TrimEnd() + "\n");
        foreach (var row in rows)
        {
            var cells = row.Select((cell, at) => Screen.Wrap(cell.Text, widths[at])).ToList();
            for (var line = 0; line < cells.Max(cell => cell.Count); line++)
            {
                var shown = cells.Select((cell, at) => (line < cell.Count ? cell[line] : "") is var text
                    && row[at].IsNumber ? text.PadLeft(widths[at]) : text.PadRight(widths[at]));
                to.Write(string.Join(Gap, shown).TrimEnd() + "\n");
            }
        }
    }

    private static void WriteBlocks(
        IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<ScreenCell>> rows, int screen, TextWriter to)
    {
        var head = names.Max(name => name.Length) + Gap.Length;
        var isFirst = true;
        foreach (var row in rows)
        {
            to.Write(isFirst ? "" : "\n");
            isFirst = false;
            for (var at = 0; at < names.Count; at++)
            {
                var lines = row[at].Text.Length == 0 ? [] : Screen.Wrap(row[at].Text, screen - head);
                for (var line = 0; line < lines.Count; line++)
                {
                    to.Write((line == 0 ? names[at] : "").PadRight(head) + lines[line] + "\n");
                }
            }
        }
    }
}
