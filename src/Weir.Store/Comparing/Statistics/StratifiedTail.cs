// SPDX-License-Identifier: Apache-2.0
//
// The exact conditional test over strata (Mantel–Haenszel family): under the null, the number of cases contacting an
// endpoint is a sum of independent hypergeometric variables, one a stratum. Their distributions are convolved and the
// upper tail summed.
//
// 1 - P(X < O) loses everything below 1e-16, and a plain convolution spends its work on the bulk, far from the tail
// that is asked for. So every stratum is tilted first: its masses are multiplied by exp(theta x) with the theta that
// puts the mean of the sum at O. The tilted tail is of the order of 1, all terms are positive, and the tilt is divided
// out afterwards: relative accuracy is kept down to the smallest number a double can hold, and the logarithm stays
// exact beyond it.
namespace Weir.Store.Comparing.Statistics;

/// <summary>Mid-p of an observed count under the conditional null (statistics.md B.4.4).</summary>
public static class StratifiedTail
{
    /// <summary>Tilted masses below this share of their stratum's largest are left out.</summary>
    private const double Negligible = 1e-25;

    /// <summary>Smallest p that is written; anything below is this.</summary>
    public const double SmallestP = 1e-300;

    /// <summary>P(X &gt; observed) + P(X = observed) / 2, at least <see cref="SmallestP"/>.</summary>
    public static double MidP(ReadOnlySpan<StratumMargin> strata, int observed) =>
        Math.Clamp(Math.Exp(LogMidP(strata, observed)), SmallestP, 1);

    /// <summary>Natural logarithm of the mid-p; negative infinity where the count cannot be reached.</summary>
    public static double LogMidP(ReadOnlySpan<StratumMargin> strata, int observed)
    {
        var (least, most, expected) = (0, 0, 0.0);
        var masses = new List<double[]>(strata.Length);
        foreach (var stratum in strata)
        {
            if (stratum.MaxCases == stratum.MinCases)
            {
                least += stratum.MinCases;
                most += stratum.MinCases;
                expected += stratum.MinCases;
                continue;
            }

            masses.Add(Hypergeometric.LogMass(stratum));
            least += stratum.MinCases;
            most += stratum.MaxCases;
            expected += stratum.Expected;
        }

        if (observed > most)
        {
            return double.NegativeInfinity;
        }

        if (observed < least)
        {
            return 0;
        }

        if (masses.Count == 0)
        {
            return Math.Log(0.5);
        }

        var wanted = observed - least;
        var theta = observed > expected ? ExponentialTilting.Towards(masses, wanted) : 0;
        return Convolve(masses, theta, wanted);
    }

    private static double Convolve(List<double[]> masses, double theta, int wanted)
    {
        var logScale = 0.0;
        var from = 0;
        double[] sum = [1.0];
        foreach (var log in masses)
        {
            var (start, tilted, scale) = ExponentialTilting.Window(log, theta, Negligible);
            logScale += scale;
            var next = new double[sum.Length + tilted.Length - 1];
            for (var i = 0; i < sum.Length; i++)
            {
                var a = sum[i];
                for (var j = 0; j < tilted.Length; j++)
                {
                    next[i + j] += a * tilted[j];
                }
            }

            from += start;
            sum = next;
        }

        // Each term is tilted by exp(theta x): seen from the observed count that is exp(theta (x - wanted)), at most 1
        // in the tail.
        var tail = 0.0;
        for (var i = sum.Length - 1; i >= 0 && from + i >= wanted; i--)
        {
            var over = from + i - wanted;
            tail += sum[i] * Math.Exp(-theta * over) * (over == 0 ? 0.5 : 1);
        }

        return Math.Min(0, Math.Log(tail) + logScale - (theta * wanted));
    }
}
