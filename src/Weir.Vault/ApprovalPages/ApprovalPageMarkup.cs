// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Weir.Hosting.Browsers;
using Weir.Hosting.Html;
using Weir.Vault.Approving;

namespace Weir.Vault.ApprovalPages;

/// <summary>The two pages. They hold nothing about anybody; the script fills them with what the vault sends.</summary>
internal sealed class ApprovalPageMarkup
{
    private readonly string _host;
    private readonly string _style;
    private readonly string _approve;
    private readonly string _enrol;

    public ApprovalPageMarkup(ApprovalPageOptions options)
    {
        var here = Assembly.GetExecutingAssembly();
        _host = options.Origin!.Host;
        _style = Assets.Add("approvals.css", here, "approvals/assets/approvals.css");
        _approve = Assets.Add("approve.js", here, BrowserAssets.Passkeys, "approvals/assets/approve.js");
        _enrol = Assets.Add("enrol.js", here, BrowserAssets.Passkeys, "approvals/assets/enrol.js");
    }

    public BrowserAssets Assets { get; } = new();

    /// <summary>What waits, or one of it.</summary>
    /// <param name="leave">Its number; empty for all.</param>
    public Markup Approve(string leave) => Page("Approve", _approve, Markup.Format($"""
        <main data-host="{_host}" data-leave="{leave}">
        <h1>Approve</h1>
        <p class="lead">What waits for you is shown after your passkey says who you are. A second touch signs the text
        that stands here, as the vault holds it, and nothing else.</p>
        <p><button type="button" id="show" class="first">Show what waits</button></p>
        <noscript><p class="bad">A passkey needs the script of this page. Without it sign on the command line: weir
        approve.</p></noscript>
        <p id="said" role="status"></p>
        <p id="who"></p>
        <div id="requests"></div>
        </main>
        """));

    /// <summary>A new passkey.</summary>
    public Markup Enrol() => Page("New passkey", _enrol, Markup.Format($"""
        <main data-host="{_host}">
        <h1>New passkey</h1>
        <p class="lead">A passkey for approving is made in your authenticator, for {_host} alone. It counts when two
        people signed its line into the governance; this vault keeps nothing of it.</p>
        <label for="name">Your name, as the governance has it</label>
        <input id="name" autocomplete="username" maxlength="64" spellcheck="false">
        <p><button type="button" id="make" class="first">Make a passkey</button></p>
        <noscript><p class="bad">A passkey needs the script of this page.</p></noscript>
        <p id="said" role="status"></p>
        <section id="made" hidden aria-labelledby="line-title">
        <h2 id="line-title">The line for the governance</h2>
        <pre id="line" tabindex="0"></pre>
        <p>Give it to who writes the governance, under your name and <code>passkeys</code>, and read this out to them:</p>
        <pre id="fingerprint" tabindex="0"></pre>
        </section>
        </main>
        """));

    private Markup Page(string title, string script, Markup main) => Markup.Format($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} - Weir's vault</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="{_style}">
        <script src="{script}" defer></script>
        </head>
        <body>
        <header><p><strong>Weir's vault</strong> <span class="quiet">{_host}</span></p>
        <nav aria-label="Pages"><a href="/">Approve</a> <a href="/enrol">New passkey</a></nav></header>
        {main}
        </body>
        </html>

        """);
}
