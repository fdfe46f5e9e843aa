// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

/// <summary>What to do next, most pressing first: what stands in the way of the run itself, then what it
/// found.</summary>
internal static class NextSection
{
    public static Markup Write(Report report)
    {
        var steps = Steps(report).ToList();
        return Markup.Format($"""
            <section id="next"><h2>What to do next</h2>
            {(steps.Count == 0
                ? Markup.Format($"<p>Nothing: nobody met a listed endpoint, no unknown one stands out, and nothing was lost.</p>")
                : Markup.Format($"<ol>{Markup.Join(steps.Select(step => Markup.Format($"<li>{step.What} <code>{step.How}</code></li>\n")))}</ol>"))}
            </section>

            """);
    }

    /// <summary>Each step with where it is done.</summary>
    internal static IEnumerable<(string What, string How)> Steps(Report report)
    {
        // Files have no collector: nobody's case was opened, and nobody is told.
        var isLive = report.Coverage is not null;
        if (!HasList(report))
        {
            yield return ("Name a list of command servers: without one nobody can be found infected.",
                isLive ? "matching.lists" : "--watchlist");
        }

        if (report.Watchlists.Any(list => list.Stale is not null))
        {
            yield return ("See why a list is not read: an older copy is in force.", "weir watchlist list");
        }

        if (BlindSpotsSection.Unwatched(report).Count > 0)
        {
            yield return ("See why exporters delivered nothing, or what was lost on the way.", "weir status");
        }

        if (BlindSpotsSection.LossesOf(report).Count > 0)
        {
            yield return ("See which exporter or file the losses are of.", "weir exporters");
        }

        if (report.Sightings.Count > 0 && report.Subjects.Cases is not { IsNumber: true, Number: 0 })
        {
            yield return isLive
                ? ("Work on the cases of the infected; who has no notice yet stands there.",
                    "weir case list --state open --rule cnc-contact")
                : ("Have the exporters send to a running Weir: it opens a case for each of the infected.",
                    "weir serve");
        }

        if (report.Peers is { Groups.Count: > 0 })
        {
            yield return ("Tell the lines that belong to a net without a server; there is nothing of it to block.",
                isLive ? "weir case list --state open --rule cnc-contact" : "report.json: peers");
        }

        if (report.Found > 0)
        {
            yield return ("Have two people judge each candidate; a promoted one is looked back for.",
                "weir compare promote");
        }

        if (report.Withheld > 0 && isLive)
        {
            yield return ("Look at withheld endpoints, two people together.", "weir compare review");
        }

        if (HasList(report) && report.Family is { Valid: true, Power.Enough: false })
        {
            yield return ("Take a longer window or more lists: too few infected to compare.",
                isLive ? "comparing.window" : "--watchlist");
        }
    }

    /// <summary>Whether anything in force could call somebody infected.</summary>
    public static bool HasList(Report report) =>
        report.Watchlists.Any(list => list.Role is "c2" or "sinkhole" && list.Entries > 0);
}
