// SPDX-License-Identifier: Apache-2.0
//
// What people do with cases: one at a time from the case, or several after a preview that says how many, who is left
// out and why. Each case is an act of its own, decided and on record as from the command line.
using System.Globalization;
using Weir.Desk.Api.Cases;
using Weir.Desk.Api.Escalations;
using Weir.Desk.Api.Notices;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Cases;

/// <summary>Something that can be done with a case.</summary>
/// <param name="Name">Its word in forms, addresses and catalogues.</param>
/// <param name="Method">Of the API's route.</param>
/// <param name="Path">Of it.</param>
internal sealed record CaseAct(string Name, string Method, string Path)
{
    public string Route => $"{Method} {Path}";

    /// <summary>Whether the caller's role may have it.</summary>
    public bool MayBeOffered(ConsoleCall call) => call.Api.May(Method, Path);
}

/// <summary>Forms of cases, and where they are sent.</summary>
internal static class CaseActs
{
    /// <summary>Most cases of one bulk act.</summary>
    public const int MostAtOnce = 200;

    /// <summary>Acts on one case, in the order in which they are offered, with the API's route of each.</summary>
    public static readonly IReadOnlyList<CaseAct> All =
    [
        new("assign", "PUT", "cases/{id}/assignee"), new("notify", "POST", "notices"),
        new("snooze", "PUT", "cases/{id}/snooze"), new("comment", "POST", "cases/{id}/comments"),
        new("recheck", "POST", "cases/{id}/rechecks"), new("garden", "PUT", "cases/{id}/garden"),
        new("close", "PUT", "cases/{id}/closure"),
    ];

    /// <summary>Those that several cases can have together.</summary>
    public static readonly IReadOnlyList<CaseAct> Bulk =
        [.. ((string[])["notify", "assign", "snooze", "close"]).Select(name => All.Single(act => act.Name == name))];

    public static void Map(ConsoleRoutes routes)
    {
        foreach (var act in All)
        {
            routes.Act($"cases/{{id}}/{act.Name}", act.Route, "cases", call => OneAsync(call, act.Name));
        }

        routes.Act("cases/bulk", "PUT cases/{id}/assignee", "cases", PreviewAsync);
        routes.Act("cases/bulk/do", "PUT cases/{id}/assignee", "cases", DoAsync);
    }

    private static async Task<ConsoleAnswer> OneAsync(ConsoleCall call, string act)
    {
        var id = call.Part("id");
        if ((Fault(call, act) ?? FaultOfTag(call, act, call.Field("tag"))) is { } fault)
        {
            return TablePage.BadForm(call, CaseTable.Short(id), fault, $"/cases/{id}");
        }

        return await ActAsync(call, act, id, call.Field("tag")) is { } problem
            ? TablePage.Refused(call, CaseTable.Short(id), problem, $"/cases/{id}")
            : new RedirectAnswer($"/cases/{Uri.EscapeDataString(id)}") { Done = act };
    }

    /// <summary>What a form lacks, in words; null where it can be carried out.</summary>
    private static string? Fault(ConsoleCall call, string act) => act switch
    {
        "snooze" when Until(call) is null => call.Words["fault.until"],
        "close" when call.Field("verdict") is not ("fixed" or "false-positive") => call.Words["fault.verdict"],
        "garden" when call.Field("garden") is not ("leaky" or "none") => call.Words["fault.garden"],
        "comment" when call.Field("text").Length == 0 => call.Words["fault.text"],
        _ => null,
    };

    /// <summary>What would go over another's change says which version it is meant for.</summary>
    private static string? FaultOfTag(ConsoleCall call, string act, string tag) =>
        act is "assign" or "snooze" or "close" && tag.Length == 0 ? call.Words["fault.tag"] : null;

    private static DateTimeOffset? Until(ConsoleCall call) =>
        int.TryParse(call.Field("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            && days is >= 1 and <= 90
            ? call.Now.AddDays(days)
            : null;

    /// <summary>Carries an act out; null where it was done.</summary>
    private static async Task<ApiProblem?> ActAsync(ConsoleCall call, string act, string id, string tag)
    {
        (string, string?)[] known = [("id", id), ("If-Match", tag)];
        return act switch
        {
            "assign" => (await call.Api.DoAsync(
                "PUT cases/{id}/assignee", new AssignRequest(call.Field("to") is "-" ? ""
                    : call.Field("to") is { Length: > 0 } to ? to : null),
                CaseJson.Default.AssignRequest, CaseJson.Default.CaseResponse, known)).Problem,
            "comment" => (await call.Api.DoAsync(
                "POST cases/{id}/comments", new CommentRequest(call.Field("text")), CaseJson.Default.CommentRequest,
                CaseJson.Default.CaseResponse, ("id", id), (IdempotencyKeys.Header, call.Field("once")))).Problem,
            "snooze" => (await call.Api.DoAsync(
                "PUT cases/{id}/snooze", new SnoozeRequest(Until(call)!.Value), CaseJson.Default.SnoozeRequest,
                CaseJson.Default.CaseResponse, known)).Problem,
            "close" => (await call.Api.DoAsync(
                "PUT cases/{id}/closure", new CloseRequest(call.Field("verdict"), call.Field("reason")),
                CaseJson.Default.CloseRequest, CaseJson.Default.CaseResponse, known)).Problem,
            "recheck" => (await call.Api.DoAsync(
                "POST cases/{id}/rechecks", EscalationJson.Default.LadderSummary, ("id", id))).Problem,
            "garden" => (await call.Api.DoAsync(
                "PUT cases/{id}/garden", new GardenRequest(call.Field("garden"), call.Field("reason")),
                EscalationJson.Default.GardenRequest, EscalationJson.Default.LadderSummary, ("id", id))).Problem,
            "notify" => (await call.Api.DoAsync(
                "POST notices", new NoticeSendRequest(id, "found"), NoticeJson.Default.NoticeSendRequest,
                NoticeJson.Default.ApiPageNoticeSummary)).Problem,
            _ => throw new ArgumentException($"'{act}' is no act of a case", nameof(act)),
        };
    }

    /// <summary>What would happen: read case by case as it stands now.</summary>
    private static async Task<ConsoleAnswer> PreviewAsync(ConsoleCall call)
    {
        var words = call.Words;
        var ids = call.Fields(CaseTable.Pick).Distinct().Take(MostAtOnce).ToList();
        var act = Bulk.FirstOrDefault(one => one.Name == call.Field("act"))?.Name;
        if (ids.Count == 0 || act is null)
        {
            return TablePage.BadForm(call, words["rail.cases"], words["bulk.nothing"], "/cases");
        }

        List<(string Id, string Tag, CaseSummary Case)> takes = [];
        List<(string Id, string Why)> leaves = [];
        foreach (var id in ids)
        {
            var reply = await call.Api.GetAsync("cases/{id}", CaseJson.Default.CaseResponse, ("id", id));
            if (reply.Value is { Case: var file } && WhyNot(words, act, file) is { } why)
            {
                leaves.Add((file.Id, why));
            }
            else if (reply.Value is { Case: var taken })
            {
                takes.Add((taken.Id, reply.Tag, taken));
            }
            else
            {
                leaves.Add((id, $"{reply.Problem!.Code}: {Ui.Short(words, reply.Problem)}"));
            }
        }

        return new PageAnswer(words[$"bulk.{act}"], Preview(call, act, takes, leaves));
    }

    private static string? WhyNot(ConsoleWords words, string act, CaseSummary file) =>
        file.State is "closed" or "erased" ? words["bulk.why.closed"]
        : act == "notify" && file.Notice != "none" ? words.Fill("bulk.why.told", ("notice", file.Notice))
        : null;

    private static Markup Preview(
        ConsoleCall call, string act, List<(string Id, string Tag, CaseSummary Case)> takes,
        List<(string Id, string Why)> leaves)
    {
        var words = call.Words;
        var left = leaves.Count == 0 ? Markup.None : Ui.Section(
            words.Count("bulk.left", leaves.Count), "", Markup.Format(
                $"""<ul class="plainlist two">{Markup.Join(leaves.Select(one => Markup.Format($"<li><span class=\"code\">{one.Id}</span><span>{one.Why}</span></li>")))}</ul>"""));
        var content = Markup.Format($"""
            {Forms.Hidden("act", act)}
            {Markup.Join(takes.Select(one => Markup.Format($"{Forms.Hidden(CaseTable.Pick, one.Id)}{Forms.Hidden($"tag.{one.Id}", one.Tag)}")))}
            {CaseForms.FieldsOfMany(call, act)}
            <div class="acts mt">{Forms.Button(words.Count($"bulk.do.{act}", takes.Count), "first")}<a class="btn plain" href="/cases">{words["back"]}</a></div>
            """);
        return Markup.Format($"""
            {Ui.Head(words[$"bulk.{act}"], words[$"bulk.says.{act}"])}
            <p class="lead"><b>{words.Count($"bulk.will.{act}", takes.Count)}</b></p>
            {(takes.Count == 0 ? Ui.Note("amber", Markup.Format($"{words["bulk.none"]}")) : Forms.Post(call, "/cases/bulk/do", content, "narrow"))}
            {(takes.Count == 0 ? Markup.None : Ui.Section(words.Count("bulk.which", takes.Count), "", CaseTable.Render(call, [.. takes.Select(one => one.Case)], canPick: false)))}
            {left}
            """);
    }

    private static async Task<ConsoleAnswer> DoAsync(ConsoleCall call)
    {
        var words = call.Words;
        var act = Bulk.FirstOrDefault(one => one.Name == call.Field("act"))?.Name;
        var ids = call.Fields(CaseTable.Pick).Distinct().Take(MostAtOnce).ToList();
        var fault = act is null || ids.Count == 0 ? words["bulk.nothing"]
            : Fault(call, act)
                ?? (act == "close" && call.Field("verdict") != "fixed" ? words["fault.bulk-verdict"] : null)
                ?? ids.Select(id => FaultOfTag(call, act, call.Field($"tag.{id}"))).FirstOrDefault(one =>
                    one is not null);
        if (fault is not null)
        {
            return TablePage.BadForm(call, words["rail.cases"], fault, "/cases");
        }

        List<(string Id, ApiProblem? Problem)> done = [];
        foreach (var id in ids)
        {
            done.Add((id, await ActAsync(call, act!, id, call.Field($"tag.{id}"))));
        }

        var count = done.Count(one => one.Problem is null);
        return new PageAnswer(words[$"bulk.{act}"], Markup.Format($"""
            {Ui.Head(words[$"bulk.{act}"])}
            {Ui.Note(count == done.Count ? "blue" : "amber", Markup.Format($"{words.Fill("bulk.done", ("n", words.Number(count)), ("all", words.Number(done.Count)))}"))}
            <ul class="plainlist two mt">{Markup.Join(done.Select(one => Markup.Format($"""
                <li><a class="code" href="/cases/{one.Id}">{one.Id}</a><span>{(one.Problem is { } problem ? Markup.Format($"{Ui.Status(Shape.Look, problem.Code)} {Ui.Short(words, problem)}") : Ui.Status(Shape.Well, words["bulk.ok"]))}</span></li>
                """)))}</ul>
            <p class="mt"><a class="btn" href="/cases">{words["back"]}</a></p>
            """));
    }
}
