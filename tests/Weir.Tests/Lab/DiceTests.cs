// SPDX-License-Identifier: Apache-2.0
using Weir.Lab;

namespace Weir.Tests.Lab;

public sealed class DiceTests
{
    [Fact]
    public void The_same_seed_throws_the_same_numbers_for_ever()
    {
        var dice = new Dice(1);
        var again = new Dice(1);
        var other = new Dice(2);
        var first = dice.Next();
        Assert.Equal(first, again.Next());
        Assert.NotEqual(first, other.Next());
        Assert.Equal(0xB3F2_AF6D_0FC7_10C5UL, first); // xoshiro256** by its authors' seeding with 1
    }

    [Theory]
    [InlineData(10, 10u)]
    [InlineData(1_000, 100u)]
    [InlineData(1_000_000, 1_000u)]
    [InlineData(3, 512u)]
    public void A_sampler_takes_packets_with_mean_and_spread_of_a_binomial(int packets, uint interval)
    {
        var dice = new Dice(7);
        const int runs = 40_000;
        double sum = 0, squares = 0;
        for (var i = 0; i < runs; i++)
        {
            var taken = dice.Thin(packets, interval);
            Assert.InRange(taken, 0, packets);
            sum += taken;
            squares += (double)taken * taken;
        }

        var share = 1.0 / interval;
        var mean = packets * share;
        var variance = mean * (1 - share);
        Assert.InRange(sum / runs, mean - (5 * Math.Sqrt(variance / runs)), mean + (5 * Math.Sqrt(variance / runs)));
        Assert.InRange((squares / runs) - (sum / runs * (sum / runs)), variance * 0.9, variance * 1.1);
    }

    [Fact]
    public void Without_sampling_every_packet_is_taken() => Assert.Equal(12_345, new Dice(1).Thin(12_345, 1));

    [Theory]
    [InlineData(0.3)]
    [InlineData(20)]
    [InlineData(900)]
    public void Poisson_has_its_mean_as_variance(double mean)
    {
        var dice = new Dice(3);
        const int runs = 40_000;
        var drawn = Enumerable.Range(0, runs).Select(_ => (double)dice.Poisson(mean)).ToArray();
        var average = drawn.Average();
        Assert.InRange(average, mean - (5 * Math.Sqrt(mean / runs)), mean + (5 * Math.Sqrt(mean / runs)));
        Assert.InRange(drawn.Average(one => (one - average) * (one - average)), mean * 0.93, mean * 1.07);
    }

    [Fact]
    public void The_alias_table_draws_by_weight_and_never_a_weight_of_nothing()
    {
        var dice = new Dice(5);
        var table = new AliasTable([1, 0, 3, 6]);
        var drawn = new int[4];
        for (var i = 0; i < 100_000; i++)
        {
            drawn[table.Draw(dice)]++;
        }

        Assert.Equal(0, drawn[1]);
        Assert.InRange(drawn[0], 9_500, 10_500);
        Assert.InRange(drawn[2], 29_300, 30_700);
        Assert.InRange(drawn[3], 59_200, 60_800);
    }
}
