// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Layout;

/// <summary>Drawings of numbers: SVG without a style of its own, stretched to where it stands.</summary>
internal static class Plots
{
    private const int Width = 100;

    /// <summary>A line over an area, from nought.</summary>
    /// <param name="values">Oldest first.</param>
    /// <param name="meaning">What it shows, with its range, for who does not see it.</param>
    /// <param name="height">Of its coordinates.</param>
    public static Markup Spark(IReadOnlyList<double> values, string meaning, int height = 24)
    {
        if (values.Count < 2)
        {
            return Markup.None;
        }

        var most = Math.Max(values.Max(), 1);
        var points = string.Join(' ', values.Select((value, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{(double)i * Width / (values.Count - 1):0.#},{1 + ((height - 2) * (1 - (value / most))):0.#}")));
        return Markup.Format($"""
            <svg class="spark" viewBox="0 0 {Width} {height}" preserveAspectRatio="none" role="img" aria-label="{meaning}"><polygon class="ar" points="0,{height} {points} {Width},{height}"/><polyline class="ln" points="{points}"/></svg>
            """);
    }

    /// <summary>A span on a track, and now.</summary>
    /// <param name="kind">Class of the span.</param>
    /// <param name="from">Of 360 where the span begins.</param>
    /// <param name="until">Of 360 where it ends.</param>
    /// <param name="now">Of 360.</param>
    public static Markup Span(string kind, double from, double until, double now) => Markup.Format($"""
        <svg viewBox="0 0 360 30" preserveAspectRatio="none" aria-hidden="true"><rect class="{kind}" x="{from:0.#}" y="1.5" width="{Math.Max(1.5, until - from):0.#}" height="27"/>{Now(now)}</svg>
        """);

    /// <summary>An empty track, with now.</summary>
    public static Markup Closed(double now) => Markup.Format(
        $"""<svg viewBox="0 0 360 30" preserveAspectRatio="none" aria-hidden="true">{Now(now)}</svg>""");

    private static Markup Now(double now) => Markup.Format($"""<path class="nowline" d="M{now:0.#} 0V30"/>""");
}
