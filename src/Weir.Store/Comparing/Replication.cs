// SPDX-License-Identifier: Apache-2.0
//
// The second look (statistics.md B.4.8): what one window found is tested on a later one, on data that had no part in
// finding it. The list was frozen before, so that a handful of tests is corrected for and no family of millions:
// Bonferroni, 0.05 over the length of the list. Everybody counts, no cohort is drawn.
using Weir.Contracts.Flows;
using Weir.Store.Comparing.Statistics;

namespace Weir.Store.Comparing;

/// <summary>A frozen candidate in a later window.</summary>
/// <param name="Key">The far end.</param>
/// <param name="Cases">Cases contacting it.</param>
/// <param name="Expected">Cases expected.</param>
/// <param name="P">Exact conditional mid-p; 1 where fewer cases than the engine asks for contact it.</param>
/// <param name="Holds">It is replicated.</param>
public sealed record FrozenTest(Endpoint Key, int Cases, double Expected, double P, bool Holds);

/// <summary>What a later window says of a frozen list.</summary>
/// <param name="Tests">In the order of endpoints.</param>
/// <param name="Power">Whether it could have confirmed anything.</param>
public sealed record ReplicationRun(IReadOnlyList<FrozenTest> Tests, Power Power);

/// <summary>Tests a frozen list.</summary>
/// <param name="store">Counts over the pair digests.</param>
/// <param name="options">Settings of the comparison.</param>
/// <param name="seed">Seed of ties between strata.</param>
public sealed class Replication(IPairCounts store, ComparingOptions options, ulong seed)
{
    /// <summary>Chance that any of the list holds though none is real.</summary>
    public const double Level = 0.05;

    private const int EveryCase = 60_000;

    /// <param name="window">A window that had no part in finding the list.</param>
    /// <param name="cases">Cases of that window.</param>
    /// <param name="frozen">What was found before; what is listed meanwhile is not tested, since it makes the
    /// cases.</param>
    /// <param name="cancel">Stops between queries.</param>
    public async Task<ReplicationRun> RunAsync(
        PairWindow window, CaseSet cases, IEnumerable<Endpoint> frozen, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(cases);
        Endpoint[] keys = [.. frozen.Except(cases.Listed).Order(EndpointComparer.Instance)];
        if (keys.Length == 0)
        {
            return new([], new(false, 1, "no candidate of an earlier window waits to be tested"));
        }

        var all = await ComparisonEngine.OrdinaryAsync(
            store, window, await store.ActivityAsync(window, cancel), options, cancel);
        var roster = ComparisonCohort.Draw(
            all, cases, options with { ControlsAtMost = int.MaxValue, CasesAtMost = EveryCase }, seed);
        StratumMargin[] strata = [.. roster.Strata.Select(s => new StratumMargin(s.Cases + s.Controls, 0, s.Cases))];
        var power = Power.Compute(strata, keys.Length, Level);
        if (!power.IsSufficient)
        {
            return new([.. keys.Select(key => new FrozenTest(key, 0, 0, 1, Holds: false))], power);
        }

        var query = new FamilyQuery(window, EndpointUnit.Endpoint, cases.Listed, cases.Benign);
        var observed = (await store.LabelCountsAsync(query, roster.Labels(0, seed), options.MinimumSubjects, cancel))
            .ToDictionary(one => one.Key, one => one.Subjects);
        var margins = (await store.StratumCountsAsync(query, roster.Cohort, keys, cancel)).ToLookup(one => one.Key);
        return new(
            [.. keys.Select(key => Test(
                key, observed.GetValueOrDefault(key),
                [.. margins[key].Select(m => strata[m.Stratum] with { Contacting = m.Subjects })],
                Level / keys.Length))],
            power);
    }

    private static FrozenTest Test(Endpoint key, int cases, StratumMargin[] margins, double needed)
    {
        var expected = margins.Sum(margin => margin.Expected);
        var p = cases == 0 ? 1 : StratifiedTail.MidP(margins, cases);
        return new(key, cases, expected, p, p <= needed && Shrinkage.Compute(cases, expected).Ic025 > 0);
    }
}
