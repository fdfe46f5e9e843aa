// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Weir.Hosting.Html;

namespace Weir.Vault.Customers;

/// <summary>The page's only style sheet, inside it and named by its hash, so that a browser applies this one and no
/// other (CSP Level 3 section 2.3.1). Nothing is fetched.</summary>
internal static class PageStyle
{
    private const string Css = """
        :root { color-scheme: light dark; --paper:#fff; --sunk:#f3f5f7; --ink:#17202a; --quiet:#4d5966; --line:#8a95a1; --blue:#155a99; --on:#fff; --good:#156339; --bad:#a0211a }
        @media (prefers-color-scheme: dark) { :root { --paper:#11161c; --sunk:#1b232c; --ink:#e9eef3; --quiet:#b3bfca; --line:#6d7a87; --blue:#7cbcf2; --on:#0b1117; --good:#82d9a9; --bad:#ff9b92 } }
        * { box-sizing:border-box }
        html { -webkit-text-size-adjust:100% }
        body { margin:0; background:var(--paper); color:var(--ink); font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif; overflow-wrap:break-word }
        header, main, footer { max-width:64rem; margin:0 auto; padding:0 1rem }
        header { padding-top:1rem; display:flex; flex-wrap:wrap; gap:.4rem 1.5rem; justify-content:space-between; align-items:baseline }
        header p { margin:0; font-weight:650 }
        nav ul { display:flex; gap:1rem; list-style:none; margin:0; padding:0 }
        nav a { display:inline-block; padding:.35rem 0 }
        h1 { margin:1.2rem 0 .4rem; font-size:1.6rem; line-height:1.25; hyphens:auto }
        h2 { margin:2rem 0 .3rem; font-size:1.25rem; line-height:1.3; hyphens:auto }
        h3 { margin:1.2rem 0 .2rem; font-size:1rem }
        p, ol, ul { max-width:44rem; margin:.4rem 0 } ol { padding-left:1.4rem } li { margin:.25rem 0 }
        .quiet { color:var(--quiet) }
        .scopes { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr)); gap:1rem; margin:1.2rem 0 }
        .scope, .part { background:var(--sunk); border-radius:.5rem; padding:.2rem 1rem 1rem } .scope h2, .part h2 { margin-top:.8rem }
        .parts { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr)); gap:1rem }
        dl { margin:.4rem 0; display:grid; grid-template-columns:minmax(6rem,max-content) 1fr; gap:.25rem 1rem } dt { color:var(--quiet) } dd { margin:0; min-width:0; overflow-wrap:anywhere }
        .told { border-left:.3rem solid var(--blue); padding:.5rem .8rem; background:var(--sunk); font-weight:650; max-width:none }
        .good { border-color:var(--good) } .bad { border-color:var(--bad) } .check { border-left:.3rem solid var(--blue); padding-left:.7rem }
        .check.good { border-color:var(--good) } .check.bad { border-color:var(--bad) }
        label { display:block; margin:.6rem 0 .2rem }
        textarea { width:100%; min-height:7rem; font:inherit; color:inherit; background:var(--paper); border:1px solid var(--line); border-radius:.3rem; padding:.5rem }
        button { font:inherit; font-weight:650; margin:.6rem 0 0; padding:.65rem 1.1rem; min-height:2.75rem; border:0; border-radius:.3rem; background:var(--blue); color:var(--on) }
        a { color:var(--blue) } a:focus-visible, button:focus-visible, textarea:focus-visible { outline:.2rem solid var(--blue); outline-offset:.15rem }
        footer { margin-top:2rem; padding-top:.6rem; padding-bottom:2rem; color:var(--quiet) }
        @media (max-width:30rem) { dl { grid-template-columns:1fr; gap:0 } dd { margin-bottom:.4rem } h1 { font-size:1.35rem } }
        @media print { nav, form { display:none } }
        """;

    public static readonly Markup Sheet = Markup.Literal($"<style>{Css}</style>");

    /// <summary>The source expression of <see cref="Sheet"/>.</summary>
    public static readonly string Hash =
        $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)))}'";
}
