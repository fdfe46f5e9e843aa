// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

/// <summary>What commands comes first, with what speaks for it; what was only ordered is folded by campaign
/// below.</summary>
internal static class CommandTable
{
    /// <summary>Features that a row tells.</summary>
    private const int MostReasons = 4;

    /// <summary>Endpoints of a campaign that are listed.</summary>
    private const int MostEndpoints = 200;

    public static Markup Write(Report report) => Markup.Format($"""
        {Table.Create(IsRanked(report) ? "What commands: most evidence first" : "What was found: strongest association first", Rows(report),
            new Column<ReportCandidate>("Endpoint and what speaks for command", c => Markup.Format($"<span class=\"code\">{NumberFormatting.Endpoint(c.Remote, c.Port, c.Protocol)}</span><br/><span class=\"quiet\">{Reasons(c)}</span>"), "why"),
            Table.Optional<ReportCandidate>("Network", c => $"{c.Network}"),
            Table.Number<ReportCandidate>("Command", c => c.Command),
            Table.Text<ReportCandidate>("Status", StatusOf),
            Table.Number<ReportCandidate>("Infected", c => c.Cases),
            Table.Number<ReportCandidate>("Others", c => c.Others),
            Table.Text<ReportCandidate>("Campaign", c => c.Campaign ?? ""))}
        {Campaigns(report)}
        """);

    /// <summary>What became of it, and how far it is where a later window spoke.</summary>
    public static string StatusOf(ReportCandidate candidate) =>
        candidate.Status == "candidate" ? candidate.State : candidate.Status;

    /// <summary>Rows of their own: candidates in no campaign that is shown, and one representative of each.</summary>
    public static Func<ReportCandidate, bool> IsAlone(Report report)
    {
        var folded = report.Campaigns.SelectMany(campaign => campaign.Endpoints.Except([campaign.Representative]))
            .ToHashSet(StringComparer.Ordinal);
        return candidate => !folded.Contains(
            NumberFormatting.Endpoint(candidate.Remote, candidate.Port, candidate.Protocol));
    }

    /// <summary>Whether the candidates are in the order of their evidence for command, as in the lab.</summary>
    public static bool IsRanked(Report report) => report.Candidates.All(candidate => candidate.Command.IsNumber);

    private static List<ReportCandidate> Rows(Report report) => [.. report.Candidates.Where(IsAlone(report))];

    private static string Reasons(ReportCandidate candidate) => string.Join(
        "; ", candidate.Reasons.Where(reason => reason.Value.IsNumber || reason.Value.ToString().Length < 9)
            .Take(MostReasons).Select(reason => $"{reason.Feature} {reason.Value}: {reason.Words}"));

    private static Markup Campaigns(Report report) => report.Campaigns.Count == 0 ? Markup.None : Markup.Format($"""
        <h3>What was ordered: campaigns</h3>
        <p>Endpoints that the same infected lines met at the same times. They stand here as one; the first table has one of each, the {(IsRanked(report) ? "one with most evidence" : "strongest of those shown")}.</p>
        {Table.Create("Campaigns, largest first", report.Campaigns,
            Table.Text<ReportCampaign>("Id", c => c.Id),
            Table.Text<ReportCampaign>("Looks like", c => c.Words),
            Table.Text<ReportCampaign>("Kind", c => c.Kind),
            Table.Number<ReportCampaign>("Endpoints", c => c.Endpoints.Count),
            Table.Number<ReportCampaign>("Lines", c => c.Lines),
            Table.Text<ReportCampaign>("From (UTC)", c => NumberFormatting.Time(c.From)),
            Table.Text<ReportCampaign>("Until (UTC)", c => NumberFormatting.Time(c.Until)),
            Table.Text<ReportCampaign>("Representative", c => report.NameOf(c.Representative), "code"))}
        {Markup.Join(report.Campaigns.Select(campaign => Markup.Format($"<details><summary>{campaign.Id}: its {(PublishedValue)campaign.Endpoints.Count} endpoints</summary><p class=\"code\">{string.Join(", ", campaign.Endpoints.Take(MostEndpoints).Select(report.NameOf))}{(campaign.Endpoints.Count > MostEndpoints ? " …" : "")}</p></details>\n")))}

        """);
}
