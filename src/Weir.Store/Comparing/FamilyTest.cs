// SPDX-License-Identifier: Apache-2.0
//
// One family from counts to findings (statistics.md B.4.1 to 7 and 11). Removal comes before the last step-up: an
// endpoint that the veto or the cap takes out counts as p = 1 from then on, so it lifts nobody else over the threshold,
// and the rate stays controlled as p values only grow.
using Weir.Contracts.Flows;
using Weir.Contracts.Reports;
using Weir.Store.Comparing.Statistics;

namespace Weir.Store.Comparing;

internal sealed class FamilyTest(
    IPairCounts store, FamilyQuery query, ComparisonCohort roster, Onset onset, ComparingOptions options,
    InputDigest digests, ulong seed)
{
    public async Task<FamilyResult> RunAsync(CancellationToken cancel)
    {
        StratumMargin[] strata = [.. roster.Strata.Select(s => new StratumMargin(s.Cases + s.Controls, 0, s.Cases))];
        if (roster.CaseKeys.Count == 0)
        {
            return Nothing(0, Power.Compute(strata, 0, options.Q));
        }

        var size = await store.FamilySizeAsync(query, roster.Cohort, options.MinimumSubjects, cancel);
        var power = Power.Compute(strata, size, options.Q, options.Strict);
        if (size == 0)
        {
            return Nothing(size, power);
        }

        var permutations = power.IsSufficient ? options.Permutations : 0;
        var observed = await store.LabelCountsAsync(
            query, roster.Labels(permutations, seed), options.MinimumSubjects, cancel);
        Endpoint[] keys = [.. observed.Select(o => o.Key).Distinct().Order(EndpointComparer.Instance)];
        var margins = keys.Length == 0 ? [] : await store.StratumCountsAsync(query, roster.Cohort, keys, cancel);
        digests.Counts(query.Unit, size, observed, margins);
        var counts = new FamilyCounts(roster.Strata, observed, margins, size, options);
        var found = power.IsSufficient ? await FindAsync(counts, cancel) : [];
        int[] permuted = [.. Enumerable.Range(1, permutations).Select(counts.Discoveries)];
        var valid = permuted.Count(d => d == 0) >= Math.Ceiling((options.PermutedQuietShare * permuted.Length) - 1e-9);
        return new(query.Unit, size, options.Q, power, found, new(permuted, valid), BaselinesOf(counts));
    }

    private async Task<IReadOnlyList<Finding>> FindAsync(FamilyCounts counts, CancellationToken cancel)
    {
        LabelCount[] observed = [.. counts.Observed(0)];
        var p = counts.Stratified(observed);
        var before = counts.Adjust(p);
        int[] found = [.. Enumerable.Range(0, observed.Length).Where(i => before[i] <= options.Q)];
        if (found.Length == 0)
        {
            return [];
        }

        Endpoint[] keys = [.. found.Select(i => observed[i].Key)];
        SubjectKey[] cases = [.. roster.CaseKeys.Order()];
        var history = query with { Window = query.Window with { FromMs = Onset.StartOf(query.Window, options) } };
        var others =
            (await store.OthersAsync(query, roster.Infected, keys, cancel)).ToDictionary(o => o.Key, o => o.Subjects);
        var contacts = (await store.ContactsAsync(history, cases, keys, cancel)).ToLookup(c => c.Key);
        var judged = found.Select(i => (At: i, Others: others.GetValueOrDefault(observed[i].Key), Onset: onset.Judge(
            contacts[observed[i].Key], options)))
            .ToArray();

        var reduced = (double[])p.Clone();
        foreach (var (at, other, tally) in judged)
        {
            reduced[at] = tally.Verdict == OnsetVerdict.Vetoed || IsCapped(other) ? 1 : p[at];
        }

        var after = counts.Adjust(reduced);
        var homes = new StratumIndex(roster);
        return [.. judged.Select(j =>
        {
            var (key, cases) = (observed[j.At].Key, observed[j.At].Subjects);
            var expected = counts.Expected(key);
            var status = StatusOf(j.Others, j.Onset.Verdict, after[j.At]);
            var odds = OddsRatio.Compute(
                homes.Tables(counts, key, contacts[key].Where(c => c.LastMs >= query.Window.FromMs)));
            var q = status is FindingStatus.Capped or FindingStatus.Vetoed ? before[j.At] : after[j.At];
            return new Finding(
                key, cases, expected, j.Others, p[j.At], q, Shrinkage.Compute(cases, expected), odds, j.Onset, status,
                Explanations.Why(status, cases, expected, counts.Whole.Cases, j.Others, j.Onset));
        }).OrderByDescending(f => f.Effect.Ic025).ThenBy(f => f.Key, EndpointComparer.Instance)];
    }

    private FindingStatus StatusOf(int others, OnsetVerdict onset, double q) =>
        IsCapped(others) ? FindingStatus.Capped
        : onset == OnsetVerdict.Vetoed ? FindingStatus.Vetoed
        : q > options.Q ? FindingStatus.Unsupported
        : options.TellShared && SharedUse.IsShared(others, roster.Others + roster.Infected.Length)
            ? FindingStatus.Shared
        : FindingStatus.Candidate;

    private bool IsCapped(int others) => others >= Math.Max(options.CapShare * roster.Others, options.CapSubjects);

    private Baselines BaselinesOf(FamilyCounts counts)
    {
        LabelCount[] observed = [.. counts.Observed(0)];
        var pooled = counts.Adjust(counts.Pooled(observed));
        var popular = Math.Max(3, 0.05 * counts.Whole.Cases);
        return new(
            [.. observed.Where((_, i) => pooled[i] <= options.Q).Select(o => o.Key)],
            [.. observed.Where(o => o.Subjects >= popular).OrderByDescending(o => o.Subjects).Select(o => o.Key)]);
    }

    private FamilyResult Nothing(long size, Power power) =>
        new(query.Unit, size, options.Q, power, [], new([], true), new([], []));

    /// <summary>Where each case stands, so that its contacts can be told by stratum.</summary>
    private sealed class StratumIndex(ComparisonCohort roster)
    {
        private readonly Dictionary<SubjectKey, ushort> _strata =
            roster.Cohort.Where(p => roster.CaseKeys.Contains(p.Subject)).ToDictionary(p => p.Subject, p => p.Stratum);
        private readonly Stratum[] _table = roster.Strata;

        public StratumTable[] Tables(FamilyCounts counts, Endpoint key, IEnumerable<PairContact> contacts)
        {
            var observed = new int[_table.Length];
            foreach (var contact in contacts)
            {
                observed[_strata[contact.Subject]]++;
            }

            var margins = counts.MarginsByStratum(key);
            return [.. _table.Select((s, i) =>
            {
                var contacting = margins.GetValueOrDefault((ushort)i);
                return new StratumTable(
                    new(s.Cases + s.Controls, contacting, s.Cases), Math.Min(observed[i], contacting));
            })];
        }
    }
}
