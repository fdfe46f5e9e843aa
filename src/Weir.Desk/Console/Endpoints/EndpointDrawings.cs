// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Endpoints;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Endpoints;

/// <summary>What was published of an endpoint, window by window, drawn and as a table.</summary>
internal static class EndpointDrawings
{
    /// <summary>Windows that are drawn; the file has all.</summary>
    private const int MostDrawn = 14;

    private const int Width = 620;
    private const int Bottom = 110;
    private const int Top = 12;
    private const int Left = 34;

    /// <summary>For a file; the page draws them.</summary>
    public static TableColumn<EndpointWindow>[] Columns { get; } =
    [
        new("run", one => one.Run), new("from", one => $"{one.From:u}"), new("until", one => $"{one.Until:u}"),
        new("lists", one => one.Lists), new("lines", one => one.Lines), new("state", one => $"{one.Status} {one.State}".Trim()),
        new("infected", one => one.Infected), new("expected", one => one.Expected), new("others", one => one.Others),
        new("q", one => one.Q), new("times", one => Text(one.Ic)), new("times-025", one => Text(one.Ic025)),
        new("why", one => one.Why), new("rests-on", one => string.Join(' ', one.RestsOn)),
    ];

    /// <summary>Bars of lines by window; words where no number was published.</summary>
    public static Markup Lines(ConsoleCall call, IReadOnlyList<EndpointWindow> windows)
    {
        var words = call.Words;
        List<(EndpointWindow Window, string Figure)> drawn =
        [
            .. OfDays(windows.Where(one => one.Lines.Length + one.Infected.Length > 0))
                .Select(one => (one, one.Lines.Length > 0 ? one.Lines : one.Infected)),
        ];
        if (drawn.Count == 0)
        {
            return Ui.Empty(words["endpoint.lines.none"], words["endpoint.lines.none.text"]);
        }

        var most = Math.Max(10, drawn.Max(one => NumberOf(one.Figure) ?? 0));
        var step = (Width - Left) / (double)Math.Max(drawn.Count, 6);
        var bars = drawn.Select((one, i) => Bar(call, one.Window, one.Figure, (Left + (i * step), step, most)));
        return Markup.Format($"""
            <svg class="plot" viewBox="0 0 {Width} 132" role="img" aria-label="{words["endpoint.lines"]}: {string.Join(", ", drawn.Select(one => $"{one.Figure} {words.Time(one.Window.Until, call.Now)}"))}"><path class="g" d="M{Left} {Top}H{Width}"/><text class="q e" x="{Left - 6}" y="{Top + 4}">{words.Number((long)most)}</text>{Markup.Join(bars)}<path class="g0" d="M{Left} {Bottom}H{Width}"/></svg>
            """);
    }

    /// <summary>How many times as often as expected, by window; nothing where no window tells.</summary>
    public static Markup Intervals(ConsoleCall call, IReadOnlyList<EndpointWindow> windows)
    {
        var words = call.Words;
        List<Interval> rows =
        [
            .. OfDays(windows.Where(one => one is { Ic: not null, Ic025: not null })).Select(one =>
                new Interval(words.Time(one.Until, call.Now), one.Ic!.Value, one.Ic025!.Value, one.Status == "shared", one.Infected)),
        ];
        var latest = windows.FirstOrDefault(one => one.Status.Length > 0);
        var why = latest is null ? Markup.None : Markup.Format($"""<p class="small">{Ui.Said(words, latest.Why)}{(latest.Q.Length > 0 ? $" (q {latest.Q})" : "")}</p>""");
        return rows.Count == 0
            ? Markup.Format($"{Ui.Empty(words["endpoint.times.none"], words["endpoint.times.none.text"])}{why}")
            : Markup.Format($"{IntervalPlot.Rows(rows, (words["column.until"], words["column.infected"]), words.Count("endpoint.times.label", rows.Count))}{why}");
    }

    /// <summary>The newest window of each day, oldest first: runs of one day say the same again.</summary>
    private static IEnumerable<EndpointWindow> OfDays(IEnumerable<EndpointWindow> windows) => windows
        .GroupBy(one => one.Until.UtcDateTime.Date).Select(day => day.MaxBy(one => one.Until)!)
        .OrderByDescending(one => one.Until).Take(MostDrawn).Reverse();

    private static Markup Bar(
        ConsoleCall call, EndpointWindow window, string figure, (double X, double Step, double Most) at)
    {
        var (middle, day) = (at.X + (at.Step / 2), window.Until.AddSeconds(-1).UtcDateTime);
        var height = NumberOf(figure) is { } value ? value / at.Most * (Bottom - Top) : 0;
        var bar = height == 0 ? Markup.None : Markup.Format(
            $"""<rect class="b1" x="{at.X + (at.Step * 0.18):0.#}" y="{Bottom - height:0.#}" width="{at.Step * 0.64:0.#}" height="{height:0.#}"/>""");
        return Markup.Format(
            $"""{bar}<text class="{(height == 0 ? "q m" : "m")}" x="{middle:0.#}" y="{Bottom - height - 4:0.#}">{figure}</text><text class="q m" x="{middle:0.#}" y="126">{call.Words.Day(day)}</text>""");
    }

    private static double? NumberOf(string figure) =>
        double.TryParse(figure, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(double? value) => value?.ToString("0.###", CultureInfo.InvariantCulture) ?? "";
}
