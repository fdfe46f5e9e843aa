// SPDX-License-Identifier: Apache-2.0
//
// One far end: who lists it, what comparisons published of it, how it came here, what stands against it, and what can
// be asked. Figures of lines are those of the reports, with their dates, and none besides.
using System.Globalization;
using Weir.Contracts.Mitigation;
using Weir.Desk.Api.Blocks;
using Weir.Desk.Api.Cases;
using Weir.Desk.Api.Endpoints;
using Weir.Desk.Api.Promotions;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Cases;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Endpoints;

/// <summary>What other pages know of an endpoint.</summary>
/// <param name="Cases">Cases about it; null where the role may not list them.</param>
/// <param name="Blocks">Blocks and plans of it.</param>
/// <param name="Promotion">Its place on our own list; null for none.</param>
/// <param name="Held">Who held it; null where it is not held.</param>
internal sealed record EndpointStanding(
    ApiPage<CaseSummary>? Cases, IReadOnlyList<BlockSummary> Blocks, PromotionSummary? Promotion, HeldEndpointRow? Held);

/// <summary>Its page.</summary>
internal static class EndpointPage
{
    private const string MostCases = "20";
    private const int MostLooked = 5_000;

    public static void Map(ConsoleRoutes routes)
    {
        routes.Page("endpoint", "GET endpoint", "endpoints", ShowAsync);
        routes.Act("endpoint/promote", "POST promotions", "endpoints", PromoteAsync);
        routes.Act("endpoint/demote", "POST demotions", "endpoints", DemoteAsync);
        routes.Act("endpoint/allow", "POST allowances", "endpoints", call => SetAsync(call, "allow", "POST allowances"));
        routes.Act("endpoint/hold", "POST holds", "endpoints", call => SetAsync(call, "hold", "POST holds"));
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call) => await TablePage.ShowAsync(
        call, call.Query("endpoint") ?? call.Words["rail.endpoints"],
        await call.Api.GetAsync(
            "endpoint", EndpointJson.Default.EndpointResponse, ("endpoint", call.Query("endpoint"))),
        one => new FileTable<EndpointWindow>("endpoint", EndpointDrawings.Columns, one.Windows),
        async one => Page(call, one, await StandingAsync(call, one.Endpoint)));

    private static async Task<EndpointStanding> StandingAsync(ConsoleCall call, string endpoint)
    {
        var cases = call.Api.May("GET", "cases")
            ? await call.Api.GetAsync(
                "cases", CaseJson.Default.ApiPageCaseSummary, ("endpoint", endpoint), ("state", CaseFilter.NotClosed),
                ("sort", "severity"), ("limit", MostCases))
            : null;
        var blocks = call.Api.May("GET", "blocks")
            ? await call.Api.ListAsync("blocks", BlockJson.Default.ApiPageBlockSummary, MostLooked) : null;
        var promoted = await call.Api.ListAsync("promotions", PromotionJson.Default.ApiPagePromotionSummary, MostLooked);
        var held = await call.Api.GetAsync("holds", EndpointActJson.Default.HeldEndpointsResponse);
        var address = Contracts.Flows.Endpoint.TryParse(endpoint, out var read) ? $"{read.Address}" : "";
        return new(
            cases?.Value,
            [.. (blocks?.Value?.Items ?? []).Where(one => one.Target.Split(' ').Any(word =>
                word == address || word.Split('/')[0] == address))],
            promoted.Value?.Items.LastOrDefault(one => one.Endpoint == endpoint),
            held.Value?.Endpoints.FirstOrDefault(one => one.Endpoint == endpoint));
    }

    private static Markup Page(ConsoleCall call, EndpointResponse one, EndpointStanding standing)
    {
        var words = call.Words;
        return Markup.Format($"""
            {Head(call, one)}
            {Tiles(call, one, standing)}
            <div class="cols">
            {Ui.Section(words["endpoint.lines"], words["endpoint.lines.sub"], EndpointDrawings.Lines(call, one.Windows), "c7")}
            {Ui.Section(words["endpoint.times"], words["endpoint.times.sub"], EndpointDrawings.Intervals(call, one.Windows), "c5")}
            </div>
            <div class="cols">
            <div class="c7">
            {Ui.Section(words["endpoint.lists"], "", Listings(call, one))}
            {(one.Campaign is { } campaign ? Ui.Section(words["endpoint.campaign"], words.Term("campaign", campaign.Kind), Campaign(call, one, campaign)) : Markup.None)}
            {Ui.Section(words["endpoint.cases"], "", Cases(call, one, standing))}
            </div>
            <div class="c5">
            {Ui.Section(words["endpoint.way"], "", Way(call, one, standing))}
            {Ui.Section(words["endpoint.hits"], "", Hits(call, one, standing))}
            {Ui.Section(words["endpoint.do"], "", Acts(call, one, standing))}
            </div>
            </div>
            """);
    }

    private static Markup Head(ConsoleCall call, EndpointResponse one)
    {
        var words = call.Words;
        var (isC2, latest) = (IsListed(one), one.Windows.Count > 0 ? one.Windows[0] : null);
        var state = one.IsAllowed ? Ui.Status(Shape.End, words["endpoint.allowed"])
            : isC2 ? Ui.Status(Shape.Act, words["endpoint.listed"])
            : latest?.Status is "candidate" or "shared" ? Ui.Status(
                latest.Status == "shared" ? Shape.Look : Shape.Open, words.Term("candidate-status", latest.Status))
            : Ui.Status(Shape.Ring, words["endpoint.nothing"]);
        var family = string.Join(", ", one.Listings.Select(entry => entry.Family).Where(name => name.Length > 0).Distinct());
        var plan = isC2 && !one.IsAllowed && call.Api.May("POST", "blocks")
            ? Markup.Format($"""<a class="btn first" href="/blocks/plan?endpoint={Uri.EscapeDataString(one.Endpoint)}" data-key="b">{words["case.block"]}</a>""")
            : Markup.None;
        return Ui.Head(
            Ui.Code(one.Endpoint),
            Markup.Format($"""<p class="sub">{state}{(family.Length > 0 ? $" · {family}" : "")}{(one.Network.Length > 0 ? $" · {one.Network}" : "")}</p>"""),
            Markup.Format($"""{plan}<a class="btn" href="#do">{words["endpoint.do"]}</a>{TablePage.Links(call)}"""));
    }

    private static bool IsListed(EndpointResponse one) => one.Listings.Any(entry => entry is { Role: "c2", IsInForce: true });

    private static Markup Tiles(ConsoleCall call, EndpointResponse one, EndpointStanding standing)
    {
        var words = call.Words;
        var lines = one.Windows.FirstOrDefault(window => window.Lines.Length + window.Infected.Length > 0);
        var others = one.Windows.FirstOrDefault(window => window.Others.Length > 0);
        Markup Published(EndpointWindow window) => Markup.Format(
            $"""{words["endpoint.published"]} {Ui.Time(words, window.Until, call.Now)}""");
        List<Markup> tiles =
        [
            Ui.Tile(
                IsListed(one) && lines is not null ? "red" : "", words["column.lines"],
                Markup.Format($"{(lines is null ? "–" : lines.Lines.Length > 0 ? lines.Lines : lines.Infected)}"),
                lines is null ? Markup.Format($"{words["endpoint.unpublished"]}") : Published(lines)),
            Ui.Tile(
                "", words["column.others"], Markup.Format($"{others?.Others ?? "–"}"),
                others is null ? Markup.Format($"{words["endpoint.unpublished"]}") : Published(others)),
            Ui.Tile(
                "", words["endpoint.naming"], Markup.Format($"{one.Listings.Count(entry => entry.IsInForce)}"),
                Markup.Format($"{words["endpoint.naming.sub"]}")),
        ];
        if (standing.Cases is { } cases)
        {
            tiles.Add(Ui.Tile(
                "", words["now.cases"], Markup.Format($"""<a class="figure" href="/cases?endpoint={Uri.EscapeDataString(one.Endpoint)}">{cases.Items.Count}{(cases.Next is null ? "" : "+")}</a>"""),
                Markup.Format($"{words["endpoint.cases.sub"]}")));
        }

        var live = standing.Blocks.Count(block => block.State is not ("withdrawn" or "expired"));
        tiles.Add(Ui.Tile(
            live > 0 ? "blue" : "", words["rail.blocks"], Markup.Format($"{live}"),
            Markup.Format($"{words.Fill("endpoint.held", ("n", words.Number(standing.Blocks.Count(block => block.InForce))))}")));
        return Markup.Format($"""<div class="tiles">{Markup.Join(tiles)}</div>""");
    }

    private static Markup Listings(ConsoleCall call, EndpointResponse one)
    {
        var words = call.Words;
        TableColumn<EndpointListing>[] columns =
        [
            new("source", entry => entry.List) { Class = "lead1", Cell = entry => Markup.Format(
                $"""<a href="/lists">{(entry.IsOurs ? words["endpoint.own"] : entry.List)}</a>""") },
            new("role", entry => entry.Role) { Cell = entry => Markup.Format($"{words.Term("list-role", entry.Role)}") },
            new("entry", entry => entry.Entry) { Class = "full", Cell = entry => Markup.Format(
                $"""{Ui.Code(entry.Entry)} <span class="why">{entry.Provenance}</span>""") },
            new("family", entry => entry.Family),
            new("since", entry => $"{entry.First:u}") { Cell = entry => Ui.Time(words, entry.First, call.Now) },
            new("expires", entry => $"{entry.Expires:u}") { Cell = entry => Ui.Time(words, entry.Expires, call.Now) },
            new("confidence", entry => $"{entry.Confidence}") { Class = "n" },
            new("state", entry => $"{entry.IsInForce}")
            {
                Cell = entry => entry.IsInForce ? Ui.Status(Shape.Well, words["endpoint.in-force"])
                    : Ui.Status(Shape.End, words["endpoint.not-in-force"]),
            },
        ];
        return one.Listings.Count == 0 ? Ui.Empty(words["endpoint.unlisted"], words["endpoint.unlisted.text"])
            : TableMarkup.Render(words, columns, one.Listings, words["endpoint.lists"]);
    }

    private static Markup Campaign(ConsoleCall call, EndpointResponse one, EndpointCampaign campaign) => Markup.Format($"""
        <p class="small">{Ui.Said(call.Words, campaign.Words)}</p>
        <ul class="plainlist">{Markup.Join(campaign.Endpoints.Select(other => other == one.Endpoint ? Markup.Format($"<li><b class=\"code\">{other}</b></li>") : Markup.Format($"<li>{EndpointLink.Write(other)}</li>")))}</ul>
        """);

    private static Markup Cases(ConsoleCall call, EndpointResponse one, EndpointStanding standing) => standing.Cases switch
    {
        null => Markup.Format($"""<p class="small quiet">{call.Words["endpoint.cases.not-you"]}</p>"""),
        { Items.Count: 0 } => Ui.Empty(call.Words["cases.none"], call.Words["endpoint.cases.none"]),
        { } page => Markup.Format($"""
            {CaseTable.Render(call, page.Items, canPick: false)}
            {(page.Next is null ? Markup.None : Markup.Format($"""<p class="small mt"><a href="/cases?endpoint={Uri.EscapeDataString(one.Endpoint)}">{call.Words["more"]}</a></p>"""))}
            """),
    };

    /// <summary>What led here, oldest first.</summary>
    private static Markup Way(ConsoleCall call, EndpointResponse one, EndpointStanding standing)
    {
        var words = call.Words;
        List<(DateTimeOffset? At, string What, string How)> steps =
        [
            .. one.Windows.Where(window => window.Status.Length > 0).TakeLast(1).Select(window =>
                ((DateTimeOffset?)window.Until, words["way.found"], window.Run)),
            .. one.Windows.Where(window => window.State == "replicated").TakeLast(1).Select(window =>
                ((DateTimeOffset?)window.Until, words["way.replicated"], window.Run)),
            .. one.Listings.Where(entry => !entry.IsOurs).Select(entry =>
                (entry.First, words["way.listed"], $"{entry.List} {entry.Provenance}".Trim())),
        ];
        if (standing.Promotion is { } promoted)
        {
            steps.Add((promoted.At, words["way.promoted"], $"{promoted.AskedBy}, {promoted.GivenBy}: {promoted.Reason}"));
        }

        return steps.Count == 0 ? Markup.Format($"""<p class="small quiet">{words["way.none"]}</p>""") : Markup.Format($"""
            <ol class="plainlist">{Markup.Join(steps.OrderBy(step => step.At).Select(step => Markup.Format($"<li><span class=\"quiet\">{Ui.Time(words, step.At, call.Now)}</span> <b>{step.What}</b><br>{step.How}</li>")))}</ol>
            """);
    }

    private static Markup Hits(ConsoleCall call, EndpointResponse one, EndpointStanding standing)
    {
        var words = call.Words;
        var known = standing.Blocks.FirstOrDefault(block => block.Collateral.Length > 0 && IsPlanOf(block, one.Endpoint));
        var text = known is null
            ? Markup.Format($"""<p class="small">{words["endpoint.hits.unknown"]}</p>""")
            : Markup.Format($"""<p class="small">{words.Fill("endpoint.hits.known", ("n", words.Phrase(known.Collateral) ?? known.Collateral))} <a class="code" href="/blocks#{known.Id}">{known.Id}</a></p>""");
        var blocks = standing.Blocks.Count == 0 ? Markup.None : Markup.Format($"""
            <ul class="plainlist">{Markup.Join(standing.Blocks.Select(block => Markup.Format($"<li><a class=\"code wrap\" href=\"/blocks#{block.Id}\">{block.Target}</a> {words.Term("lease", block.State)} {Ui.Time(words, block.Until, call.Now)}</li>")))}</ul>
            """);
        return Markup.Format($"{text}{blocks}{(one.Windows.Any(window => window.Status == "shared") ? Ui.Note("amber", Markup.Format($"{words["endpoint.shared"]}")) : Markup.None)}");
    }

    /// <summary>Whether a plan that stands was counted for this far end, its port and protocol.</summary>
    internal static bool IsPlanOf(BlockSummary block, string endpoint) =>
        block.State is not ("withdrawn" or "expired")
        && MitigationTarget.TryParse(block.Target, out var target, out string _)
        && Contracts.Flows.Endpoint.TryParse(endpoint, out var read)
        && target is { Kind: MitigationKind.FlowSpec, Remote: { Length: 128 } remote, Ports: [var port] }
        && (remote.Network, target.Protocol, port) == (read.Address, read.Protocol, read.Port);

    private static Markup Acts(ConsoleCall call, EndpointResponse one, EndpointStanding standing)
    {
        var words = call.Words;
        var reason = Forms.Text("reason", words["field.reason"], "", words["field.reason.example"]);
        var once = Forms.Once(call);
        var endpoint = Forms.Hidden("endpoint", one.Endpoint);
        Markup Act(string name, Markup content) => Markup.Format($"""
            <details class="act"><summary>{words[$"endpoint.{name}"]}</summary>{Forms.Post(call, $"/endpoint/{name}", Markup.Format($"""
                <p class="small quiet">{words[$"endpoint.{name}.says"]}</p>{endpoint}{content}
                <div class="acts mt">{Forms.Button(words[$"endpoint.{name}"])}</div>
                """))}</details>

            """);
        var isOurs = standing.Promotion is not null || one.Listings.Any(entry => entry.IsOurs);
        var may = call.Api.May("POST", "promotions");
        var found = one.Windows.Any(window => window.Status.Length > 0);
        return Markup.Format($"""
            <div id="do">
            {(may && found && !isOurs ? Act("promote", Markup.Format($"{once}{reason}")) : Markup.None)}
            {(may && isOurs ? Act("demote", reason) : Markup.None)}
            {(call.Api.May("POST", "allowances") && !one.IsAllowed ? Markup.Format($"{Act("allow", Markup.Format($"{Rests(call, standing)}{reason}"))}{Act("hold", reason)}") : Markup.None)}
            {(standing.Held is { } held ? Held(call, held) : Markup.None)}
            </div>
            """);
    }

    /// <summary>What closes with it, before it does.</summary>
    private static Markup Rests(ConsoleCall call, EndpointStanding standing) => standing.Cases is not { } cases ? Markup.None
        : Markup.Format(
            $"""<p class="small">{(cases.Next is null ? call.Words.Count("endpoint.rests", cases.Items.Count) : call.Words.Fill("endpoint.rests.more", ("n", MostCases)))}</p>""");

    private static Markup Held(ConsoleCall call, HeldEndpointRow held) => Ui.Note("amber", Markup.Format($"""
        {call.Words.Fill("endpoint.held-by", ("user", held.By))} {Ui.Time(call.Words, held.At, call.Now)}: {Ui.Own(held.Reason)}
        {(held.AskedBy.Length > 0 ? call.Words.Fill("endpoint.held.asked", ("user", held.AskedBy)) : "")}
        {call.Words["endpoint.held.how"]} <code class="wrap">weir endpoint release {held.Endpoint}</code>
        """));

    private static async Task<ConsoleAnswer> SetAsync(ConsoleCall call, string name, string act)
    {
        var endpoint = call.Field("endpoint");
        var reply = await call.Api.DoAsync(
            act, new EndpointActRequest(endpoint, call.Field("reason")), EndpointActJson.Default.EndpointActRequest,
            EndpointActJson.Default.EndpointActResponse);
        return reply.Problem is { } problem
            ? TablePage.Refused(call, call.Words[$"endpoint.{name}"], problem, EndpointLink.To(endpoint))
            : new RedirectAnswer(EndpointLink.To(endpoint)) { Done = $"endpoint-{name}" };
    }

    /// <summary>Asks; a second person with a key gives.</summary>
    private static async Task<ConsoleAnswer> PromoteAsync(ConsoleCall call)
    {
        var endpoint = call.Field("endpoint");
        var reply = await call.Api.DoAsync(
            "POST promotions", new PromotionRequest(endpoint, call.Field("reason")),
            PromotionJson.Default.PromotionRequest, PromotionJson.Default.PromotionResponse,
            (IdempotencyKeys.Header, call.Field("once")));
        return reply.Problem is { } problem
            ? TablePage.Refused(call, call.Words["endpoint.promote"], problem, EndpointLink.To(endpoint))
            : new RedirectAnswer("/approvals") { Done = "asked" };
    }

    private static async Task<ConsoleAnswer> DemoteAsync(ConsoleCall call)
    {
        var endpoint = call.Field("endpoint");
        var reply = await call.Api.DoAsync(
            "POST demotions", new DemotionRequest(endpoint, call.Field("reason")),
            PromotionJson.Default.DemotionRequest, PromotionJson.Default.PromotionResponse);
        return reply.Problem is { } problem
            ? TablePage.Refused(call, call.Words["endpoint.demote"], problem, EndpointLink.To(endpoint))
            : new RedirectAnswer(EndpointLink.To(endpoint)) { Done = "demoted" };
    }
}
