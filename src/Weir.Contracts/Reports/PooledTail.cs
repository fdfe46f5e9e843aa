// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Reports;

/// <summary>The chance of as many cases or more, from published counts alone: a Poisson tail, half of the count itself
/// (mid-p, statistics.md B.4.4). The exact p by strata never leaves.</summary>
internal static class PooledTail
{
    private const int MostTerms = 10_000;

    /// <param name="cases">Cases that contacted it.</param>
    /// <param name="expected">Cases to be expected, above 0.</param>
    /// <returns>0 to 1; 1e-320 and the like come out as 0.</returns>
    public static double Above(double cases, double expected)
    {
        if (cases <= 0)
        {
            return 1;
        }

        var term = Math.Exp(-expected + (cases * Math.Log(expected)) - LogFactorial((int)cases));
        var sum = term / 2;
        for (var x = cases + 1; x < cases + MostTerms; x++)
        {
            term *= expected / x;
            sum += term;
            if (x > expected && term <= sum * 1e-12)
            {
                break;
            }
        }

        return Math.Min(1, sum);
    }

    private static double LogFactorial(int n)
    {
        var sum = 0.0;
        for (var i = 2; i <= n; i++)
        {
            sum += Math.Log(i);
        }

        return sum;
    }
}
