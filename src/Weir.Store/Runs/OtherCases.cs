// SPDX-License-Identifier: Apache-2.0
//
// Other definitions of who is infected: not who met a listed endpoint, but who was seen to flood, scan or send spam,
// and whom somebody reported. The engine is the same, each run another one: none changes what another finds. Who
// attacks met what commands before, so contacts before the deed speak for an endpoint here: there is no veto of them.
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Ranking;
using Weir.Wire.Native;

namespace Weir.Store.Runs;

/// <summary>Compares lines that are infected by another definition with everybody else.</summary>
internal static class OtherCases
{
    private static readonly IReadOnlySet<Endpoint> None = new HashSet<Endpoint>();

    /// <summary>Lines that were seen to attack; null where too few did anything of the kind.</summary>
    /// <param name="pairs">Where the pairs are counted.</param>
    /// <param name="input">As for the comparison by lists; what is listed is not tested here either.</param>
    /// <param name="events">What was raised in the window.</param>
    /// <param name="cancel">Stops between questions.</param>
    /// <exception cref="StoreException">The store could not answer.</exception>
    public static async Task<ReportOtherCases?> ByDeedsAsync(
        IPairCounts pairs, PairComparisonInput input, IEnumerable<QualityEvent> events, CancellationToken cancel)
    {
        QualityEvent[] deeds =
        [
            .. events.Where(one => one is { Class: not null, Doubt: EvidenceDoubt.None }
                && DetectionRules.Find(one.Rule) is { IsOfBot: true }),
        ];
        SubjectKey[] doers = [.. deeds.Select(deed => deed.Subject).Distinct().Order()];
        return doers.Length < input.Options.MinimumSubjects ? null
            : await CompareAsync(
                pairs, input with { Activities = [.. deeds.Select(deed => new LineDeed(deed.Subject, deed.FromMs))] },
                doers, [.. deeds.Select(deed => deed.Class!.Predicate).Distinct()], cancel) with
            {
                By = [.. deeds.Select(deed => deed.Rule).Distinct().Order(StringComparer.Ordinal)],
            };
    }

    /// <summary>Lines that others named; null where none of them is ours.</summary>
    /// <param name="pairs">Where the pairs are counted.</param>
    /// <param name="input">As above.</param>
    /// <param name="named">The lines.</param>
    /// <param name="cancel">Stops between questions.</param>
    /// <exception cref="StoreException">The store could not answer.</exception>
    public static async Task<ReportOtherCases?> ByReportsAsync(
        IPairCounts pairs, PairComparisonInput input, IReadOnlyCollection<SubjectKey> named, CancellationToken cancel)
        => named.Count == 0 ? null : await CompareAsync(pairs, input, [.. named.Distinct().Order()], [], cancel);

    private static async Task<ReportOtherCases> CompareAsync(
        IPairCounts pairs, PairComparisonInput input, SubjectKey[] infected, List<FlowPredicate> about,
        CancellationToken cancel)
    {
        var byLists = CaseSet.From(input.Standing, []).Cases.Keys.ToHashSet();
        var cases = CasesOf(infected, input) with { Neither = byLists.Except(infected).ToHashSet() };
        var options = input.Options with { RollUps = false };
        var run = await ComparisonEngine.RunAsync(
            pairs, input.Window, cases, options, input.Seed ^ input.Cohort, cancel);
        var asked = await EvidenceRanking.AskAsync(pairs, run, cases, options, input.Activities, cancel);
        var ranked = EvidenceRanking.Rank(asked, cases).Endpoints;
        var found = asked.Findings.Index().ToLookup(one => about.Exists(deed => IsAbout(deed, one.Item.Key)));
        return new()
        {
            Lines = infected.Length,
            NotSeen = run.Participants.Unseen,
            AlsoListed = infected.LongCount(byLists.Contains),
            Candidates =
            [
                .. found[false].OrderByDescending(one => ranked[one.Index].Command).Select(one =>
                    ReportFindingMapper.Candidate(one.Item) with
                    {
                        Command = ranked[one.Index].Command,
                        Reasons = ranked[one.Index].Reasons,
                    }),
            ],
            OfTheDeeds = found[true].Count(),
            Family = ReportFindingMapper.Family(run),
        };
    }

    private static CaseSet CasesOf(SubjectKey[] doers, PairComparisonInput input) => new(
        doers.ToDictionary(doer => doer, _ => new Infection(input.Window.FromMs, 1)),
        input.Standing.Select(sighting => sighting.Endpoint).ToHashSet(),
        [.. input.Allowed, .. SpecialPurpose.Networks])
    {
        Contacts = doers.ToDictionary(doer => doer, _ => None),
    };

    private static bool IsAbout(FlowPredicate deed, Endpoint endpoint) =>
        deed.Protocol == endpoint.Protocol
        && (deed.RemotePorts.IsEmpty || deed.RemotePorts.Contains(endpoint.Port))
        && (deed.Remotes.IsEmpty || deed.Remotes.Contains(endpoint.Address));
}
