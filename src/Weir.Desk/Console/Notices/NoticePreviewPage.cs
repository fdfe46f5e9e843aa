// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Notices;
using Weir.Desk.Api.Notices;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Notices;

/// <summary>A notice as a customer gets it, with invented facts: the vault's own text.</summary>
internal static class NoticePreviewPage
{
    public static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var words = call.Words;
        string[] steps = [.. Enum.GetValues<NoticeStep>().Select(NoticeNames.ToName)];
        var step = steps.Contains(call.Query("step")) ? call.Query("step")! : steps[0];
        var reply = await call.Api.GetAsync(
            "notices/preview", NoticeJson.Default.NoticePreviewResponse, ("step", step),
            ("language", call.Query("language") ?? words.Tag));
        if (reply.Value is not { } text)
        {
            return TablePage.Refused(call, words["preview.title"], reply.Problem!, "/notices");
        }

        return new PageAnswer(words["preview.title"], Markup.Format($"""
            {Ui.Head(words["preview.title"], words["preview.sub"])}
            <form class="filter typed" method="get" action="/notices/preview"><div>{Forms.Choice("step", words["column.step"], step, steps.Select(one => (one, words.Term("step", one))))}</div><div>{Forms.Choice("language", words["look.language"], text.Language, text.Languages.Select(one => (one, one)))}</div><div class="acts">{Forms.Button(words["preview.button"])}</div></form>
            <article class="letter"><h2>{text.Subject}</h2><pre tabindex="0">{text.Plain}</pre></article>
            """));
    }
}
