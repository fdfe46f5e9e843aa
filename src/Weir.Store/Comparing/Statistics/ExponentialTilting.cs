// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing.Statistics;

/// <summary>Exponential tilting of discrete distributions: mass(x) exp(theta x), kept near its largest term.</summary>
internal static class ExponentialTilting
{
    private const double Steepest = 60;

    /// <summary>The theta, 0 to 60, at which the tilted means add up to <paramref name="wanted"/>. Any theta gives the
    /// right tail; this one gives it with few terms.</summary>
    public static double Towards(List<double[]> masses, int wanted)
    {
        var (low, high) = (0.0, 1.0);
        while (high < Steepest && MeanOf(masses, high) < wanted)
        {
            (low, high) = (high, high * 2);
        }

        high = Math.Min(high, Steepest);
        for (var step = 0; step < 24; step++)
        {
            var middle = (low + high) / 2;
            if (MeanOf(masses, middle) < wanted)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    /// <summary>Terms of at least a share of the largest: where they start, their values with the largest 1, and the
    /// logarithm taken out.</summary>
    public static (int Start, double[] Terms, double LogScale) Window(double[] log, double theta, double share)
    {
        var top = double.NegativeInfinity;
        for (var i = 0; i < log.Length; i++)
        {
            top = Math.Max(top, log[i] + (theta * i));
        }

        var floor = top + Math.Log(share);
        var (start, end) = (0, log.Length);
        while (log[start] + (theta * start) < floor)
        {
            start++;
        }

        while (log[end - 1] + (theta * (end - 1)) < floor)
        {
            end--;
        }

        var terms = new double[end - start];
        for (var i = 0; i < terms.Length; i++)
        {
            terms[i] = Math.Exp(log[start + i] + (theta * (start + i)) - top);
        }

        return (start, terms, top);
    }

    private static double MeanOf(List<double[]> masses, double theta)
    {
        var mean = 0.0;
        foreach (var log in masses)
        {
            var (start, terms, _) = Window(log, theta, 1e-12);
            var (whole, weighted) = (0.0, 0.0);
            for (var i = 0; i < terms.Length; i++)
            {
                whole += terms[i];
                weighted += terms[i] * (start + i);
            }

            mean += weighted / whole;
        }

        return mean;
    }
}
