// SPDX-License-Identifier: Apache-2.0
//
// How many times as often as expected, as the report draws it: a bar down to the lower 95 % bound, a circle for a
// candidate, a hollow diamond for one that too many others use; a line at one times, a grid that doubles.
using System.Globalization;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Layout;

/// <summary>One interval.</summary>
/// <param name="Name">What it is of: a window.</param>
/// <param name="Ic">Logarithm to base 2 of observed over expected.</param>
/// <param name="Ic025">Its lower 95 % bound.</param>
/// <param name="IsShared">Too many others use it.</param>
/// <param name="Note">Stands at its end.</param>
internal sealed record Interval(string Name, double Ic, double Ic025, bool IsShared, string Note);

/// <summary>Draws intervals.</summary>
internal static class IntervalPlot
{
    private const int Width = 430;
    private const int Left = 96;
    private const int Right = 356;
    private const int Top = 18;
    private const int RowHeight = 24;

    /// <summary>Several below each other on one scale.</summary>
    /// <param name="rows">In their order.</param>
    /// <param name="heads">Over the names and over the notes.</param>
    /// <param name="meaning">What it shows, for who does not see it.</param>
    public static Markup Rows(IReadOnlyList<Interval> rows, (string Names, string Notes) heads, string meaning)
    {
        var scale = Scale.Of(rows, Left, Right);
        var bottom = Top + (rows.Count * RowHeight);
        return Markup.Format($"""
            <svg class="plot" viewBox="0 0 {Width} {bottom + 22}" role="img" aria-label="{meaning}">{Grid(scale, Top, bottom)}<text class="h" x="0" y="10">{heads.Names}</text><text class="h e" x="{Width}" y="10">{heads.Notes}</text>{Markup.Join(rows.Select((row, i) => Row(row, scale, Top + (i * RowHeight) + (RowHeight / 2))))}</svg>
            """);
    }

    /// <summary>One, small, for a cell.</summary>
    /// <param name="one">The interval.</param>
    /// <param name="all">Those of the table, which share the scale.</param>
    public static Markup Mini(Interval one, IReadOnlyList<Interval> all)
    {
        var scale = Scale.Of(all, 4, 154);
        return Markup.Format($"""
            <svg class="mini" width="158" height="20" viewBox="0 0 158 20" role="img" aria-label="{Times(one.Ic)}, {Times(one.Ic025)}"><path class="g0" d="M{scale.At(0):0.#} 2V18"/>{Mark(one, scale, 10)}</svg>
            """);
    }

    /// <summary>Such as 34×, or ½×.</summary>
    public static string Times(double ic) => string.Create(
        CultureInfo.InvariantCulture, $"{Math.Pow(2, ic):0.##}×");

    private static Markup Row(Interval row, Scale scale, int y) => Markup.Format(
        $"""<text x="0" y="{y + 4}">{row.Name}</text>{Mark(row, scale, y)}<text class="e" x="{Width}" y="{y + 4}">{row.Note}</text>""");

    private static Markup Mark(Interval row, Scale scale, int y)
    {
        var (from, to) = (scale.At(row.Ic025), scale.At(row.Ic));
        var point = row.IsShared
            ? Markup.Format($"""<path class="pt sh" d="M{to - 5:0.#} {y}L{to:0.#} {y - 5}L{to + 5:0.#} {y}L{to:0.#} {y + 5}Z"/>""")
            : Markup.Format($"""<circle class="pt" cx="{to:0.#}" cy="{y}" r="5"/>""");
        return Markup.Format(
            $"""<path class="iv{(row.IsShared ? " sh" : "")}" d="M{from:0.#} {y}H{to:0.#}M{from:0.#} {y - 4}v8"/>{point}""");
    }

    private static Markup Grid(Scale scale, int top, int bottom) => Markup.Join(scale.Marks.Select(at => Markup.Format(
        $"""<path class="{(at == 0 ? "g0" : "g")}" d="M{scale.At(at):0.#} {top}V{bottom}"/><text class="q m" x="{scale.At(at):0.#}" y="{bottom + 16}">{Word(at)}</text>""")));

    /// <summary>A power of two as people read it.</summary>
    public static string Word(int power) => power switch
    {
        -1 => "½×", -2 => "¼×", < 0 => string.Create(CultureInfo.InvariantCulture, $"1/{1L << Math.Min(-power, 60)}×"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{1L << Math.Min(power, 60)}×"),
    };

    /// <summary>Logarithms to base 2 on a line, one times among them.</summary>
    private readonly record struct Scale(int Low, int High, int Left, int Right)
    {
        public static Scale Of(IReadOnlyList<Interval> rows, int left, int right) => new(
            (int)Math.Floor(Math.Min(-1, rows.Min(one => one.Ic025))),
            (int)Math.Ceiling(Math.Max(2, rows.Max(one => one.Ic)) + 0.2), left, right);

        public IEnumerable<int> Marks
        {
            get
            {
                var (low, step) = (Low, High - Low > 8 ? 2 : 1);
                return Enumerable.Range(low, High - low + 1).Where(at => at % step == 0);
            }
        }

        public double At(double power) => Left + ((power - Low) / (High - Low) * (Right - Left));
    }
}
