// SPDX-License-Identifier: Apache-2.0
//
// Times as flow tools write them, to milliseconds since the UNIX epoch:
//   1545403816.962094            seconds (Zeek); 13 or 16 digits without a point are milliseconds or microseconds
//   2017-07-07 13:39:36.267908   also with '/' for '-', with 'T' for the blank, with Z or +hh:mm behind (RFC 3339)
//   7/7/2017 3:30:12 PM          day first; seconds and AM/PM may be missing (CICIDS2017 as first published)
// A time without zone is taken as UTC plus the offset the caller gives.
//
// CICIDS2017 as first published writes the afternoon without AM/PM: its working day runs from 9 to 17 hours, so an hour
// of 1 to 7 without AM/PM can only be afternoon. That reading is used only where the caller asks for it.
namespace Weir.Wire.Files;

/// <summary>How a column writes times that do not say it themselves.</summary>
/// <param name="OffsetMs">What local time is ahead of UTC, milliseconds.</param>
/// <param name="WorkingDay">Hours 1 to 7 of a day-first time without AM/PM are afternoon.</param>
public readonly record struct TimeReading(long OffsetMs, bool WorkingDay);

/// <summary>Times off ASCII text, without strings.</summary>
public static class TextTime
{
    private const long DayMs = 86_400_000;

    /// <summary>Milliseconds since the UNIX epoch; false on anything that is not wholly a time.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, TimeReading reading, out long ms)
    {
        ms = 0;
        var mark = text.IndexOfAny((byte)'-', (byte)'/');
        return mark switch
        {
            4 => TryYearFirst(text, reading, out ms),
            1 or 2 => TryDayFirst(text, reading, out ms),
            _ => TryEpoch(text, out ms),
        };
    }

    private static bool TryEpoch(ReadOnlySpan<byte> text, out long ms)
    {
        if (text.Length is 13 or 16 && TextNumber.TryUnsigned(text, out var ticks))
        {
            ms = (long)(text.Length == 13 ? ticks : ticks / 1_000);
            return true;
        }

        return TextNumber.TryThousands(text, out ms) && ms >= 0 && ms < 100_000_000_000_000;
    }

    private static bool TryYearFirst(ReadOnlySpan<byte> text, TimeReading reading, out long ms)
    {
        ms = 0;
        if (text.Length < 19 || text[7] != text[4] || text[10] is not ((byte)' ' or (byte)'T')
            || !Part(text[..4], out var year) || !Part(text[5..7], out var month) || !Part(text[8..10], out var day)
            || !TryClock(text[11..19], out var clock) || !TryDate(year, month, day, out var date))
        {
            return false;
        }

        var rest = text[19..];
        var fraction = 0;
        if (!rest.IsEmpty && rest[0] is (byte)'.' or (byte)',')
        {
            var end = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            end = end < 0 ? rest.Length : end + 1;
            _ = TextNumber.TryMilliseconds(rest[1..end], out fraction);
            rest = rest[end..];
        }

        var offset = reading.OffsetMs;
        if (!rest.IsEmpty && !TryZone(rest, out offset))
        {
            return false;
        }

        ms = date + clock + fraction - offset;
        return ms >= 0;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out long offsetMs)
    {
        offsetMs = 0;
        if (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z')
        {
            return true;
        }

        if (text.Length is not (5 or 6) || text[0] is not ((byte)'+' or (byte)'-')
            || !Part(text[1..3], out var hours) || !Part(text[^2..], out var minutes)
            || (text.Length == 6 && text[3] != ':'))
        {
            return false;
        }

        offsetMs = ((hours * 60L) + minutes) * (text[0] == '-' ? -60_000 : 60_000);
        return true;
    }

    /// <summary>Eight octets hh:mm:ss; 60 seconds are a leap second.</summary>
    private static bool TryClock(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (text[2] != ':' || text[5] != ':' || !Part(text[..2], out var hour) || !Part(text[3..5], out var minute)
            || !Part(text[6..], out var second) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        ms = ((((hour * 60L) + minute) * 60) + second) * 1_000;
        return true;
    }

    private static bool TryDayFirst(ReadOnlySpan<byte> text, TimeReading reading, out long ms)
    {
        ms = 0;
        var mark = text.IndexOfAny((byte)'-', (byte)'/');
        var separator = text[mark];
        var blank = text.IndexOf((byte)' ');
        if (blank <= mark)
        {
            return false;
        }

        var month = text[(mark + 1)..blank].IndexOf(separator);
        if (month is not (1 or 2))
        {
            return false;
        }

        month += mark + 1;
        if (!Part(text[..mark], out var d) || !Part(text[(mark + 1)..month], out var m) || blank - month != 5
            || !Part(text[(month + 1)..blank], out var y) || !TryDate(y, m, d, out var date))
        {
            return false;
        }

        if (!TryHalfDayClock(text[(blank + 1)..].Trim((byte)' '), reading.WorkingDay, out var clock))
        {
            return false;
        }

        ms = date + clock - reading.OffsetMs;
        return ms >= 0;
    }

    private static bool TryHalfDayClock(ReadOnlySpan<byte> text, bool workingDay, out long ms)
    {
        ms = 0;
        var half = text.IndexOf((byte)' ');
        var clock = half < 0 ? text : text[..half];
        var after = half < 0 ? default : text[(half + 1)..];
        var first = clock.IndexOf((byte)':');
        if (first is not (1 or 2) || clock.Length < first + 3 || !Part(clock[..first], out var hour)
            || !Part(clock.Slice(first + 1, 2), out var minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        var second = 0;
        var fraction = 0;
        var rest = clock[(first + 3)..];
        if (!rest.IsEmpty)
        {
            if (rest.Length < 3 || rest[0] != ':' || !Part(rest[1..3], out second) || second > 60)
            {
                return false;
            }

            if (rest.Length > 3 && (rest[3] != '.' || !TextNumber.TryMilliseconds(rest[4..], out fraction)))
            {
                return false;
            }
        }

        if (after.IsEmpty)
        {
            hour += workingDay && hour is >= 1 and <= 7 ? 12 : 0;
        }
        else if (hour is >= 1 and <= 12 && (after.SequenceEqual("AM"u8) || after.SequenceEqual("PM"u8)))
        {
            hour = (hour % 12) + (after[0] == 'P' ? 12 : 0);
        }
        else
        {
            return false;
        }

        ms = (((((hour * 60L) + minute) * 60) + second) * 1_000) + fraction;
        return true;
    }

    private static bool Part(ReadOnlySpan<byte> text, out int value)
    {
        var parsed = TextNumber.TryUnsigned(text, out var number) && number <= 9_999;
        value = parsed ? (int)number : 0;
        return parsed;
    }

    /// <summary>Days since the epoch by the proleptic Gregorian calendar, as milliseconds.</summary>
    private static bool TryDate(int year, int month, int day, out long ms)
    {
        ms = 0;
        if (year is < 1970 or > 9_999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var shifted = month <= 2 ? year - 1 : year;
        var fromMarch = (month + 9) % 12;
        var days = (365L * shifted) + (shifted / 4) - (shifted / 100)
            + (shifted / 400) + (((153 * fromMarch) + 2) / 5) + day - 1;
        ms = (days - 719_468) * DayMs;
        return true;
    }
}
