// SPDX-License-Identifier: Apache-2.0
//
// Who goes where: of a hundred infected lines, and of a hundred others, how many met each endpoint. Widths are rates,
// so that many others do not hide few infected. Figures are those of the report: where it tells a band, the width is
// that of the band's middle and the text is the band.
using System.Globalization;
using Weir.Contracts.Reports;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Words;
using Weir.Desk.Reporting;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Compare;

/// <summary>One endpoint of it.</summary>
/// <param name="Endpoint">As people write it.</param>
/// <param name="IsShared">Too many others use it.</param>
/// <param name="Infected">Infected lines that met it, as published.</param>
/// <param name="Others">Others, as published.</param>
/// <param name="InfectedRate">Of a hundred infected; null where it is not told.</param>
/// <param name="OthersRate">Of a hundred others; null where it is not told.</param>
internal sealed record SankeyRow(
    string Endpoint, bool IsShared, PublishedValue Infected, PublishedValue Others, double? InfectedRate,
    double? OthersRate)
{
    public double Width => (InfectedRate ?? 0) + (OthersRate ?? 0);
}

/// <summary>Draws it, with a table of the same beside it.</summary>
internal static class SankeyPlot
{
    /// <summary>Endpoints of a drawing: the first places.</summary>
    public const int Most = 12;

    private const int Width = 640;
    private const int Left = 118;
    private const int Right = 408;
    private const int Bar = 12;
    private const int Top = 14;
    private const int RowHeight = 30;
    private const int Gap = 26;
    private const double Thinnest = 1;

    /// <summary>What is drawn of a run.</summary>
    public static IReadOnlyList<SankeyRow> Rows(Report report) =>
    [
        .. report.Candidates.Take(Most).Select(one => new SankeyRow(
            EvidenceAnonymizer.NameOf(one), one.Status == "shared", one.Cases, one.Others,
            Rate(one.Cases, report.Subjects.Cases), Rate(one.Others, report.Subjects.Controls)))
            .Where(row => row.Width > 0),
    ];

    /// <summary>The drawing; what would come where there is none.</summary>
    public static Markup Draw(ConsoleWords words, Report report)
    {
        var rows = Rows(report);
        if (rows.Count == 0)
        {
            return Ui.Empty(words["sankey.none"], words["sankey.none.text"]);
        }

        return Markup.Format($"""
            <div class="cols"><div class="c7 hide1">{Svg(words, rows)}
            <ul class="key">{Key("b1", words["sankey.infected"])}{Key("b2", words["sankey.others"])}<li>{words["sankey.widths"]}</li>
            </ul></div>
            <div class="c5">{TableMarkup.Render(words, Columns(words), rows, words["sankey.title"])}</div></div>
            """);
    }

    private static Markup Key(string kind, string name) => Markup.Format($"""
        <li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="{kind}" width="10" height="10"/></svg>{name}</li>
        """);

    private static TableColumn<SankeyRow>[] Columns(ConsoleWords words) =>
    [
        new("endpoint", row => row.Endpoint) { Class = "lead1", Cell = row => EndpointLink.Write(row.Endpoint) },
        new("of-infected", row => Percent(words, row.InfectedRate))
        {
            Class = "n", Cell = row => Cell(words, row.InfectedRate, row.Infected),
        },
        new("of-others", row => Percent(words, row.OthersRate))
        {
            Class = "n", Cell = row => Cell(words, row.OthersRate, row.Others),
        },
    ];

    private static Markup Cell(ConsoleWords words, double? rate, PublishedValue told) => Markup.Format(
        $"""{Percent(words, rate)} <span class="quiet">({told})</span>""");

    private static Markup Svg(ConsoleWords words, IReadOnlyList<SankeyRow> rows)
    {
        // One scale for both: all that is drawn fills the height.
        var scale = (RowHeight - 8) / rows.Max(row => row.Width);
        double Thick(double? rate) => rate is > 0 ? Math.Max(Thinnest, rate.Value * scale) : 0;
        var infected = rows.Sum(row => Thick(row.InfectedRate));
        var others = rows.Sum(row => Thick(row.OthersRate));
        var height = Math.Max((2 * Top) + (rows.Count * RowHeight), (2 * Top) + infected + Gap + others);
        var fromInfected = (height - infected - Gap - others) / 2;
        var fromOthers = fromInfected + infected + Gap;
        List<Markup> parts =
        [
            Node(fromInfected, infected, "b1", words["sankey.infected"]),
            Node(fromOthers, others, "b2", words["sankey.others"]),
        ];
        foreach (var (row, i) in rows.Select((row, i) => (row, i)))
        {
            var (a, b) = (Thick(row.InfectedRate), Thick(row.OthersRate));
            var at = ((height - (rows.Count * RowHeight)) / 2) + (i * RowHeight) + ((RowHeight - a - b) / 2);
            parts.Add(Link("inf", fromInfected + (a / 2), at + (a / 2), a));
            parts.Add(Link("oth", fromOthers + (b / 2), at + a + (b / 2), b));
            (fromInfected, fromOthers) = (fromInfected + a, fromOthers + b);
            parts.Add(Markup.Format($"""
                {Block(row.IsShared ? "b3" : "b0", Right, at, a + b)}
                <text class="mono" x="{Right + Bar + 6}" y="{at + ((a + b) / 2) + 4:0.#}">{row.Endpoint}</text>
                """));
        }

        return Markup.Format($"""
            <svg class="plot" viewBox="0 0 {Width} {height:0.#}" role="img"
            aria-label="{words.Fill("sankey.label", ("n", words.Number(rows.Count)))}">{Markup.Join(parts)}</svg>
            """);
    }

    private static Markup Node(double at, double height, string kind, string name) => Markup.Format($"""
        {Block(kind, Left - Bar, at, height)}
        <text class="e" x="{Left - Bar - 6}" y="{at + (height / 2) + 4:0.#}">{name}</text>
        """);

    private static Markup Block(string kind, int x, double y, double height) => Markup.Format(
        $"""<rect class="{kind}" x="{x}" y="{y:0.#}" width="{Bar}" height="{Math.Max(Thinnest, height):0.#}"/>""");

    private static Markup Link(string kind, double from, double to, double width)
    {
        const int Middle = (Left + Right) / 2;
        return width <= 0 ? Markup.None : Markup.Format($"""
            <path class="sk {kind}" stroke-width="{width:0.##}"
            d="M{Left} {from:0.#}C{Middle} {from:0.#} {Middle} {to:0.#} {Right} {to:0.#}"/>
            """);
    }

    private static double? Rate(PublishedValue some, PublishedValue all) =>
        Middle(some) is { } of && Middle(all) is > 0 and var whole ? Math.Min(100, 100 * of / whole) : null;

    /// <summary>The number, or the middle of its band; null where nothing is told.</summary>
    internal static double? Middle(PublishedValue value)
    {
        static double? Number(string text) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var read)
                ? read : null;
        return value is not { Words: { } band } ? value.Number
            : band.StartsWith('<') ? Number(band[1..]) / 2
            : band.Split('-', '–') is [var low, var high] ? (Number(low) + Number(high)) / 2
            : null;
    }

    private static string Percent(ConsoleWords words, double? rate) => rate is not { } known ? "–"
        : (known is > 0 and < 0.1 ? "<0.1" : known.ToString("0.#", CultureInfo.InvariantCulture))
            .Replace(".", words["format.decimal"], StringComparison.Ordinal) + " %";
}
