// SPDX-License-Identifier: Apache-2.0
//
// Botnets without a hub (statistics.md B.9): mutual contacts among cases. Only cases are ever named; nobody is blocked
// for being a peer, and no peer becomes a candidate.
//
// A rare peer is an endpoint on a port above those of well-known services that from two to five subjects of the cohort
// use, cases and controls alike: what three cases and few others use is found by B.4 anyhow, and a command server with
// more users than that is no peer. Who is a case has no part in it.
using Weir.Contracts.Flows;
using Weir.Store.Comparing.Statistics;

namespace Weir.Store.Comparing.Peers;

/// <summary>Runs the test beside a comparison, on its cohort.</summary>
internal static class PeerComparison
{
    /// <summary>Users of a rare peer at most; from two on.</summary>
    public const int MostUsers = 5;

    private const int ControlsAtMost = 30_000;
    private const int ControlsPerCase = 20;

    /// <param name="pairs">Where the pairs are counted.</param>
    /// <param name="judged">The comparison.</param>
    /// <param name="cases">What it was told.</param>
    /// <param name="options">Settings; groups are named at <see cref="ComparingOptions.Q"/>.</param>
    /// <param name="seed">Seed of draws.</param>
    /// <param name="cancel">Stops between questions.</param>
    public static async Task<PeerFindings> RunAsync(
        IPairCounts pairs, JudgedRun judged, CaseSet cases, ComparingOptions options, ulong seed,
        CancellationToken cancel)
    {
        var (window, cohort) = (judged.Run.Window, judged.Cohort);
        if (cohort.CaseKeys.Count < PeerTest.Fewest)
        {
            return new(cohort.CaseKeys.Count, 0, 0, 0, 1, false, TooFew(cohort.CaseKeys.Count), []);
        }

        var classes = Take(cohort, seed);
        var endpoints = new FamilyQuery(window, EndpointUnit.Endpoint, cases.Listed, cases.Benign);
        var uses = await pairs.PeersAsync(endpoints, [.. classes.Keys.Order()], MostUsers, cancel);
        var graph = PeerGraph.Build(classes.Keys, uses);
        var isCase = Array.ConvertAll(graph.Lines, cohort.CaseKeys.Contains);
        var able = Enumerable.Range(0, isCase.Length)
            .Count(line => isCase[line] && graph.Peers[line] >= PeerGraph.Shared);
        var cells = PeerMatching.Cells(graph.Peers, Array.ConvertAll(graph.Lines, line => classes[line]), isCase);
        var test = new PeerTest(graph, isCase, cells, seed ^ 0x9EE2);
        var why = able < PeerTest.Fewest ? TooFew(able)
            : test.SmallestP > options.Q ? "too few others are there to compare the infected with"
            : "";
        return new(
            able, isCase.Count(one => !one), test.Pairs, test.Expected, test.P, why.Length == 0, why,
            why.Length == 0 && test.P <= options.Q ? test.Groups(options.Q) : []);
    }

    private static string TooFew(int cases) => FormattableString.Invariant(
        $"{cases} infected lines have rare peers to share; three are needed");

    /// <summary>Cases, and controls by keyed hash, with their class.</summary>
    private static Dictionary<SubjectKey, byte> Take(ComparisonCohort cohort, ulong seed)
    {
        var controls = cohort.Cohort.Where(one => !cohort.CaseKeys.Contains(one.Subject)).ToList();
        var most = Math.Max(ControlsAtMost, ControlsPerCase * cohort.CaseKeys.Count);
        var taken = controls.Count <= most ? controls
            : controls.OrderBy(one => SeededRandom.Keyed(one.Subject.Pseudonym, seed ^ 0x9EE2)).Take(most);
        return cohort.Cohort.Where(one => cohort.CaseKeys.Contains(one.Subject)).Concat(taken)
            .ToDictionary(one => one.Subject, one => cohort.Strata[one.Stratum].Class);
    }
}
