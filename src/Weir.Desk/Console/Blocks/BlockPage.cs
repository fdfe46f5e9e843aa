// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Desk.Api.Blocks;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Blocks;

/// <summary>One block: what routers and resolvers confirmed of it. It renews itself until they did.</summary>
internal static class BlockPage
{
    private static readonly string DryRun = LeaseReason.ToName(LeaseReasonCode.DryRun);

    public static void Map(ConsoleRoutes routes) => routes.Page("blocks/{id}", "GET blocks/{id}", "blocks", ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var (words, id) = (call.Words, call.Part("id"));
        var reply = await call.Api.GetAsync("blocks/{id}", BlockJson.Default.BlockSummary, ("id", id));
        if (reply.Value is not { } one)
        {
            return TablePage.Refused(call, words["rail.blocks"], reply.Problem!, "/blocks");
        }

        var waits = one.State is not ("planned" or "withdrawn" or "expired") && !one.InForce;
        return new PageAnswer(one.Id, Markup.Format($"""
            {Ui.Head(
                Markup.Format($"""<span class="code wrap">{one.Target}</span>"""),
                Markup.Format($"""<p class="sub"><span class="code">{one.Id}</span> {one.Network}</p>"""),
                Markup.Format($"""<a class="btn plain" href="/blocks">{words["block.all"]}</a>"""))}
            {Ui.Note(waits ? "amber" : "", Says(call, one))}
            <dl class="facts mt">{Markup.Join(Facts(call, one).Select(fact => Markup.Format($"<dt>{words[$"column.{fact.Name}"]}</dt><dd>{fact.Value}</dd>")))}</dl>
            """)) { RenewsItself = waits };
    }

    /// <summary>In one sentence how it stands, as it was answered and not as it was told.</summary>
    private static Markup Says(ConsoleCall call, BlockSummary one)
    {
        var words = call.Words;
        (string, string)[] values =
            [("held", words.Number(one.HeldBy)), ("asked", words.Number(one.Asked))];
        return one.State switch
        {
            "planned" => Markup.Format(
                $"""{words["block.planned"]} <a href="/approvals/{one.Id}">{words["block.sign"]}</a>"""),
            "withdrawn" or "expired" => Markup.Format($"{words["block.over"]}"),
            _ when one.InForce => Markup.Format($"{words.Fill("block.held", values)}"),
            _ when DryRun.Equals(one.Reason, StringComparison.Ordinal) => Markup.Format($"{words["block.dry-run"]}"),
            _ => Markup.Format($"{words.Fill("block.waits", values)}"),
        };
    }

    private static IEnumerable<(string Name, Markup Value)> Facts(ConsoleCall call, BlockSummary one)
    {
        var words = call.Words;
        yield return ("state", Markup.Format($"{words.Term("lease", one.State)}"));
        yield return ("held", Markup.Format($"{one.HeldBy} {words["of"]} {one.Asked}"));
        if (one.Case.Length > 0)
        {
            yield return ("case", Markup.Format($"""<a class="code" href="/cases/{one.Case}">{one.Case}</a>"""));
        }

        if (one.Collateral.Length > 0)
        {
            yield return ("collateral", Ui.Said(words, one.Collateral));
        }

        yield return ("planned-by", Markup.Format($"{one.PlannedBy}"));
        if (one.ApprovedBy.Length > 0)
        {
            yield return ("approved-by", Markup.Format($"{one.ApprovedBy}"));
        }

        yield return ("until", Ui.Time(words, one.Until, call.Now));
        if (one.Reason.Length > 0 || one.ReasonDetail.Length > 0)
        {
            yield return ("reason", Markup.Format($"{words.Term("lease-reason", one.Reason)} {one.ReasonDetail}"));
        }
    }
}
