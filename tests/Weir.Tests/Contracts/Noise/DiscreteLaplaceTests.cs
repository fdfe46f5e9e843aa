// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Noise;

namespace Weir.Tests.Contracts.Noise;

/// <summary>The noise has the distribution that the bound rests on, comes again under its key, and nowhere
/// else.</summary>
public sealed class DiscreteLaplaceTests
{
    private const int Draws = 40_000;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 2)]
    [InlineData(5, 2)]
    public void Draws_are_distributed_as_exp_of_minus_size_over_scale(uint t, uint s)
    {
        var counts = new Dictionary<long, int>();
        for (var i = 0; i < Draws; i++)
        {
            var drawn = DiscreteLaplace.Sample(new NoiseBits(Key("distribution"), $"{t} {s} {i}"), t, s);
            counts[drawn] = counts.GetValueOrDefault(drawn) + 1;
        }

        // Chi-square over the values that are expected at least twenty times, the rest as one; 99.99 % quantile of k
        // degrees of freedom by Wilson and Hilferty.
        var ratio = Math.Exp(-(double)s / t);
        double Chance(long z) => (1 - ratio) / (1 + ratio) * Math.Pow(ratio, Math.Abs(z));
        long[] cells = [.. Enumerable.Range(-200, 401).Select(z => (long)z).Where(z => Chance(z) * Draws >= 20)];
        var rest = (Expected: Draws * (1 - cells.Sum(Chance)), Seen: Draws - cells.Sum(z => counts.GetValueOrDefault(z)));
        var chi = cells.Sum(z => Math.Pow(counts.GetValueOrDefault(z) - (Chance(z) * Draws), 2) / (Chance(z) * Draws))
            + (rest.Expected >= 5 ? Math.Pow(rest.Seen - rest.Expected, 2) / rest.Expected : 0);
        var k = (double)cells.Length;
        var most = k * Math.Pow(1 - (2 / (9 * k)) + (3.719 * Math.Sqrt(2 / (9 * k))), 3);
        Assert.True(chi < most, $"chi-square {chi:0.0} of {cells.Length} values is above {most:0.0}");
    }

    /// <summary>The same input under other lists: one draw for both counts would show their difference.</summary>
    [Fact]
    public void Where_a_key_may_meet_other_inputs_another_count_has_another_draw()
    {
        using var one = new NoiseKey(new byte[32], mixesCounts: true);
        using var window = new NoiseKey(new byte[32]);
        long[] drawn = [.. Enumerable.Range(100, 40).Select(count => one.Blur("listed x", count) - count)];

        Assert.True(drawn.Distinct().Count() > 2);
        Assert.Equal(one.Blur("listed x", 100), one.Blur("listed x", 100));
        Assert.Single(Enumerable.Range(100, 40).Select(count => window.Blur("listed x", count) - count).Distinct());
    }

    [Fact]
    public void One_subject_more_changes_the_chance_of_any_answer_by_a_factor_of_e_at_most()
    {
        using var key = new NoiseKey(Key("ratio"));
        var counts = new Dictionary<long, int>();
        for (var i = 0; i < 100_000; i++)
        {
            var drawn = key.Draw($"cell {i}");
            counts[drawn] = counts.GetValueOrDefault(drawn) + 1;
        }

        foreach (var z in Enumerable.Range(-5, 10))
        {
            var ratio = (double)counts[z] / counts[z + 1];
            Assert.InRange(ratio, Math.Exp(-1) * 0.8, Math.E * 1.25);
        }
    }

    [Fact]
    public void The_same_cell_has_the_same_draw_under_its_key_and_another_under_another()
    {
        string[] cells = [.. Enumerable.Range(0, 200).Select(i => $"endpoint {i}")];
        using var first = new NoiseKey(Key("one"));
        using var same = new NoiseKey(Key("one"));
        using var other = new NoiseKey(Key("two"));

        Assert.Equal(cells.Select(first.Draw), cells.Select(same.Draw));
        Assert.InRange(cells.Count(cell => first.Draw(cell) == other.Draw(cell)), 20, 90);
        Assert.InRange(cells.Count(cell => first.Draw(cell) == first.Draw(cell + " in 'north'")), 20, 90);
    }

    [Fact]
    public void Draws_stay_what_they_are_from_version_to_version()
    {
        using var key = new NoiseKey(NoiseKey.DeriveWindow(Key("vector"), 20_514, 20_515));

        Assert.Equal(Vector, Enumerable.Range(0, 12).Select(i => key.Draw($"cell {i}")));
    }

    [Fact]
    public void Whole_numbers_below_a_bound_are_equally_likely()
    {
        foreach (var bound in (ulong[])[1, 2, 3, 7, 8, 100])
        {
            var bits = new NoiseBits(Key("uniform"), $"{bound}");
            var counts = new int[bound];
            for (var i = 0; i < 10_000; i++)
            {
                counts[bits.Below(bound)]++;
            }

            var expected = 10_000.0 / bound;
            Assert.All(counts, seen => Assert.InRange(seen, expected - (5 * Math.Sqrt(expected)) - 1, expected + (5 * Math.Sqrt(expected)) + 1));
        }
    }

    [Fact]
    public void A_count_with_noise_is_never_below_nought_and_a_cleared_key_is_another()
    {
        var key = new NoiseKey(Key("clear"));
        Assert.All(Enumerable.Range(0, 500), i => Assert.True(key.Blur($"{i}", 0) >= 0));
        string[] cells = [.. Enumerable.Range(0, 64).Select(i => $"{i}")];
        var before = cells.Select(key.Draw).ToArray();
        key.Dispose();
        Assert.NotEqual(before, cells.Select(key.Draw));
        Assert.Throws<ArgumentException>(() => new NoiseKey(new byte[16]));
    }

    /// <summary>As a second implementation in another language draws them.</summary>
    private static readonly long[] Vector = [1, -1, 0, -1, -5, 0, 0, 0, 1, 0, 0, 0];

    private static byte[] Key(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name));
}
