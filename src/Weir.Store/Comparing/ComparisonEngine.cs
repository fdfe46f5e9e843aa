// SPDX-License-Identifier: Apache-2.0
//
// The differential engine (statistics.md B.4): which endpoints do the infected share that subjects like them do not?
// Every endpoint that three subjects contact is tested, cases are compared with others of the same activity, the rate
// of false discoveries is controlled over all tests, and what cases did before their infection is held against a
// candidate. The store counts; this judges.
using Weir.Contracts.Flows;

namespace Weir.Store.Comparing;

/// <summary>Runs a comparison. The outcome is a function of the store's counts, the cases, the
/// options and the seed.</summary>
public static class ComparisonEngine
{
    private const int FewestOrdinary = 1;

    /// <param name="store">Counts over the pair digests.</param>
    /// <param name="window">Window to compare, the same for cases and controls.</param>
    /// <param name="cases">Who is infected and what is not tested.</param>
    /// <param name="options">Settings.</param>
    /// <param name="seed">Seed of draws and permutations.</param>
    /// <param name="cancel">Stops between queries.</param>
    public static async Task<ComparisonRun> RunAsync(
        IPairCounts store, PairWindow window, CaseSet cases, ComparingOptions options, ulong seed,
        CancellationToken cancel) => (await JudgeAsync(store, window, cases, options, seed, cancel)).Run;

    /// <summary>The same, with who was compared.</summary>
    internal static async Task<JudgedRun> JudgeAsync(
        IPairCounts store, PairWindow window, CaseSet cases, ComparingOptions options, ulong seed,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(options);
        var digests = new InputDigest();
        digests.Options(options, window);
        digests.Cases(cases);

        var activity = await store.ActivityAsync(window, cancel);
        activity = await OrdinaryAsync(store, window, activity, options, cancel);
        digests.Activity(activity);
        var roster = ComparisonCohort.Draw(activity, cases, options, seed);
        SubjectKey[] compared = [.. roster.CaseKeys.Order()];
        var known = window with { FromMs = Onset.StartOf(window, options) };
        var seen = compared.Length == 0
            ? new Dictionary<SubjectKey, long>()
            : await store.FirstSeenAsync(known, compared, cancel);
        var onset = Onset.Compute(
            compared.Select(key => (key, cases.Cases[key].FirstContactMs)), seen, window, options);

        var families = new List<FamilyResult>();
        EndpointUnit[] units = options.RollUps
            ? [EndpointUnit.Endpoint, EndpointUnit.Address, EndpointUnit.Network]
            : [EndpointUnit.Endpoint];
        foreach (var unit in units)
        {
            var query = new FamilyQuery(window, unit, cases.Listed, cases.Benign);
            families.Add(await new FamilyTest(store, query, roster, onset, options, digests, seed).RunAsync(cancel));
        }

        var participants = new Participants(
            activity.Count, compared.Length, roster.Cohort.Length - compared.Length, onset.Observed, roster.Scanners,
            roster.Unseen, roster.Beyond, roster.Strata);
        return new(new(window, seed, participants, families[0], families[1..], digests.Digests), roster);
    }

    /// <summary>
    /// Activity is counted over endpoints so popular that they can never be candidates: so no endpoint adjusts for
    /// itself, and what bots are sent to, hundreds of endpoints that nobody else uses, does not put them into strata of
    /// their own, in which nothing stands out. Where hardly anything is that popular, everything counts.
    /// </summary>
    internal static async Task<IReadOnlyList<SubjectActivity>> OrdinaryAsync(
        IPairCounts store, PairWindow window, IReadOnlyList<SubjectActivity> all, ComparingOptions options,
        CancellationToken cancel)
    {
        var usedBy = Math.Max(options.CapShare * all.Count, options.CapSubjects);
        if (usedBy > all.Count)
        {
            return all;
        }

        var ordinary = await store.OrdinaryActivityAsync(window, (int)Math.Ceiling(usedBy), cancel);
        return ordinary.Values.Sum(count => (long)count) < FewestOrdinary * (long)all.Count
            ? all
            : [.. all.Select(one => one with { Endpoints = ordinary.GetValueOrDefault(one.Subject) })];
    }
}
