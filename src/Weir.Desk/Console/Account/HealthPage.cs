// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Overview;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Account;

/// <summary>What is not well, and since when; then all the rest.</summary>
internal static class HealthPage
{
    public static void Map(ConsoleRoutes routes) => routes.Section(
        new(ConsoleHeading.Weir, "health", "health") { Topic = "health", RenewsItself = true }, ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call) => TablePage.Show(
        call, call.Words["rail.health"], await call.Api.GetAsync("health", OverviewJson.Default.HealthResponse),
        health => new FileTable<HealthPart>("health", Columns(call), health.Parts), health => Page(call, health));

    private static TableColumn<HealthPart>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("state", one => one.State)
            {
                Cell = one => Ui.Status(
                    one.State switch { "failing" => Shape.Act, "degraded" => Shape.Look, _ => one.Ready ? Shape.Well
                        : Shape.Ring },
                    one.Ready ? words.Term("health", one.State) : words["health.starting"]),
            },
            new("part", one => one.Part) { Class = "lead1" },
            new("reason", one => one.Reason) { Class = "full", Cell = one => Ui.Said(words, one.Reason) },
            new("since", one => one.Since.ToString("O", CultureInfo.InvariantCulture)) { Cell = one =>
                Ui.Time(words, one.Since, call.Now) },
        ];
    }

    private static Markup Page(ConsoleCall call, HealthResponse health)
    {
        var (words, columns) = (call.Words, Columns(call));
        var unwell = health.Parts.Where(one => one.State != "ok").ToList();
        return Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.health"]}"), Markup.Format($"""<p class="sub">{words["health.sub"]}</p>"""), TablePage.Links(call))}
            <p class="lead"><b>{(unwell.Count == 0 ? words["health.all-well"] : words.Count("health.unwell", unwell.Count))}</b></p>
            {(unwell.Count == 0 ? Markup.None : TableMarkup.Render(words, columns, unwell, words["health.needs"]))}
            {Ui.Section(words["health.rest"], "", TableMarkup.Render(words, columns, health.Parts.Where(one => one.State == "ok"), words["health.rest"]))}
            """);
    }
}
