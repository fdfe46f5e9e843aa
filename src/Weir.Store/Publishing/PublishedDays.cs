// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Store.Publishing;

/// <summary>A window of whole UTC days since the UNIX epoch: what a figure is about.</summary>
/// <param name="From">First day.</param>
/// <param name="Until">The first that is not in it.</param>
public readonly record struct PublishedDays(uint From, uint Until)
{
    private const long DayMs = 86_400_000;

    /// <summary>First moment after it.</summary>
    public DateTimeOffset End => DateTimeOffset.UnixEpoch.AddDays(Until);

    /// <summary>The quarter of the calendar in which its last day lies, counted from year 0.</summary>
    public int Quarter => DateTimeOffset.UnixEpoch.AddDays(Until - 1) is var last
        ? (last.Year * 4) + ((last.Month - 1) / 3) : 0;

    /// <summary>The days of a time from and until, milliseconds since the UNIX epoch; null where they are no whole
    /// days.</summary>
    public static PublishedDays? OfWhole(long fromMs, long untilMs) =>
        fromMs >= 0 && untilMs > fromMs && fromMs % DayMs == 0 && untilMs % DayMs == 0
            ? new((uint)(fromMs / DayMs), (uint)(untilMs / DayMs)) : null;

    public bool Overlaps(PublishedDays other) => From < other.Until && other.From < Until;

    /// <summary>As <c>2026-11-22</c>, or <c>2026-11-22..2026-11-24</c> with the last day.</summary>
    public override string ToString() => Until == From + 1 ? Name(From) : $"{Name(From)}..{Name(Until - 1)}";

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, out PublishedDays days)
    {
        var parts = text.Split("..");
        days = default;
        if (parts.Length > 2 || !TryDay(parts[0], out var first) || !TryDay(parts[^1], out var last) || last < first)
        {
            return false;
        }

        days = new(first, last + 1);
        return true;
    }

    private static string Name(uint day) =>
        DateTimeOffset.UnixEpoch.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static bool TryDay(string text, out uint day)
    {
        var known =
            DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        day = known ? (uint)Math.Max(0, date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) : 0;
        return known;
    }
}
