// SPDX-License-Identifier: Apache-2.0
//
// A bot lives while its machine is on and until somebody cleans it: some sleep at night, some are cleaned, and some of
// those are infected again.
using Weir.Lab.Population;

namespace Weir.Lab.Jobs;

/// <summary>When a bot is awake, spans in order of time.</summary>
internal static class BotLife
{
    private const double Cleaned = 0.15;
    private const double Returns = 0.35;
    private const double Sleeps = 0.3;

    public static IReadOnlyList<(long FromMs, long UntilMs)> Draw(Bot bot, LabOptions options, Dice dice)
    {
        var from = Math.Max(bot.OnsetMs, options.StartMs);
        var span = options.EndMs - options.StartMs;
        List<(long FromMs, long UntilMs)> awake = [(from, options.EndMs)];
        if (dice.Chance(Cleaned))
        {
            var cleaned = from + (long)((options.EndMs - from) * dice.Between(0.3, 0.9));
            awake = [(from, cleaned)];
            var back = cleaned + (long)(span * dice.Between(0.05, 0.2));
            if (dice.Chance(Returns) && back < options.EndMs)
            {
                awake.Add((back, options.EndMs));
            }
        }

        return dice.Chance(Sleeps) ? Without(awake, options, dice) : awake;
    }

    /// <summary>Every day, or once in a run that is shorter, the machine is off for a quarter of it.</summary>
    private static List<(long FromMs, long UntilMs)> Without(
        List<(long FromMs, long UntilMs)> awake, LabOptions options, Dice dice)
    {
        var day = Math.Min(86_400_000L, options.EndMs - options.StartMs);
        var off = options.StartMs + (long)(day * dice.Between(0, 0.75));
        var kept = awake;
        for (; off < options.EndMs; off += day)
        {
            var on = off + (day / 4);
            kept = [.. kept.SelectMany(
                span => new[] { (span.FromMs, Math.Min(span.UntilMs, off)), (Math.Max(span.FromMs, on), span.UntilMs) })
                .Where(span => span.Item2 > span.Item1)];
        }

        return kept;
    }
}
