// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Scoring;

namespace Weir.Tests.Lab;

public sealed class CommandAccuracyTests
{
    [Theory]
    [InlineData("11000", 2, 1.0)]
    [InlineData("01001", 2, 0.45)]
    [InlineData("10000", 2, 0.5)]
    [InlineData("", 3, 0)]
    public void Average_precision_is_the_mean_of_precisions_at_the_hits(string order, int relevant, double expected) =>
        Assert.Equal(expected, CommandAccuracy.AveragePrecision([.. order.Select(c => c == '1')], relevant), 4);

    [Fact]
    public void The_adjusted_Rand_index_is_1_for_the_same_partition_and_about_0_for_chance()
    {
        (string, string)[] same = [.. Enumerable.Range(0, 60).Select(i => ($"{i % 4}", $"x{i % 4}"))];
        var random = new Random(7);
        (string, string)[] chance = [.. Enumerable.Range(0, 2_000).Select(i => ($"{random.Next(4)}", $"{random.Next(4)}"))];

        Assert.Equal(1, CommandAccuracy.AdjustedRand(same));
        Assert.InRange(CommandAccuracy.AdjustedRand(chance), -0.02, 0.02);

        // Hubert and Arabie's way with 6 things: {0,0,0,1,1,1} against {0,0,1,1,2,2}.
        Assert.Equal(0.2424, CommandAccuracy.AdjustedRand(
            [("0", "0"), ("0", "0"), ("0", "1"), ("1", "1"), ("1", "2"), ("1", "2")]), 4);
    }
}
