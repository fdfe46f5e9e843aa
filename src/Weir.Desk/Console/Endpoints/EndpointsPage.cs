// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Endpoints;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Endpoints;

/// <summary>Far ends that the newest comparison tells of, and a line to go to any other.</summary>
internal static class EndpointsPage
{
    private const string MostRows = "200";

    public static void Map(ConsoleRoutes routes)
    {
        routes.Section(
            new(ConsoleHeading.Work, "endpoints", "endpoints"), ShowAsync);
        EndpointPage.Map(routes);
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call) => TablePage.Show(
        call, call.Words["rail.endpoints"],
        await TablePage.ListAsync(call, "endpoints", EndpointJson.Default.ApiPageEndpointSummary, MostRows),
        page => new FileTable<EndpointSummary>("endpoints", Columns(call), page.Items) { Next = page.Next },
        page => Page(call, page));

    private static Markup Page(ConsoleCall call, ApiPage<EndpointSummary> page)
    {
        var words = call.Words;
        var of = page.Items.Count == 0 ? Markup.None : Markup.Format(
            $"""<p class="sub">{words.Fill("endpoints.sub", ("run", page.Items[0].Run))} {Ui.Time(words, page.Items[0].Until, call.Now)}</p>""");
        return Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.endpoints"]}"), of, TablePage.Links(call))}
            <form class="filter" method="get" action="/endpoint"><div class="box"><label class="vh" for="q">{words["endpoints.go"]}</label><input id="q" name="endpoint" type="search" placeholder="203.0.113.9:443/tcp" autocomplete="off" spellcheck="false"><kbd>/</kbd></div>{Forms.Button(words["endpoints.open"])}</form>
            {(page.Items.Count == 0 ? Ui.Empty(words["endpoints.none"], words["endpoints.none.text"]) : TableMarkup.Render(words, Columns(call), page.Items, words["rail.endpoints"]))}
            {TablePage.More(call, page.Next)}
            """);
    }

    private static TableColumn<EndpointSummary>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("endpoint", one => one.Endpoint) { Class = "lead1", Cell = one => Markup.Format(
                $"""{EndpointLink.Write(one.Endpoint)} <span class="why">{one.Network}</span>""") },
            new("network", one => one.Network) { IsShown = false },
            new("kind", one => one.Kind)
            {
                Cell = one => Ui.Status(
                    one.Kind switch { "listed" => Shape.Act, "shared" => Shape.Look, _ => Shape.Open },
                    one.State == "replicated" ? words.Term("candidate-state", one.State)
                        : words.Term("candidate-status", one.Kind)),
            },
            new("family", one => one.Family),
            new("lists", one => one.Lists),
            new("lines", one => one.Lines) { Class = "n" },
            new("why", one => one.Why) { Class = "full", Cell = one => Ui.Said(words, one.Why) },
            new("run", one => one.Run) { IsShown = false },
        ];
    }
}
