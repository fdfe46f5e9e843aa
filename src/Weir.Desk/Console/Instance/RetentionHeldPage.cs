// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Instance;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Instance;

/// <summary>What is held, how old the oldest is, and until when it may be; what was erased.</summary>
internal static class RetentionHeldPage
{
    public static void Map(ConsoleRoutes routes) => routes.Section(
        new(ConsoleHeading.Record, "retention", "retention"), ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call) => TablePage.Show(
        call, call.Words["rail.retention"],
        await call.Api.GetAsync("retention", InstanceJson.Default.RetentionResponse),
        held => new FileTable<HeldRow>("retention", Columns(call), held.Held), held => Page(call, held));

    private static Markup Page(ConsoleCall call, RetentionResponse held)
    {
        var words = call.Words;
        var over = held.Held.Count(one => one.State == "over");
        var unknown = held.Held.Count(one => one.State == "unknown");
        TableColumn<Ceiling>[] ceilings =
        [
            new("kind", one => one.What) { Class = "lead1", Cell = one => Markup.Format($"{words.Term("ceiling", one.What)}") },
            new("limit", one => $"{one.Value} {one.Unit}") { Class = "n", Cell = one => Markup.Format(
                $"{words.Number(one.Value)} {words.Term("unit", one.Unit)}") },
            new("rule", one => one.Rule),
        ];
        return Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.retention"]}"), Markup.Format($"""<p class="sub">{words["retention.sub"]}</p>"""), TablePage.Links(call))}
            <p class="lead"><b>{(over > 0 ? words.Count("retention.over", over) : unknown > 0 ? words.Count("retention.unknown", unknown) : words["retention.well"])}</b></p>
            {Ui.Section(words["retention.held"], words["retention.held.sub"], held.Held.Count == 0 ? Ui.Empty(words["retention.none"], words["retention.none.text"]) : TableMarkup.Render(words, Columns(call), held.Held, words["retention.held"]))}
            <div class="cols">
            {Ui.Section(words["retention.erased"], "", Markup.Format($"""<p class="small">{words.Count("retention.erased", held.Erased)} {(held.LastErased is { } last ? Markup.Format($"{words["retention.last"]} {Ui.Time(words, last, call.Now)}.") : Markup.None)}</p><p class="small quiet mt">{words["retention.proof"]}</p><pre class="conf mt" tabindex="0">weir report retention</pre>"""), "c5")}
            {Ui.Section(words["retention.ceilings"], held.Policy, TableMarkup.Render(words, ceilings, held.Ceilings, words["retention.ceilings"]), "c7")}
            </div>
            """);
    }

    private static TableColumn<HeldRow>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("state", one => one.State)
            {
                Cell = one => Ui.Status(
                    one.State switch { "over" => Shape.Act, "unknown" => Shape.Look, "nothing" => Shape.Ring, _ => Shape.Well },
                    words.Term("held-state", one.State)),
            },
            new("kind", one => one.Kind) { Class = "lead1", Cell = one => Ui.Said(words, one.Kind) },
            new("process", one => one.Process),
            new("oldest", one => $"{one.Oldest:O}") { Cell = one => Ui.Time(words, one.Oldest, call.Now) },
            new("newest", one => $"{one.Newest:O}") { Cell = one => Ui.Time(words, one.Newest, call.Now) },
            new("rows", one => one.Rows.ToString(CultureInfo.InvariantCulture)) { Class = "n", Cell = one =>
                Markup.Format($"{words.Number(one.Rows)}") },
            new("octets", one => one.Octets.ToString(CultureInfo.InvariantCulture)) { Class = "n", Cell = one =>
                Markup.Format($"{words.Number(one.Octets)}") },
            new("limit", one => one.Limit),
            new("where", one => one.Where) { Class = "full", Cell = one =>
                Markup.Format($"""<span class="wrap quiet">{Ui.Said(words, one.Where)}</span>""") },
        ];
    }
}
