// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Reflection;
using Weir.Hosting.Browsers;
using Weir.Hosting.Html;
using Weir.Vault.Approving;

namespace Weir.Vault.ApprovalPages;

/// <summary>The two pages. They hold nothing about anybody; the script fills them with what the vault sends.</summary>
internal sealed class ApprovalPageMarkup
{
    private readonly string _host;
    private readonly string _console;
    private readonly string _style;
    private readonly string _approve;
    private readonly string _enrol;
    private readonly FrozenDictionary<string, ApprovalPageWords> _words = ApprovalPageWords.ReadAll();

    public ApprovalPageMarkup(ApprovalPageOptions options)
    {
        var here = Assembly.GetExecutingAssembly();
        _host = options.Origin!.Host;
        _console = options.Console is { } console ? new BrowserOrigin(console).Name : "";
        _style = Assets.Add("approvals.css", here, "approvals/assets/approvals.css");
        _approve = Assets.Add("approve.js", here, BrowserAssets.Passkeys, "approvals/assets/approve.js");
        _enrol = Assets.Add("enrol.js", here, BrowserAssets.Passkeys, "approvals/assets/enrol.js");
    }

    public BrowserAssets Assets { get; } = new();

    /// <summary>What waits, or one of it.</summary>
    /// <param name="leave">Its number; empty for all.</param>
    /// <param name="accepted">Languages that the browser asks for.</param>
    public Markup Approve(string leave, string accepted)
    {
        var words = _words[ApprovalPageWords.Choose(accepted)];
        return Page(words, words["approve"], _approve, Markup.Format($"""
            <main data-host="{_host}" data-leave="{leave}" data-console="{_console}" data-words="{words.ForScript}">
            <h1>{words["approve"]}</h1>
            <p class="lead">{words["approve.lead"]}</p>
            <p><button type="button" id="show" class="first">{words["approve.show"]}</button></p>
            <noscript><p class="bad">{words["approve.no-script"]}</p></noscript>
            <p id="said" role="status"></p>
            <p id="who"></p>
            <div id="requests"></div>
            </main>
            """));
    }

    /// <summary>A new passkey.</summary>
    /// <param name="accepted">Languages that the browser asks for.</param>
    public Markup Enrol(string accepted)
    {
        var words = _words[ApprovalPageWords.Choose(accepted)];
        var lead = words["enrol.lead"].Replace("{{host}}", _host, StringComparison.Ordinal);
        return Page(words, words["enrol"], _enrol, Markup.Format($"""
            <main data-host="{_host}" data-words="{words.ForScript}">
            <h1>{words["enrol"]}</h1>
            <p class="lead">{lead}</p>
            <label for="name">{words["enrol.name"]}</label>
            <input id="name" autocomplete="username" maxlength="64" spellcheck="false">
            <p><button type="button" id="make" class="first">{words["enrol.make"]}</button></p>
            <noscript><p class="bad">{words["enrol.no-script"]}</p></noscript>
            <p id="said" role="status"></p>
            <section id="made" hidden aria-labelledby="line-title">
            <h2 id="line-title">{words["enrol.line"]}</h2>
            <pre id="line" tabindex="0"></pre>
            <p>{words["enrol.line.before"]} <code>passkeys</code>{words["enrol.line.after"]}</p>
            <pre id="fingerprint" tabindex="0"></pre>
            </section>
            </main>
            """));
    }

    private Markup Page(ApprovalPageWords words, string title, string script, Markup main) => Markup.Format($"""
        <!DOCTYPE html>
        <html lang="{words.Tag}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} - {words["vault"]}</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="{_style}">
        <script src="{script}" defer></script>
        </head>
        <body>
        <header><p><strong>{words["vault"]}</strong> <span class="quiet">{_host}</span></p>
        <nav aria-label="{words["pages"]}"><a href="/">{words["approve"]}</a> <a href="/enrol">{words["enrol"]}</a></nav></header>
        {main}
        </body>
        </html>

        """);
}
