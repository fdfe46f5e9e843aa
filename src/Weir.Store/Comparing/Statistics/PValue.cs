// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing.Statistics;

/// <summary>The p value of an endpoint: exact, or Poisson where that cannot change a decision
/// (statistics.md B.4.4).</summary>
internal static class PValue
{
    /// <summary>Largest share of a stratum that may contact an endpoint for the fast path.</summary>
    public const double RareShare = 0.01;

    /// <summary>
    /// Poisson for an endpoint that is rare in every stratum and far from significant; exact otherwise. The Poisson
    /// tail is the larger of the two, tenfold and more where few subjects beside the cases contact an endpoint, so a
    /// small one is worked out again.
    /// </summary>
    public static double Compute(ReadOnlySpan<StratumMargin> margins, int observed, double expected, double decisive)
    {
        foreach (var margin in margins)
        {
            if (margin.Contacting >= RareShare * margin.Subjects)
            {
                return StratifiedTail.MidP(margins, observed);
            }
        }

        var fast = PoissonTail.MidP(expected, observed);
        return fast > decisive ? fast : StratifiedTail.MidP(margins, observed);
    }
}
