// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Store.Comparing.Statistics;

namespace Weir.Tests.Comparing;

public class PureStatisticsTests
{
    private static readonly Config Fixed = Config.QuickThrowOnFailure.WithMaxTest(200)
        .WithReplay(new Replay(new Rnd(99, 77), null));

    [Theory]
    [InlineData(0.2, 0)]
    [InlineData(0.2, 3)]
    [InlineData(7.5, 2)]
    [InlineData(7.5, 20)]
    [InlineData(100, 100)]
    [InlineData(1e-5, 3)]
    public void A_poisson_tail_equals_its_sum(double expected, int observed)
    {
        var (mass, tail) = (Math.Exp(-expected), 0.0);
        for (var x = 0; x < 600; x++)
        {
            tail += x < observed ? 0 : x == observed ? mass / 2 : mass;
            mass *= expected / (x + 1);
        }

        Assert.Equal(1, PoissonTail.MidP(expected, observed) / tail, 9);
    }

    [Theory]
    [InlineData(30, 1e5, 1e-4, 3)]
    [InlineData(30, 1e7, 1e-2, 8)]
    [InlineData(150, 1e7, 1e-3, 7)]
    [InlineData(150, 1e5, 1e-2, 12)]
    [InlineData(1_000, 1e7, 1e-5, 4)]
    [InlineData(1_000, 1e7, 1e-2, 35)]
    [InlineData(10_000, 1e7, 1e-2, 166)]
    public void The_hits_needed_are_those_of_the_published_power_table(int cases, double family, double share, int hits)
    {
        var needed = Enumerable.Range(0, 1_000).First(o => PoissonTail.MidP(cases * share, o) <= 0.01 / family);
        Assert.Equal(hits, needed);
    }

    [Fact]
    public void The_fast_path_never_turns_a_significant_endpoint_away()
    {
        var generator =
            from subjects in Gen.Choose(2_000, 50_000)
            from contacting in Gen.Choose(3, subjects / 101)
            from cases in Gen.Choose(3, 300)
            from observed in Gen.Choose(3, Math.Min(contacting, 40))
            select (Margin: new StratumMargin(subjects, contacting, cases), Observed: observed);
        Check.One(Fixed, Prop.ForAll(generator.ToArbitrary(), drawn =>
        {
            StratumMargin[] strata = [drawn.Margin];
            var observed = Math.Min(drawn.Observed, drawn.Margin.MaxCases);
            var exact = StratifiedTail.MidP(strata, observed);
            var used = PValue.Compute(strata, observed, drawn.Margin.Expected, 0.01);
            var poisson = PoissonTail.MidP(drawn.Margin.Expected, observed);
            // Below q what is used is exact; above it Poisson is within a tenth, so neither decides otherwise.
            return poisson > 0.01
                ? used == poisson && exact > 0.005 && Math.Abs(used / exact - 1) < 0.25
                : used == exact;
        }));
    }

    [Fact]
    public void The_effect_size_needs_an_expectation_below_a_third_for_three_cases()
    {
        Assert.True(Shrinkage.Compute(3, 0.28).Ic025 > 0);
        Assert.True(Shrinkage.Compute(3, 0.34).Ic025 < 0);
        Assert.Equal(Math.Log2(12.5 / 0.71), Shrinkage.Compute(12, 0.21).Ic, 12);
    }

    [Fact]
    public void Step_up_equals_its_definition_with_the_missing_counted_as_one()
    {
        var generator = Gen.Choose(1, 1_000_000)
            .Select(i => i / 1e6 * i / 1e6).NonEmptyListOf().Select(l => l.ToArray());
        Check.One(Fixed, Prop.ForAll(generator.ToArbitrary(), p => new[] { 0L, 5, 1_000 }.All(more =>
        {
            var family = p.Length + more;
            var adjusted = FalseDiscovery.Adjust(p, family);
            var sorted = p.Order().ToArray();
            return new[] { 0.01, 0.05, 0.3 }.All(q =>
            {
                var rank = Enumerable.Range(1, p.Length).LastOrDefault(i => sorted[i - 1] <= q * i / family);
                var rejected = adjusted.Count(a => a <= q * (1 + 1e-12));
                return rank == 0 ? rejected == 0 : rejected == p.Count(v => v <= sorted[rank - 1]);
            });
        })));
    }

    [Fact]
    public void The_strict_switch_divides_by_the_harmonic_sum()
    {
        Assert.Equal(1e-6 * 100 * 5.187377517639621, FalseDiscovery.Adjust([1e-6], 100, strict: true)[0], 15);
        Assert.Equal(12.090146129863428, FalseDiscovery.Harmonic(100_000), 10);
    }

    [Fact]
    public void The_common_odds_ratio_equals_a_worked_example()
    {
        // One table 10/20 against 5/50: (10 * 45) / (10 * 5) = 9, Woolf's deviation sqrt(1/10 + 1/10 + 1/5 + 1/45).
        var odds = OddsRatio.Compute([new(new(70, 15, 20), 10)]);
        Assert.Equal(9, odds.Value!.Value, 12);
        Assert.Equal(9 * Math.Exp(-1.959964 * Math.Sqrt(0.1 + 0.1 + 0.2 + (1 / 45.0))), odds.Low!.Value, 9);
        Assert.Null(OddsRatio.Compute([new(new(70, 10, 20), 10)]).Value);
        Assert.Equal(9, OddsRatio.Compute([new(new(70, 15, 20), 10), new(new(70, 15, 20), 10)]).Value!.Value, 12);
    }

    [Fact]
    public void Five_cases_among_a_dozen_hosts_have_no_power()
    {
        var power = Power.Compute([new(13, 0, 5)], 5_000, 0.01);
        Assert.False(power.IsSufficient);
        Assert.Equal(0.5 / 1_287, power.MinimumP, 10);
        Assert.Contains("5 cases", power.Why, StringComparison.Ordinal);
        Assert.True(Power.Compute([new(5_000, 0, 30)], 5_000, 0.01).IsSufficient);
        Assert.False(Power.Compute([new(20, 0, 10)], 1, 0.01).IsSufficient);
    }
}
