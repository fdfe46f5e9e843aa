// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Weir.Store.Comparing;
using Weir.Store.Comparing.Statistics;

namespace Weir.Tests.Comparing;

public class StratifiedTailTests
{
    private static readonly Config Fixed = Config.QuickThrowOnFailure.WithMaxTest(300)
        .WithReplay(new Replay(new Rnd(20240801, 77), null));

    [Fact]
    public void It_equals_exact_fractions_on_random_strata() =>
        Check.One(Fixed, Prop.ForAll(Strata().ToArbitrary(), strata =>
        {
            var most = strata.Sum(s => s.MaxCases);
            return Enumerable.Range(0, most + 2)
                .All(observed => Same(BruteForce(strata, observed), StratifiedTail.LogMidP(strata, observed)));
        }));

    [Fact]
    public void The_order_of_strata_does_not_matter() => Check.One(Fixed, Prop.ForAll(Strata().ToArbitrary(), strata =>
    {
        var observed = strata.Sum(s => s.MaxCases) / 2;
        StratumMargin[] reversed = [.. strata.Reverse()];
        return Math.Abs(StratifiedTail.LogMidP(strata, observed) - StratifiedTail.LogMidP(reversed, observed)) < 1e-10;
    }));

    [Fact]
    public void The_far_tail_is_right_where_one_minus_the_rest_would_be_zero()
    {
        // Every one of 40 cases and nobody else, of 100,000: half of 1 / C(100000, 40).
        StratumMargin[] one = [new(100_000, 40, 40)];
        Assert.Equal(BruteForce(one, 40), StratifiedTail.LogMidP(one, 40), 9);
        Assert.InRange(StratifiedTail.MidP(one, 40), 1e-160, 1e-140);

        StratumMargin[] deep = [new(200_000, 60, 150), new(50_000, 80, 75)];
        var log = StratifiedTail.LogMidP(deep, 135);
        Assert.Equal(BruteForce(deep, 135), log, 8);
        Assert.True(log < Math.Log(1e-300));
        Assert.Equal(1e-300, StratifiedTail.MidP(deep, 135));
    }

    [Fact]
    public void A_count_that_cannot_be_reached_has_the_smallest_p()
    {
        StratumMargin[] strata = [new(10, 2, 3)];
        Assert.Equal(StratifiedTail.SmallestP, StratifiedTail.MidP(strata, 3));
        Assert.Equal(1 - (0.5 * 42 / 90), StratifiedTail.MidP(strata, 0), 12);
    }

    [Fact]
    public void Masses_of_a_stratum_add_up_to_one() => Check.One(Fixed, Prop.ForAll(Strata().ToArbitrary(), strata =>
        strata.All(s => Math.Abs(Hypergeometric.LogMass(s).Sum(Math.Exp) - 1) < 1e-12)));

    private static Gen<StratumMargin[]> Strata() =>
        (from subjects in Gen.Choose(1, 30)
         from contacting in Gen.Choose(0, subjects)
         from cases in Gen.Choose(0, subjects)
         select new StratumMargin(subjects, contacting, cases)).NonEmptyListOf().Select(l => l.Take(4).ToArray());

    private static bool Same(double expected, double actual) =>
        double.IsNegativeInfinity(expected) ? double.IsNegativeInfinity(actual) : Math.Abs(expected - actual) < 1e-9;

    /// <summary>Whole numbers to the end: ways to label with that many cases contacting, over all ways,
    /// as a logarithm.</summary>
    private static double BruteForce(StratumMargin[] strata, int observed)
    {
        BigInteger[] ways = [1];
        var all = BigInteger.One;
        foreach (var s in strata)
        {
            var next = new BigInteger[ways.Length + s.Cases];
            for (var i = 0; i < ways.Length; i++)
            {
                for (var x = s.MinCases; x <= s.MaxCases; x++)
                {
                    next[i + x] += ways[i] * Choose(s.Contacting, x) * Choose(s.Subjects - s.Contacting, s.Cases - x);
                }
            }

            ways = next;
            all *= Choose(s.Subjects, s.Cases);
        }

        var twice = BigInteger.Zero;
        for (var x = observed; x < ways.Length; x++)
        {
            twice += ways[x] * (x == observed ? 1 : 2);
        }

        return twice.IsZero ? double.NegativeInfinity : BigInteger.Log(twice) - BigInteger.Log(all) - Math.Log(2);
    }

    private static BigInteger Choose(int n, int k)
    {
        var result = BigInteger.One;
        for (var i = 1; i <= k; i++)
        {
            result = result * (n - k + i) / i;
        }

        return result;
    }
}
