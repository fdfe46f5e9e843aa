// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing.Statistics;

/// <summary>A stratum with what was seen in it: of those contacting, how many are cases.</summary>
public readonly record struct StratumTable(StratumMargin Margin, int Observed);

/// <summary>Mantel–Haenszel common odds ratio with the interval of Robins, Breslow and Greenland (1986); for display,
/// never for a decision.</summary>
/// <param name="Value">How many times the odds of contact are higher among cases; null where no control
/// contacts the endpoint.</param>
/// <param name="Low">Lower 95 % bound, null with <paramref name="Value"/>.</param>
/// <param name="High">Upper 95 % bound, null with <paramref name="Value"/>.</param>
public readonly record struct OddsRatio(double? Value, double? Low, double? High)
{
    public static OddsRatio Compute(ReadOnlySpan<StratumTable> strata)
    {
        var (r, s, pr, ps, qs) = (0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var (margin, observed) in strata)
        {
            if (margin.Subjects == 0)
            {
                continue;
            }

            double n = margin.Subjects, a = observed, b = margin.Cases - observed, c = margin.Contacting - observed;
            var d = n - a - b - c;
            var (up, down) = (a * d / n, b * c / n);
            var (concordant, discordant) = ((a + d) / n, (b + c) / n);
            r += up;
            s += down;
            pr += concordant * up;
            ps += (concordant * down) + (discordant * up);
            qs += discordant * down;
        }

        if (s <= 0 || r <= 0)
        {
            return s > 0 ? new(0, null, null) : default;
        }

        var deviation = Math.Sqrt((pr / (2 * r * r)) + (ps / (2 * r * s)) + (qs / (2 * s * s)));
        var value = r / s;
        return new(value, value * Math.Exp(-1.959964 * deviation), value * Math.Exp(1.959964 * deviation));
    }
}
