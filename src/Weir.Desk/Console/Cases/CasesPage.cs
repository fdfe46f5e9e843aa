// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Cases;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Cases;

/// <summary>The queue, by filters that stand in the address; what is selected is acted on together, after a preview.
/// </summary>
internal static class CasesPage
{
    private const string PageRows = "100";

    private static readonly (string Name, string Line)[] Views =
    [
        ("all", ""), ("mine", "assignee:me"), ("nobodys", "assignee:-"), ("grave", "severity:high"),
        ("no-contact", "notice:no-contact"), ("snoozed", "state:snoozed"), ("closed", "state:closed"),
    ];

    public static void Map(ConsoleRoutes routes) => routes.Section(
        new(ConsoleHeading.Work, "cases", "cases") { Topic = "cases" }, ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var words = call.Words;
        var filter = CaseFilter.Read(call.Query("q") ?? "", call.Query, call.Actor.Name);
        var reply = await TablePage.ListAsync(
            call, "cases", CaseJson.Default.ApiPageCaseSummary, PageRows,
            [.. filter.Values, ("sort", call.Query("sort") is "opened" ? null : "severity")]);
        if (reply.Value is not { } page)
        {
            return TablePage.Refused(call, words["rail.cases"], reply.Problem!, "/cases");
        }

        var canPick = call.Api.May("PUT", "cases/{id}/assignee");
        if (TablePage.File(call, reply.Octets, new FileTable<CaseSummary>(
            "cases", CaseTable.Columns(call, canPick: false), page.Items) { Next = page.Next }) is { } file)
        {
            return file;
        }

        return new PageAnswer(words["rail.cases"], Markup.Format($"""
            {Ui.Head(
                Markup.Format($"{words["rail.cases"]}"),
                Markup.Format($"""<p class="sub">{words["cases.sub"]}</p>"""), TablePage.Links(call))}
            <nav aria-label="{words["cases.views"]}"><ul class="views">{Markup.Join(Views.Select(view => View(call, filter, view)))}</ul></nav>
            {Line(call, filter, page)}
            {(page.Items.Count == 0 ? Ui.Empty(words["cases.none"], words["cases.none.text"]) : Queue(call, page, canPick))}
            """));
    }

    private static Markup View(ConsoleCall call, CaseFilter filter, (string Name, string Line) view)
    {
        var current = CaseFilter.Read(view.Line, _ => null, call.Actor.Name).Line == filter.Line;
        return Markup.Format($"""<li><a href="/cases{(view.Line.Length == 0 ? "" : $"?q={Uri.EscapeDataString(view.Line)}")}"{(current ? Markup.Literal(" aria-current=\"true\"") : Markup.None)}>{call.Words[$"view.{view.Name}"]}</a></li>""");
    }

    private static Markup Line(ConsoleCall call, CaseFilter filter, ApiPage<CaseSummary> page)
    {
        var words = call.Words;
        var odd = filter.Odd.Count == 0 ? Markup.None : Ui.Note("amber", Markup.Format(
            $"{words.Fill("cases.odd", ("words", string.Join(' ', filter.Odd)))} {Ui.Code(string.Join(", ", CaseFilter.Names))}"));
        return Markup.Format($"""
            <form class="filter" method="get" action="/cases" role="search"><div class="box"><label class="vh" for="q">{words["cases.filter"]}</label><input id="q" name="q" type="search" value="{filter.Line}" placeholder="rule:cnc-contact severity:high from:2026-11-28" autocomplete="off" spellcheck="false"><kbd>/</kbd></div>{Forms.Button(words["filter"])}<span class="count">{words.Count("cases.n", page.Items.Count)}{(page.Next is null ? "" : " +")}</span></form>
            {odd}
            """);
    }

    private static Markup Queue(ConsoleCall call, ApiPage<CaseSummary> page, bool canPick)
    {
        var words = call.Words;
        var table = CaseTable.Render(call, page.Items, canPick);
        var more = TablePage.More(call, page.Next);
        if (!canPick)
        {
            return Markup.Format($"{table}{more}");
        }

        var acts = CaseActs.Bulk.Where(act => act.MayBeOffered(call)).Select(act =>
            Forms.Button(words[$"bulk.{act.Name}"], act.Name == "notify" ? "first" : "", "act", act.Name));
        return Forms.Post(call, "/cases/bulk", Markup.Format($"""
            <div class="bulk"><b data-picked>{words["bulk.pick"]}</b>{Markup.Join(acts)}</div>
            {table}{more}
            """));
    }
}
