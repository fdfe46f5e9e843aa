// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Layout;

/// <summary>What stands around every page.</summary>
/// <param name="Style">Address of the style sheet.</param>
/// <param name="Script">Address of the script; every act works without it.</param>
internal sealed record ShellAssets(string Style, string Script);

/// <summary>What a page's frame says of the whole.</summary>
/// <param name="Profile">Name of the policy.</param>
/// <param name="Unwell">Parts of the desk that are not well.</param>
/// <param name="IsFailing">One of them does not do its work.</param>
internal sealed record ShellHealth(string Profile, int Unwell, bool IsFailing);

/// <summary>Writes whole documents.</summary>
/// <param name="assets">Addresses of what every page loads.</param>
/// <param name="sections">The lines of the navigation.</param>
internal sealed class Shell(ShellAssets assets, IReadOnlyList<ConsoleSection> sections)
{
    /// <summary>A page of a session.</summary>
    public string Page(ConsoleCall call, string section, PageAnswer page, ShellHealth health)
    {
        var words = call.Words;
        var line = sections.FirstOrDefault(one => one.Name == section);
        var main = page.IsWall
            ? Markup.Format($"""<main id="main">{page.Main}</main>""")
            : Markup.Format($"""
                {Nav(call, section)}
                <main id="main" tabindex="-1"{Live(call, line, page)}>
                {TablePage.Done(call)}{page.Main}
                {(call.IsRead && line?.Topic is not null ? Markup.Format($"""<p class="news" role="status" hidden data-news><a href="{call.Address}">{words["live.changed"]}</a></p>""") : Markup.None)}
                <footer class="foot"><span>{words["foot.utc"]}</span><span class="keys"><kbd>?</kbd> {words["foot.keys"]}</span></footer>
                </main>
                """);
        return Document(words, call.Look, page.Title, page.IsWall, Markup.Format($"""
            <a class="skip" href="#main">{words["skip"]}</a>
            {Top(call, page.IsWall, health)}
            {main}
            """));
    }

    /// <summary>A page before anybody is signed in.</summary>
    public string Outside(ConsoleWords words, string title, Markup main) =>
        Document(words, ConsoleLook.Usual, title, false, Markup.Format($"""
        <header class="top"><span class="brand">Weir</span></header>
        <main id="main" class="outside">{main}</main>
        """));

    private string Document(ConsoleWords words, ConsoleLook look, string title, bool isWall, Markup body) =>
        Markup.Format($"""
        <!DOCTYPE html>
        <html lang="{words.Tag}" class="{(isWall ? "wall" : "")}" data-theme="{look.Theme}" data-density="{look.Density}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex, nofollow">
        <title>{title} · Weir</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="{assets.Style}">
        <script src="{assets.Script}" defer></script>
        </head>
        <body>
        {body}
        </body>
        </html>

        """).ToString();

    /// <summary>What the page is made of. Those that put nothing on record renew themselves; of the others it is said
    /// that something changed, and a person asks for it.</summary>
    private static Markup Live(ConsoleCall call, ConsoleSection? section, PageAnswer page) =>
        call.IsRead && section?.Topic is { } topic
        ? Markup.Format($""" data-topic="{topic}" data-live="{(page.RenewsItself || section.RenewsItself ? "self" : "asked")}" """)
        : Markup.None;

    private static Markup Top(ConsoleCall call, bool isWall, ShellHealth health)
    {
        var words = call.Words;
        var state = health.Unwell == 0
            ? Ui.Status(Shape.Well, words["health.well"])
            : Ui.Status(health.IsFailing ? Shape.Act : Shape.Look, words.Count("health.unwell", health.Unwell));
        var mine = isWall ? Markup.None : Markup.Format($"""
            <a class="btn plain me" href="/me">{call.Actor.Name} · {words.Term("role", call.Actor.RoleWord)}</a>
            <a class="btn menu" href="#nav">{words["menu"]}</a>
            """);
        return Markup.Format($"""
            <header class="top">
            <a class="brand" href="/">Weir</a>
            <span class="where">{health.Profile}</span>
            <span class="health"><a href="/health">{state}</a></span>
            <span class="clock"><b data-clock>{call.Now.UtcDateTime:HH:mm:ss}</b> UTC</span>
            {mine}
            </header>
            """);
    }

    private Markup Nav(ConsoleCall call, string current)
    {
        List<Markup> lines = [];
        foreach (var group in sections.GroupBy(one => one.Heading).OrderBy(group => group.Key))
        {
            lines.Add(Markup.Format(
                $"""<li class="head">{call.Words[$"rail.{group.Key.ToString().ToLowerInvariant()}"]}</li>"""));
            lines.AddRange(group.Where(one => call.Api.May("GET", one.Needs)).Select(one => Markup.Format(
                $"""<li><a href="/{one.Path}" data-key="{one.Name}"{(one.Name == current ? Markup.Literal(" aria-current=\"page\"") : Markup.None)}>{call.Words[$"rail.{one.Name}"]}</a></li>""")));
        }

        return Markup.Format($"""
            <nav class="rail" id="nav" aria-label="{call.Words["rail"]}"><ul>{Markup.Join(lines)}</ul></nav>
            """);
    }
}
