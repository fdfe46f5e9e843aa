// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Notices;
using Weir.Desk.Api.Notices;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Cases;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Notices;

/// <summary>What customers were told, what is due and what came back; never whom it went to.</summary>
internal static class NoticesPage
{
    private const string MostRows = "500";

    private static readonly string[] States = [.. Enum.GetValues<NoticeState>().Select(NoticeNames.ToName)];

    public static void Map(ConsoleRoutes routes)
    {
        routes.Section(
            new(ConsoleHeading.Work, "notices", "notices") { Topic = "notices" }, ShowAsync);
        routes.Page("notices/preview", "GET notices/preview", "notices", NoticePreviewPage.ShowAsync);
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        return TablePage.Show(
            call, call.Words["rail.notices"],
            await TablePage.ListAsync(
                call, "notices", NoticeJson.Default.ApiPageNoticeSummary, MostRows,
                ("state", States.Contains(call.Query("state")) ? call.Query("state") : null),
                (ApiTimes.FromName, TypedFilter.TimeOf(call, ApiTimes.FromName)),
                (ApiTimes.ToName, TypedFilter.TimeOf(call, ApiTimes.ToName))),
            page => new FileTable<NoticeSummary>("notices", Columns(call), page.Items) { Next = page.Next },
            page => Page(call, page));
    }

    private static Markup Page(ConsoleCall call, ApiPage<NoticeSummary> page)
    {
        var words = call.Words;
        var states = new FilterChoice("state", words["column.state"],
            [.. States.Select(state => (state, words.Term("notice", state)))]);
        var waiting = page.Items.Where(one => one.State == "waiting").ToList();
        return Markup.Format($"""
            {Ui.Head(
                Markup.Format($"{words["rail.notices"]}"), Markup.Format($"""<p class="sub">{words["notices.sub"]}</p>"""),
                Markup.Format($"""<a class="btn" href="/notices/preview">{words["preview.title"]}</a>{TablePage.Links(call)}"""))}
            {Tiles(call, page)}
            {TypedFilter.Render(call, states)}
            {(waiting.Count == 0 ? Markup.None : Ui.Section(words["notices.due"], words["notices.due.sub"], TableMarkup.Render(words, Columns(call), waiting, words["notices.due"])))}
            {Ui.Section(words["notices.all"], words["notices.all.sub"], page.Items.Count == 0 ? Ui.Empty(words["notices.none"], words["notices.none.text"]) : Markup.Format($"{TableMarkup.Render(words, Columns(call), page.Items, words["notices.all"])}{TablePage.More(call, page.Next)}"))}
            """);
    }

    private static Markup Tiles(ConsoleCall call, ApiPage<NoticeSummary> page)
    {
        var (words, all) = (call.Words, page.Items);
        int Of(string state) => all.Count(one => one.State == state);
        var told = all.Where(one => one.State == "told").ToList();
        var day = told.Count(one => call.Now - (one.At ?? one.Planned) < TimeSpan.FromHours(24));
        var lost = Of("refused") + Of("given-up");
        Markup Lead(string state, int count) => Markup.Format($"""<a class="figure" href="/notices?state={state}">{words.Number(count)}</a>""");
        return Markup.Format($"""
            <div class="tiles">
            {Ui.Tile(Of("waiting") > 0 ? "blue" : "", words["notices.due"], Lead("waiting", Of("waiting")), Markup.Format($"{words["notices.due.sub"]}"))}
            {Ui.Tile("", words["notices.told"], Lead("told", told.Count), Markup.Format($"{words.Fill("notices.day", ("n", words.Number(day)))}"))}
            {Ui.Tile(lost > 0 ? "red" : "", words["notices.bounced"], Lead("refused", lost), Markup.Format($"{words["notices.bounced.sub"]}"))}
            {Ui.Tile(Of("no-contact") > 0 ? "amber" : "", words["view.no-contact"], Lead("no-contact", Of("no-contact")), Markup.Format($"{words["notices.no-contact.sub"]}"))}
            </div>
            {(page.Next is null ? Markup.None : Markup.Format($"""<p class="small quiet mt">{words.Fill("tiles.of-first", ("n", words.Number(all.Count)))}</p>"""))}
            """);
    }

    private static TableColumn<NoticeSummary>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("case", one => one.Case) { Class = "lead1", Cell = one =>
                Markup.Format($"""<a class="code" href="/cases/{one.Case}">{CaseTable.Short(one.Case)}</a>""") },
            new("step", one => one.Step) { Cell = one => Markup.Format($"{words.Term("step", one.Step)}") },
            new("state", one => one.State) { Cell = one => CaseTable.Notice(call, $"{one.Step} {one.State}") },
            new("planned", one => $"{one.Planned:O}") { Cell = one => Ui.Time(words, one.Planned, call.Now) },
            new("at", one => $"{one.At:O}") { Cell = one => Ui.Time(words, one.At, call.Now) },
            new("channel", one => one.Channel),
            new("language", one => one.Language),
            new("attempts", one => one.Attempts.ToString(CultureInfo.InvariantCulture)) { Class = "n" },
            new("reply", one => one.Reply) { Class = "full", Cell = one => Markup.Format(
                $"""{one.Reply} <span class="why">{Ui.Said(words, one.Why)}</span>""") },
            new("why", one => one.Why) { IsShown = false },
            new("by", one => one.By),
            new("digest", one => one.Digest) { IsShown = false },
        ];
    }
}
