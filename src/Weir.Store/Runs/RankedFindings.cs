// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Store.Comparing;
using Weir.Store.Ranking;

namespace Weir.Store.Runs;

/// <summary>Turns what was ranked into the report's own records, in clear; the profile hides afterwards.</summary>
internal sealed class RankedFindings(RankInput input, RankedRun ranked, CaseSet cases, NetworkTable networks)
{
    private readonly IReadOnlyList<IReadOnlyList<Endpoint>> _lineage = Lineage.Of(input, cases);

    /// <summary>By evidence for command; equal ones as the statistics rank them.</summary>
    public IReadOnlyList<ReportCandidate> Candidates() =>
    [
        .. Enumerable.Range(0, input.Findings.Count).OrderByDescending(at => ranked.Endpoints[at].Command)
            .Select(at => ReportFindingMapper.Candidate(input.Findings[at]) with
            {
                Command = ranked.Endpoints[at].Command,
                Reasons = ranked.Endpoints[at].Reasons,
                RestsOn = [.. _lineage[at].Select(endpoint => endpoint.ToString())],
                Campaign = ranked.Endpoints[at].Campaign is >= 0 and var campaign ? IdOf(campaign) : null,
            }),
    ];

    public IReadOnlyList<ReportCampaign> Campaigns() =>
    [
        .. ranked.Campaigns.Select((campaign, number) => new ReportCampaign
        {
            Id = IdOf(number),
            Endpoints = [.. campaign.Members.OrderByDescending(at => ranked.Endpoints[at].Command).Select(Name)],
            Lines = campaign.Lines.Length,
            From = DateTimeOffset.FromUnixTimeMilliseconds(campaign.FromMs),
            Until = DateTimeOffset.FromUnixTimeMilliseconds(campaign.UntilMs),
            Kind = CampaignText.ToName(campaign.Kind),
            Representative = Name(campaign.Members.MaxBy(at => ranked.Endpoints[at].Command)),
            Words = CampaignText.Describe(
                campaign.Kind, campaign.Members.Length, campaign.Lines.Length, campaign.FromMs, campaign.UntilMs,
                input.TimeOrder),
        }),
    ];

    /// <summary>By line; for the lab profile, where a subject's key is its address block.</summary>
    public IReadOnlyList<ReportLineInfections> Infections() =>
    [
        .. from one in ranked.Infections
           group one by one.Subject into line
           orderby line.Key
           select new ReportLineInfections(
               ClearSubjectText.Write(line.Key, networks),
               [.. line.Select(one => new ReportInfection(
                   string.Create(CultureInfo.InvariantCulture, $"i{one.Infection + 1}"),
                   [.. one.Listed.Select(endpoint => endpoint.ToString()), .. one.Found.Select(Name)],
                   [.. one.Campaigns.Select(IdOf)]))]),
    ];

    private string Name(int finding) => input.Findings[finding].Key.ToString();

    private static string IdOf(int campaign) => string.Create(CultureInfo.InvariantCulture, $"c{campaign + 1}");
}
