// SPDX-License-Identifier: Apache-2.0
//
// Floods, spam, scans, reflection and spoofing: what goes on now, measured against the threshold, and what was. Whose
// line it is stands in its case.
using System.Globalization;
using Weir.Contracts.Events;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Happenings;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Happenings;

/// <summary>Events.</summary>
internal static class EventsPage
{
    private const string MostRows = "200";
    private const int MostOpen = 1_000;
    private const int MostLanes = 24;

    /// <summary>Of those that go on, in the table; all are counted.</summary>
    private const int MostShown = 100;

    public static void Map(ConsoleRoutes routes) => routes.Section(
        new(ConsoleHeading.Watch, "events", "events") { Topic = "cases" }, ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var ofRule = ("rule", DetectionRules.Find(call.Query("rule") ?? "") is { IsContact: false } rule ? rule.Id : null);
        return await TablePage.ShowAsync(
            call, call.Words["rail.events"],
            await TablePage.ListAsync(
                call, "events", EventJson.Default.ApiPageEventSummary, MostRows, ofRule,
                (ApiTimes.FromName, TypedFilter.TimeOf(call, ApiTimes.FromName)),
                (ApiTimes.ToName, TypedFilter.TimeOf(call, ApiTimes.ToName))),
            page => new FileTable<EventSummary>("events", Columns(call), page.Items) { Next = page.Next },
            async page =>
            {
                // What goes on may have begun before all rows of a page.
                var open = await call.Api.ListAsync(
                    "events", EventJson.Default.ApiPageEventSummary, MostOpen, ofRule, ("state", "open"));
                return open.Value is { } now ? Page(call, page, now) : Ui.Problem(call.Words, open.Problem!);
            });
    }

    private static Markup Page(ConsoleCall call, ApiPage<EventSummary> page, ApiPage<EventSummary> now)
    {
        var words = call.Words;
        List<EventSummary> open = [.. now.Items
            .OrderByDescending(one => one.Rule.Contains("flood", StringComparison.Ordinal)).ThenByDescending(Ratio)];
        var rules = new FilterChoice("rule", words["column.rule"],
            [.. DetectionRules.All.Where(one => !one.IsContact).Select(one => (one.Id, words.Term("rule", one.Id)))]);
        return Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.events"]}"), Markup.Format($"""<p class="sub">{words["events.sub"]}</p>"""), TablePage.Links(call))}
            <p class="lead"><b>{(open.Count == 0 ? words["events.quiet"] : words.Count("events.open", open.Count))}</b></p>
            {Tiles(call, [.. page.Items.UnionBy(open, one => one.Number)])}
            {(page.Next is null ? Markup.None : Markup.Format($"""<p class="small quiet mt">{words.Fill("events.of-first", ("n", words.Number(page.Items.Count)))}</p>"""))}
            {TypedFilter.Render(call, rules)}
            {Ui.Section(words["events.now"], words["events.now.sub"], open.Count == 0 ? Ui.Empty(words["events.none-open"], words["events.none-open.text"]) : Open(call, open))}
            {(page.Items.Count == 0 ? Markup.None : Ui.Section(words["events.timeline"], words["events.timeline.sub"], Lanes(call, page.Items)))}
            {Ui.Section(words["events.all"], words["events.all.sub"], page.Items.Count == 0 ? Ui.Empty(words["events.none"], words["events.none.text"]) : Markup.Format($"{TableMarkup.Render(words, Columns(call), page.Items, words["events.all"])}{TablePage.More(call, page.Next)}"))}
            {Ui.Section(words["events.mitigate"], words["events.mitigate.sub"], Markup.Format($"""<p class="small">{words["events.mitigate.text"]}</p><pre class="conf mt" tabindex="0">weir block plan-line SCOPE</pre>"""))}
            """);
    }

    private static Markup Open(ConsoleCall call, List<EventSummary> open)
    {
        var (words, shown) = (call.Words, open.Take(MostShown));
        var cut = open.Count <= MostShown ? Markup.None : Markup.Format(
            $"""<p class="small quiet mt">{words.Fill("events.shown", ("n", words.Number((long)MostShown)))}</p>""");
        return Markup.Format($"{TableMarkup.Render(words, Columns(call), shown, words["events.now"])}{cut}");
    }

    private static double Ratio(EventSummary one) => one.Measured / Math.Max(one.Threshold, 1e-9);

    private static Markup Tiles(ConsoleCall call, IReadOnlyList<EventSummary> all) => Markup.Format($"""
        <div class="tiles seven">{Markup.Join(DetectionRules.All.Where(one => !one.IsContact).Select(rule => Tile(call, rule, [.. all.Where(one => one.Rule == rule.Id)])))}</div>
        """);

    private static Markup Tile(ConsoleCall call, DetectionRule rule, IReadOnlyList<EventSummary> all)
    {
        var open = all.Count(one => one.State == "open");
        var grave = rule.Severity == CaseSeverity.High || rule.IsOfVictim;
        return Ui.Tile(
            open == 0 ? "" : grave ? "red" : "amber", call.Words.Term("rule", rule.Id), Markup.Format($"{open}"),
            Markup.Format($"{call.Words.Count("events.of", all.Count)}"));
    }

    /// <summary>Each event from its first evidence to its last, the newest first, on one axis.</summary>
    private static Markup Lanes(ConsoleCall call, IReadOnlyList<EventSummary> all)
    {
        var words = call.Words;
        List<EventSummary> drawn = [.. all.Take(MostLanes)];
        var (from, until) = (drawn.Min(one => one.From), call.Now > drawn.Max(one => one.Until) ? call.Now
            : drawn.Max(one => one.Until));
        double At(DateTimeOffset at) => until == from ? 0 : (at - from) / (until - from) * 360;
        return Markup.Format($"""
            <div class="lanes lease">
            <div class="lane axisrow"><div class="what"></div><div class="axis"><span>{words.Time(from, call.Now)}</span><span>{words.Time(until, call.Now)}</span></div><div class="opens">{words["events.against"]}</div></div>
            {Markup.Join(drawn.Select(one => Markup.Format($"""
                <div class="lane"><div class="what"><b>{words.Term("rule", one.Rule)}</b> <span class="why">{Case(one)}</span></div>
                <div class="track free">{Plots.Span(one.State == "open" ? "b4" : "b2", At(one.From), At(one.Until), At(call.Now))}</div>
                <div class="opens">{Times(one)}×</div></div>
                """)))}</div>
            """);
    }

    private static string Times(EventSummary one) => Ratio(one).ToString("0.#", CultureInfo.InvariantCulture);

    private static Markup Case(EventSummary one) => one.Case.Length == 0 ? Markup.Format($"–")
        : Markup.Format($"""<a class="code" href="/cases/{one.Case}">{one.Case[..Math.Min(10, one.Case.Length)]}</a>""");

    private static TableColumn<EventSummary>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("state", one => one.State) { Cell = one => Ui.Status(
                one.State == "open" ? Shape.Act : Shape.End, words.Term("event-state", one.State)) },
            new("rule", one => one.Rule) { Class = "lead1", Cell = one =>
                Markup.Format($"<b>{words.Term("rule", one.Rule)}</b>") },
            new("measured", one => one.Measured.ToString("0.#", CultureInfo.InvariantCulture))
            {
                Class = "n", Cell = one => Markup.Format($"""{words.Number(one.Measured)} <span class="u">{UnitText.Behind(one.Measured, one.Unit)}</span>"""),
            },
            new("threshold", one => one.Threshold.ToString("0.#", CultureInfo.InvariantCulture))
            {
                Class = "n", Cell = one => Markup.Format($"""{words.Number(one.Threshold)} <span class="u">{Times(one)}×, {one.Seconds} s</span>"""),
            },
            new("unit", one => one.Unit) { IsShown = false },
            new("window", one => $"{one.Seconds}") { IsShown = false },
            new("sampling", one => $"{one.Sampling}") { Class = "n hide1", Cell = one => Markup.Format($"1:{one.Sampling}") },
            new("exporter", one => one.Exporter) { Cell = one => Ui.Code(one.Exporter) },
            new("class", one => one.Class) { Class = "full", Cell = one => Markup.Format(
                $"""<span class="code wrap">{one.Class}</span> <span class="why">{one.Detail} {one.Networks}</span>""") },
            new("network", one => one.Networks) { IsShown = false },
            new("detail", one => one.Detail) { IsShown = false },
            new("from", one => $"{one.From:O}") { Cell = one => Ui.Time(words, one.From, call.Now) },
            new("until", one => $"{one.Until:O}") { Class = "hide1", Cell = one => Ui.Time(words, one.Until, call.Now) },
            new("case", one => one.Case) { Cell = Case },
            new("next", one => "") { Cell = one => Mitigate(call, one) },
        ];
    }

    private static Markup Mitigate(ConsoleCall call, EventSummary one) =>
        one.State == "open" && one.Scope.Length > 0 && DetectionRules.Find(one.Rule) is { Purpose: Purpose.DdosSource } && call.Api.May("POST", "line-blocks")
            ? Markup.Format($"""<a href="/blocks/line?scope={one.Scope}">{call.Words["events.plan"]}</a>""") : Markup.None;
}
