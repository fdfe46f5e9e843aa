// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Hosting.Configuration;

/// <summary>Durations as <c>1h30m</c>: days, hours, minutes, seconds, milliseconds, each once and
/// in this order.</summary>
public static class Durations
{
    private static readonly (string Unit, long Ticks)[] Units =
        [
            ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
            ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond)
        ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        var at = 0;
        var ticks = 0L;
        foreach (var (unit, worth) in Units)
        {
            var digits = at;
            while (digits < text.Length && digits - at < 9 && char.IsAsciiDigit(text[digits]))
            {
                digits++;
            }

            var after = digits;
            while (after < text.Length && char.IsAsciiLetterLower(text[after]))
            {
                after++;
            }

            if (digits > at && text.AsSpan(digits, after - digits).SequenceEqual(unit))
            {
                ticks += Math.Min(
                    long.Parse(text.AsSpan(at, digits - at), CultureInfo.InvariantCulture), long.MaxValue / 16 / worth)
                    * worth;
                at = after;
            }
        }

        duration = TimeSpan.FromTicks(ticks);
        return at > 0 && at == text.Length;
    }

    public static string Text(TimeSpan duration)
    {
        var left = duration.Ticks;
        var text = "";
        foreach (var (unit, worth) in Units)
        {
            text += left / worth > 0 ? string.Create(CultureInfo.InvariantCulture, $"{left / worth}{unit}") : "";
            left %= worth;
        }

        return text.Length == 0 ? "0s" : text;
    }
}
