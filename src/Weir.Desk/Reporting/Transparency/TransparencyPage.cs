// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting.Html;
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Transparency;

/// <summary>A transparency report as one self-contained page.</summary>
internal static class TransparencyPage
{
    public static string Write(TransparencyReport report) => Markup.Format($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <title>Weir transparency {NumberFormatting.Time(report.Window.From)} to {NumberFormatting.Time(report.Window.Until)} UTC</title>
        {Style.Sheet}
        </head>
        <body><div class="page">
        <header>
        <h1>Transparency report</h1>
        <p class="quiet">{NumberFormatting.Time(report.Window.From)} to {NumberFormatting.Time(report.Window.Until)} UTC · profile <b>{report.Profile}</b></p>
        <div class="note" role="note"><p>Made by the machine from the audit log alone. Nobody is named. Counts about subscribers are rounded to five, and "&lt;10" or the like stands where fewer are behind them.</p></div>
        <p class="lead">{NumberFormatting.Plural(report.SubjectsScoped, "subscriber", "subscribers")} had a scope, each opened by an event. {NumberFormatting.Plural(report.Unmaskings.Disclosed, "time", "times")} two people saw who somebody is. {NumberFormatting.Plural(report.Refusals.Sum(r => (long)r.Count.Number), "request was", "requests were")} refused.</p>
        </header>
        <main>
        {Triggers(report)}{Looked(report)}{Refused(report)}{Done(report)}{Kept(report)}{Proof(report)}
        </main>
        <footer>Schema {report.Schema}. Made {NumberFormatting.Time(report.MadeAt)} UTC. The same for programs: the JSON file of the same name.</footer>
        </div></body>
        </html>

        """).ToString();

    private static Markup Triggers(TransparencyReport report) => Markup.Format($"""
        <section id="triggers"><h2>What opened scopes</h2>
        {(report.Triggers.Count == 0 ? Markup.Format($"<p>No rule, no complaint and no customer asked for a scope.</p>") : Counts("Events, complaints and consents, by rule", "Rule", report.Triggers))}
        {Table.Create("Rules and their versions", report.RuleVersions, Table.Text<string>("Rule and version", v => v, "code"))}
        {Figures("Scopes", ("opened", report.Scopes.Opened), ("renewed by fresh evidence", report.Scopes.Renewed), ("expired", report.Scopes.Expired), ("sealed for review", report.Scopes.Sealed), ("case files closed", report.Scopes.CasesClosed), ("ended because a customer withdrew a consent", report.ConsentsWithdrawn), ("distinct subscribers scoped", report.SubjectsScoped))}
        </section>

        """);

    private static Markup Looked(TransparencyReport report) => Markup.Format($"""
        <section id="looked"><h2>Who looked</h2>
        {Figures("Evidence", ("times read", report.Evidence.Reads), ("times counted", report.Evidence.Counts), ("times refused", report.Evidence.Refused), ("erasures", report.Evidence.Erasures))}
        {Figures("Unmasking by two people", ("asked for", report.Unmaskings.Asked), ("shown", report.Unmaskings.Disclosed), ("refused", report.Unmaskings.Refused))}
        </section>

        """);

    private static Markup Refused(TransparencyReport report) => Markup.Format($"""
        <section id="refused"><h2>What was refused</h2>
        {(report.Refusals.Count == 0 ? Markup.Format($"<p>Nothing was refused.</p>") : Counts("Refusals, by reason", "Reason", report.Refusals))}
        </section>

        """);

    private static Markup Done(TransparencyReport report) => Markup.Format($"""
        <section id="done"><h2>What was done</h2>
        {Figures("Blocks", ("ordered", report.Blocks.Ordered), ("of those confirmed by a router or resolver", report.Blocks.InForce), ("median life", report.Blocks.MedianLifeSeconds is { } life ? PublishedValue.FromText(string.Create(CultureInfo.InvariantCulture, $"{life / 86_400:0.0} d")) : PublishedValue.FromText("none ended")), ("other subscribers affected, estimated", report.Blocks.Collateral), ("overturned", report.Blocks.Overturned))}
        {Figures("Help", ("notifications", report.Notifications), ("clean-up checks ended", report.Remediation.Ended), ("of those clean", report.Remediation.Clean), ("of those not known, for not all of the time was watched", report.Remediation.NotKnown))}
        {Figures("Comparison of populations", ("runs", report.Comparisons.Runs), ("found among shuffled labels, where nothing is", report.Comparisons.PermutedDiscoveries))}
        </section>

        """);

    private static Markup Kept(TransparencyReport report) => Markup.Format($"""
        <section id="kept"><h2>What is kept, and how long</h2>
        {Table.Create("Limits of the policy in force", report.Retention, Table.Text<NamedText>("Kind", n => n.Name), Table.Text<NamedText>("Kept", n => n.Value))}
        {Table.Create("Policies that were in force", report.Policies, Table.Text<string>("SHA-256 of the policy", p => p, "code long"))}
        </section>

        """);

    private static Markup Proof(TransparencyReport report) => Markup.Format($"""
        <section id="proof"><h2>The audit behind this report</h2>
        <p>{(report.Audit.Sound ? Markup.Format($"The whole log was recomputed for this report and holds.") : Markup.Format($"<b>The log does not hold together:</b> {report.Audit.Fault}"))}</p>
        {Figures("Audit", ("entries in this window", report.Audit.Entries), ("first sequence", report.Audit.FirstSequence), ("last sequence", report.Audit.LastSequence), ("signed heads that hold", report.Audit.Heads), ("clock steps", report.Audit.ClockSteps), ("keys erased", report.Audit.KeysErased), ("lines lost in a crash before they counted", report.Audit.TornLines))}
        <p class="quiet">Head {report.Audit.LastHead} over {report.Audit.LastHeadSize} entries: <code>{report.Audit.LastHeadRoot}</code></p>
        </section>

        """);

    private static Markup Counts(string caption, string name, IReadOnlyList<NamedCount> counts) =>
        Table.Create(
            caption, counts, Table.Text<NamedCount>(name, c => c.Name, "code"),
            Table.Number<NamedCount>("Count", c => c.Count));

    private static Markup Figures(string caption, params (string Name, PublishedValue Count)[] figures) =>
        Table.Create(
            caption, figures, Table.Text<(string Name, PublishedValue Count)>("", f => f.Name),
            Table.Number<(string Name, PublishedValue Count)>("Count", f => f.Count));
}
