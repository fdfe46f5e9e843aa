// SPDX-License-Identifier: Apache-2.0
//
// What the infected share and others do not: the newest comparison, or an earlier one, as it was published. A candidate
// is a lead for two people; its own page is that of the endpoint.
using System.Globalization;
using Weir.Contracts.Reports;
using Weir.Desk.Api.Comparisons;
using Weir.Desk.Api.Routing;
using Weir.Desk.Comparisons;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Desk.Reporting;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Compare;

/// <summary>A comparison, and those of before.</summary>
internal static class ComparePage
{
    private const string MostRuns = "1000";

    public static void Map(ConsoleRoutes routes)
    {
        routes.Section(
            new(ConsoleHeading.Work, "compare", "comparisons") { Topic = "comparisons" }, ShowAsync);
        routes.Act("compare/run", "POST comparisons", "compare", StartAsync);
        routes.Act("compare/review", "POST candidates/{id}/review", "compare", ReviewAsync);
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var title = call.Words["rail.compare"];
        var kept = await call.Api.GetAsync(
            "comparisons", ComparisonJson.Default.ApiPageRunRow, ("limit", MostRuns));
        if (kept.Value is not { Items: var runs })
        {
            return TablePage.Refused(call, title, kept.Problem!);
        }

        if ((call.Query("run") ?? (runs.Count > 0 ? runs[^1].Id : null)) is not { } id)
        {
            return new PageAnswer(title, Nothing(call));
        }

        var reply = await call.Api.GetAsync("comparisons/{id}", ComparisonJson.Default.RawJson, ("id", id));
        if (reply.Value is not { Text: var text })
        {
            return TablePage.Refused(call, title, reply.Problem!, "/compare");
        }

        var report = ReportJson.Read(text);
        var rows = CandidateRow.Of(report);
        return TablePage.File(call, reply.Octets, new FileTable<CandidateRow>(
            $"compare-{id}", CandidateTable.Columns(call, rows), rows))
            ?? (ConsoleAnswer)new PageAnswer(title, Page(call, (id, report), rows, runs));
    }

    private static Markup Nothing(ConsoleCall call) => Markup.Format($"""
        {Ui.Head(Markup.Format($"{call.Words["rail.compare"]}"), Markup.None, Run(call))}
        {Ui.Empty(call.Words["compare.none"], call.Words["compare.none.text"])}
        """);

    private static Markup Page(
        ConsoleCall call, (string Id, Report Report) run, IReadOnlyList<CandidateRow> rows, IReadOnlyList<RunRow> runs)
    {
        var (words, report) = (call.Words, run.Report);
        var folded = CandidateRow.Fold(rows);
        var table = rows.Count == 0 ? Ui.Empty(words["compare.no-candidate"], words["compare.no-candidate.text"])
            : TableMarkup.Render(words, CandidateTable.Columns(call, rows), folded, words["compare.queue"]);
        return Markup.Format($"""
            {Ui.Head(
                Markup.Format($"{words["rail.compare"]}"),
                Markup.Format($"""<p class="sub">{words["compare.run"]} <span class="code">{run.Id}</span> · {Ui.Time(words, report.Window.From, call.Now)} – {Ui.Time(words, report.Window.Until, call.Now)}</p>"""),
                Markup.Format($"""<a class="btn" href="#runs">{words["compare.runs"]}</a>{Run(call)}{TablePage.Links(call)}"""))}
            <p class="lead"><b>{Sentence(words, report)}</b> {words["compare.lead"]}</p>
            {Tiles(words, report)}
            <div class="cols">
            {Ui.Section(words["volcano.title"], words["volcano.sub"], VolcanoPlot.Draw(words, report.Family, [.. rows.Select(one => (one.Place, one.One))]), "c7")}
            {Ui.Section(words["compare.limits"], "", Limits(words, report), "c5")}
            </div>
            {Ui.Section(words["sankey.title"], words["sankey.sub"], SankeyPlot.Draw(words, report))}
            {Ui.Section(words["compare.queue"], words["compare.queue.sub"], table)}
            {(report.Campaigns.Count == 0 ? Markup.None : Ui.Section(words["compare.campaigns"], words["compare.campaigns.sub"], Campaigns(call, report)))}
            {Withheld(call, run.Id, report)}
            {Ui.Section(words["compare.runs"], words["compare.runs.sub"], Markup.Format($"""<div id="runs">{Runs(call, run.Id, runs)}</div>"""))}
            """);
    }

    private static Markup Run(ConsoleCall call) => call.Api.May("POST", "comparisons")
        ? Forms.Post(call, "/compare/run", Forms.Button(call.Words["compare.again"]), "inline") : Markup.None;

    private static string Sentence(ConsoleWords words, Report report)
    {
        var (found, shared) = (report.Found, report.Shared);
        return !report.Family.Valid ? words["compare.invalid"]
            : !IsTold(report) ? words["compare.too-few"]
            : found + shared == 0 ? words["compare.nothing"]
            : shared == 0 ? words.Count("compare.found", found)
            : $"{words.Count("compare.found", found)} {words.Count("compare.shared", shared)}";
    }

    /// <summary>Whether enough lines were seen for figures at all (rules.md R11).</summary>
    private static bool IsTold(Report report) => report.Subjects.Seen.IsNumber || report.Family.Endpoints > 0
        || report.Candidates.Count > 0;

    private static Markup Tiles(ConsoleWords words, Report report)
    {
        if (!IsTold(report))
        {
            return Markup.None;
        }

        var (family, all) = (report.Family, report.Candidates);
        var (found, shared) = (report.Found, report.Shared);
        return Markup.Format($"""
            <div class="tiles">
            {Ui.Tile("", words["compare.infected"], Markup.Format($"{report.Subjects.Cases}"), Markup.Format($"{words.Fill("compare.of-seen", ("n", $"{report.Subjects.Seen}"))}"))}
            {Ui.Tile("", words["compare.tested"], Markup.Format($"{words.Number(family.Endpoints)}"), Markup.Format($"{words.Fill("compare.once", ("q", family.Q.ToString("0.###", CultureInfo.InvariantCulture)))}"))}
            {Ui.Tile(found > 0 ? "blue" : "", words["compare.candidates"], Markup.Format($"{found}"), Markup.Format($"{words.Count("compare.replicated", all.Count(one => one.State == "replicated"))}"))}
            {Ui.Tile(shared > 0 ? "amber" : "", words["compare.shared.tile"], Markup.Format($"{shared}"), Markup.Format($"{words["compare.shared.sub"]}"))}
            {Ui.Tile(family.Valid ? "" : "red", words["compare.permuted"], Markup.Format($"{family.PermutedDiscoveries}"), Markup.Format($"{words.Count("compare.shuffled", family.Permutations)}"))}
            </div>
            """);
    }

    private static Markup Limits(ConsoleWords words, Report report)
    {
        List<Markup> lines =
        [
            .. report.Limits.Select(one => Markup.Format($"<li>{Ui.Said(words, one.Words)}</li>")),
            .. report.Withholdings.Select(one => Markup.Format($"<li>{words["compare.withheld"]}: {(one.Count.IsNumber ? $"{one.Count} " : "")}{Ui.Said(words, one.What)}: {Ui.Said(words, one.Why)}</li>")),
        ];
        if (report.Family.Replication is { Why.Length: 0 } again)
        {
            lines.Add(Markup.Format($"<li>{words.Fill("compare.earlier", ("held", words.Number(again.Held)), ("all", words.Number(again.Tested)))}</li>"));
        }

        return lines.Count == 0 ? Markup.Format($"""<p class="small quiet">{words["compare.limits.none"]}</p>""")
            : Markup.Format($"""<ul class="ticks">{Markup.Join(lines)}</ul>""");
    }

    private static Markup Campaigns(ConsoleCall call, Report report) => Markup.Join(report.Campaigns.Select(one =>
        Markup.Format($"""
            <details class="act" id="campaign-{one.Id}"><summary>{one.Id} · {call.Words.Term("campaign", one.Kind)} · {call.Words.Count("compare.endpoints", one.Endpoints.Count)}</summary>
            <p class="small">{Ui.Said(call.Words, one.Words)} · {call.Words["compare.lines"]}: {one.Lines}</p>
            <ul class="plainlist">{Markup.Join(one.Endpoints.Select(endpoint => Markup.Format($"<li>{EndpointLink.Write(endpoint)}{report.NameOf(endpoint)[endpoint.Length..]}</li>")))}</ul></details>

            """)));

    private static Markup Withheld(ConsoleCall call, string run, Report report)
    {
        var words = call.Words;
        return report.Withheld == 0 || !call.Api.May("POST", "candidates/{id}/review") ? Markup.None : Ui.Section(
            words["compare.review"], words.Count("compare.review.sub", report.Withheld), Forms.Post(
                call, "/compare/review", Markup.Format($"""
                    <p class="small quiet">{words["compare.review.text"]}</p>
                    {Forms.Hidden("run", run)}{Forms.Once(call)}
                    {Forms.Text("number", words["compare.number"], "1")}
                    {Forms.Text("reason", words["field.reason"], "", words["field.reason.example"])}
                    <div class="acts mt">{Forms.Button(words["compare.review.button"])}</div>
                    """), "narrow"));
    }

    private static Markup Runs(ConsoleCall call, string current, IReadOnlyList<RunRow> runs)
    {
        var words = call.Words;
        TableColumn<RunRow>[] columns =
        [
            new("run", one => one.Id)
            {
                Class = "lead1", Cell = one => Markup.Format($"""<a class="code" href="/compare?run={Uri.EscapeDataString(one.Id)}">{one.Id}</a>{(one.Id == current ? Markup.Format($" {Ui.Status(Shape.Open, words["compare.this"])}") : Markup.None)}"""),
            },
            new("from", one => $"{one.From:u}") { Cell = one => Ui.Time(words, one.From, call.Now) },
            new("until", one => $"{one.Until:u}") { Cell = one => Ui.Time(words, one.Until, call.Now) },
            new("candidates", one => $"{one.Candidates}") { Class = "n" },
            new("shared", one => $"{one.Shared}") { Class = "n" },
            new("withheld", one => $"{one.Withheld}") { Class = "n" },
        ];
        return TableMarkup.Render(words, columns, runs.Reverse(), words["compare.runs"]);
    }

    private static async Task<ConsoleAnswer> StartAsync(ConsoleCall call)
    {
        var reply = await call.Api.DoAsync("POST comparisons", ComparisonJson.Default.ComparisonStarted);
        return reply.Problem is { } problem
            ? TablePage.Refused(call, call.Words["rail.compare"], problem, "/compare")
            : new RedirectAnswer("/compare") { Done = "compared" };
    }

    /// <summary>Asks; a second person gives, and both are shown the endpoint.</summary>
    private static async Task<ConsoleAnswer> ReviewAsync(ConsoleCall call)
    {
        var reply = await call.Api.DoAsync(
            "POST candidates/{id}/review", new ReviewRequest(call.Field("reason")),
            ComparisonJson.Default.ReviewRequest, ComparisonJson.Default.ReviewResponse,
            ("id", $"{call.Field("run")}.{call.Field("number")}"), (IdempotencyKeys.Header, call.Field("once")));
        return reply.Problem is { } problem
            ? TablePage.Refused(call, call.Words["rail.compare"], problem, "/compare")
            : new RedirectAnswer("/approvals") { Done = "asked" };
    }
}
