// SPDX-License-Identifier: Apache-2.0
//
// How numbers about people are made coarse (rules.md R11). Counts of subjects are rounded to five from k up and read
// "<k" below; counts behind one endpoint are bands; p and q are orders of magnitude. All of them move by at most one
// step when one subject is taken away.
using System.Globalization;
using Weir.Contracts.Population;

namespace Weir.Contracts.Reports;

/// <summary>The least number of subjects behind a published figure, and the least population it may be about.</summary>
public sealed record ReportKAnonymity
{
    public static readonly ReportKAnonymity Default = new(k: 10, minimumBase: 500);

    private static readonly int[] OrderSteps = [0, -2, -5, -10, -20, -50, -100, -200];

    private readonly PopulationKAnonymity _rules;

    /// <param name="k">At least 5.</param>
    /// <param name="minimumBase">Subjects a population output must rest on, at least <paramref name="k"/>.</param>
    public ReportKAnonymity(int k, int minimumBase)
    {
        _rules = new(k, minimumBase: minimumBase);
    }

    public int K => _rules.K;

    public int MinimumBase => _rules.Base;

    /// <summary>What stands in place of a number below k.</summary>
    public PublishedValue TooFew => PublishedValue.FromText($"<{K.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Rounded to five from k up, never to less than k.</summary>
    public PublishedValue Count(double exact)
    {
        if (exact < K)
        {
            return TooFew;
        }

        return _rules.Round(exact);
    }

    /// <summary>The band a count falls into: k-19, 20-49, 50-99, 100-199, 200-499 …</summary>
    public PublishedValue Band(double exact)
    {
        if (exact < K)
        {
            return TooFew;
        }

        var (from, until) = BandOf(exact);
        return PublishedValue.FromText(string.Create(CultureInfo.InvariantCulture, $"{from:0}-{until:0}"));
    }

    /// <summary>The lowest count that is published the same way; 0 below k.</summary>
    public double LowEnd(double exact) => exact < K ? 0 : BandOf(exact).From;

    private (double From, double Until) BandOf(double exact)
    {
        var low = RoundingSteps.AtMost(exact);
        return (Math.Max(low, K), RoundingSteps.After(low) - 1);
    }

    /// <summary>A probability as a band of orders of magnitude, by its upper end: 1, 1e-2, 1e-5, 1e-10, 1e-20, 1e-50,
    /// 1e-100, 1e-200.</summary>
    public static PublishedValue OrderBand(double probability)
    {
        var power = Math.Log10(Math.Max(probability, double.Epsilon));
        var step = OrderSteps.Where(step => power <= step + 1e-9).DefaultIfEmpty(0).Min();
        return PublishedValue.FromText(step == 0 ? "1" : string.Create(CultureInfo.InvariantCulture, $"1e{step}"));
    }

    /// <summary>A probability as the power of ten not below it.</summary>
    public static PublishedValue Order(double probability)
    {
        if (probability < 1e-300)
        {
            return PublishedValue.FromText("<1e-300");
        }

        // The guard keeps 1e-20 itself at 1e-20: its logarithm may come out a hair above.
        var power = (int)Math.Ceiling(Math.Log10(probability) - 1e-9);
        return PublishedValue.FromText(power >= 0 ? "1" : string.Create(CultureInfo.InvariantCulture, $"1e{power}"));
    }
}

/// <summary>The series 1, 2, 5, 10, 20, 50 … in both directions.</summary>
public static class RoundingSteps
{
    private const double Hair = 1e-9;

    /// <summary>The largest step not above a positive value.</summary>
    public static double AtMost(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value) + Hair));
        var head = (value / power) + Hair;
        return power * (head >= 5 ? 5 : head >= 2 ? 2 : 1);
    }

    /// <summary>The step that follows a step.</summary>
    public static double After(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step) + Hair));
        var head = step / power;
        return power * (head > 4 ? 10 : head > 1.5 ? 5 : 2);
    }

    /// <summary>The smallest step not below a positive value.</summary>
    public static double AtLeast(double value)
    {
        var step = AtMost(value);
        return step >= value * (1 - Hair) ? step : After(step);
    }
}
