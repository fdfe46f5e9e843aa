// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Overview;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Records;

/// <summary>What the privacy officer is told of, as it stands now.</summary>
internal static class OversightPage
{
    public static void Map(ConsoleRoutes routes) => routes.Section(
        new(ConsoleHeading.Record, "oversight", "oversight"), ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var words = call.Words;
        var reply = await call.Api.GetAsync("oversight", OverviewJson.Default.OversightResponse);
        TableColumn<OversightSummary>[] columns =
        [
            new("part", one => one.Kind) { Cell = one => Markup.Format($"{words.Term("oversight", one.Kind)}"), Class = "lead1" },
            new("name", one => one.What),
            new("reason", one => one.Text) { Class = "full", Cell = one => Ui.Said(words, one.Text) },
            new("since", one => one.Since.ToString("O", CultureInfo.InvariantCulture))
            {
                Cell = one => Ui.Time(words, one.Since, call.Now),
            },
        ];
        return TablePage.Show(
            call, words["rail.oversight"], reply, told => new FileTable<OversightSummary>("oversight", columns, told.Needs),
            told => Markup.Format($"""
                {Ui.Head(Markup.Format($"{words["rail.oversight"]}"), Markup.Format($"""<p class="sub">{words["oversight.sub"]}</p>"""), TablePage.Links(call))}
                {(told.Needs.Count == 0 ? Ui.Empty(words["oversight.none"], words["oversight.none.text"]) : TableMarkup.Render(words, columns, told.Needs, words["rail.oversight"]))}
                """));
    }
}
