// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Overview;
using Weir.Desk.Cases.Records;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Desk.Sessions;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Now;

/// <summary>The first page: a sentence, tiles, what needs somebody. <c>?wall</c> is the same for a wall: no name, no
/// link, and it renews itself.</summary>
internal static class NowPage
{
    private const int MostOnWall = 4;

    private static readonly TableColumn<OpenCount>[] Counts =
    [
        new("name", one => one.Name) { Class = "lead1" },
        new("open", one => one.Open.ToString(System.Globalization.CultureInfo.InvariantCulture)) { Class = "n" },
        new("new", one => one.NewToday.ToString(System.Globalization.CultureInfo.InvariantCulture)) { Class = "n" },
    ];

    public static void Map(ConsoleRoutes routes)
    {
        var drawings = new NowDrawings();
        routes.AddSection(new(ConsoleHeading.Watch, "now", "now")
        {
            Path = "", Topic = "now", RenewsItself = true,
        });
        routes.Add(new()
        {
            Method = "GET", Path = "", Needs = "GET now", Section = "now", Answer = call => ShowAsync(call, drawings),
            IsForIdle = call => call.Has(ConsoleSignIn.WallMark) && !call.Has("as"),
        });
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call, NowDrawings drawings)
    {
        var reply = await call.Api.GetAsync("now", OverviewJson.Default.NowResponse);
        if (reply.Value is not { } now)
        {
            return TablePage.Refused(call, call.Words["rail.now"], reply.Problem!);
        }

        var isWall = call.Has(ConsoleSignIn.WallMark);
        return TablePage.File(call, reply.Octets, new FileTable<OpenCount>("now", Counts, now.Rules))
            ?? (ConsoleAnswer)new PageAnswer(call.Words["rail.now"], drawings.Get(
                reply.Octets, call.Words.Tag, isWall, () => isWall ? Wall(call.Words, now) : Page(call.Words, now)))
            {
                IsWall = isWall,
            };
    }

    private static Markup Page(ConsoleWords words, NowResponse now) =>
        Markup.Format($"""
            {Ui.Head(
                Markup.Format($"{words["rail.now"]}"), Markup.None,
                Markup.Format($"""<a class="btn" href="/?wall">{words["now.wall"]}</a>{TablePage.Links("/")}"""))}
            <p class="lead"><b>{Sentence(words, now)}</b> {Rest(words, now)}</p>
            {Tiles(words, now, "/cases", "/blocks", "/approvals")}
            {Ui.Section(words["now.needs"], words["now.needs.sub"], Needs(words, now, now.Needs.Count, isLinked: true))}
            <div class="cols">
            {Ui.Section(words["now.rules"], words["now.rules.sub"], Breakdown(words, now.Rules, "rule"), "c6")}
            {Ui.Section(words["now.families"], words["now.families.sub"], Breakdown(words, now.Families, "family"), "c6")}
            </div>
            """);

    private static Markup Wall(ConsoleWords words, NowResponse now) =>
        Markup.Format($"""
            <h1 class="vh">{words["rail.now"]}</h1>
            {Tiles(words, now, "", "", "")}
            {Ui.Section(words["now.needs"], words["now.needs.sub"], Needs(words, now, MostOnWall, isLinked: false), "first")}
            <div class="cols">
            {Ui.Section(words["now.rules"], "", Breakdown(words, [.. now.Rules.Take(MostOnWall)], ""), "c6")}
            {Ui.Section(words["now.families"], "", Breakdown(words, [.. now.Families.Take(MostOnWall)], ""), "c6")}
            </div>
            """);

    private static string Sentence(ConsoleWords words, NowResponse now)
    {
        var acts = now.Needs.Count(need => need.Urgency == "act");
        return acts > 0 ? words.Count("now.acts", acts)
            : now.Needs.Count > 0 ? words.Count("now.looks", now.Needs.Count)
            : words["now.quiet"];
    }

    private static string Rest(ConsoleWords words, NowResponse now) => words.Fill(
        "now.rest",
        ("flows", now.FlowsPerSecond is { } rate ? $"{words.Number((long)rate)} {words["unit.flows"]}"
            : words["now.no-flows"]),
        ("up", words.Number(now.ExportersUp)), ("all", words.Number(now.Exporters)));

    private static Markup Tiles(ConsoleWords words, NowResponse now, string cases, string blocks, string approvals)
    {
        var rates = now.Rates;
        var flows = now.FlowsPerSecond is { } rate
            ? Markup.Format($"""{words.Number((long)rate)}<span class="u">/s</span>""")
            : Markup.Format($"–");
        var peak = rates.Count < 2 ? Markup.Format($"{words["now.rates.none"]}") : Markup.Format($"""
            {words.Fill("now.peak", ("peak", words.Number((long)rates.Max())))}{Plots.Spark(rates, words.Fill("now.spark", ("low", words.Number((long)rates.Min())), ("high", words.Number((long)rates.Max()))))}
            """);
        List<Markup> tiles =
        [
            Ui.Tile("blue", words["now.flows"], flows, peak),
            Ui.Tile(
                now.ExportersUp < now.Exporters || now.Exporters == 0 ? "red" : now.ExportersByState.Count > 0
                    ? "amber" : "", words["now.exporters"],
                Markup.Format($"""{now.ExportersUp}<span class="u"> {words["of"]} {now.Exporters}</span>"""),
                now.Exporters == 0 ? Ui.Status(Shape.Act, words["now.exporters.none"])
                    : now.ExportersByState.Count == 0 ? Markup.Format($"{words["now.exporters.well"]}")
                    : Markup.Join(now.ExportersByState.Select(one => Ui.Status(
                        ExporterShapes.Of(one.Name), $"{one.Open} {words.Term("exporter", one.Name)}")))),
            Ui.Tile(
                now.Cases is { Floods: > 0 } ? "red" : "", words["now.floods"],
                Markup.Format($"{(now.Cases is { } floods ? words.Number(floods.Floods) : "–")}"),
                Markup.Format($"{words.Count("now.events", now.EventsOpen)}")),
            Ui.Tile("", words["now.listed"], Markup.Format($"{words.Number(now.Listed)}"),
                Markup.Format($"{words["now.listed.sub"]}")),
        ];
        if (now.Cases is { } counts)
        {
            tiles.Add(Ui.Tile(
                "", words["now.cases"], Link(cases, words.Number(counts.Open)),
                Markup.Format($"{words.Count("now.cases.new", counts.NewToday)}")));
            tiles.Add(Ui.Tile(
                "", words["now.nobodys"],
                Link(cases.Length > 0 ? "/cases?assignee=-" : "", words.Number(counts.Nobodys)),
                Markup.Format($"{words["now.nobodys.sub"]}")));
        }

        if (now.Blocks is { } held)
        {
            tiles.Add(Ui.Tile(
                held.NotHeld + held.InPart > 0 && held.IsEnforced ? "red"
                    : "", words["now.blocks"], Link(blocks, words.Number(held.InForce)),
                !held.IsEnforced ? Markup.Format($"{words["blocks.dry"]}")
                    : held.NotHeld > 0
                        ? Ui.Status(Shape.Act, words.Fill("now.not-held", ("n", words.Number(held.NotHeld))))
                    : held.InPart > 0
                        ? Ui.Status(Shape.Act, words.Fill("now.in-part", ("n", words.Number(held.InPart))))
                    : Markup.Format($"{words["now.held"]}")));
        }

        if (now.Approvals is { } asked)
        {
            tiles.Add(Ui.Tile(
                asked.Waiting > 0 ? "blue" : "", words["now.approvals"], Link(approvals, words.Number(asked.Waiting)),
                Markup.Format($"{(asked.Oldest is { } oldest ? words.Fill("now.oldest", ("age", words.Age(now.At - oldest))) : words["now.approvals.none"])}")));
        }

        return Markup.Format($"""<div class="tiles four">{Markup.Join(tiles)}</div>""");
    }

    private static Markup Link(string to, string figure) => to.Length == 0
        ? Markup.Format($"{figure}")
        : Markup.Format($"""<a class="figure" href="{to}">{figure}</a>""");

    private static Markup Needs(ConsoleWords words, NowResponse now, int most, bool isLinked) => now.Needs.Count == 0
        ? Ui.Empty(words["now.needs.none"], words["now.needs.none.text"])
        : Markup.Format($"""<ul class="todo">{Markup.Join(now.Needs.Take(most).Select(need => Need(words, now.At, need, isLinked)))}</ul>""");

    private static Markup Need(ConsoleWords words, DateTimeOffset now, NeedSummary need, bool isLinked)
    {
        var what = need.Kind switch
        {
            "exporter" => Markup.Format($"{need.Subject}: {words.Term("exporter.is", need.Text)}"),
            "health" or "list" or "neighbour" => Markup.Format($"{need.Subject}: {Ui.Said(words, need.Text)}"),
            _ => Markup.Format($"{words.Count($"need.{need.Kind}", need.Count)}"),
        };
        var to = need.Kind switch
        {
            "exporter" => "/exporters", "health" => "/health", "list" => "/lists", "approval" => "/approvals",
            "garden" => "/cases",
            "flood" => $"/cases?rule={string.Join(',', CaseTraits.Floods)}", _ => "/blocks",
        };
        return Markup.Format($"""
            <li>{Ui.Status(need.Urgency == "act" ? Shape.Act : Shape.Look, words[$"need.{need.Kind}"])}<span>{(isLinked ? Markup.Format($"""<a href="{to}">{what}</a>""") : Markup.Format($"{what}"))}</span><span class="quiet">{words[$"need.{need.Kind}.who"]}</span><span class="age">{(need.Since is { } since ? Ui.Age(words, since, now) : Markup.None)}</span></li>

            """);
    }

    /// <summary>Counts by name; each leads to its part of the queue where a filter is given.</summary>
    private static Markup Breakdown(ConsoleWords words, IReadOnlyList<OpenCount> counts, string filter)
    {
        Markup Name(OpenCount one) => filter.Length == 0
            ? Markup.Format($"{words.Term("rule", one.Name)}")
            : Markup.Format($"""<a href="/cases?{filter}={Uri.EscapeDataString(one.Name)}">{words.Term("rule", one.Name)}</a>""");
        return counts.Count == 0
            ? Ui.Empty(words["now.none"], words["now.none.text"])
            : TableMarkup.Render(words, [Counts[0] with { Cell = Name }, .. Counts[1..]], counts, words["now.rules"]);
    }
}
