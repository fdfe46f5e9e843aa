// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing.Statistics;

/// <summary>Observed against expected on a scale of powers of two, shrunk towards 0 (Norén, Hopstadius and Bate 2013;
/// statistics.md B.4.5).</summary>
/// <param name="Ic">log2((O + 1/2) / (E + 1/2)).</param>
/// <param name="Ic025">Its lower 95 % bound; a candidate needs more than 0.</param>
public readonly record struct Shrinkage(double Ic, double Ic025)
{
    public static Shrinkage Compute(double observed, double expected)
    {
        var ic = Math.Log2((observed + 0.5) / (expected + 0.5));
        return new(ic, ic - (3.3 / Math.Sqrt(observed + 0.5)) - (2 * Math.Pow(observed + 0.5, -1.5)));
    }
}
