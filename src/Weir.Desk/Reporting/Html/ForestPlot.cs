// SPDX-License-Identifier: Apache-2.0
//
// The candidates as a forest plot: one row an endpoint, a dot at IC, a bar down to its lower 95 % bound, on a scale of
// powers of two with "as expected" at zero. Drawn as SVG without a script; the same numbers stand in the table below
// it.
using Weir.Contracts.Reports;
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

internal static class ForestPlot
{
    private const int RowHeight = 26;
    private const int Top = 34;
    private const int Left = 300;
    private const int PlotWidth = 500;
    private const int Width = 1_060;

    /// <summary>Rows drawn at most; the table holds them all.</summary>
    public const int MaxRows = 40;

    public static Markup Draw(IReadOnlyList<ReportCandidate> candidates)
    {
        var rows = candidates.Where(one => one.Ic.IsNumber).Take(MaxRows).ToList();
        if (rows.Count == 0)
        {
            return Markup.None;
        }

        var low = (int)Math.Floor(Math.Min(-1, rows.Min(r => r.Ic025.Number)));
        var high = (int)Math.Ceiling(Math.Max(2, rows.Max(r => r.Ic.Number)) + 0.2);
        var height = Top + (rows.Count * RowHeight) + 46;
        double X(double ic) => Left + ((ic - low) / (high - low) * PlotWidth);

        return Markup.Format($"""
            <figure>
            <svg class="plot" viewBox="0 0 {Width} {height}" role="img" aria-labelledby="plot-title plot-what" font-size="14" font-family="inherit">
            <title id="plot-title">Effect size of each candidate endpoint</title>
            <desc id="plot-what">One row per endpoint: a dot at IC and a bar down to its lower 95 percent bound, IC025. The table that follows holds the same numbers.</desc>
            <g font-size="12.5" font-weight="600"><text x="0" y="16">Endpoint</text><text x="{Left}" y="16">Times as often as expected</text><text x="{Left + PlotWidth + 100}" y="16" text-anchor="end">Observed</text><text x="{Left + PlotWidth + 185}" y="16" text-anchor="end">Expected</text><text x="{Width}" y="16" text-anchor="end">Others</text></g>
            {Grid(low, high, Top + (rows.Count * RowHeight), X)}
            {Markup.Join(rows.Select((row, at) => Row(row, Top + (at * RowHeight) + (RowHeight / 2), X)))}
            </svg>
            <figcaption>Dot: IC, the logarithm to base 2 of observed over expected. Bar: down to its lower 95 % bound; only endpoints whose bar stays right of the line are candidates. Filled circle: candidate. Hollow diamond: shared, too many others use it for a block.{(candidates.Count > MaxRows ? Markup.Format($" The first {MaxRows} of {candidates.Count}; all are in the table.") : Markup.None)}</figcaption>
            </figure>

            """);
    }

    private static Markup Grid(int low, int high, int bottom, Func<double, double> x)
    {
        var step = high - low > 14 ? 2 : 1;
        return Markup.Join(
            Enumerable.Range(low, high - low + 1).Where(at => at % step == 0).Select(at => Markup.Format($"""
            <line x1="{x(at):0.#}" y1="{Top - 6}" x2="{x(at):0.#}" y2="{bottom}" stroke="{(at == 0 ? "var(--ink)" : "var(--line)")}" stroke-width="{(at == 0 ? 1.5 : 1)}"/>
            <text x="{x(at):0.#}" y="{bottom + 17}" text-anchor="middle" font-size="12">{Times(at)}</text>

            """)).Append(Markup.Format($"""<text x="{x(0):0.#}" y="{bottom + 34}" text-anchor="middle" font-size="11.5" style="fill:var(--quiet)">as expected</text>""")));
    }

    private static Markup Row(ReportCandidate row, int y, Func<double, double> x)
    {
        var shared = row.Status == "shared";
        var colour = shared ? "var(--amber)" : "var(--blue)";
        var (from, to) = (x(row.Ic025.Number), x(row.Ic.Number));
        var endpoint = NumberFormatting.Endpoint(row.Remote, row.Port, row.Protocol);
        var mark = shared
            ? Markup.Format($"""<path d="M {to - 7:0.#} {y} L {to:0.#} {y - 7} L {to + 7:0.#} {y} L {to:0.#} {y + 7} Z" fill="var(--paper)" stroke="{colour}" stroke-width="2"/>""")
            : Markup.Format($"""<circle cx="{to:0.#}" cy="{y}" r="6" fill="{colour}"/>""");
        return Markup.Format($"""
            <g><title>{endpoint}: observed {row.Cases}, expected {row.Expected}, others {row.Others}, IC {row.Ic}, IC025 {row.Ic025}, {row.Status}</title>
            <text x="0" y="{y + 5}" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace" font-size="{(endpoint.Length > 34 ? 10.5 : 13)}">{endpoint}</text>
            <line x1="{from:0.#}" y1="{y}" x2="{to:0.#}" y2="{y}" stroke="{colour}" stroke-width="3"/><line x1="{from:0.#}" y1="{y - 6}" x2="{from:0.#}" y2="{y + 6}" stroke="{colour}" stroke-width="2"/>
            {mark}
            <text x="{Left + PlotWidth + 100}" y="{y + 5}" text-anchor="end">{row.Cases}</text><text x="{Left + PlotWidth + 185}" y="{y + 5}" text-anchor="end">{row.Expected}</text><text x="{Width}" y="{y + 5}" text-anchor="end">{row.Others}</text></g>

            """);
    }

    private static string Times(int ic) => ic switch
    {
        < 0 when ic >= -6 => $"1/{1 << -ic}",
        < 0 => $"2^{ic}",
        <= 9 => $"{1 << ic}×",
        _ => $"2^{ic}×",
    };
}
