// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Vault.Identity.Records;

/// <summary>Times as logs write them; without a zone they are UTC.</summary>
internal static class TimestampText
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd HH:mm:ss", "yyyy/MM/dd HH:mm:ss", "yyyy-MM-dd",
    ];

    /// <summary>The last millisecond of the year 9999: "for ever" in a plan of addresses is written so.</summary>
    private const long LastMs = 253_402_300_799_999;

    /// <summary>Reads ISO 8601 or seconds or milliseconds since the UNIX epoch; false on anything that is not a time
    /// from 1970 to 9999.</summary>
    public static bool TryParse(string text, out long ms)
    {
        var good = TryRead(text, out ms) && ms is >= 0 and <= LastMs;
        ms = good ? ms : 0;
        return good;
    }

    private static bool TryRead(string text, out long ms)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            ms = number < 100_000_000_000 ? number * 1000 : number;
            return true;
        }

        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds < 100_000_000_000m)
        {
            ms = (long)(seconds * 1000m);
            return true;
        }

        var good = DateTimeOffset.TryParseExact(
            text, Forms, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at);
        ms = good ? at.ToUnixTimeMilliseconds() : 0;
        return good;
    }

    /// <summary>The time of an RFC 3164 header (<c>Nov  2 10:00:00</c>), whose year is that nearest to
    /// <paramref name="nearMs"/>.</summary>
    public static bool TryParseYearless(string text, long nearMs, out long ms)
    {
        ms = 0;
        var near = DateTimeOffset.FromUnixTimeMilliseconds(nearMs);
        var best = long.MaxValue;
        for (var year = near.Year - 1; year <= near.Year + 1; year++)
        {
            if (DateTimeOffset.TryParseExact(
                $"{year} {text}", ["yyyy MMM d HH:mm:ss", "yyyy MMM  d HH:mm:ss"], CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
                && Math.Abs(at.ToUnixTimeMilliseconds() - nearMs) < best)
            {
                ms = at.ToUnixTimeMilliseconds();
                best = Math.Abs(ms - nearMs);
            }
        }

        return best != long.MaxValue;
    }
}
