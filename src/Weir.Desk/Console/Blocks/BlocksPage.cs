// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Desk.Api.Blocks;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Blocks;

/// <summary>Leases, what routers and resolvers answered, the emergency stop; and a plan, which waits for a second
/// person with a key.</summary>
internal static class BlocksPage
{
    private const string MostRows = "500";

    public static void Map(ConsoleRoutes routes)
    {
        routes.Section(
            new(ConsoleHeading.Work, "blocks", "blocks") { Topic = "blocks" }, ShowAsync);
        routes.Page("blocks/plan", "POST blocks", "blocks", PlanFormAsync);
        routes.Act("blocks/plan", "POST blocks", "blocks", PlanAsync);
        routes.Act("blocks/{id}/withdraw", "POST blocks/{id}/withdrawal", "blocks", WithdrawAsync);
        routes.Act("blocks/stop", "POST blocks/emergency-stop", "blocks", StopAsync);
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call) => await TablePage.ShowAsync(
        call, call.Words["rail.blocks"],
        await TablePage.ListAsync(call, "blocks", BlockJson.Default.ApiPageBlockSummary, MostRows),
        page => new FileTable<BlockSummary>("blocks", Columns(call), page.Items) { Next = page.Next },
        page => PageAsync(call, page));

    private static async Task<Markup> PageAsync(ConsoleCall call, ApiPage<BlockSummary> page)
    {
        var words = call.Words;
        var standing = await call.Api.GetAsync("blocks/standing", BlockJson.Default.StandingResponse);
        var live = page.Items.Count(one => IsLive(one.State));
        var plan = call.Api.May("POST", "blocks") ? Markup.Format($"""<a class="btn first" href="/blocks/plan" data-key="b">{words["plan.title"]}</a>""") : Markup.None;
        return Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.blocks"]}"), Markup.Format($"""<p class="sub">{words["blocks.sub"]}</p>"""), Markup.Format($"{plan}{TablePage.Links(call)}"))}
            {Tiles(call, page.Items)}
            <div class="cols">
            {Ui.Section(words["blocks.leases"], words["blocks.leases.sub"], live == 0 ? Ui.Empty(words["blocks.none"], words["blocks.none.text"]) : Lanes(call, page.Items), "c8")}
            {Ui.Section(words["stop.title"], "", Stop(call, live), "c4")}
            </div>
            {(page.Items.Count == 0 ? Markup.None : Ui.Section(words["blocks.all"], words["blocks.all.sub"], Markup.Format($"{TableMarkup.Render(words, Columns(call), page.Items, words["blocks.all"])}{TablePage.More(call, page.Next)}")))}
            {Ui.Section(words["standing.title"], words["standing.sub"], Standing(call, standing))}
            """);
    }

    private static bool IsLive(string state) => state is not ("withdrawn" or "expired");

    private static Markup Tiles(ConsoleCall call, IReadOnlyList<BlockSummary> all)
    {
        var words = call.Words;
        var (held, planned) = (all.Count(one => one.InForce), all.Count(one => one.State == "planned"));
        var ordered = all.Count(one => IsLive(one.State) && one.State != "planned");
        return Markup.Format($"""
            <div class="tiles">
            {Ui.Tile("", words["blocks.ordered"], Markup.Format($"{ordered}"), Markup.Format($"{words["blocks.ordered.sub"]}"))}
            {Ui.Tile(held < ordered ? "red" : "", words["blocks.held"], Markup.Format($"{held}"), Markup.Format($"{words["blocks.held.sub"]}"))}
            {Ui.Tile(planned > 0 ? "blue" : "", words["blocks.planned"], Markup.Format($"{planned}"), Markup.Format($"{words["blocks.planned.sub"]}"))}
            {Ui.Tile("", words["blocks.soon"], Markup.Format($"{all.Count(one => IsLive(one.State) && one.State != "planned" && one.Until - call.Now < TimeSpan.FromHours(24))}"), Markup.Format($"{words["blocks.soon.sub"]}"))}
            </div>
            """);
    }

    /// <summary>What is ordered on one axis, up to its end; at least one is.</summary>
    private static Markup Lanes(ConsoleCall call, IReadOnlyList<BlockSummary> all)
    {
        var live = all.Where(one => IsLive(one.State)).OrderBy(one => one.Until).Take(12).ToList();
        var last = live.Max(one => one.Until);
        var span = last > call.Now ? last - call.Now : TimeSpan.FromDays(1);
        double At(DateTimeOffset time) => 12 + (Math.Clamp((time - call.Now) / span, 0, 1) * 336);
        return Markup.Format($"""
            <div class="lanes lease">{Markup.Join(live.Select(one => Markup.Format($"""
                <div class="lane"><div class="what"><span class="code wrap">{one.Target}</span></div>
                <div class="track free">{Plots.Span(one.State == "planned" ? "open-rect" : one.InForce ? "b1" : "b4", 12, At(one.Until), 12)}</div>
                <div class="opens">{(one.State == "planned" ? call.Words["lease.void"] : call.Words["lease.ends"])} {Ui.Time(call.Words, one.Until, call.Now)}</div></div>
                """)))}</div>
            """);
    }

    private static TableColumn<BlockSummary>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("target", one => one.Target) { Class = "lead1", Cell = one => Markup.Format($"""<span class="code wrap" id="{one.Id}">{one.Target}</span> <span class="why"><a class="code" href="/blocks/{one.Id}">{one.Id}</a> {one.Network}</span>""") },
            new("block", one => one.Id) { IsShown = false },
            new("state", one => one.State) { Cell = one => State(call, one) },
            new("held", one => string.Create(CultureInfo.InvariantCulture, $"{one.HeldBy}/{one.Asked}"))
            {
                Class = "n", Cell = one => Markup.Format($"{one.HeldBy} {words["of"]} {one.Asked}"),
            },
            new("collateral", one => one.Collateral) { Class = "n", Cell = one => Ui.Said(words, one.Collateral) },
            new("case", one => one.Case) { Cell = one => one.Case.Length == 0 ? Markup.Format($"–") : Markup.Format($"""<a class="code" href="/cases/{one.Case}">{one.Case[..Math.Min(10, one.Case.Length)]}</a>""") },
            new("planned-by", one => one.PlannedBy) { Cell = one =>
                Markup.Format($"""{one.PlannedBy} <span class="why">{one.ApprovedBy}</span>""") },
            new("approved-by", one => one.ApprovedBy) { IsShown = false },
            new("until", one => one.Until.ToString("O", CultureInfo.InvariantCulture)) { Cell = one =>
                Ui.Time(words, one.Until, call.Now) },
            new("reason", one => $"{one.Reason} {one.ReasonDetail}".Trim()) { Class = "full", Cell = one => Markup.Format($"""{words.Term("lease-reason", one.Reason)} <span class="why">{Ui.Own(one.ReasonDetail)}</span>""") },
            new("next", one => one.State == "planned" ? $"weir block approve {one.Id}"
                : "") { Class = "full", Cell = one => Next(call, one) },
        ];
    }

    private static Markup State(ConsoleCall call, BlockSummary one) => Ui.Status(
        one.State == "planned" ? Shape.Half : !IsLive(one.State) ? Shape.End : one.InForce ? Shape.Well : Shape.Act,
        IsLive(one.State) && one.State != "planned" && !one.InForce ? call.Words["blocks.not-held"]
            : call.Words.Term("lease", one.State));

    private static Markup Next(ConsoleCall call, BlockSummary one)
    {
        var command = one.State == "planned"
            ? Markup.Format($"""<a href="/approvals/{one.Id}">{call.Words["block.sign"]}</a> <code class="wrap">weir block approve {one.Id}</code>""") : Markup.None;
        var withdraw = IsLive(one.State) && call.Api.May("POST", "blocks/{id}/withdrawal")
            ? Markup.Format($"""
                <details class="act"><summary>{call.Words["withdraw"]}</summary>{Forms.Post(call, $"/blocks/{one.Id}/withdraw", Markup.Format($"""
                    <label class="f" for="why-{one.Id}">{call.Words["field.reason"]}</label><input id="why-{one.Id}" name="why" type="text" autocomplete="off">
                    <div class="acts mt">{Forms.Button(call.Words["withdraw"])}</div>
                    """))}</details>
                """)
            : Markup.None;
        return Markup.Format($"{command}{withdraw}");
    }

    private static Markup Stop(ConsoleCall call, int live)
    {
        var words = call.Words;
        return !call.Api.May("POST", "blocks/emergency-stop")
            ? Markup.Format($"""<p class="small quiet">{words["stop.not-you"]}</p>""")
            : Markup.Format($"""
                <p class="small">{words.Count("stop.says", live)}</p>
                {Forms.Post(call, "/blocks/stop", Markup.Format($"""
                    {Forms.Area("why", words["stop.reason"], words["stop.reason.example"])}
                    <div class="acts mt"><button class="btn stop" type="submit" data-twice="S">{words.Count("stop.button", live)}</button></div>
                    <p class="small quiet mt" data-script>{words["stop.keys"]}</p>
                    """))}
                <p class="small quiet mt">{words["stop.vault"]}</p>
                """);
    }

    private static Markup Standing(ConsoleCall call, Reply<StandingResponse> reply)
    {
        var words = call.Words;
        if (reply.Value is not { } standing)
        {
            return Ui.Problem(words, reply.Problem!);
        }

        TableColumn<StandingPart>[] columns =
        [
            new("part", one => one.Part) { Class = "lead1" },
            new("state", one => one.State)
            {
                Class = "full",
                Cell = one => Markup.Format($"""{Ui.Status(one.IsSound ? Shape.Well : Shape.Act, one.IsSound ? words["standing.sound"] : words["standing.unsound"])} <span class="why">{Ui.Said(words, one.State)}</span>"""),
            },
            new("asked-at", one => one.At?.ToString("O", CultureInfo.InvariantCulture) ?? "") { Cell = one =>
                Ui.Time(words, one.At, call.Now) },
        ];
        return TableMarkup.Render(words, columns, standing.Parts, words["standing.title"]);
    }

    private static async Task<ConsoleAnswer> PlanFormAsync(ConsoleCall call)
    {
        var words = call.Words;
        var target = Endpoint.TryParse(call.Query("endpoint") ?? "", out var endpoint)
            ? string.Create(CultureInfo.InvariantCulture,
                $"flowspec {endpoint.Address} {Protocols.ToName(endpoint.Protocol)} {endpoint.Port} discard")
            : call.Query("target") ?? "";
        var about = call.Query("case") ?? "";
        var preview = target.Length == 0 ? Markup.None : RuleMarkup.Render(call, await call.Api.GetAsync(
            "blocks/preview", BlockJson.Default.BlockPreviewResponse, ("target", target)));
        return new PageAnswer(words["plan.title"], Markup.Format($"""
            {Ui.Head(words["plan.title"], words["plan.sub"])}
            <div class="cols"><div class="c7">{Forms.Post(call, "/blocks/plan", Markup.Format($"""
                {Forms.Once(call)}
                {Forms.Text("target", words["field.target"], target, "flowspec 203.0.113.9 tcp 443 discard")}
                {Forms.Text("case", words["field.case"], about, "c-0011223344556677")}
                {Forms.Area("threat", words["field.threat"], "", about.Length > 0 ? words["template.threat"] : "")}
                {Forms.Area("necessity", words["field.necessity"], "", about.Length > 0 ? words["template.necessity"] : "")}
                {Forms.Area("alternatives", words["field.alternatives"], "", about.Length > 0 ? words["template.alternatives"] : "")}
                <p class="small quiet mt">{words["plan.says"]}</p>
                <div class="acts mt">{Forms.Button(words["plan.button"], "first")}<a class="btn plain" href="/blocks">{words["back"]}</a></div>
                """), "narrow")}</div>
            <div class="c5">{preview}</div></div>
            """));
    }

    private static async Task<ConsoleAnswer> PlanAsync(ConsoleCall call)
    {
        var reply = await call.Api.DoAsync(
            "POST blocks",
            new BlockRequest(
                call.Field("target"), call.Field("threat"), call.Field("necessity"), call.Field("alternatives"),
                call.Field("case") is { Length: > 0 } about ? about : null),
            BlockJson.Default.BlockRequest, BlockJson.Default.BlockResponse,
            (IdempotencyKeys.Header, call.Field("once")));
        if (reply.Value is not { } planned)
        {
            return TablePage.Refused(
                call, call.Words["plan.title"], reply.Problem!,
                $"/blocks/plan?target={Uri.EscapeDataString(call.Field("target"))}");
        }

        return new RedirectAnswer($"/blocks#{planned.Block.Id}") { Done = "planned" };
    }

    private static async Task<ConsoleAnswer> WithdrawAsync(ConsoleCall call)
    {
        var reply = await call.Api.DoAsync(
            "POST blocks/{id}/withdrawal", new WithdrawalRequest(call.Field("why")),
            BlockJson.Default.WithdrawalRequest,
            BlockJson.Default.BlockResponse, ("id", call.Part("id")));
        return reply.Problem is { } problem
            ? TablePage.Refused(call, call.Words["rail.blocks"], problem, "/blocks")
            : new RedirectAnswer("/blocks") { Done = "withdrawn" };
    }

    private static async Task<ConsoleAnswer> StopAsync(ConsoleCall call)
    {
        var reply = await call.Api.DoAsync(
            "POST blocks/emergency-stop", new WithdrawalRequest(call.Field("why")), BlockJson.Default.WithdrawalRequest,
            BlockJson.Default.StopResponse);
        return reply.Problem is { } problem
            ? TablePage.Refused(call, call.Words["stop.title"], problem, "/blocks")
            : new RedirectAnswer("/blocks") { Done = "stopped" };
    }
}
