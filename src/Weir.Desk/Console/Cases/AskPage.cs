// SPDX-License-Identifier: Apache-2.0
//
// To ask for something else of a line: the policy engine's own answer, with its code, and the event that would open it.
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Desk.Api.Cases;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;
using Weir.Wire;

namespace Weir.Desk.Console.Cases;

/// <summary>Asks, and says what would open it.</summary>
internal static class AskPage
{
    /// <summary>The form on the case's page.</summary>
    public static Markup Form(ConsoleCall call, string id, string what = "") => Markup.Format($"""
        <form method="get" action="/cases/{id}/ask">{Forms.Text("what", call.Words["ask.label"], what, "out/tcp/25")}
        <div class="acts mt">{Forms.Button(call.Words["ask.button"])}</div></form>
        <p class="small quiet mt">{call.Words["ask.says"]}</p>
        """);

    public static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var (words, id, what) = (call.Words, call.Part("id"), call.Query("what") ?? "");
        if (what.Length == 0)
        {
            return Page(call, Markup.None, Form(call, id)); // nothing was asked, so nothing stands on record
        }

        var reply = await call.Api.DoAsync(
            "POST cases/{id}/evidence", new EvidenceRequest(Predicate: what, Limit: 1),
            CaseJson.Default.EvidenceRequest, CaseJson.Default.EvidenceResponse, ("id", id));
        var answer = reply.Value is { } inside
            ? Ui.Note("blue", Markup.Format($"""{words.Count("ask.inside", inside.Total)} <a href="/cases/{id}/evidence?scope={inside.Scope}">{words["scope.read"]}</a>"""))
            : Markup.Format($"{Ui.Problem(words, reply.Problem!)}{(reply.Problem!.Status == 403 ? Opens(call, what) : Markup.None)}");
        return Page(call, answer, Ui.Section(words["ask.again"], "", Form(call, id, what))) with
        {
            Status = reply.Problem?.Status ?? 200,
        };
    }

    private static PageAnswer Page(ConsoleCall call, Markup answer, Markup form)
    {
        var (words, id) = (call.Words, call.Part("id"));
        return new(words["ask.title"], Markup.Format($"""
            {Ui.Head(
                Markup.Format($"{words["ask.title"]}"),
                Markup.Format($"""<p class="sub"><a class="code" href="/cases/{id}">{id}</a></p>"""), Markup.None)}
            {answer}
            {form}
            """));
    }

    /// <summary>The rules whose events would open what was asked; nothing where none does.</summary>
    private static Markup Opens(ConsoleCall call, string what)
    {
        var rules = PredicateText.TryRead(what, out var asked) ? RulesOf(asked) : [];
        return rules.Length == 0 ? Markup.None
            : Ui.Section(call.Words["ask.opens"], call.Words["ask.opens.sub"], Markup.Format($"""
            <ul class="plainlist">{Markup.Join(rules.Select(rule => Markup.Format($"<li><span class=\"code\">{rule}</span> {call.Words[$"event.{rule}"]}</li>")))}</ul>
            """));
    }

    private static string[] RulesOf(FlowPredicate asked)
    {
        var kinds = asked.Protocol switch
        {
            Protocols.Tcp => asked.RemotePorts.Any(MailPorts.Usual.Contains) ? TrafficKinds.Mail : TrafficKinds.Tcp,
            Protocols.Udp => TrafficKinds.Udp,
            _ => TrafficKinds.Mail | TrafficKinds.Tcp | TrafficKinds.Udp,
        };
        return [.. DetectionRules.All.Where(rule => (rule.Opens & kinds) != 0).Select(rule => rule.Id)];
    }
}
