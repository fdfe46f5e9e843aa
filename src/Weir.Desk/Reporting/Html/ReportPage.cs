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
        <title>{Of(report)}Weir report {NumberFormatting.Time(report.Window.From)} to {NumberFormatting.Time(report.Window.Until)} UTC</title>
        {Style.Sheet}
        </head>
        <body><div class="page">
        <header>
        <h1>{Of(report)}Botnet report</h1>
        <p class="quiet">{NumberFormatting.Time(report.Window.From)} to {NumberFormatting.Time(report.Window.Until)} UTC · profile <b>{report.Profile}</b></p>
        {Banner(report)}
        <p class="lead">{Verdict(report)}</p>
        {Trend(report)}
        {Tiles(report)}
        <nav aria-label="Parts of this report"><a href="#next">What to do next</a><a href="#infected">Infected</a><a href="#candidates">Candidates</a>{(report.Events.Count + report.EventCounts.Count > 0 ? Markup.Literal("<a href=\"#events\">Events</a>") : Markup.None)}<a href="#inputs">What came in</a><a href="#unseen">What could not be seen</a><a href="#words">Words</a></nav>
        </header>
        <main>
        {NextSection.Write(report)}{FindingsSection.Infected(report)}{CandidatesSection.Write(report)}{PeersSection.Write(report)}{FindingsSection.Events(report)}{InputsSection.Write(report)}{BlindSpotsSection.Write(report)}{GlossarySection.Text}
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

    private static string Of(Report report) => report.Provider.Length == 0 ? "" : $"{report.Provider}: ";

    /// <summary>Against the report of a week before, as it was published; nothing where none is kept.</summary>
    private static Markup Trend(Report report) => report.Trend is not { } before ? Markup.None : Markup.Format($"""
        <p class="quiet">A week before ({NumberFormatting.Time(before.Until)} UTC): {NumberFormatting.Plural(before.Cases, "infected subscriber", "infected subscribers")} of {before.Seen} seen, now {report.Subjects.Cases} of {report.Subjects.Seen}; {NumberFormatting.Plural(before.Candidates, "candidate endpoint", "candidate endpoints")}, now {(PublishedValue)report.Found}.</p>
        """);

    private static Markup Verdict(Report report)
    {
        if (!NextSection.HasList(report))
        {
            return Markup.Format($"<b>No list of command servers was in force: nobody can be found infected, and there "
                + $"is nobody to compare the others with.</b>");
        }

        var infected = report.Subjects.Cases is { IsNumber: true, Number: 0 }
            ? Markup.Format($"No subscriber exchanged traffic with a listed control server.")
            : Markup.Format($"<b>{NumberFormatting.Plural(report.Subjects.Cases, "subscriber", "subscribers")}</b> "
                + $"exchanged traffic with listed control servers and must be taken as infected.");
        var (found, shared) = (report.Found, report.Shared);
        var unknown = !report.Family.Valid
            ? Markup.Format($"The comparison failed its self-test and is not to be used.")
            : !report.Family.Power.Enough
                ? Markup.Format($"There are too few infected to say which other endpoints they share.")
            : found == 0 && report.Withheld > 0
                ? Markup.Format($"What the comparison found is withheld: too few stand behind each.")
            : found == 0 && BlindSpotsSection.Unwatched(report).Any(one => one.Missing > 0)
                ? Markup.Format($"No unknown control server stands out in what was watched; the window has gaps.")
            : found == 0 ? Markup.Format($"The comparison with the other subscribers found no unknown control server.")
            : Markup.Format(
                $"They share <b>{NumberFormatting.Plural(found, "unknown endpoint", "unknown endpoints")}</b> that "
                    + $"hardly any of the others contact.");
        var others = shared == 0 ? Markup.None : Markup.Format(
            $" {NumberFormatting.Plural(shared, "more is", "more are")} shared with too many others to be blocked.");
        return Markup.Format($"{infected} {unknown}{others}");
    }

    private static Markup Tiles(Report report)
    {
        var (found, shared) = (report.Found, report.Shared);
        var beside = string.Join("", ((string[])
        [
            shared > 0 ? $"; {shared} more shared with too many" : "",
            report.Withheld > 0 ? $"; {report.Withheld} endpoints and roll-ups withheld" : "",
        ]));
        var isJudged = NextSection.HasList(report);
        var isNone = report.Subjects.Cases is { IsNumber: true, Number: 0 };
        return Markup.Format($"""
        <div class="tiles">
        <div class="tile"><b>{report.Subjects.Seen}</b><span>subscribers seen</span></div>
        <div class="tile {(!isJudged ? "" : isNone ? "green" : "red")}"><b>{(isJudged ? report.Subjects.Cases : PublishedValue.FromText("not judged"))}</b><span>infected subscribers{(isJudged ? "" : ": no list")}</span></div>
        <div class="tile blue"><b>{(PublishedValue)found}</b><span>candidate endpoints{beside}</span></div>
        <div class="tile"><b>{(PublishedValue)report.Flows.Read}</b><span>flows read</span></div>
        <div class="tile"><b>{(PublishedValue)BlindSpotsSection.LossesOf(report).Sum(loss => loss.Count)}</b><span>losses, each counted below</span></div>
        </div>
        """);
    }
}
