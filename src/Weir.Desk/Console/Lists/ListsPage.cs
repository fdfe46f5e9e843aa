// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Lists;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Lists;

/// <summary>Lists as they stand, and copies that wait for people. A release is two people's, with keys: the page says
/// the command.</summary>
internal static class ListsPage
{
    public static void Map(ConsoleRoutes routes) => routes.Section(
        new(ConsoleHeading.Work, "lists", "lists") { Topic = "lists", RenewsItself = true }, ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call) => await TablePage.ShowAsync(
        call, call.Words["rail.lists"], await call.Api.GetAsync("lists", ListsJson.Default.ListsResponse),
        lists => new FileTable<ListSummary>("lists", Columns(call), lists.Lists),
        lists => PageAsync(call, lists));

    private static async Task<Markup> PageAsync(ConsoleCall call, ListsResponse lists)
    {
        var words = call.Words;
        var held = await call.Api.GetAsync("lists/held", ListsJson.Default.HeldListsResponse);
        var networks = await call.Api.GetAsync("held-networks", HeldNetworkJson.Default.HeldNetworksResponse);
        return Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.lists"]}"), Markup.Format($"""<p class="sub">{words.Count("lists.sub", lists.Lists.Count)}</p>"""), TablePage.Links(call))}
            {Ui.Section(words["lists.held"], words["lists.held.sub"], Held(call, held))}
            {Ui.Section(words["networks.held"], words["networks.held.sub"], Networks(call, networks))}
            {Ui.Section(words["lists.sources"], words["lists.sources.sub"], lists.Lists.Count == 0 ? Ui.Empty(words["lists.none"], words["lists.none.text"]) : TableMarkup.Render(words, Columns(call), lists.Lists.OrderBy(one => Rank(one)), words["lists.sources"]))}
            """);
    }

    private static int Rank(ListSummary one) => one.Fault.Length > 0 ? 0 : one.IsTooOld ? 1 : 2;

    private static Markup Held(ConsoleCall call, Reply<HeldListsResponse> reply)
    {
        var words = call.Words;
        if (reply.Value is not { } held)
        {
            return Ui.Problem(words, reply.Problem!);
        }

        var waiting = held.Lists.Where(one => one.DroppedBy is null).ToList();
        return waiting.Count == 0 ? Ui.Empty(words["held.none"], words["held.none.text"]) : Markup.Format($"""
            <div class="pair">{Markup.Join(waiting.Select(one => Markup.Format($"""
                <div class="card"><h3>{Ui.Status(Shape.Look, words["held.held"])} {one.Name}</h3>
                <p class="small">{Ui.Said(words, one.Reason)}</p>
                <p class="small">{words.Fill("held.counts", ("new", words.Number(one.Entries)), ("old", words.Number(one.Before)))} · {Ui.Age(words, one.At, call.Now)}{(one.AskedBy is { } who ? " · " + words.Fill("held.asked", ("user", who)) : "")}</p>
                <pre class="conf mt" tabindex="0">weir watchlist release {one.Name}
                weir watchlist drop {one.Name}</pre></div>
                """)))}</div>
            <p class="small quiet mt">{words["held.how"]}</p>
            """);
    }

    private static Markup Networks(ConsoleCall call, Reply<HeldNetworksResponse> reply)
    {
        var words = call.Words;
        return reply.Value is not { } held ? Ui.Problem(words, reply.Problem!)
            : Shown(held) is not { Count: > 0 } shown ? Ui.Empty(words["networks.none"], words["networks.none.text"])
            : Markup.Format($"""
                <div class="pair">{Markup.Join(shown.Select(one => Network(call, one)))}</div>
                <p class="small quiet mt">{words["networks.how"]}</p>
                """);
    }

    /// <summary>What waits its time asks nobody for anything.</summary>
    private static List<HeldNetworkSummary> Shown(HeldNetworksResponse held) =>
        [.. held.Networks.Where(one => one.State != "settling")];

    private static Markup Network(ConsoleCall call, HeldNetworkSummary one)
    {
        var words = call.Words;
        var isHeld = one.State == "held";
        var command = isHeld ? Markup.Format($"""
            <pre class="conf mt" tabindex="0">weir watchlist decide {one.Network} --release --reason "…"
            weir watchlist decide {one.Network} --drop --reason "…"</pre>
            """) : Markup.None;
        return Markup.Format($"""
            <div class="card"><h3>{Ui.Status(isHeld ? Shape.Look : Shape.Well, words.Term("network", one.State))} {one.Network}</h3>
            <p class="small">{words.Fill("networks.counts", ("lines", words.Number(one.Lines)), ("bound", words.Number(one.Bound)), ("events", words.Number(one.Events)))}</p>
            <p class="small">{Ui.Code(one.Endpoint)} · {ListsOf(call, one)} · {Ui.Age(words, one.Since, call.Now)}{(one.AskedBy is { } who ? " · " + words.Fill("networks.asked", ("user", who)) : "")}</p>
            {command}</div>
            """);
    }

    /// <summary>Which list names it; of an edit, which it is.</summary>
    private static Markup ListsOf(ConsoleCall call, HeldNetworkSummary one)
    {
        var words = call.Words;
        return one.Update is not { } update ? Ui.Said(words, one.Lists) : Markup.Format(
            $"{words.Fill(update.IsFirst ? "networks.first" : "networks.update", ("list", update.List), ("n", words.Number(update.Entries)))} ({Ui.Time(words, update.At, call.Now)})");
    }

    private static TableColumn<ListSummary>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("state", one => one.Fault.Length > 0 ? "fault" : one.IsTooOld ? "old" : "ok")
            {
                Cell = one => one.Fault.Length > 0 ? Ui.Status(Shape.Act, words["list.fault"])
                    : one.IsTooOld ? Ui.Status(Shape.Look, words["list.old"])
                        : Ui.Status(Shape.Well, words["list.well"]),
            },
            new("name", one => one.Name) { Class = "lead1" },
            new("role", one => one.Role) { Cell = one => Markup.Format($"{words.Term("list-role", one.Role)}") },
            new("source", one => one.Host) { Class = "code" },
            new("entries", one => one.Entries.ToString(CultureInfo.InvariantCulture)) { Class = "n", Cell = one =>
                Markup.Format($"{words.Number(one.Entries)}") },
            new("refused", one => one.Refused.ToString(CultureInfo.InvariantCulture)) { Class = "n", Cell = one =>
                Markup.Format($"{words.Number(one.Refused)}") },
            new("as-of", one => one.AsOf?.ToString("O", CultureInfo.InvariantCulture) ?? "") { Cell = one =>
                Ui.Time(words, one.AsOf, call.Now) },
            new("last-fetch", one => one.LastFetch ?? "") { Cell = one =>
                Markup.Format($"{(one.LastFetch is { } last ? words.Term("fetch", last) : "–")}") },
            new("next-fetch", one => one.NextFetch?.ToString("O", CultureInfo.InvariantCulture) ?? "") { Cell = one =>
                Ui.Time(words, one.NextFetch, call.Now) },
            new("fault", one => one.Fault) { Class = "full", Cell = one => Ui.Said(words, one.Fault) },
        ];
    }
}
