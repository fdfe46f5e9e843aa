// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Blocks;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Blocks;

/// <summary>A plan that stops what a scope names, for its line alone: from an event. It waits for a second person with
/// a key; nobody sees the line.</summary>
internal static class LineBlockPage
{
    public static void Map(ConsoleRoutes routes)
    {
        routes.Page("blocks/line", "POST line-blocks", "blocks", FormAsync);
        routes.Act("blocks/line", "POST line-blocks", "blocks", PlanAsync);
    }

    private static async Task<ConsoleAnswer> FormAsync(ConsoleCall call)
    {
        var (words, scope) = (call.Words, call.Query("scope") ?? "");
        var preview = scope.Length == 0 ? Markup.None : RuleMarkup.Render(call, await call.Api.GetAsync(
            "blocks/preview", BlockJson.Default.BlockPreviewResponse, ("scope", scope)));
        return new PageAnswer(words["line-block.title"], Markup.Format($"""
            {Ui.Head(words["line-block.title"], words["line-block.sub"])}
            <div class="cols"><div class="c7">{Forms.Post(call, "/blocks/line", Markup.Format($"""
                {Forms.Once(call)}
                {Forms.Text("scope", words["column.scope"], scope, "s-0011223344556677")}
                {Forms.Area("threat", words["field.threat"])}
                {Forms.Area("necessity", words["field.necessity"])}
                {Forms.Area("alternatives", words["field.alternatives"])}
                <p class="small quiet mt">{words["line-block.says"]}</p>
                <div class="acts mt">{Forms.Button(words["plan.button"], "first")}<a class="btn plain" href="/events">{words["back"]}</a></div>
                """), "narrow")}</div>
            <div class="c5">{preview}</div></div>
            """));
    }

    private static async Task<ConsoleAnswer> PlanAsync(ConsoleCall call)
    {
        var scope = call.Field("scope");
        var reply = await call.Api.DoAsync(
            "POST line-blocks",
            new LineBlockRequest(scope, call.Field("threat"), call.Field("necessity"), call.Field("alternatives")),
            BlockJson.Default.LineBlockRequest, BlockJson.Default.LineBlockResponse,
            (IdempotencyKeys.Header, call.Field("once")));
        return reply.Problem is { } problem
            ? TablePage.Refused(
                call, call.Words["line-block.title"], problem, $"/blocks/line?scope={Uri.EscapeDataString(scope)}")
            : new RedirectAnswer("/blocks") { Done = "planned" };
    }
}
