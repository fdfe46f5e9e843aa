// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing.Statistics;

/// <summary>One stratum as an endpoint sees it: how many subjects it holds, how many of them contact the endpoint, how
/// many are cases.</summary>
public readonly record struct StratumMargin(int Subjects, int Contacting, int Cases)
{
    /// <summary>Fewest and most cases that can be among those contacting.</summary>
    public int MinCases => Math.Max(0, Contacting + Cases - Subjects);

    public int MaxCases => Math.Min(Contacting, Cases);

    /// <summary>Cases expected among those contacting when labels mean nothing.</summary>
    public double Expected => Subjects == 0 ? 0 : (double)Cases * Contacting / Subjects;
}

/// <summary>The hypergeometric distribution of cases among those who contact an endpoint in one stratum.</summary>
public static class Hypergeometric
{
    /// <summary>
    /// Natural logarithm of P(X = Least + i) for every i from 0 to Most - Least. Built from ratios of neighbours and
    /// divided by its own sum, so that it adds up to 1 and every term keeps its relative accuracy however small.
    /// </summary>
    public static double[] LogMass(StratumMargin margin)
    {
        var least = margin.MinCases;
        var log = new double[margin.MaxCases - least + 1];
        var top = 0.0;
        for (var i = 1; i < log.Length; i++)
        {
            var x = least + i - 1;
            log[i] = log[i - 1] + Math.Log(
                (double)(margin.Contacting - x) * (margin.Cases - x)
                / ((x + 1.0) * (margin.Subjects - margin.Contacting - margin.Cases + x + 1.0)));
            top = Math.Max(top, log[i]);
        }

        var sum = 0.0;
        foreach (var value in log)
        {
            sum += Math.Exp(value - top);
        }

        var whole = top + Math.Log(sum);
        for (var i = 0; i < log.Length; i++)
        {
            log[i] -= whole;
        }

        return log;
    }
}
