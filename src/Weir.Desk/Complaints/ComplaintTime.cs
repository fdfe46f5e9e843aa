// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Desk.Complaints;

/// <summary>Times as complaints write them. A time without offset is refused, but for formats that are UTC by
/// definition: a wrong hour names the wrong subscriber.</summary>
internal static partial class ComplaintTime
{
    private static readonly string[] Months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>RFC 3339, with offset.</summary>
    public static bool TryParse(string text, out DateTimeOffset at)
    {
        at = default;
        return Rfc3339().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out at);
    }

    /// <summary>Date and time that are UTC by the format's definition, with or without a mark.</summary>
    public static bool TryParseUtc(string text, out DateTimeOffset at)
    {
        at = default;
        return UtcTime().IsMatch(text)
            && DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);
    }

    /// <summary>The zones that have a meaning in mail (RFC 5322 §4.3). Any other name means one thing here and another
    /// there.</summary>
    private static readonly Dictionary<string, int> Zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["GMT"] = 0, ["UT"] = 0, ["UTC"] = 0, ["Z"] = 0, ["EDT"] = -4, ["EST"] = -5, ["CDT"] = -5, ["CST"] = -6,
        ["MDT"] = -6, ["MST"] = -7, ["PDT"] = -7, ["PST"] = -8,
    };

    /// <summary>A date of mail (RFC 5322 §3.3, §4.3), a comment behind it allowed.</summary>
    public static bool TryParseMail(string text, out DateTimeOffset at)
    {
        at = default;
        var date = MailDate().Match(text);
        if (!date.Success)
        {
            return false;
        }

        int Number(string name) => date.Groups[name].Success
            ? int.Parse(date.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
            : 0;
        var month = Array.IndexOf(Months, date.Groups["month"].Value.ToLowerInvariant()) + 1;
        var offset = Zones.TryGetValue(date.Groups["zone"].Value, out var hours) ? TimeSpan.FromHours(hours)
            : new TimeSpan(Number("oh"), Number("om"), 0) * (date.Groups["sign"].Value == "-" ? -1 : 1);
        var (year, day, hour, minute, second) =
            (
                YearOf(date.Groups["year"].Value.Length, Number("year")), Number("day"), Number("hour"), Number("minute"),
                Math.Min(59, Number("second")));
        if (month == 0 || year is < 1970 or > 9998 || day == 0 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || Number("om") > 59 || Math.Abs(offset.TotalHours) > 14)
        {
            return false;
        }

        at = new DateTimeOffset(year, month, day, hour, minute, second, offset).ToUniversalTime();
        return true;
    }

    /// <summary>Years of two and three digits (RFC 5322 §4.3).</summary>
    private static int YearOf(int digits, int year) => digits switch
    {
        2 => year < 50 ? 2_000 + year : 1_900 + year,
        3 => 1_900 + year,
        _ => year,
    };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|\+00:?00)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex UtcTime();

    [GeneratedRegex(@"^\s*([A-Za-z]{3},\s*)?(?<day>\d{1,2})\s+(?<month>[A-Za-z]{3})\s+(?<year>\d{2,4})\s+(?<hour>\d{1,2}):(?<minute>\d\d)(:(?<second>\d\d))?\s+((?<sign>[+-])(?<oh>\d\d)(?<om>\d\d)|(?<zone>GMT|UTC?|Z|[ECMP][SD]T))\s*(\(.*\))?\s*\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex MailDate();
}

/// <summary>The reporter's number of a complaint, as a digest: it tells the same one again and nothing else.</summary>
internal static class ComplaintReference
{
    public static string Hash(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
