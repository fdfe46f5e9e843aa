// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.Store.Publishing;

/// <summary>How well somebody tells, from all that is published, whether one contact was there.</summary>
/// <param name="Value">The share of right alarms less that of false ones, as measured: 0 is guessing, 1 is knowing.</param>
/// <param name="Lower">Below this it lies with a chance of 0.1 %.</param>
/// <param name="LowerLogRatio">How much likelier an answer is in one of the two worlds than in the other, as a logarithm,
/// for the answers that tell most: below this it lies with a chance of 0.1 %. Two draws of one contact have the advantage
/// of one, since where they disagree they tell nothing, but together they are e² times as likely: this shows them.</param>
internal readonly record struct Advantage(double Value, double Lower, double LowerLogRatio)
{
    /// <summary>What a difference of ε = 1 allows: tanh(1/2).</summary>
    public static readonly double Bound = Math.Tanh(0.5);

    /// <summary>ε: what the logarithm of the ratio may be.</summary>
    public const double RatioBound = 1;

    public const int Trials = 10_000;

    /// <summary>Worlds to tell for one that is learned from.</summary>
    private const int ToldPerLearned = 4;

    private const double Quantile = 3.0902;

    public bool Holds => Lower <= Bound && LowerLogRatio <= RatioBound;

    public override string ToString() => FormattableString.Invariant(
        $"the advantage is {Value:0.0000}, at least {Lower:0.0000} of {Bound:0.0000} that are allowed; the logarithm of the ratio is at least {LowerLogRatio:0.0000} of {RatioBound} allowed");

    /// <summary>The attacker knows everything but the one contact, and learns first what the plane publishes with it and
    /// without: then tells, of worlds not seen before, which of the two each is. Three sets of answers are alarms: all
    /// that were learned as likelier with the contact, and the most telling for it and against it.</summary>
    /// <param name="observe">All that is published of world number N, with the contact or without; the same number has
    /// the same keys.</param>
    /// <param name="trials">Worlds to tell, of each kind; a quarter as many are learned from.</param>
    public static async Task<Advantage> MeasureAsync(Func<int, bool, Task<string>> observe, int trials = Trials)
    {
        var learned = await CountAsync(observe, 0, (trials / ToldPerLearned) + 1);
        var likelier = learned.Where(one => one.Value.With > one.Value.Without).Select(one => one.Key).ToHashSet();
        var (most, least) = (MostTelling(learned, isFor: true), MostTelling(learned, isFor: false));

        var told = await CountAsync(observe, trials, trials);
        var (hits, alarms) = Share(told, likelier, trials);
        var error = Math.Sqrt(((hits * (1 - hits)) + (alarms * (1 - alarms))) / trials);
        double[] ratios =
        [
            LowerLog(hits, alarms, trials), LowerLog(1 - alarms, 1 - hits, trials),
            LowerLog(Share(told, most, trials).With, Share(told, most, trials).Without, trials),
            LowerLog(Share(told, least, trials).Without, Share(told, least, trials).With, trials),
        ];
        return new(hits - alarms, hits - alarms - (Quantile * error), ratios.Max());
    }

    /// <summary>How often each answer came with the contact and without.</summary>
    private static async Task<Dictionary<string, (int With, int Without)>> CountAsync(
        Func<int, bool, Task<string>> observe, int first, int worlds)
    {
        var seen = new Dictionary<string, (int With, int Without)>(StringComparer.Ordinal);
        for (var world = first; world < first + worlds; world++)
        {
            var (with, without) = (await observe((2 * world) + 1, true), await observe(2 * world, false));
            seen[with] = seen.GetValueOrDefault(with) is var one ? (one.With + 1, one.Without) : default;
            seen[without] = seen.GetValueOrDefault(without) is var other ? (other.With, other.Without + 1) : default;
        }

        return seen;
    }

    /// <summary>Answers by their ratio, the most telling first, as many of them as prove most.</summary>
    private static HashSet<string> MostTelling(Dictionary<string, (int With, int Without)> learned, bool isFor)
    {
        var worlds = learned.Values.Sum(one => one.With);
        var ranked = learned.OrderByDescending(one => isFor
            ? (one.Value.With + 0.5) / (one.Value.Without + 0.5) : (one.Value.Without + 0.5) / (one.Value.With + 0.5))
            .ThenBy(one => one.Key, StringComparer.Ordinal).ToList();
        var (best, count, ours, theirs) = (double.NegativeInfinity, 0, 0, 0);
        for (var at = 0; at < ranked.Count; at++)
        {
            ours += isFor ? ranked[at].Value.With : ranked[at].Value.Without;
            theirs += isFor ? ranked[at].Value.Without : ranked[at].Value.With;
            var lower = LowerLog((double)ours / worlds, (double)theirs / worlds, worlds);
            (best, count) = lower > best ? (lower, at + 1) : (best, count);
        }

        return [.. ranked.Take(count).Select(one => one.Key)];
    }

    private static (double With, double Without) Share(
        Dictionary<string, (int With, int Without)> told, HashSet<string> alarms, int trials) => (
        (double)told.Where(one => alarms.Contains(one.Key)).Sum(one => one.Value.With) / trials,
        (double)told.Where(one => alarms.Contains(one.Key)).Sum(one => one.Value.Without) / trials);

    /// <summary>Lower 99.9 % limit of the logarithm of a ratio of two shares; half a count each is added, so that none
    /// is nought.</summary>
    private static double LowerLog(double above, double below, int trials)
    {
        var (more, less) = ((above * trials) + 0.5, (below * trials) + 0.5);
        return Math.Log(more / less) - (Quantile * Math.Sqrt(
            (1 / more) + (1 / less) - (2.0 / (trials + 0.5))));
    }
}
