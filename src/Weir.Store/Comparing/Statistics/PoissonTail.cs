// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing.Statistics;

/// <summary>Mid-p of a count under a Poisson null: the fast path for rare endpoints (statistics.md B.4.4) and
/// the table of B.5.</summary>
public static class PoissonTail
{
    /// <summary>P(X &gt; observed) + P(X = observed) / 2 for X of mean <paramref name="expected"/>,
    /// at least 1e-300.</summary>
    public static double MidP(double expected, int observed)
    {
        if (expected <= 0)
        {
            return observed == 0 ? 0.5 : StratifiedTail.SmallestP;
        }

        // From the observed count upwards every term is the one before times expected / x; in the bulk sum
        // downwards instead.
        if (observed > expected)
        {
            var (term, tail) = (1.0, 0.5);
            for (var x = observed + 1; term > tail * 1e-18; x++)
            {
                term *= expected / x;
                tail += term;
            }

            return Math.Clamp(Math.Exp(LogMass(expected, observed) + Math.Log(tail)), StratifiedTail.SmallestP, 1);
        }

        var (below, head) = (1.0, 0.5);
        for (var x = observed; x > 0 && below > head * 1e-18; x--)
        {
            below *= x / expected;
            head += below;
        }

        return Math.Clamp(1 - (Math.Exp(LogMass(expected, observed)) * head), StratifiedTail.SmallestP, 1);
    }

    private static double LogMass(double expected, int count)
    {
        var log = -expected;
        for (var x = 1; x <= count; x++)
        {
            log += Math.Log(expected / x);
        }

        return log;
    }
}
