// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Desk.Api.Routing;
using Weir.Desk.Api.Transparency;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Records;

/// <summary>The transparency reports of quarters that are over, as they were written.</summary>
internal static class TransparencyReportsPage
{
    public static void Map(ConsoleRoutes routes)
    {
        routes.Section(
            new(ConsoleHeading.Record, "transparency", "transparency"), ShowAsync);
        routes.Page("transparency/{quarter}", "GET transparency/{quarter}", "transparency", OneAsync);
    }

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        TableColumn<string>[] columns =
        [
            new("quarter", one => one) { Class = "lead1", Cell = one =>
                Markup.Format($"""<a href="/transparency/{one}">{one}</a>""") },
        ];
        return TablePage.Show(
            call, call.Words["rail.transparency"],
            await call.Api.GetAsync("transparency", TransparencyJson.Default.TransparencyQuarters),
            quarters => new FileTable<string>("transparency", columns, quarters.Quarters),
            quarters => Page(call.Words, TablePage.Links(call), columns, quarters.Quarters));
    }

    private static Markup Page(
        ConsoleWords words, Markup links, TableColumn<string>[] columns, IReadOnlyList<string> quarters) =>
        Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.transparency"]}"), Markup.Format($"""<p class="sub">{words["transparency.sub"]}</p>"""), links)}
            {(quarters.Count == 0 ? Ui.Empty(words["transparency.none"], words["transparency.none.text"]) : TableMarkup.Render(words, columns, quarters.Reverse(), words["rail.transparency"]))}
            """);

    private static async Task<ConsoleAnswer> OneAsync(ConsoleCall call)
    {
        var quarter = call.Part("quarter");
        var reply =
            await call.Api.GetAsync("transparency/{quarter}", TransparencyJson.Default.RawJson, ("quarter", quarter));
        if (reply.Value is not { } report)
        {
            return TablePage.Refused(call, call.Words["rail.transparency"], reply.Problem!, "/transparency");
        }

        if (call.Query("as") is "json")
        {
            return new FileAnswer(reply.Octets, "application/json", $"weir-transparency-{quarter}.json");
        }

        using var document = JsonDocument.Parse(report.Text);
        return new PageAnswer(quarter, Markup.Format($"""
            {Ui.Head(
                Markup.Format($"{call.Words["rail.transparency"]} {quarter}"), Markup.Format($"""<p class="sub">{call.Words["transparency.one"]}</p>"""),
                Markup.Format($"""<a class="btn plain" href="/transparency/{quarter}?as=json">JSON</a>"""))}
            {Value(document.RootElement)}
            """));
    }

    /// <summary>A report as it stands: objects as facts, lists as lists.</summary>
    private static Markup Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Markup.Format($"""
            <dl class="facts">{Markup.Join(value.EnumerateObject().Select(one => Markup.Format($"<dt>{one.Name}</dt><dd>{Value(one.Value)}</dd>")))}</dl>
            """),
        JsonValueKind.Array when value.GetArrayLength() == 0 => Markup.Format($"–"),
        JsonValueKind.Array => Markup.Format($"""
            <ul class="plainlist">{Markup.Join(value.EnumerateArray().Select(one => Markup.Format($"<li>{Value(one)}</li>")))}</ul>
            """),
        JsonValueKind.String => Markup.Format($"{value.GetString()}"),
        JsonValueKind.Null => Markup.Format($"–"),
        _ => Markup.Format($"{value.GetRawText()}"),
    };
}
