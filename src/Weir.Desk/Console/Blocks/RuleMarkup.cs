// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Blocks;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Blocks;

/// <summary>Rules as they would be sent.</summary>
internal static class RuleMarkup
{
    public static Markup Render(ConsoleCall call, Reply<BlockPreviewResponse> reply)
    {
        var words = call.Words;
        return reply.Value is not { } preview ? Ui.Problem(words, reply.Problem!) : Ui.Section(
            words["rule.title"], words["rule.sub"], Markup.Join(preview.Rules.Select(rule => Markup.Format($"""
                <p class="small"><span class="code wrap">{rule.Target}</span></p>
                {(rule.Texts.Count == 0 ? Markup.Format($"""<p class="small quiet">{words["rule.line"]}</p>""") : Markup.Join(rule.Texts.Select(one => Markup.Format($"""<details class="act"{(one.Dialect == "bird" ? Markup.Literal(" open") : Markup.None)}><summary>{one.Dialect}</summary><pre class="conf" tabindex="0">{one.Text}</pre></details>"""))))}
                """))));
    }
}
