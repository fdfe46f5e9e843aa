// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Approvals;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Approvals;

/// <summary>What waits for a second person. Nothing is approved here: each shows the vault's own text of it and how it
/// is signed with a key; what both signed is carried out here.</summary>
internal static class ApprovalsPage
{
    public static void Map(ConsoleRoutes routes)
    {
        routes.Section(
            new(ConsoleHeading.Decide, "approvals", "approvals") { Topic = "approvals" }, ShowAsync);
        routes.Page("approvals/{id}", "GET approvals/{id}", "approvals", OneAsync);
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call) => TablePage.Show(
        call, call.Words["rail.approvals"],
        await TablePage.ListAsync(call, "approvals", ApprovalJson.Default.ApiPageApprovalSummary, "500"),
        page => new FileTable<ApprovalSummary>("approvals", Columns(call), page.Items) { Next = page.Next },
        page => Page(call, page.Items));

    private static Markup Page(ConsoleCall call, IReadOnlyList<ApprovalSummary> all)
    {
        var (words, columns) = (call.Words, Columns(call));
        var mine = all.Where(one => one.AskedBy == call.Actor.Name).ToList();
        var others = all.Where(one => one.AskedBy != call.Actor.Name).ToList();
        return Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.approvals"]}"), Markup.Format($"""<p class="sub">{words["approvals.sub"]}</p>"""), TablePage.Links(call))}
            {Ui.Note("", Markup.Format($"{words["approvals.keys"]}"))}
            {Ui.Section(words["approvals.others"], words["approvals.others.sub"], others.Count == 0 ? Ui.Empty(words["approvals.none"], words["approvals.none.text"]) : TableMarkup.Render(words, columns, others, words["approvals.others"]))}
            {(mine.Count == 0 ? Markup.None : Ui.Section(words["approvals.mine"], "", TableMarkup.Render(words, columns, mine, words["approvals.mine"])))}
            {Plans(call)}
            """);
    }

    private static Markup Plans(ConsoleCall call) => Markup.Format(
        $"""<p class="small mt"><a href="/blocks">{call.Words["approvals.plans"]}</a></p>""");

    private static TableColumn<ApprovalSummary>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("request", one => one.Id) { Class = "lead1", Cell = one =>
                Markup.Format($"""<a class="code" href="/approvals/{one.Id}">{one.Id}</a>""") },
            new("act", one => one.Act) { Cell = one => Ui.Status(Shape.Half, words.Term("deed", one.Act)) },
            new("case", one => one.Case) { Cell = one => one.Case.Length == 0 ? Markup.Format($"–")
                : Markup.Format($"""<a class="code" href="/cases/{one.Case}">{one.Case}</a>""") },
            new("target", one => one.Target) { Class = "full", Cell = one => Ui.Code(one.Target) },
            new("reason", one => one.Reason) { Class = "full", Cell = one => Ui.Own(one.Reason) },
            new("asked-by", one => one.AskedBy),
            new("asked-at", one => one.AskedAt.ToString("O", CultureInfo.InvariantCulture)) { Cell = one =>
                Ui.Age(words, one.AskedAt, call.Now) },
        ];
    }

    private static async Task<ConsoleAnswer> OneAsync(ConsoleCall call)
    {
        var (words, id) = (call.Words, call.Part("id"));
        var reply = await call.Api.GetAsync("approvals/{id}", ApprovalJson.Default.ApprovalDetail, ("id", id));
        if (reply.Value is not { } one)
        {
            return TablePage.Refused(call, id, reply.Problem!, "/approvals");
        }

        var lines = one.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ", 2));
        return new PageAnswer(one.Id, Markup.Format($"""
            {Ui.Head(Ui.Code(one.Id), Markup.Format($"""<p class="sub">{words["approval.sub"]}</p>"""), Markup.None)}
            <div class="canon" tabindex="0"><table>{Markup.Join(lines.Select(line => Markup.Format($"<tr><th scope=\"row\">{line[0]}</th><td>{(line.Length > 1 ? line[1] : "")}</td></tr>")))}</table></div>
            {Ui.Section(words["approval.signed"], "", one.SignedBy.Count == 0 ? Markup.Format($"{Ui.Status(Shape.Ring, words["approval.nobody"])}") : Markup.Format($"""<ul class="plainlist">{Markup.Join(one.SignedBy.Select(who => Markup.Format($"<li>{Ui.Status(Shape.Well, who)}</li>")))}</ul>"""))}
            {CarryOut.Form(call, one)}
            {ByPasskey(words, one)}
            {(one.SignedBy.Count >= 2 ? Markup.None : Ui.Section(words["approval.how"], "", Markup.Format($"""<pre class="conf" tabindex="0">weir approve {one.Id}</pre><p class="small quiet mt">{words["approval.next"]}</p>""")))}
            """));
    }

    /// <summary>To the vault's own page, which shows what it holds whatever stands here.</summary>
    private static Markup ByPasskey(ConsoleWords words, ApprovalDetail one) =>
        one.Page.Length == 0 || one.SignedBy.Count >= 2 ? Markup.None
        : Ui.Section(words["approval.passkey"], words["approval.passkey.sub"], Markup.Format(
            $"""<p class="mt"><a class="btn first" rel="noreferrer" href="{one.Page}">{words["approval.passkey.open"]}</a></p>"""));
}
