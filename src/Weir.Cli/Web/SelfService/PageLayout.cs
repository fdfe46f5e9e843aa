// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Desk.Reporting.Html;

namespace Weir.Cli.Web.SelfService;

/// <summary>What stands around every page: language, whose it is, other languages, how to reach people.</summary>
internal sealed class PageLayout(SelfServiceSettings settings)
{
    public string Page(PageResources words, Markup main, string footer = "")
    {
        var contact =
            words.Language == Language.De && settings.ContactDe is { Length: > 0 } german ? german : settings.Contact;
        return Markup.Format($"""
            <!DOCTYPE html>
            <html lang="{LanguageSelector.Tag(words.Language)}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex, nofollow">
            <title>{words.Title} - {settings.Provider}</title>
            {PageStyle.Sheet}
            </head>
            <body>
            <header><p>{settings.Provider}</p>{Others(words)}</header>
            <main id="main">
            {main}
            </main>
            <footer>
            <h2>{words.ContactTitle}</h2>
            <p>{contact}</p>
            {(footer.Length == 0 ? Markup.None : Markup.Format($"<p>{words.CaseNumber}: {footer}</p>"))}
            </footer>
            </body>
            </html>

            """).ToString();
    }

    /// <summary>A page that says one thing.</summary>
    public string Plain(PageResources words, string title, string text) =>
        Page(words, Markup.Format($"<h1>{title}</h1>\n<p>{text}</p>"));

    private Markup Others(PageResources words) => settings.Languages.Count < 2 ? Markup.None : Markup.Format($"""
        <nav aria-label="{words.Languages}"><ul>{Markup.Join(settings.Languages.Select(l => One(PageResources.In(l), l == words.Language)))}</ul></nav>
        """);

    private static Markup One(PageResources words, bool isThis) => isThis
        ? Markup.Format($"""<li><a aria-current="true" lang="{LanguageSelector.Tag(words.Language)}" href="?lang={LanguageSelector.Tag(words.Language)}">{words.Name}</a></li>""")
        : Markup.Format($"""<li><a lang="{LanguageSelector.Tag(words.Language)}" hreflang="{LanguageSelector.Tag(words.Language)}" href="?lang={LanguageSelector.Tag(words.Language)}">{words.Name}</a></li>""");
}
