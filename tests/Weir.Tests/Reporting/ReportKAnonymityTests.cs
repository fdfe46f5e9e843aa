// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;

namespace Weir.Tests.Reporting;

public class ReportKAnonymityTests
{
    private static readonly ReportKAnonymity Ten = ReportKAnonymity.Default;

    [Theory]
    [InlineData(0, "<10")]
    [InlineData(9, "<10")]
    [InlineData(10, "10")]
    [InlineData(12, "10")]
    [InlineData(13, "15")]
    [InlineData(1_001, "1,000")]
    public void Counts_are_rounded_to_five_from_k_up(long exact, string shown) =>
        Assert.Equal(shown, Ten.Count(exact).ToString());

    [Theory]
    [InlineData(9, "<10")]
    [InlineData(10, "10-19")]
    [InlineData(19, "10-19")]
    [InlineData(20, "20-49")]
    [InlineData(50, "50-99")]
    [InlineData(99, "50-99")]
    [InlineData(100, "100-199")]
    [InlineData(1_999, "1000-1999")]
    [InlineData(2_000, "2000-4999")]
    public void Bands_follow_the_steps_one_two_five(long exact, string shown) =>
        Assert.Equal(shown, Ten.Band(exact).ToString());

    [Theory]
    [InlineData(1e-20, "1e-20")]
    [InlineData(3e-21, "1e-20")]
    [InlineData(1.1e-20, "1e-19")]
    [InlineData(0.4, "1")]
    [InlineData(1, "1")]
    [InlineData(0, "<1e-300")]
    public void Probabilities_become_the_power_of_ten_not_below_them(double exact, string shown) =>
        Assert.Equal(shown, ReportKAnonymity.Order(exact).ToString());

    [Fact]
    public void A_rounded_count_never_falls_below_k()
    {
        var seven = new ReportKAnonymity(k: 7, minimumBase: 500);

        Assert.Equal("<7", seven.Count(6).ToString());
        Assert.Equal(10, seven.Count(7).Number);
        Assert.Equal("7-9", seven.Band(8).ToString());
    }

    [Fact]
    public void A_smaller_k_than_five_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReportKAnonymity(4, 500));

    [Fact]
    public void Taking_one_subject_away_moves_a_count_by_one_step_at_most() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(31, 7).WithMaxTest(500),
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), count =>
        {
            var (with, without) = (Ten.Count(count.Get), Ten.Count(count.Get - 1));
            return with.IsNumber == without.IsNumber ? Math.Abs(with.Number - without.Number) <= 5 : count.Get == 10;
        }));

    [Fact]
    public void A_band_holds_its_count_and_tells_nothing_finer() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(32, 7).WithMaxTest(500),
        Prop.ForAll(Gen.Choose(10, 5_000_000).ToArbitrary(), count =>
        {
            var ends = Ten.Band(count).ToString().Split('-').Select(int.Parse).ToArray();
            return ends[0] <= count && count <= ends[1] && ends[0] == Ten.LowEnd(count)
                && Ten.Band(ends[0]) == Ten.Band(count) && Ten.Band(ends[1]) == Ten.Band(count)
                && Ten.Band(ends[1] + 1) != Ten.Band(count);
        }));
}
