// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Html;
using Weir.Vault.Texts;

namespace Weir.Vault.Customers;

/// <summary>What stands around every page: language, whose it is, other languages, how to reach people.</summary>
internal sealed class PageLayout(CustomerPageOptions options, TextCatalogue catalogue)
{
    public string Page(LanguageTexts texts, Markup main, string footer = "") => Markup.Format($"""
        <!DOCTYPE html>
        <html lang="{texts.Tag}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex, nofollow">
        <title>{texts[TextEntries.PageTitle]} - {options.Provider}</title>
        {PageStyle.Sheet}
        </head>
        <body>
        <header><p>{options.Provider}</p>{Others(texts)}</header>
        <main id="main">
        {main}
        </main>
        <footer>
        <h2>{texts[TextEntries.ContactTitle]}</h2>
        <p>{options.ContactIn(texts.Tag)}</p>
        {(footer.Length == 0 ? Markup.None : Markup.Format($"<p>{texts[TextEntries.CaseNumber]}: {footer}</p>"))}
        </footer>
        </body>
        </html>

        """).ToString();

    /// <summary>A page that says one thing.</summary>
    public string Plain(LanguageTexts texts, (TextEntry Title, TextEntry Text) said) =>
        Page(texts, Markup.Format($"<h1>{texts[said.Title]}</h1>\n<p>{texts[said.Text]}</p>"));

    private Markup Others(LanguageTexts texts) => options.Languages.Count < 2 ? Markup.None : Markup.Format($"""
        <nav aria-label="{texts[TextEntries.Languages]}"><ul>{Markup.Join(options.Languages.Select(tag => One(catalogue.In(tag), tag == texts.Tag)))}</ul></nav>
        """);

    private static Markup One(LanguageTexts texts, bool isThis) => isThis
        ? Markup.Format($"""<li><a aria-current="true" lang="{texts.Tag}" href="?lang={texts.Tag}">{texts[TextEntries.LanguageName]}</a></li>""")
        : Markup.Format($"""<li><a lang="{texts.Tag}" hreflang="{texts.Tag}" href="?lang={texts.Tag}">{texts[TextEntries.LanguageName]}</a></li>""");
}
