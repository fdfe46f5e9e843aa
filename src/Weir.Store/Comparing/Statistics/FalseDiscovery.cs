// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing.Statistics;

/// <summary>Step-up control of the false discovery rate over a family of which only the smallest p values are at hand
/// (statistics.md B.4.6).</summary>
public static class FalseDiscovery
{
    /// <summary>
    /// Adjusted p values in the order given; a hypothesis is rejected at rate q where its value is at most q. Those not
    /// given count as p = 1, so the family may be far larger than the list.
    /// </summary>
    /// <param name="p">The p values at hand.</param>
    /// <param name="family">Hypotheses in all, at least as many as are given.</param>
    /// <param name="strict">Benjamini–Yekutieli, valid under any dependence, in place of Benjamini–Hochberg.</param>
    public static double[] Adjust(ReadOnlySpan<double> p, long family, bool strict = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(family, p.Length);
        var order = new int[p.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(p.ToArray(), order);
        var factor = strict ? Harmonic(family) : 1;
        var adjusted = new double[p.Length];
        var least = 1.0;
        for (var rank = order.Length; rank > 0; rank--)
        {
            least = Math.Min(least, p[order[rank - 1]] * factor * family / rank);
            adjusted[order[rank - 1]] = least;
        }

        return adjusted;
    }

    /// <summary>1 + 1/2 + ... + 1/n.</summary>
    public static double Harmonic(long n)
    {
        var sum = 0.0;
        for (var i = Math.Min(n, 1_000); i > 0; i--)
        {
            sum += 1.0 / i;
        }

        // Beyond a thousand terms Euler–Maclaurin is exact to a double's last digits.
        static double Tail(double x) => Math.Log(x) + (1 / (2 * x)) - (1 / (12 * x * x));
        return n <= 1_000 ? sum : sum + Tail(n) - Tail(1_000);
    }
}
