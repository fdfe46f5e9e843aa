// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Overview;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Exporters;

/// <summary>Who sends, and why nothing is seen of whom.</summary>
internal static class ExportersPage
{
    public static void Map(ConsoleRoutes routes) => routes.Section(
        new(ConsoleHeading.Watch, "exporters", "exporters") { Topic = "exporters", RenewsItself = true }, ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call) => TablePage.Show(
        call, call.Words["rail.exporters"], await call.Api.GetAsync("exporters", OverviewJson.Default.ExportersResponse),
        heard => new FileTable<ExporterSummary>("exporters", Columns(call.Words), heard.Exporters),
        heard => Page(call, heard));

    private static Markup Page(ConsoleCall call, ExportersResponse heard)
    {
        var words = call.Words;
        var up = heard.Exporters.Count(one => !ExporterView.IsDown(one.State));
        var table = heard.Exporters.Count == 0
            ? Ui.Empty(words["exporters.none"], words.Fill(
                "exporters.none.text",
                ("at", string.Join(", ", heard.Collectors.SelectMany(one => one.Listeners).Distinct()))))
            : TableMarkup.Render(words, Columns(words), heard.Exporters, words["rail.exporters"]);
        return Markup.Format($"""
            {Ui.Head(
                Markup.Format($"{words["rail.exporters"]}"),
                Markup.Format($"""<p class="sub">{words.Fill("exporters.sub", ("all", words.Number(heard.Exporters.Count)), ("up", words.Number(up)))}</p>"""),
                TablePage.Links(call))}
            {Markup.Join(heard.Collectors.Select(one => Way(call, one)))}
            {(heard.Collectors.Count == 0 ? Ui.Empty(words["collectors.none"], words["collectors.none.text"]) : Markup.None)}
            {Ui.Section(words["exporters.all"], words["exporters.all.sub"], table)}
            """);
    }

    /// <summary>The pipe: what came through each stage, and where it ends.</summary>
    private static Markup Way(ConsoleCall call, CollectorSummary collector)
    {
        var words = call.Words;
        var stop = collector.Pipe.Select((stage, i) => (stage, i)).FirstOrDefault(
            one => one.stage.Passed == 0 && one.stage.Stage != "stored", (stage: null!, i: int.MaxValue)).i;
        var lead = collector.IsSilent
            ? words.Fill("pipe.silent", ("age", words.Age(TimeSpan.FromSeconds(collector.HeardSecondsAgo))))
            : collector.Stopped.Count > 0 ? words["pipe.stopped"]
            : stop == int.MaxValue ? words["pipe.well"]
            : words.Fill("pipe.ends", ("stage", words[$"stage.{collector.Pipe[stop].Stage}"]));
        return Ui.Section(
            words.Fill("pipe.title", ("name", collector.Name)),
            words.Fill("pipe.sub", ("time", words.Time(collector.Started, call.Now)),
                ("at", string.Join(", ", collector.Listeners))),
            Markup.Format($"""
                <p class="lead{(collector.IsSilent ? " old" : "")}"><b>{lead}</b></p>
                <ol class="pipe six{(collector.IsSilent ? " old" : "")}">{Markup.Join(collector.Pipe.Select((stage, i) => Stage(words, stage, i.CompareTo(stop))))}</ol>
                """));
    }

    private static Markup Stage(ConsoleWords words, PipeStage stage, int place) => Markup.Format($"""
        <li class="{(place == 0 ? "stopped" : place > 0 ? "after" : stage.Lost > 0 ? "part" : "")}"><span class="stage">{words[$"stage.{stage.Stage}"]}</span><span class="v">{(place > 0 ? "–" : words.Number(stage.Passed))}</span><span class="f">{words.Term("counted", stage.Unit)}</span><span class="f">{(stage.Lost > 0 ? $"{words.Number(stage.Lost)} {words["stage.ended"]}" : "")}</span><span class="f">{Ui.Said(words, stage.Fault)}</span></li>
        """);

    private static TableColumn<ExporterSummary>[] Columns(ConsoleWords words) =>
    [
        new("state", one => one.State) { Cell = one =>
            Ui.Status(ExporterShapes.Of(one.State), words.Term("exporter", one.State)) },
        new("exporter", one => one.Exporter) { Class = "lead1", Cell = one => Ui.Code(one.Exporter) },
        new("collector", one => one.Collector),
        new("protocols", one => one.Protocols),
        new("flows-per-second", one => Text(one.FlowsPerSecond))
        {
            Class = "n", Cell = one => Markup.Format($"{(one.FlowsPerSecond is { } rate ? words.Number(rate) : "–")}"),
        },
        new("heard-seconds-ago", one => Text(one.HeardSecondsAgo))
        {
            Class = "n", Cell = one => Markup.Format($"{words.Age(TimeSpan.FromSeconds(one.HeardSecondsAgo))}"),
        },
        new("flows", one => Text(one.Flows)) { Class = "n", Cell = one => Markup.Format($"{words.Number(one.Flows)}") },
        new("missing", one => Text(one.Missing)) { Class = "n", Cell = one =>
            Markup.Format($"{words.Number(one.Missing)}") },
        new("malformed", one => Text(one.Malformed)) { Class = "n", Cell = one =>
            Markup.Format($"{words.Number(one.Malformed)}") },
        new("template-unknown", one => Text(one.TemplateUnknown))
        {
            Class = "n", Cell = one => Markup.Format($"{words.Number(one.TemplateUnknown)}"),
        },
        new("sampling", one => Text(one.Sampling))
        {
            Class = "n",
            Cell = one => one.Sampling == 0 ? Markup.Format($"{words["not-known"]}")
                : Markup.Format($"""1:{one.Sampling} <span class="u">{words.Term("sampling", one.SamplingSource)}</span>"""),
        },
        new("clock-skew-seconds", one => Text(one.ClockSkewSeconds))
        {
            Class = "n", Cell = one => Markup.Format($"{words.Number(one.ClockSkewSeconds)} s"),
        },
    ];

    private static string Text<T>(T? value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
