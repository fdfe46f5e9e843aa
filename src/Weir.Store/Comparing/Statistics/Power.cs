// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing.Statistics;

/// <summary>Whether a run could conclude at all (statistics.md B.4.1).</summary>
/// <param name="IsSufficient">False: the run names no candidates, which is not the same as there being none.</param>
/// <param name="MinimumP">The smallest p that any endpoint could reach given the strata.</param>
/// <param name="Why">One sentence.</param>
public sealed record Power(bool IsSufficient, double MinimumP, string Why)
{
    /// <summary>
    /// The strongest evidence there can be is an endpoint that every case contacts and nobody else: its p is half the
    /// chance that a random choice of as many subjects in every stratum hits exactly the cases.
    /// </summary>
    /// <param name="strata">Subjects and cases of each stratum; contacting is not looked at.</param>
    /// <param name="family">Endpoints tested.</param>
    /// <param name="q">False discovery rate asked for.</param>
    /// <param name="strict">Benjamini–Yekutieli.</param>
    public static Power Compute(ReadOnlySpan<StratumMargin> strata, long family, double q, bool strict = false)
    {
        var ideal = new List<StratumMargin>();
        var cases = 0;
        foreach (var stratum in strata)
        {
            cases += stratum.Cases;
            if (stratum.Cases > 0)
            {
                ideal.Add(stratum with { Contacting = stratum.Cases });
            }
        }

        if (cases == 0)
        {
            return new(false, 1, "there are no cases: no subject exchanged traffic with a listed endpoint");
        }

        if (family == 0)
        {
            return new(false, 1, "no endpoint is contacted by three subjects, so there is nothing to compare");
        }

        var minimum = StratifiedTail.MidP([.. ideal], cases);
        var needed = q / family / (strict ? FalseDiscovery.Harmonic(family) : 1);
        if (minimum > needed)
        {
            return new(false, minimum, Sentence($"with {cases} cases the smallest p that any endpoint could reach is {minimum:0.0e+0}, and one discovery among {family} endpoints needs {needed:0.0e+0} or less"));
        }

        return LargestIc025(ideal) > 0
            ? new(true, minimum, Sentence($"the smallest p that an endpoint could reach is {minimum:0.0e+0}; one discovery among {family} endpoints needs {needed:0.0e+0} or less"))
            : new(false, minimum, Sentence($"with {cases} cases among so few subjects no endpoint's lower bound of observed over expected could exceed 1"));
    }

    /// <summary>Taking contacts from the strata where cases are rarest first.</summary>
    private static double LargestIc025(List<StratumMargin> ideal)
    {
        ideal.Sort((a, b) => ((double)a.Cases / a.Subjects).CompareTo((double)b.Cases / b.Subjects));
        var (observed, expected, largest) = (0, 0.0, double.NegativeInfinity);
        foreach (var stratum in ideal)
        {
            for (var i = 0; i < stratum.Cases; i++)
            {
                observed++;
                expected += (double)stratum.Cases / stratum.Subjects;
                if (observed >= 3)
                {
                    largest = Math.Max(largest, Shrinkage.Compute(observed, expected).Ic025);
                }
            }
        }

        return largest;
    }

    private static string Sentence(FormattableString text) => FormattableString.Invariant(text);
}
