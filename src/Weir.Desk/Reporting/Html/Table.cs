// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

/// <summary>A column of a table: heading, cell, and the class of both ("n" for numbers, "code"
/// for addresses).</summary>
internal sealed record Column<T>(string Heading, Func<T, Markup> Cell, string Class = "")
{
    /// <summary>Whether it says anything of a row; a column that says nothing of any is left out.</summary>
    public Func<T, bool> Tells { get; init; } = _ => true;
}

internal static class Table
{
    /// <summary>A captioned table that scrolls sideways where the page is too narrow; nothing at
    /// all without rows.</summary>
    public static Markup Create<T>(string caption, IReadOnlyList<T> rows, params Column<T>[] columns) => rows.Count == 0
        ? Markup.None
        : Draw(caption, rows, [.. columns.Where(column => rows.Any(column.Tells))]);

    private static Markup Draw<T>(string caption, IReadOnlyList<T> rows, Column<T>[] columns) =>
        Markup.Format($"""
            <div class="wide" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>
            <thead><tr>{Markup.Join(columns.Select(c => Markup.Format($"<th scope=\"col\" class=\"{c.Class}\">{c.Heading}</th>")))}</tr></thead>
            <tbody>
            {Markup.Join(rows.Select(row => Markup.Format($"<tr>{Markup.Join(columns.Select(c => Markup.Format($"<td class=\"{c.Class}\">{c.Cell(row)}</td>")))}</tr>\n")))}</tbody></table></div>

            """);

    public static Column<T> Text<T>(string heading, Func<T, string> cell, string kind = "") =>
        new(heading, row => Markup.Format($"{cell(row)}"), kind);

    /// <summary>Left out where it is empty in every row.</summary>
    public static Column<T> Optional<T>(string heading, Func<T, string> cell) =>
        Text(heading, cell) with { Tells = row => cell(row).Length > 0 };

    public static Column<T> Number<T>(string heading, Func<T, PublishedValue> cell) =>
        new(heading, row => Markup.Format($"{cell(row)}"), "n");
}

/// <summary>How values are written on the page.</summary>
internal static class NumberFormatting
{
    public static string Endpoint(string remote, ushort port, string protocol) =>
        Weir.Contracts.Flows.Endpoint.Write(remote, port, protocol);

    /// <summary>2026-11-02 14:05:09 UTC without the zone, which the headings name.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    public static string Percent(double share) => share switch
    {
        >= 0.9995 => "~100 %",
        >= 0.0995 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{share * 100:0} %"),
        >= 0.00095 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{share * 100:0.#} %"),
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{share * 100:0.###} %"),
    };

    /// <summary>An effect size with one decimal, so that a column of them lines up.</summary>
    public static string Effect(PublishedValue size) => size.IsNumber
        ? size.Number.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)
        : size.ToString();

    public static string Plural(PublishedValue count, string one, string many) =>
        count is { IsNumber: true, Number: 1 } ? $"1 {one}" : $"{count} {many}";
}
