// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Desk.Api.Cases;
using Weir.Desk.Api.Escalations;
using Weir.Desk.Api.Notices;
using Weir.Desk.Api.Overview;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Cases;

/// <summary>One case: what is open and what stays closed, facts, the ladder, what was written and told, what can be
/// done.
/// </summary>
internal static class CaseFilePage
{
    public static void Map(ConsoleRoutes routes)
    {
        routes.Page("cases/{id}", "GET cases/{id}", "cases", ShowAsync);
        routes.Look("cases/{id}/evidence", "POST cases/{id}/evidence", "cases", EvidencePage.ShowAsync);
        routes.Look("cases/{id}/ask", "POST cases/{id}/evidence", "cases", AskPage.ShowAsync);
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var id = call.Part("id");
        var reply = await call.Api.GetAsync("cases/{id}", CaseJson.Default.CaseResponse, ("id", id));
        if (reply.Value is not { } file)
        {
            return TablePage.Refused(call, CaseTable.Short(id), reply.Problem!, "/cases");
        }

        if (TablePage.File(call, reply.Octets, new FileTable<CaseSummary>(
            file.Case.Id, CaseTable.Columns(call, canPick: false), [file.Case])) is { } table)
        {
            return table;
        }

        var ladder = await call.Api.GetAsync("cases/{id}/ladder", EscalationJson.Default.LadderResponse, ("id", id));
        var notices =
            await call.Api.GetAsync("cases/{id}/notices", NoticeJson.Default.ApiPageNoticeSummary, ("id", id));
        var heard = await call.Api.GetAsync("exporters", OverviewJson.Default.ExportersResponse);
        var words = call.Words;
        return new PageAnswer(CaseTable.Short(file.Case.Id), Markup.Format($"""
            {Head(call, file)}
            {Unseen(call, heard.Value?.Exporters ?? [])}
            <section aria-labelledby="open"><div class="sech"><h2 id="open">{words["case.open"]}</h2><span class="sub">{call.Now.UtcDateTime:yyyy-MM-dd}, UTC</span></div>
            {ScopeDiagram.Render(call, file)}</section>
            <div class="cols">
            {Ui.Section(words["case.about"], "", About(call, file), "c7")}
            {Ui.Section(words["case.facts"], "", Facts(call, file), "c5")}
            </div>
            {Ui.Section(words["case.ladder"], words["case.ladder.sub"], Ladder(call, ladder))}
            <div class="cols">
            {Ui.Section(words["case.do"], words["case.do.sub"], Forms(call, file, reply.Tag), "c7")}
            {Ui.Section(words["ask.title"], "", AskPage.Form(call, id), "c5")}
            </div>
            <div class="cols">
            {Ui.Section(words["case.comments"], "", Comments(call, file), "c7")}
            {Ui.Section(words["case.notices"], "", Notices(call, notices), "c5")}
            </div>
            """));
    }

    private static Markup Head(ConsoleCall call, CaseResponse file)
    {
        var (words, one) = (call.Words, file.Case);
        var who = one.Assignee.Length == 0 ? words["case.nobodys"]
            : one.Assignee == call.Actor.Name ? words["case.mine"] : words.Fill("case.with", ("user", one.Assignee));
        return Ui.Head(
            Ui.Code(one.Id),
            Markup.Format($"""
                <p class="sub">{Ui.Severity(words, one.Severity)} · {CaseTable.Terms(call, "rule", one.Rules)} · {CaseTable.State(call, one.State)} {words["since"]} {Ui.Time(words, one.Opened, call.Now)} · {who}</p>
                <p class="sub">{words["case.line"]} <span class="code wrap">{(one.Subject.Length > 0 ? one.Subject : "–")}</span>{(one.Snoozed is { } until ? Markup.Format($" · {words["case.snoozed"]} {Ui.Time(words, until, call.Now)}") : Markup.None)}</p>
                """),
            Markup.Format($"""{BlockLink(call, one)}<a class="btn" href="#do">{words["case.do"]}</a>{TablePage.Links(call)}"""));
    }

    /// <summary>Where a router is not seen, silence of a line says nothing of it (worked example 19).</summary>
    private static Markup Unseen(ConsoleCall call, IReadOnlyList<ExporterSummary> heard)
    {
        var words = call.Words;
        List<ExporterSummary> down = [.. heard.Where(one => ExporterView.IsDown(one.State))];
        return down.Count == 0 ? Markup.None : Ui.Note("amber", Markup.Format($"""
            {Markup.Join(down.Select(one => Markup.Format($"<b>{one.Exporter}</b> {words.Term("exporter.is", one.State)} ({Ui.Age(words, call.Now.AddSeconds(-one.HeardSecondsAgo), call.Now)}). ")))}{words["case.unseen"]}
            """));
    }

    /// <summary>To a plan of a block of the first listed endpoint; it waits for a second person with a key.</summary>
    private static Markup BlockLink(ConsoleCall call, CaseSummary one)
    {
        var endpoint = one.Lists.Length > 0 ? one.Endpoints.Split(' ')[0] : "";
        return call.Api.May("POST", "blocks") && Endpoint.TryParse(endpoint, out _)
            ? Markup.Format($"""<a class="btn first" href="/blocks/plan?endpoint={Uri.EscapeDataString(endpoint)}&amp;case={one.Id}" data-key="b">{call.Words["case.block"]}</a>""")
            : Markup.None;
    }

    private static Markup About(ConsoleCall call, CaseResponse file)
    {
        var words = call.Words;
        TableColumn<ScopeSummary>[] columns =
        [
            new("rule", scope => CaseTraits.RuleOf(scope.Trigger))
            {
                Class = "lead1", Cell = scope =>
                    Markup.Format($"<b>{words.Term("rule", CaseTraits.RuleOf(scope.Trigger))}</b>"),
            },
            new("why", scope => TriggerText.Format(scope.Facts))
            {
                Class = "full", Cell = scope => Ui.Said(words, TriggerText.Format(scope.Facts)),
            },
            new("from", scope => $"{scope.From:u}") { Cell = scope => Ui.Time(words, scope.From, call.Now) },
            new("until", scope => $"{scope.Until:u}") { Cell = scope => Ui.Time(words, scope.Until, call.Now) },
            new("scope-state", scope => scope.State)
            {
                Cell = scope => Ui.Status(scope.State == "open" ? Shape.Open
                    : Shape.End, words.Term("scope-state", scope.State)),
            },
        ];
        return TableMarkup.Render(words, columns, file.Scopes, words["case.about"]);
    }

    private static Markup Facts(ConsoleCall call, CaseResponse file)
    {
        var (words, one) = (call.Words, file.Case);
        var about = one.Lists.Length == 0 ? Markup.None : Markup.Format(
            $"<dt>{words["fact.endpoints"]}</dt><dd>{Markup.Join(one.Endpoints.Split(' ').Select(endpoint => Markup.Format($"{EndpointLink.Write(endpoint)} ")))}</dd>");
        (string Name, string Value)[] facts =
        [
            ("fact.endpoints", one.Lists.Length == 0 ? one.Endpoints : ""), ("fact.families", one.Families), ("fact.lists", one.Lists),
            ("fact.networks", one.Networks), ("fact.purposes",
                string.Join(", ", one.Purposes.Split(' ').Select(word => words.Term("purpose", word)))),
            ("fact.actions", string.Join("; ", file.Scopes.Select(scope => Actions(words, scope.Actions)).Distinct())),
            ("fact.whole", string.Join(", ", file.Scopes.Select(scope => scope.WholeSince is { } since
                ? words.Time(since, call.Now) : words["not-known"]).Distinct())),
            ("fact.who", words["fact.who.sealed"]),
        ];
        return Markup.Format($"""
            <dl class="facts">{about}{Markup.Join(facts.Where(fact => fact.Value.Length > 0).Select(fact => Markup.Format($"<dt>{words[fact.Name]}</dt><dd>{fact.Value}</dd>")))}</dl>
            <p class="small quiet mt">{words.Fill("fact.disclose", ("line", $"weir disclose {one.Id}"))} {Ask(call, file)}</p>
            """);
    }

    private static string Actions(ConsoleWords words, string actions) => string.Join(
        ", ", actions.Split(", ").Select(one => words.Term("action", one.ToLowerInvariant())));

    /// <summary>To who the line is: two people's act, for who may have a part in it.</summary>
    private static Markup Ask(ConsoleCall call, CaseResponse file) =>
        file.Scopes.Count == 0 || !call.Api.May("POST", "disclosures") ? Markup.None : Markup.Format(
            $"""<a href="/cases/{file.Case.Id}/disclosure?scope={file.Scopes[^1].Id}">{call.Words["disclose.link"]}</a>""");

    private static Markup Ladder(ConsoleCall call, Reply<LadderResponse> reply)
    {
        var words = call.Words;
        if (reply.Value is not { } ladder)
        {
            return reply.Problem is { Code: "unknown" or "too-many-scopes" or "not-corroborated" or "entry-held" } ? Ui.Empty(words["ladder.none"], words.Phrase(reply.Problem.Detail) ?? words["ladder.nothing"])
                : Ui.Problem(words, reply.Problem!);
        }

        var now = ladder.Ladder;
        var next = now.Next.Length > 0 ? Ui.Note("blue", Ui.Said(words, now.Next)) : Markup.None;
        var measures = now.InForce.Count == 0 && now.NotInForce.Count == 0
            ? Markup.Format($"""<p class="small quiet">{words["ladder.nothing"]}</p>""") : Markup.Format($"""
            <ul class="plainlist">{Markup.Join(now.InForce.Select(one => Markup.Format($"<li>{Ui.Status(Shape.Well, words["ladder.held"])} {words.Term("measure", one.Kind)} <span class=\"code\">{one.What}</span> {Ui.Time(words, one.At, call.Now)}</li>")))}{Markup.Join(now.NotInForce.Select(one => Markup.Format($"<li>{Ui.Status(Shape.Act, words["ladder.not-held"])} {Ui.Said(words, one)}</li>")))}</ul>
            """);
        return Markup.Format($"""
            <p class="lead"><b>{words.Term("level", now.Rung)}</b>, {words.Term("ladder-state", now.State)} {words["since"]} {Ui.Time(words, now.Since, call.Now)}{(now.Why.Length > 0 ? Markup.Format($": {Ui.Said(words, now.Why)}") : Markup.None)}</p>
            {next}{measures}
            <ol class="ladder mt">{Markup.Join(ladder.Steps.Select(step => Markup.Format($"<li class=\"done\"><b>{words.Term("ladder-step", step.Step)}</b><span class=\"why\">{Ui.Time(words, step.At, call.Now)}, {step.By}</span><span class=\"why\">{Ui.Said(words, step.Why)}</span></li>")))}</ol>
            """);
    }

    private static Markup Forms(ConsoleCall call, CaseResponse file, string tag)
    {
        var words = call.Words;
        if (file.Case.State is "closed" or "erased")
        {
            return Markup.Format($"""<p class="small quiet" id="do">{words["case.over"]}</p>""");
        }

        var offered = CaseActs.All.Where(act => act.MayBeOffered(call)).ToList();
        return offered.Count == 0 ? Markup.Format($"""<p class="small quiet" id="do">{words["case.read-only"]}</p>""")
            : Markup.Format($"""
            <div id="do">{Markup.Join(offered.Select(act => Act(call, file.Case.Id, act.Name, tag)))}</div>
            """);
    }

    private static Markup Act(ConsoleCall call, string id, string act, string tag)
    {
        var words = call.Words;
        var once = act == "comment" ? Layout.Forms.Once(call)
            : Markup.None;
        return Markup.Format($"""
            <details class="act"><summary>{words[$"act.{act}"]}</summary>
            {Layout.Forms.Post(call, $"/cases/{id}/{act}", Markup.Format($"""
                <p class="small quiet">{words[$"act.{act}.says"]}</p>
                {Layout.Forms.Hidden("tag", tag)}{once}{CaseForms.Fields(call, act)}
                <div class="acts mt">{Layout.Forms.Button(words[$"act.{act}"], act == "close" ? "" : "first")}</div>
                """))}
            </details>

            """);
    }

    private static Markup Comments(ConsoleCall call, CaseResponse file) => file.Comments.Count == 0
        ? Ui.Empty(call.Words["comments.none"], call.Words["comments.none.text"])
        : Markup.Format($"""
            <ul class="plainlist">{Markup.Join(file.Comments.Reverse().Select(line => Markup.Format($"<li><span class=\"quiet\">{Ui.Time(call.Words, line.At, call.Now)} {line.By}</span><br>{Ui.Own(line.Text)}</li>")))}</ul>
            """);

    private static Markup Notices(ConsoleCall call, Reply<ApiPage<NoticeSummary>> reply)
    {
        var words = call.Words;
        return reply.Value is not { } page ? Ui.Problem(words, reply.Problem!)
            : page.Items.Count == 0 ? Ui.Empty(words["notices.none"], words["notices.none.text"])
            : Markup.Format($"""
                <ul class="plainlist">{Markup.Join(page.Items.Select(one => Markup.Format($"<li>{CaseTable.Notice(call, $"{one.Step} {one.State}")} {Ui.Time(words, one.At ?? one.Planned, call.Now)} <span class=\"quiet\">{one.Channel} {one.Reply} {one.Why}</span></li>")))}</ul>
                """);
    }
}
