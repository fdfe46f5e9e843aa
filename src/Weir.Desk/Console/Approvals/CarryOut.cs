// SPDX-License-Identifier: Apache-2.0
//
// What two keys signed comes back decided (ADR 0077): the second person has it carried out here. A session approves
// nothing by it: without two signatures at the vault nothing is sent on, and whoever carries it out verifies them.
using System.Text.Json.Serialization.Metadata;
using Weir.Desk.Api.Approvals;
using Weir.Desk.Api.Blocks;
using Weir.Desk.Api.Comparisons;
using Weir.Desk.Api.Escalations;
using Weir.Desk.Api.Promotions;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Approvals;

/// <summary>Acts that two people signed.</summary>
internal static class CarryOut
{
    /// <summary>The route of each deed, and the last part of its address here.</summary>
    private static readonly (string Deed, string Act, string Needs)[] Deeds =
    [
        ("block", "block", "POST blocks/{id}/approval"),
        ("disclose", "disclosure", "POST disclosures/{id}/approval"),
        ("promote", "promotion", "POST promotions/{id}/approval"),
        ("reviewcandidate", "review", "POST reviews/{id}/approval"),
        ("strictgarden", "garden", "PUT cases/{id}/garden"),
    ];

    public static void Map(ConsoleRoutes routes)
    {
        foreach (var (deed, act, needs) in Deeds)
        {
            routes.Act($"approvals/{{id}}/{act}", needs, "approvals", call => DoAsync(call, deed));
        }
    }

    /// <summary>The button, for who may press it; what it waits for, for everybody else.</summary>
    public static Markup Form(ConsoleCall call, ApprovalDetail one)
    {
        var (words, known) = (call.Words, Array.Find(Deeds, deed => deed.Deed == one.Act));
        if (one.GivenBy.Length > 0)
        {
            return Ui.Section(words["carry.done"], "", Given(call, one));
        }

        if (one.SignedBy.Count < 2 || known.Act is null)
        {
            return Markup.None;
        }

        var route = known.Needs.Split(' ');
        var content = one.AskedBy == call.Actor.Name || !call.Api.May(route[0], route[1])
            ? Markup.Format($"""<p class="small quiet">{words["carry.not-you"]}</p>""")
            : Forms.Post(call, $"/approvals/{one.Id}/{known.Act}", Markup.Format(
                $"""<p>{words[$"carry.{known.Act}"]}</p><div class="acts mt">{Forms.Button(words["carry.button"], "first")}</div>"""));
        return Ui.Section(words["carry.title"], words["carry.sub"], content);
    }

    private static Markup Given(ConsoleCall call, ApprovalDetail one)
    {
        var words = call.Words;
        var to = one.Block.Length > 0 ? Link($"/blocks/{one.Block}", words["carry.see.block"])
            : one.Act == "disclose" ? Link($"/disclosures/{one.Id}", words["carry.see.disclosure"])
            : one.Case.Length > 0 ? Link($"/cases/{one.Case}", one.Case)
            : Markup.None;
        return Markup.Format($"""<p>{words.Fill("carry.by", ("user", one.GivenBy))} {to}</p>""");
    }

    private static Markup Link(string to, string word) => Markup.Format($"""<a href="{to}">{word}</a>""");

    private static async Task<ConsoleAnswer> DoAsync(ConsoleCall call, string deed)
    {
        var id = call.Part("id");
        var reply = await call.Api.GetAsync("approvals/{id}", ApprovalJson.Default.ApprovalDetail, ("id", id));
        if (reply.Value is not { } one)
        {
            return TablePage.Refused(call, id, reply.Problem!, "/approvals");
        }

        var back = $"/approvals/{one.Id}";
        return one.SignedBy.Count < 2 || one.Act != deed || one.GivenBy.Length > 0 || one.AskedBy == call.Actor.Name
            ? TablePage.BadForm(call, one.Id, call.Words["fault.signatures"], back)
            : deed switch
            {
                "block" => await GiveAsync(call, one, () => call.Api.DoAsync(
                    "POST blocks/{id}/approval", new BlockApprovalRequest(), BlockJson.Default.BlockApprovalRequest,
                    BlockJson.Default.BlockResponse, ("id", one.Block)), _ => $"/blocks/{one.Block}"),
                "disclose" => await GiveAsync(
                    call, one, () => SimpleAsync(call, one, "POST disclosures/{id}/approval",
                        ApprovalJson.Default.DisclosureResponse), _ => $"/disclosures/{one.Id}"),
                "promote" => await GiveAsync(
                    call, one, () => SimpleAsync(call, one, "POST promotions/{id}/approval",
                        PromotionJson.Default.PromotionResponse),
                    done => $"/endpoint?endpoint={Uri.EscapeDataString(done.Endpoint)}"),
                "reviewcandidate" => await GiveAsync(
                    call, one, () => SimpleAsync(call, one, "POST reviews/{id}/approval",
                        ComparisonJson.Default.ReviewResponse),
                    done => $"/endpoint?endpoint={Uri.EscapeDataString(done.Endpoint)}"),
                _ => await GiveAsync(call, one, () => call.Api.DoAsync(
                    "PUT cases/{id}/garden", new GardenRequest("strict", one.Reason),
                    EscalationJson.Default.GardenRequest, EscalationJson.Default.LadderSummary, ("id", one.Case)),
                    _ => $"/cases/{one.Case}"),
            };
    }

    private static Task<Reply<T>> SimpleAsync<T>(
        ConsoleCall call, ApprovalDetail one, string act, JsonTypeInfo<T> type)
        where T : class => call.Api.DoAsync(act, type, ("id", one.Id));

    private static async Task<ConsoleAnswer> GiveAsync<T>(
        ConsoleCall call, ApprovalDetail one, Func<Task<Reply<T>>> act, Func<T, string> to)
        where T : class
    {
        var reply = await act();
        return reply.Value is { } done
            ? new RedirectAnswer(to(done)) { Done = $"carried-{one.Act}" }
            : TablePage.Refused(call, one.Id, reply.Problem!, $"/approvals/{one.Id}");
    }
}
