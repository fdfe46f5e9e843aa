// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

/// <summary>What the infected share and the others do not, and whether that can be believed.</summary>
internal static class CandidatesSection
{
    public static Markup Write(Report report) => Markup.Format($"""
        <section id="candidates"><h2>Unknown endpoints the infected share</h2>
        <p>Every endpoint that subscribers contacted was tested: do the infected contact it more often than others of the same activity? A candidate is a lead for two people to judge, not a verdict.</p>
        {State(report)}
        {CommandTable.Write(report)}
        {Table.Create("Roll-ups: addresses, prefixes and networks, each kind tested by itself", report.Rollups,
            Table.Text<ReportRollup>("Kind", r => r.Kind),
            Table.Text<ReportRollup>("Key", r => r.Key, "code"),
            Table.Number<ReportRollup>("Infected", r => r.Cases),
            Table.Number<ReportRollup>("Others", r => r.Others))}
        {(report.Candidates.Count + report.Rollups.Count == 0 ? Markup.None : Statistics(report))}
        {Other(report.ByDeeds, "What lines share that were seen to attack", "were seen to do this")}
        {Other(report.ByReports, "What lines share that others reported", "are in this file")}
        <h3>Can it be believed?</h3>
        {Belief(report)}
        </section>

        """);

    /// <summary>Candidates that are not folded into a campaign.</summary>
    private static List<ReportCandidate> Alone(Report report) =>
        [.. report.Candidates.Where(CommandTable.IsAlone(report))];

    /// <summary>For who wants them: folded.</summary>
    private static Markup Statistics(Report report) => Markup.Format($"""
        <details><summary>The statistics of each: expected, p, q and effect size</summary>
        {ForestPlot.Draw(Alone(report))}
        {Table.Create("Candidates and their statistics, as ranked", Alone(report),
            new Column<ReportCandidate>("Endpoint and why", c => Markup.Format($"<span class=\"code\">{NumberFormatting.Endpoint(c.Remote, c.Port, c.Protocol)}</span><br/><span class=\"quiet\">{c.Why}</span>"), "why"),
            new Column<ReportCandidate>("Status", c => Status(c.Status)),
            Table.Number<ReportCandidate>("Infected", c => c.Cases),
            Table.Number<ReportCandidate>("Expected", c => c.Expected),
            Table.Number<ReportCandidate>("Others", c => c.Others),
            Table.Number<ReportCandidate>("p", c => c.P),
            Table.Number<ReportCandidate>("q", c => c.Q),
            Table.Text<ReportCandidate>("IC", c => NumberFormatting.Effect(c.Ic), "n"),
            Table.Text<ReportCandidate>("IC025", c => NumberFormatting.Effect(c.Ic025), "n"),
            Table.Text<ReportCandidate>("Onset", c => c.Onset))}
        {Table.Create("Statistics of the roll-ups", report.Rollups,
            Table.Text<ReportRollup>("Key", r => r.Key, "code"),
            Table.Number<ReportRollup>("Expected", r => r.Expected),
            Table.Number<ReportRollup>("p", r => r.P),
            Table.Number<ReportRollup>("q", r => r.Q),
            Table.Text<ReportRollup>("IC", r => NumberFormatting.Effect(r.Ic), "n"),
            Table.Text<ReportRollup>("IC025", r => NumberFormatting.Effect(r.Ic025), "n"))}
        </details>

        """);

    /// <summary>Another definition of who is infected, apart.</summary>
    private static Markup Other(ReportOtherCases? other, string heading, string what) => other is null ? Markup.None : Markup.Format($"""
        <h3>{heading}</h3>
        <p>Whatever lists say: {(PublishedValue)other.Lines} lines {what} ({string.Join(", ", other.By)}), {(PublishedValue)other.AlsoListed} of them also met a listed endpoint, {(PublishedValue)other.NotSeen} met nobody in the window. {(PublishedValue)other.Family.Endpoints} endpoints were tested apart.{(other.OfTheDeeds == 0 ? "" : $" What the deeds themselves were about is left out ({other.OfTheDeeds} endpoints).")}</p>
        {(other.Family is { Valid: true, Power.Enough: true } ? Markup.None : Markup.Format($"<div class=\"note amber\"><p><b>This comparison cannot conclude.</b> {(other.Family.Valid ? other.Family.Power.Why : "With the labels shuffled it still made discoveries")}</p></div>"))}
        {Table.Create($"{heading}: most evidence for command first", other.Candidates,
            new Column<ReportCandidate>("Endpoint and why", c => Markup.Format($"<span class=\"code\">{NumberFormatting.Endpoint(c.Remote, c.Port, c.Protocol)}</span><br/><span class=\"quiet\">{c.Why}</span>"), "why"),
            Table.Optional<ReportCandidate>("Network", c => $"{c.Network}"),
            Table.Number<ReportCandidate>("Command", c => c.Command),
            Table.Text<ReportCandidate>("Status", c => c.Status),
            Table.Number<ReportCandidate>("These lines", c => c.Cases),
            Table.Number<ReportCandidate>("Others", c => c.Others))}

        """);

    private static Markup State(Report report)
    {
        var family = report.Family;
        if (!family.Valid)
        {
            return Markup.Format($"<div class=\"note red\"><p><b>The self-test failed.</b> With the labels shuffled "
                + $"the run still made {(PublishedValue)family.PermutedDiscoveries} discoveries. Do not use the "
                + $"candidates of this run.</p></div>");
        }

        if (!NextSection.HasList(report))
        {
            return Markup.Format($"<div class=\"note amber\"><p><b>Nothing was compared:</b> no list of command "
                + $"servers was in force, so nobody counts as infected.</p></div>");
        }

        if (!family.Power.Enough)
        {
            return Markup.Format($"<div class=\"note amber\"><p><b>This run cannot conclude.</b> "
                + $"{family.Power.Why.TrimEnd('.')}. No candidates are named, which is "
                + $"not the same as there being none.</p></div>");
        }

        if (BlindSpotsSection.Unwatched(report).Sum(one => (long)one.Missing) is > 0 and var missing)
        {
            return Markup.Format($"<div class=\"note amber\"><p><b>The window has gaps.</b> Exporters delivered "
                + $"nothing in {missing} minutes of it, so what is not named here may have happened unseen; see "
                + $"<a href=\"#unseen\">what could not be seen</a>.</p></div>");
        }

        return report.Candidates.Count == 0
            ? Markup.Format($"<div class=\"note green\"><p>None: no endpoint stands out among the infected.</p></div>")
            : Markup.None;
    }

    private static Markup Belief(Report report)
    {
        var family = report.Family;
        if (family.Endpoints == 0)
        {
            return Markup.Format($"<p>Nothing was tested: no endpoint was contacted by three or more subscribers.</p>");
        }

        return Markup.Format($"""
            <dl>
            <dt>Tested</dt><dd>{(PublishedValue)family.Endpoints} endpoints in one family; at most {NumberFormatting.Percent(family.Q)} of the candidates are expected to be false (Benjamini–Hochberg).</dd>
            <dt>Self-test</dt><dd>{(family.Permutations == 0
                ? Markup.Format($"not run")
                : Markup.Format($"{(PublishedValue)family.PermutedDiscoveries} discoveries in {NumberFormatting.Plural(family.Permutations, "run", "runs")} with shuffled labels {(family.Valid ? Markup.Literal("<span class=\"tag green\">passed</span>") : Markup.Literal("<span class=\"tag red\">failed</span>"))}"))}</dd>
            <dt>Simpler methods</dt><dd>On the same data a pooled Fisher test flags {family.Baselines.PooledFisher} endpoints and plain popularity among the infected {family.Baselines.Popularity}.</dd>
            <dt>Power</dt><dd>{(family.Power.Enough ? "enough" : "not enough")}; the smallest p this run could reach is {family.Power.MinimumP}, a lone discovery needs {ReportKAnonymity.Order(family.Q / family.Endpoints)} or less.</dd>
            <dt>Groups</dt><dd>{report.Subjects.Cases} infected, {report.Subjects.Controls} others to compare with.</dd>
            <dt>Seed</dt><dd>{family.Seed}: the same inputs and seed give the same list.</dd>
            </dl>

            """);
    }

    private static Markup Status(string status) => status switch
    {
        "candidate" => Markup.Literal("<span class=\"tag red\">candidate</span>"),
        "shared" => Markup.Literal("<span class=\"tag amber\">shared</span>"),
        _ => Markup.Format($"<span class=\"tag plain\">{status}</span>"),
    };
}
