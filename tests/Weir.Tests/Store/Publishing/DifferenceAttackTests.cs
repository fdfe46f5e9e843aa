// SPDX-License-Identifier: Apache-2.0
//
// The attack program (attacks, rows 21 and 22): somebody who knows everything of a day but whether one subject met
// one endpoint, who planted subjects so that a bound lies just there, and who asks whatever can be asked. What that
// gains over guessing may not be more than tanh(1/2), which is what noise of scale 1 allows.
using Weir.Contracts.Population;
using Weir.Contracts.Reports;
using Weir.Tests.Reporting;

namespace Weir.Tests.Store.Publishing;

public sealed class DifferenceAttackTests : IDisposable
{
    private readonly AttackedPlane _plane = new();

    public void Dispose() => _plane.Dispose();

    /// <summary>Planted subjects put the whole, a group, or both at the edge of k and of a rounding step.</summary>
    [Theory]
    [InlineData(12, 20)]
    [InlineData(9, 13, Traits = ["Run", "prove"])]
    [InlineData(9, 0, Traits = ["Run", "prove"])]
    [InlineData(4, 5, Traits = ["Run", "prove"])]
    public async Task Asking_whole_by_group_again_and_regrouped_tells_no_more_than_the_bound(long north, long south) =>
        Holds(await Advantage.MeasureAsync((world, present) => _plane.AskAsync(
            world, north + (present ? 1 : 0), south, PopulationKAnonymity.Default)));

    /// <summary>The loosest rules there may be: k of five, and nothing rounded.</summary>
    [Fact]
    public async Task Under_the_loosest_rules_the_noise_alone_holds() =>
        Holds(await Advantage.MeasureAsync((world, present) => _plane.AskAsync(
            world, 12 + (present ? 1 : 0), 20, new PopulationKAnonymity(k: 5, rounding: 1))));

    [Theory]
    [InlineData(9, 19)]
    [InlineData(19, 9, Traits = ["Run", "prove"])]
    public async Task A_comparison_tells_no_more_of_a_contact_with_a_candidate(int cases, int others)
    {
        Holds(await Advantage.MeasureAsync((world, present) => Task.FromResult(
            AttackedPlane.Compared(world, With(cases, others + (present ? 1 : 0), 12)))));
        Holds(await Advantage.MeasureAsync((world, present) => Task.FromResult(
            AttackedPlane.Compared(world, With(cases + (present ? 1 : 0), others, 12)))));
    }

    /// <summary>What the product computes of pairs and its publisher tells, at edges of evidence for command, of the
    /// status and of the exact p; what is found stands far from where it would not be.</summary>
    [Theory]
    [InlineData(30, 2, false)]
    [InlineData(30, 5, false, Traits = ["Run", "prove"])]
    [InlineData(30, 8, false, Traits = ["Run", "prove"])]
    [InlineData(29, 8, true, Traits = ["Run", "prove"])]
    [InlineData(19, 0, true, Traits = ["Run", "prove"])]
    public async Task A_comparison_of_pairs_tells_no_more_of_a_contact_than_its_noisy_cell(int cases, int others, bool ofCase)
    {
        var compared = await AttackedComparison.OfAsync(cases, others, ofCase);
        Holds(await Advantage.MeasureAsync(
            (world, present) => Task.FromResult(_plane.Publish(world, compared, present)), 4_000));
    }

    /// <summary>Of a subject that is a case by another endpoint, so that this contact makes none of it.</summary>
    [Fact]
    public async Task A_comparison_tells_no_more_of_a_contact_with_a_listed_endpoint() =>
        Holds(await Advantage.MeasureAsync((world, present) => Task.FromResult(
            AttackedPlane.Compared(world, With(15, 30, 12 + (present ? 1 : 0))))));

    [Trait("Run", "prove")]
    [Fact]
    public async Task A_year_of_windows_tells_no_more_of_one_day_in_it_and_has_12_figures_on_question()
    {
        // The days before and after bring nothing that would take the noise of that day off.
        Holds(await Advantage.MeasureAsync(async (world, present) => string.Join(' ', await _plane.AskDailyAsync(
            world, [39, 40, 41], day => 12 + (day == 40 && present ? 1 : 0)))));

        var year = await _plane.AskDailyAsync(0, Enumerable.Range(0, 365), _ => 40);
        Assert.Equal(12, year.Count(one => one.Length > 0));
        Assert.Equal(3, year.Take(90).Count(one => one.Length > 0));
    }

    /// <summary>The program finds what there is to be found: without noise it knows.</summary>
    [Fact]
    public async Task Without_noise_the_same_attacks_know()
    {
        var rules = PopulationKAnonymity.Default;
        Assert.Equal(1, (await Advantage.MeasureAsync(
            (world, present) => _plane.AskAsync(world, 12 + (present ? 1 : 0), 20, rules, isNoisy: false), 50)).Value);
        Assert.Equal(1, (await Advantage.MeasureAsync((world, present) => Task.FromResult(
            AttackedPlane.Compared(world, With(19 + (present ? 1 : 0), 9, 12), isNoisy: false)), 50)).Value);
    }

    /// <summary>Two draws of one contact, as a total with a draw beside its cell would be: the share of right alarms is
    /// that of one draw, and the ratio is not.</summary>
    [Fact]
    public async Task Two_draws_of_one_contact_are_found_by_their_ratio_and_one_draw_is_not()
    {
        Holds(await Advantage.MeasureAsync((world, present) => Task.FromResult(
            AttackedPlane.Drawn(world, 12 + (present ? 1 : 0), cells: 1))));
        var two = await Advantage.MeasureAsync((world, present) => Task.FromResult(
            AttackedPlane.Drawn(world, 12 + (present ? 1 : 0), cells: 2)));

        Assert.True(two.Lower <= Advantage.Bound, two.ToString());
        Assert.InRange(two.LowerLogRatio, 1.8, 2);
        Assert.False(two.Holds);
    }

    private static ComparedFigures With(int cases, int others, int listed)
    {
        var sample = SampleReport.Create("us-provider");
        return new()
        {
            Subjects = sample.Subjects,
            Sightings = [sample.Sightings[0] with { Subjects = listed }],
            Candidates = [sample.Candidates[0] with { Cases = cases, Others = others }],
            Family = sample.Family,
        };
    }

    private static void Holds(Advantage measured) => Assert.True(measured.Holds, measured.ToString());
}
