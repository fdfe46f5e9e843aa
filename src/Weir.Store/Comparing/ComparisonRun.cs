// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Store.Comparing.Statistics;

namespace Weir.Store.Comparing;

/// <summary>What became of a significant endpoint.</summary>
public enum FindingStatus : byte
{
    Candidate,

    /// <summary>So many others use it that an address block is ruled out (rules.md R15).</summary>
    Shared,

    /// <summary>Contacted before infection by most cases whose onset was observed.</summary>
    Vetoed,

    /// <summary>Prevalence at or above the cap: tested, never a candidate.</summary>
    Capped,

    /// <summary>Significant only beside endpoints that were removed.</summary>
    Unsupported,
}

/// <summary>An endpoint that the infected contact more often than subjects like them.</summary>
/// <param name="Key">Endpoint; in roll-ups the address or the first address of the network, port
/// and protocol 0.</param>
/// <param name="Cases">Cases contacting it (O).</param>
/// <param name="Expected">Cases expected (E).</param>
/// <param name="Others">Subjects of the whole population, known infected left out, contacting it.</param>
/// <param name="P">Exact conditional mid-p, at least 1e-300.</param>
/// <param name="Q">Adjusted p over the family.</param>
/// <param name="Effect">IC and IC025.</param>
/// <param name="Odds">Mantel–Haenszel odds ratio, for display.</param>
/// <param name="Onset">What the time before onset says.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Why">One sentence.</param>
public sealed record Finding(
    Endpoint Key, int Cases, double Expected, int Others, double P, double Q, Shrinkage Effect, OddsRatio Odds,
    OnsetTally Onset, FindingStatus Status, string Why);

/// <summary>Simpler methods on the same data, to be printed beside the engine (statistics.md B.12).</summary>
/// <param name="PooledFisher">Flagged by one table without strata or veto, Benjamini–Hochberg over
/// the same family.</param>
/// <param name="Popularity">Contacted by at least max(3, 5 % of the cases), most popular first.</param>
public sealed record Baselines(IReadOnlyList<Endpoint> PooledFisher, IReadOnlyList<Endpoint> Popularity);

/// <summary>Discoveries with labels permuted within strata.</summary>
/// <param name="Discoveries">One number for each permutation; empty where the run had no power.</param>
/// <param name="Valid">False: too many permutations found something and the run must not be used.</param>
public sealed record PermutationCheck(IReadOnlyList<int> Discoveries, bool Valid)
{
    public int Total => Discoveries.Sum();
}

/// <summary>One family of hypotheses and its outcome.</summary>
/// <param name="Unit">What is tested as one.</param>
/// <param name="Size">Endpoints in the family (M).</param>
/// <param name="Q">False discovery rate.</param>
/// <param name="Power">Whether it could conclude.</param>
/// <param name="Findings">Every significant endpoint and what became of it, strongest IC025 first.</param>
/// <param name="SelfTest">Permuted runs.</param>
/// <param name="Baselines">Simpler methods.</param>
public sealed record FamilyResult(
    EndpointUnit Unit, long Size, double Q, Power Power, IReadOnlyList<Finding> Findings, PermutationCheck SelfTest,
    Baselines Baselines)
{
    /// <summary>Candidates and shared endpoints: what is reported.</summary>
    public IEnumerable<Finding> Reported =>
        Findings.Where(f => f.Status is FindingStatus.Candidate or FindingStatus.Shared);
}

/// <summary>Who took part.</summary>
/// <param name="Subjects">Subjects with a contact in the window.</param>
/// <param name="Cases">Cases compared.</param>
/// <param name="Controls">Controls compared.</param>
/// <param name="OnsetObserved">Cases whose time before infection is known.</param>
/// <param name="Scanners">Cases dropped for too many watchlist endpoints.</param>
/// <param name="Unseen">Cases without a counted contact in the window.</param>
/// <param name="Beyond">Cases left out because there are too many.</param>
/// <param name="Strata">The table of strata.</param>
public sealed record Participants(
    int Subjects, int Cases, int Controls, int OnsetObserved, int Scanners, int Unseen, int Beyond,
    IReadOnlyList<Stratum> Strata);

/// <summary>The outcome of a comparison: a function of the inputs, whose digests it carries, and the seed.</summary>
/// <param name="Window">Window compared.</param>
/// <param name="Seed">Seed of draws and permutations.</param>
/// <param name="Participants">Who took part.</param>
/// <param name="Endpoints">The family of endpoints; its reported findings are the candidates.</param>
/// <param name="RollUps">Families of addresses and networks.</param>
/// <param name="Digests">SHA-256 of each input, hexadecimal, by name.</param>
public sealed record ComparisonRun(
    PairWindow Window, ulong Seed, Participants Participants, FamilyResult Endpoints,
    IReadOnlyList<FamilyResult> RollUps, IReadOnlyDictionary<string, string> Digests);

/// <summary>An outcome with what further tests on the same subjects need.</summary>
/// <param name="Run">The outcome.</param>
/// <param name="Cohort">Who was compared.</param>
internal sealed record JudgedRun(ComparisonRun Run, ComparisonCohort Cohort);
