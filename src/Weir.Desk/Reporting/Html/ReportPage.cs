// SPDX-License-Identifier: Apache-2.0
//
// report.html: one page that a manager can read and an auditor can print. Everything is inside: no script, no fetched
// asset, and a policy that forbids both. Whatever came from outside is escaped by MarkupHandler.
using Weir.Contracts.Reports;
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

/// <summary>Writes a shaped report as one self-contained page.</summary>
internal static class ReportPage
{
    public static string Write(Report report) => Markup.Format($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <title>Weir report {NumberFormatting.Time(report.Window.From)} to {NumberFormatting.Time(report.Window.Until)} UTC</title>
        {Style.Sheet}
        </head>
        <body><div class="page">
        <header>
        <h1>Botnet report</h1>
        <p class="quiet">{NumberFormatting.Time(report.Window.From)} to {NumberFormatting.Time(report.Window.Until)} UTC · profile <b>{report.Profile}</b></p>
        {Banner(report)}
        <p class="lead">{Verdict(report)}</p>
        {Tiles(report)}
        <nav aria-label="Parts of this report"><a href="#infected">Infected</a><a href="#candidates">Candidates</a>{(report.Events.Count + report.EventCounts.Count > 0 ? Markup.Literal("<a href=\"#events\">Events</a>") : Markup.None)}<a href="#inputs">What came in</a><a href="#unseen">What could not be seen</a><a href="#words">Words</a></nav>
        </header>
        <main>
        {FindingsSection.Infected(report)}{CandidatesSection.Write(report)}{FindingsSection.Events(report)}{InputsSection.Write(report)}{BlindSpotsSection.Write(report)}{GlossarySection.Text}
        </main>
        <footer>Schema {report.Schema}. Computed in {report.Timing.Seconds:0.0} s, {(PublishedValue)Math.Round(report.Timing.FlowsPerSecond)} flows/s, at most {(PublishedValue)Math.Round(report.Timing.PeakMemoryBytes / 1_048_576.0)} MiB of memory. The same findings for programs: report.json.</footer>
        </div></body>
        </html>

        """).ToString();

    private static Markup Banner(Report report) => report.Profile == ReportAnonymizer.LabProfile
        ? Markup.Literal("<div class=\"note red\" role=\"note\"><p><b>Laboratory profile: subscribers stand here in "
            + "clear.</b> For public or self-made data only. Never for a provider's customers.</p></div>")
        : Markup.Format($"<div class=\"note\" role=\"note\"><p>Nobody is named in this report. Counts are rounded, or "
            + $"bands. {report.Pseudonyms}</p></div>");

    private static Markup Verdict(Report report)
    {
        var infected = report.Subjects.Cases is { IsNumber: true, Number: 0 }
            ? Markup.Format($"No subscriber exchanged traffic with a listed control server.")
            : Markup.Format($"<b>{NumberFormatting.Plural(report.Subjects.Cases, "subscriber", "subscribers")}</b> "
                + $"exchanged traffic with listed control servers and must be taken as infected.");
        var (found, shared) =
            (report.Candidates.Count(c => c.Status == "candidate"), report.Candidates.Count(c => c.Status == "shared"));
        var unknown = !report.Family.Valid
            ? Markup.Format($"The comparison failed its self-test and is not to be used.")
            : !report.Family.Power.Enough
                ? Markup.Format($"There are too few infected to say which other endpoints they share.")
            : found == 0 ? Markup.Format($"The comparison with the other subscribers found no unknown control server.")
            : Markup.Format(
                $"They share <b>{NumberFormatting.Plural(found, "unknown endpoint", "unknown endpoints")}</b> that "
                    + $"hardly any of the others contact.");
        var others = shared == 0 ? Markup.None : Markup.Format(
            $" {NumberFormatting.Plural(shared, "more is", "more are")} shared with too many others to be blocked.");
        return Markup.Format($"{infected} {unknown}{others}");
    }

    private static Markup Tiles(Report report) => Markup.Format($"""
        <div class="tiles">
        <div class="tile"><b>{report.Subjects.Seen}</b><span>subscribers seen</span></div>
        <div class="tile {(report.Subjects.Cases is { IsNumber: true, Number: 0 } ? "green" : "red")}"><b>{report.Subjects.Cases}</b><span>infected subscribers</span></div>
        <div class="tile blue"><b>{(PublishedValue)report.Candidates.Count(c => c.Status == "candidate")}</b><span>candidate endpoints</span></div>
        <div class="tile"><b>{(PublishedValue)report.Flows.Read}</b><span>flows read</span></div>
        <div class="tile"><b>{(PublishedValue)report.Inputs.Sum(i => i.Losses.Sum(l => l.Count) + i.TemplateUnknown + i.Malformed)}</b><span>losses, each counted below</span></div>
        </div>
        """);
}
