// SPDX-License-Identifier: Apache-2.0
//
// Discrete Laplace noise by whole numbers alone, so that no rounding of floating point tells the true count apart
// (Mironov, CCS 2012). Algorithms 1 and 2 of Canonne, Kamath, Steinke: The Discrete Gaussian for Differential Privacy,
// NeurIPS 2020, arXiv 2004.00010.
namespace Weir.Contracts.Noise;

/// <summary>The distribution P(Z = z) proportional to exp(-|z| · s / t) over the whole numbers.</summary>
public static class DiscreteLaplace
{
    /// <summary>What one subject more or less may change in the logarithm of a drawn count's probability: ε of one
    /// cell.</summary>
    public const double Epsilon = 1;

    /// <summary>One draw of scale t / s.</summary>
    /// <param name="bits">Where chance comes from.</param>
    /// <param name="t">Numerator of the scale, at least 1.</param>
    /// <param name="s">Denominator of the scale, at least 1.</param>
    public static long Sample(NoiseBits bits, uint t = 1, uint s = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(t);
        ArgumentOutOfRangeException.ThrowIfZero(s);
        while (true)
        {
            var u = bits.Below(t);
            if (!IsExp(bits, u, t))
            {
                continue;
            }

            var v = 0UL;
            while (IsExp(bits, 1, 1))
            {
                v++;
            }

            var size = (long)((u + (t * v)) / s);
            var isNegative = bits.Below(2) == 1;
            if (!isNegative || size != 0)
            {
                return isNegative ? -size : size;
            }
        }
    }

    /// <summary>True with probability exp(-n / d), for n from 0 to d: the first k at which a coin of n / (d k) fails is
    /// odd.</summary>
    private static bool IsExp(NoiseBits bits, ulong n, ulong d)
    {
        var k = 1UL;
        while (bits.Below(checked(d * k)) < n)
        {
            k++;
        }

        return k % 2 == 1;
    }
}
