// SPDX-License-Identifier: Apache-2.0
//
// A table is its columns: the page, the CSV and their heads follow from one list.
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Layout;

/// <summary>One column.</summary>
/// <param name="Key">Its head in CSV, the same in every language; <c>column.KEY</c> is its head on the page.</param>
/// <param name="Text">A cell as text.</param>
internal sealed record TableColumn<T>(string Key, Func<T, string> Text)
{
    /// <summary>A cell of the page; its text where it needs no more.</summary>
    public Func<T, Markup>? Cell { get; init; }

    /// <summary>Classes of its cells: <c>n</c> for numbers, <c>full</c> and <c>hide1</c> for a phone.</summary>
    public string Class { get; init; } = "";

    /// <summary>Whether it stands on the page; else it is for programs alone.</summary>
    public bool IsShown { get; init; } = true;
}

/// <summary>Writes tables.</summary>
internal static partial class TableMarkup
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",;\t\r\n");
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>For a page.</summary>
    /// <param name="words">Heads.</param>
    /// <param name="columns">In their order.</param>
    /// <param name="rows">In theirs.</param>
    /// <param name="caption">What it is of, for who does not see it.</param>
    public static Markup Render<T>(
        ConsoleWords words, IReadOnlyList<TableColumn<T>> columns, IEnumerable<T> rows, string caption) =>
        Shown(words, [.. columns.Where(column => column.IsShown)], rows, caption);

    private static Markup Shown<T>(
        ConsoleWords words, List<TableColumn<T>> columns, IEnumerable<T> rows, string caption) => Markup.Format($"""
        <div class="scroll"><table class="stack"><caption class="vh">{caption}</caption>
        <thead><tr>{Markup.Join(columns.Select(column => Markup.Format($"""<th scope="col" class="{column.Class}">{words[$"column.{column.Key}"]}</th>""")))}</tr></thead>
        <tbody>
        {Markup.Join(rows.Select(row => Row(words, columns, row)))}</tbody></table></div>
        """);

    private static Markup Row<T>(ConsoleWords words, IReadOnlyList<TableColumn<T>> columns, T row) => Markup.Format($"""
        <tr>{Cells(words, columns, row)}</tr>

        """);

    /// <summary>The cells of one row, for tables that group theirs. A number bears its head, which a phone shows beside
    /// it.</summary>
    public static Markup Cells<T>(ConsoleWords words, IReadOnlyList<TableColumn<T>> columns, T row) =>
        Markup.Join(columns.Select(column => Markup.Format(
            $"""<td class="{column.Class}"{(column.Class.Split(' ').Contains("n") ? Markup.Format($" data-head=\"{words[$"column.{column.Key}"]}\"") : Markup.None)}>{(column.Cell is { } cell ? cell(row) : Markup.Format($"{column.Text(row)}"))}</td>""")));

    /// <summary>The same rows for a program: RFC 4180, UTF-8, a head.</summary>
    public static byte[] Csv<T>(IReadOnlyList<TableColumn<T>> columns, IEnumerable<T> rows)
    {
        var text = new StringBuilder();
        void Line(IEnumerable<string> fields) => text.AppendJoin(',', fields.Select(Field)).Append("\r\n");
        Line(columns.Where(HasText).Select(column => column.Key));
        foreach (var row in rows)
        {
            Line(columns.Where(HasText).Select(column => column.Text(row)));
        }

        return Utf8.GetBytes(text.ToString());
    }

    private static bool HasText<T>(TableColumn<T> column) => column.Key != "pick";

    /// <summary>Quoted where it must be; what a spreadsheet would calculate is text, by an apostrophe in front. One
    /// that cuts at other signs than commas, or does not know quotes, begins a cell within a value too.</summary>
    private static string Field(string value)
    {
        var isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        var safe = isNumber ? value : Formula().Replace(value, "'");
        return safe.AsSpan().ContainsAny(Quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    [GeneratedRegex(@"^(?=[\t\r])|(?<=^|[;\t,\r\n])(?=[=+\-@])")]
    private static partial Regex Formula();
}
