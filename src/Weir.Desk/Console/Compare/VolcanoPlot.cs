// SPDX-License-Identifier: Apache-2.0
//
// Effect against significance: how many times as often as expected, and the order of magnitude of q. Figures are places
// in the queue. What was tested and is no candidate is in no report, so no cloud of it is drawn.
using System.Globalization;
using Weir.Contracts.Reports;
using Weir.Hosting.Html;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Words;

namespace Weir.Desk.Console.Compare;

/// <summary>Draws candidates whose figures are told.</summary>
internal static class VolcanoPlot
{
    private const int Width = 620;
    private const int Height = 336;
    private const int Left = 52;
    private const int Right = 604;
    private const int Top = 18;
    private const int Bottom = 302;

    /// <summary>Beyond it all is as certain.</summary>
    private const double MostPower = 60;

    private const int Step = 10;

    public static Markup Draw(ConsoleWords words, ReportFamily family, IReadOnlyList<(int Place, ReportCandidate One)> all)
    {
        List<(int Place, ReportCandidate One, double Power)> drawn =
            [.. all.Where(one => one.One.Ic.IsNumber && PowerOf(one.One.Q) is not null)
                .Select(one => (one.Place, one.One, PowerOf(one.One.Q)!.Value))];
        if (drawn.Count == 0)
        {
            return Ui.Empty(words["volcano.none"], words["volcano.none.text"]);
        }

        var low = (int)Math.Floor(Math.Min(-1, drawn.Min(one => one.One.Ic.Number)));
        var high = (int)Math.Ceiling(Math.Max(2, drawn.Max(one => one.One.Ic.Number)) + 0.2);
        var most = Math.Ceiling(Math.Max(Step, drawn.Max(one => one.Power)) / Step) * Step;
        double X(double ic) => Left + ((ic - low) / (high - low) * (Right - Left));
        double Y(double power) => Bottom - (power / most * (Bottom - Top));
        var limit = Y(-Math.Log10(Math.Clamp(family.Q, 1e-10, 1)));
        var missing = all.Count - drawn.Count;
        return Markup.Format($"""
            <svg class="plot" viewBox="0 0 {Width} {Height}" role="img" aria-label="{words.Fill("volcano.label", ("n", words.Number(drawn.Count)))}">{Grid(low, high, X)}{Powers(most, Y)}<path class="thr" d="M{Left} {limit:0.#}H{Right}"/><text class="e" x="{Right}" y="{limit - 5:0.#}">q = {family.Q.ToString("0.###", CultureInfo.InvariantCulture)}</text>{Markup.Join(drawn.OrderByDescending(one => one.Place).Select(one => Point(one.Place, one.One, X(one.One.Ic.Number), Y(one.Power))))}<text class="q m" x="{(Left + Right) / 2}" y="{Height - 2}">{words["volcano.x"]}</text></svg>
            <ul class="key"><li><svg viewBox="0 0 10 10" aria-hidden="true"><circle class="pt" cx="5" cy="5" r="4"/></svg>{words["candidate-status.candidate"]}</li><li><svg viewBox="0 0 10 10" aria-hidden="true"><path class="pt sh" d="M1 5L5 1L9 5L5 9Z"/></svg>{words["candidate-status.shared"]}</li><li>{words["volcano.y"]}</li>{(missing == 0 ? Markup.None : Markup.Format($"<li>{words.Count("volcano.missing", missing)}</li>"))}</ul>
            """);
    }

    /// <summary>How many powers of ten below one; null where it is not told.</summary>
    internal static double? PowerOf(PublishedValue q)
    {
        var value = q.IsNumber ? q.Number
            : double.TryParse(q.Words!.TrimStart('<'), NumberStyles.Float, CultureInfo.InvariantCulture, out var read)
                ? read : double.NaN;
        return double.IsNaN(value) ? null : Math.Min(MostPower, -Math.Log10(Math.Clamp(value, 1e-300, 1)));
    }

    private static Markup Point(int place, ReportCandidate one, double x, double y)
    {
        var mark = one.Status == "shared"
            ? Markup.Format($"""<path class="pt sh" d="M{x - 6:0.#} {y:0.#}L{x:0.#} {y - 6:0.#}L{x + 6:0.#} {y:0.#}L{x:0.#} {y + 6:0.#}Z"/>""")
            : Markup.Format($"""<circle class="pt" cx="{x:0.#}" cy="{y:0.#}" r="5.5"/>""");
        return Markup.Format($"""
            <g><title>{one.Remote} {one.Protocol} {one.Port}: {IntervalPlot.Times(one.Ic.Number)}, q {one.Q}</title>{mark}<text x="{x + 8:0.#}" y="{y + 4:0.#}">{place}</text></g>
            """);
    }

    private static Markup Grid(int low, int high, Func<double, double> x)
    {
        var step = high - low > 12 ? 2 : 1;
        return Markup.Join(Enumerable.Range(low, high - low + 1).Where(at => at % step == 0).Select(at => Markup.Format(
            $"""<path class="{(at == 0 ? "g0" : "g")}" d="M{x(at):0.#} {Top - 2}V{Bottom}"/><text class="q m" x="{x(at):0.#}" y="{Bottom + 16}">{IntervalPlot.Word(at)}</text>""")));
    }

    private static Markup Powers(double most, Func<double, double> y) => Markup.Join(
        Enumerable.Range(0, (int)(most / Step) + 1).Select(at => Markup.Format(
            $"""<path class="g" d="M{Left} {y(at * Step):0.#}H{Right}"/><text class="q e" x="{Left - 6}" y="{y(at * Step) + 4:0.#}">{(at == 0 ? "1" : $"1e-{at * Step}")}</text>""")));
}
