// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Contracts.Mitigation;

/// <summary>How a number of subjects is shown to people (rules.md R11). Rails count exactly; only what is
/// read is coarse.</summary>
/// <param name="K">Below this only that it is below; 0 shows everything.</param>
/// <param name="Rounding">From <paramref name="K"/> up the nearest multiple of this; below 2
/// nothing is rounded.</param>
public readonly record struct CountRounding(int K, int Rounding)
{
    public string Format(int count)
    {
        var step = Math.Max(Rounding, 1);
        var nearest = ((count + (step / 2L)) / step) * step;
        var first = (K + step - 1L) / step * step;
        return count < K
            ? string.Create(CultureInfo.InvariantCulture, $"<{K}")
            : Math.Max(nearest, first).ToString(CultureInfo.InvariantCulture);
    }
}
