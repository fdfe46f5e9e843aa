// SPDX-License-Identifier: Apache-2.0
//
// Which of the endpoints that the comparison found command, and which were only ordered? The statistics are the gate:
// nothing comes in here that they did not find, and nothing goes out. What is asked of the digests is the cases' own
// rows with what was found, so the cost follows the findings, not the population.
using Weir.Contracts.Flows;
using Weir.Contracts.Reports;
using Weir.Store.Comparing;

namespace Weir.Store.Ranking;

/// <summary>An endpoint's evidence.</summary>
/// <param name="Command">0 to 1.</param>
/// <param name="Reasons">What carried it, most first.</param>
/// <param name="Campaign">Number of its campaign, or -1.</param>
internal sealed record RankedEndpoint(double Command, IReadOnlyList<ReportReason> Reasons, int Campaign);

/// <summary>What ranking says of a run.</summary>
internal sealed record RankedRun
{
    /// <summary>In the order of the findings.</summary>
    public required IReadOnlyList<RankedEndpoint> Endpoints { get; init; }

    public required IReadOnlyList<Campaign> Campaigns { get; init; }

    public required IReadOnlyList<LineInfection> Infections { get; init; }
}

/// <summary>One infection of one line.</summary>
/// <param name="Subject">Pseudonym.</param>
/// <param name="Infection">Number of the infection.</param>
/// <param name="Listed">Listed endpoints of it that the line used.</param>
/// <param name="Found">Findings of it, in no campaign, that the line used: numbers.</param>
/// <param name="Campaigns">Campaigns of it that the line took part in: numbers.</param>
internal sealed record LineInfection(
    SubjectKey Subject, int Infection, IReadOnlyList<Endpoint> Listed, IReadOnlyList<int> Found,
    IReadOnlyList<int> Campaigns);

/// <summary>Ranks.</summary>
internal static class EvidenceRanking
{
    /// <summary>What being of a campaign weighs where only its users tell it.</summary>
    private const double ByUsersAlone = 0.5;

    private static readonly Endpoint[] NoneListed = [];
    private static readonly Weir.Wire.Prefix[] NoneBenign = [];

    /// <summary>Asks the digests for what ranking needs.</summary>
    public static async Task<RankInput> AskAsync(
        IPairCounts pairs, ComparisonRun run, CaseSet cases, ComparingOptions options,
        IReadOnlyList<LineDeed> activities, CancellationToken cancel)
    {
        SubjectKey[] subjects = [.. cases.Contacts.Keys.Order()];
        var query = new FamilyQuery(run.Window, EndpointUnit.Endpoint, cases.Listed, cases.Benign);
        Finding[] findings = [.. run.Endpoints.Reported];
        Endpoint[] keys = [.. findings.Select(finding => finding.Key)];
        var nothing = subjects.Length == 0;
        return new()
        {
            Window = run.Window,
            Findings = findings,
            Hours = nothing || keys.Length == 0 ? [] : await pairs.HoursAsync(query, subjects, keys, cancel),
            Listed = nothing ? [] : await pairs.HoursAsync(
                query with { Listed = NoneListed, Benign = NoneBenign }, subjects, [.. cases.Listed], cancel),
            Active = nothing ? [] : await pairs.ActiveHoursAsync(run.Window, subjects, cancel),
            Services = keys.Length == 0 ? [] : await pairs.ServicesAsync(run.Window, cancel),
            Activities = activities,
            TimeOrder = options.TimeOrder,
        };
    }

    /// <summary>A function of its input: the same whatever order rows came in.</summary>
    public static RankedRun Rank(RankInput input, CaseSet cases)
    {
        var profiles = new ContactProfiles(input);
        var campaigns = new CampaignFinder(profiles, input).Find();
        var campaignOf = new int[input.Findings.Count];
        Array.Fill(campaignOf, -1);
        foreach (var (number, campaign) in campaigns.Index())
        {
            foreach (var member in campaign.Members)
            {
                campaignOf[member] = number;
            }
        }

        var marks = new InfectionMarks(profiles, input, campaigns, campaignOf, cases);
        var infections = InfectionFinder.Find(marks.All, profiles.Lines.Length);
        return new()
        {
            Endpoints = Score(profiles, input, campaignOf, campaigns, infections),
            Campaigns = campaigns,
            Infections = marks.ByLine(infections),
        };
    }

    private static RankedEndpoint[] Score(
        ContactProfiles profiles, RankInput input, int[] campaignOf, IReadOnlyList<Campaign> campaigns,
        IReadOnlyList<InfectionGroup> infections)
    {
        var times = new TimeFeatures(profiles, input, campaignOf);
        var plain = new PlainFeatures(profiles, input, infections);
        var ranked = new RankedEndpoint[input.Findings.Count];
        for (var at = 0; at < ranked.Length; at++)
        {
            var (family, share) = plain.Infection(at);
            CommandFeature[] features =
            [
                times.First(at), times.Precedes(at), times.Stays(at), times.Regular(at), times.Alone(at),
                plain.Small(at), plain.Port(at), family, share, plain.Neighbour(at), plain.Others(at),
                Campaign(campaignOf[at] < 0 ? null : campaigns[campaignOf[at]], input.TimeOrder),
            ];
            ranked[at] = new(CommandScore.Compute(features), CommandScore.Reasons(features), campaignOf[at]);
        }

        return ranked;
    }

    private static CommandFeature Campaign(Campaign? campaign, bool timeOrder) => campaign is null
        ? new(CommandFeatures.Campaign, 0, "in no campaign")
        : new(
            CommandFeatures.Campaign, timeOrder ? 1 : ByUsersAlone, CommandScore.Words(
                $"one of {campaign.Members.Length} endpoints that the same lines met {(timeOrder ? "at the same times" : "; whether at the same times is undetermined")}"));
}
