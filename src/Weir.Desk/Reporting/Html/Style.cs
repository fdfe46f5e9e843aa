// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

/// <summary>The page's own style sheet: nothing is fetched, light and dark follow the reader, print is
/// black on white.</summary>
internal static class Style
{
    public static readonly Markup Sheet = Markup.Literal("""
        <style>
        :root { color-scheme: light dark; --paper:#fff; --sunk:#f4f6f8; --ink:#17202a; --quiet:#5b6875; --line:#d9dfe5; --blue:#1f6fb5; --blue-soft:#cfe3f4;
          --red:#b3261e; --red-soft:#fbe9e7; --amber:#8a5a00; --amber-soft:#fff3d6; --green:#1c7c4a; --green-soft:#e2f4ea; --grey:#9aa7b3; }
        @media (prefers-color-scheme: dark) { :root { --paper:#11161c; --sunk:#1a2129; --ink:#e7ecf1; --quiet:#9fadba; --line:#2d3742; --blue:#6cb2ee; --blue-soft:#1d3a54;
          --red:#ff8a80; --red-soft:#3b1c1a; --amber:#f2c063; --amber-soft:#3a2c0d; --green:#75d3a0; --green-soft:#14331f; --grey:#6b7885; } }
        @media print { :root { color-scheme: light; --paper:#fff; --sunk:#f6f6f6; --ink:#000; --quiet:#444; --line:#bbb; --blue:#1f6fb5; --blue-soft:#cfe3f4;
          --red:#b3261e; --red-soft:#fbe9e7; --amber:#8a5a00; --amber-soft:#fff3d6; --green:#1c7c4a; --green-soft:#e2f4ea; --grey:#888; } nav { display:none } }
        * { box-sizing:border-box }
        html { -webkit-text-size-adjust:100% }
        body { margin:0; background:var(--paper); color:var(--ink); font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif; print-color-adjust:exact; -webkit-print-color-adjust:exact }
        .page { max-width:70rem; margin:0 auto; padding:0 1.5rem 4rem }
        header { padding:2.2rem 0 1rem }
        h1 { margin:0; font-size:1.9rem; line-height:1.2; letter-spacing:-.01em }
        h2 { margin:2.8rem 0 .4rem; font-size:1.3rem; line-height:1.3; padding-top:.9rem; border-top:1px solid var(--line); break-after:avoid }
        h3 { margin:1.6rem 0 .3rem; font-size:1.02rem; break-after:avoid }
        p { margin:.45rem 0; max-width:46rem }
        .lead { font-size:1.12rem; margin:.9rem 0 0 }
        .quiet, caption, figcaption { color:var(--quiet); font-size:.9rem }
        nav { display:flex; flex-wrap:wrap; gap:.3rem 1.1rem; margin:.9rem 0 0; font-size:.92rem }
        a { color:var(--blue) }
        .tag { display:inline-block; padding:.05rem .55rem; border-radius:1rem; font-size:.82rem; font-weight:600; white-space:nowrap; border:1px solid transparent }
        .tag.red { background:var(--red-soft); color:var(--red) } .tag.amber { background:var(--amber-soft); color:var(--amber) }
        .tag.green { background:var(--green-soft); color:var(--green) } .tag.plain { border-color:var(--line); color:var(--quiet) }
        .note { border-left:4px solid var(--grey); background:var(--sunk); padding:.6rem .9rem; margin:1rem 0; border-radius:0 .3rem .3rem 0; break-inside:avoid }
        .note p { margin:.15rem 0; max-width:none } .note.red { border-color:var(--red); background:var(--red-soft) }
        .note.amber { border-color:var(--amber); background:var(--amber-soft) } .note.green { border-color:var(--green); background:var(--green-soft) }
        .tiles { display:grid; grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr)); gap:.8rem; margin:1.3rem 0 .4rem }
        .tile { background:var(--sunk); border-radius:.5rem; padding:.75rem .95rem; break-inside:avoid; border-top:3px solid var(--grey) }
        .tile.red { border-color:var(--red) } .tile.blue { border-color:var(--blue) } .tile.green { border-color:var(--green) }
        .tile b { display:block; font-size:1.75rem; line-height:1.2; font-variant-numeric:tabular-nums; font-weight:650 } .tile span { color:var(--quiet); font-size:.88rem }
        .wide { overflow-x:auto; margin:.7rem 0; background:linear-gradient(to right,var(--paper) 30%,transparent),linear-gradient(to left,var(--paper) 30%,transparent) 100% 0,linear-gradient(to right,var(--grey),transparent),linear-gradient(to left,var(--grey),transparent) 100% 0; background-repeat:no-repeat; background-size:2.5rem 100%,2.5rem 100%,.8rem 100%,.8rem 100%; background-attachment:local,local,scroll,scroll }
        @media (max-width:40rem) { .wide { scrollbar-width:thin } .wide td { overflow-wrap:normal } .wide table { min-width:34rem } .page { padding:0 .9rem 3rem } }
        table { border-collapse:collapse; width:100%; font-size:.92rem }
        caption { text-align:left; padding:.2rem 0 .35rem; caption-side:top }
        th { text-align:left; font-weight:600; color:var(--quiet); font-size:.82rem; border-bottom:1px solid var(--line); padding:.3rem .7rem .3rem 0; vertical-align:bottom }
        td { border-bottom:1px solid var(--line); padding:.36rem .7rem .36rem 0; vertical-align:top }
        thead { display:table-header-group } tr { break-inside:avoid }
        .n { text-align:right; font-variant-numeric:tabular-nums; white-space:nowrap } th.n { white-space:normal }
        .code, code { font:0.9em/1.5 ui-monospace,"SFMono-Regular",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace; overflow-wrap:anywhere }
        th.code { font:inherit; font-weight:600; font-size:.82rem } td.code { white-space:nowrap } td.code.long { white-space:normal } td.long, td.why { min-width:15rem } th { overflow-wrap:normal }
        .t { white-space:nowrap }
        .bar { display:block; width:100%; height:1.1rem; border-radius:.25rem; margin:.8rem 0 .3rem }
        .key { display:flex; flex-wrap:wrap; gap:.2rem 1.2rem; font-size:.9rem; margin:0 0 .5rem; padding:0; list-style:none }
        .key i { display:inline-block; width:.75em; height:.75em; border-radius:.15em; margin-right:.4em; vertical-align:-.02em }
        figure { margin:1rem 0; break-inside:avoid } svg text { fill:var(--ink) } .plot { width:100%; height:auto; display:block }
        dl { margin:.6rem 0; display:grid; grid-template-columns:minmax(8rem,11rem) 1fr; gap:.35rem 1rem; font-size:.93rem } dt { font-weight:600 } dd { margin:0 }
        footer { margin-top:3rem; padding-top:.8rem; border-top:1px solid var(--line); color:var(--quiet); font-size:.85rem }
        @media (max-width:40rem) { .page { padding:0 1rem 3rem } dl { grid-template-columns:1fr } dt { margin-top:.4rem } h1 { font-size:1.5rem } }
        @media print { body { font-size:10.5pt } .page { max-width:none; padding:0 } h2 { margin-top:1.4rem } a { color:inherit; text-decoration:none } }
        </style>
        """);
}
