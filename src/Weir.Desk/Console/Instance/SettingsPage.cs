// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Instance;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Instance;

/// <summary>Settings in force, those that differ from the default first, and where each comes from.</summary>
internal static class SettingsPage
{
    private const string Usual = "default";

    public static void Map(ConsoleRoutes routes) => routes.Section(
        new(ConsoleHeading.Weir, "settings", "settings"), ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call) => TablePage.Show(
        call, call.Words["rail.settings"],
        await call.Api.GetAsync("settings", InstanceJson.Default.SettingsResponse),
        all => new FileTable<SettingRow>("settings", Columns(call), all.Settings), all => Page(call, all.Settings));

    private static Markup Page(ConsoleCall call, IReadOnlyList<SettingRow> all)
    {
        var words = call.Words;
        var only = call.Query("only");
        List<SettingRow> shown = [.. all.Where(one => only is null
            || one.Name.Contains(only, StringComparison.OrdinalIgnoreCase)
            || one.Meaning.Contains(only, StringComparison.OrdinalIgnoreCase))];
        List<SettingRow> set = [.. shown.Where(one => one.Source != Usual)];
        List<SettingRow> rest = [.. shown.Where(one => one.Source == Usual)];
        return Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.settings"]}"), Markup.Format($"""<p class="sub">{words["settings.sub"]}</p>"""), TablePage.Links(call))}
            <form class="filter" method="get" action="/settings"><div class="box"><label class="vh" for="q">{words["settings.only"]}</label><input id="q" name="only" type="search" value="{only}" placeholder="console.listen" autocomplete="off"><kbd>/</kbd></div>{Forms.Button(words["filter"])}<span class="count">{words.Count("settings.n", shown.Count)}</span></form>
            {Ui.Section(words["settings.set"], words["settings.set.sub"], set.Count == 0 ? Ui.Empty(words["settings.none"], words["settings.none.text"]) : TableMarkup.Render(words, Columns(call), set, words["settings.set"]))}
            {(rest.Count == 0 ? Markup.None : Ui.Section(words["settings.rest"], words["settings.rest.sub"], Markup.Format($"""<details class="act"><summary>{words.Count("settings.n", rest.Count)}</summary>{TableMarkup.Render(words, Columns(call), rest, words["settings.rest"])}</details>""")))}
            """);
    }

    private static TableColumn<SettingRow>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("setting", one => one.Name) { Class = "lead1", Cell = one => Markup.Format(
                $"""<span class="code wrap">{one.Name}</span>""") },
            new("value", one => one.Value) { Class = "full", Cell = one => Markup.Format(
                $"""<span class="code wrap">{(one.Value.Length == 0 ? "–" : one.Value)}</span> <span class="why" lang="en">{one.Meaning}</span>""") },
            new("usual", one => one.Default) { Cell = one => Markup.Format(
                $"""<span class="code wrap quiet">{(one.Default.Length == 0 ? "–" : one.Default)}</span>""") },
            new("source", one => one.Source) { Cell = one => Markup.Format(
                $"{words.Term("source", one.Source)}{(one.Line > 0 ? words.Fill("settings.line", ("n", $"{one.Line}")) : "")}") },
            new("line", one => $"{one.Line}") { IsShown = false },
            new("meaning", one => one.Meaning) { IsShown = false },
        ];
    }
}
