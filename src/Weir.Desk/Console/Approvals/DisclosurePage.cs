// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Approvals;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Approvals;

/// <summary>To ask who the subject of a case is, and to see it: the two who may, while its time lasts. Each showing is
/// on record first.</summary>
internal static class DisclosurePage
{
    public static void Map(ConsoleRoutes routes)
    {
        routes.Page("cases/{id}/disclosure", "POST disclosures", "cases", AskFormAsync);
        routes.Act("cases/{id}/disclosure", "POST disclosures", "cases", AskAsync);
        routes.Look("disclosures/{id}", "GET disclosures/{id}", "approvals", ShowAsync);
    }

    private static Task<ConsoleAnswer> AskFormAsync(ConsoleCall call)
    {
        var (words, id) = (call.Words, call.Part("id"));
        return Task.FromResult<ConsoleAnswer>(new PageAnswer(words["disclose.title"], Markup.Format($"""
            {Ui.Head(
                Markup.Format($"{words["disclose.title"]}"),
                Markup.Format($"""<p class="sub"><a class="code" href="/cases/{id}">{id}</a></p>"""), Markup.None)}
            {Forms.Post(call, $"/cases/{id}/disclosure", Markup.Format($"""
                {Forms.Once(call)}
                {Forms.Text("scope", words["column.scope"], call.Query("scope") ?? "", "s-0011223344556677")}
                {Forms.Area("reason", words["field.reason"], words["disclose.example"])}
                <p class="small quiet mt">{words["disclose.says"]}</p>
                <div class="acts mt">{Forms.Button(words["disclose.button"], "first")}<a class="btn plain" href="/cases/{id}">{words["back"]}</a></div>
                """), "narrow")}
            """)));
    }

    private static async Task<ConsoleAnswer> AskAsync(ConsoleCall call)
    {
        var (id, scope) = (call.Part("id"), call.Field("scope"));
        var reply = await call.Api.DoAsync(
            "POST disclosures", new DisclosureRequest(id, scope, call.Field("reason")),
            ApprovalJson.Default.DisclosureRequest, ApprovalJson.Default.DisclosureResponse,
            (IdempotencyKeys.Header, call.Field("once")));
        return reply.Value is { } asked
            ? new RedirectAnswer($"/approvals/{asked.Id}") { Done = "asked" }
            : TablePage.Refused(
                call, call.Words["disclose.title"], reply.Problem!,
                $"/cases/{id}/disclosure?scope={Uri.EscapeDataString(scope)}");
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var (words, id) = (call.Words, call.Part("id"));
        var reply = await call.Api.GetAsync(
            "disclosures/{id}", ApprovalJson.Default.DisclosureResponse, ("id", id));
        return reply.Value is not { } shown
            ? TablePage.Refused(call, words["disclosed.title"], reply.Problem!, "/approvals")
            : new PageAnswer(words["disclosed.title"], Markup.Format($"""
                {Ui.Head(
                    Markup.Format($"{words["disclosed.title"]}"),
                    Markup.Format($"""<p class="sub"><a class="code" href="/cases/{shown.Case}">{shown.Case}</a> · <span class="code">{shown.Scope}</span></p>"""),
                    Markup.None)}
                <p class="lead"><span class="code" data-line>{shown.Line}</span></p>
                {Ui.Note("amber", Markup.Format($"{words["disclosed.until"]} {Ui.Time(words, shown.Until, call.Now)}. {words["disclosed.says"]}"))}
                """));
    }
}
