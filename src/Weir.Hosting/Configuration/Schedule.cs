// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Hosting.Configuration;

/// <summary>When something runs: at a pace, at a time of day (UTC), or never.</summary>
public sealed record Schedule(TimeSpan? Pace, TimeOnly? At)
{
    public static Schedule Never { get; } = new(null, null);

    public static Schedule Every(TimeSpan pace) => new(pace, null);

    public static Schedule Daily(TimeOnly at) => new(null, at);

    public static bool TryParse(string text, out Schedule schedule)
    {
        schedule = Never;
        if (text == "never")
        {
            return true;
        }

        if (text.StartsWith("every ", StringComparison.Ordinal) && Durations.TryParse(text[6..], out var pace)
            && pace >= TimeSpan.FromSeconds(10) && pace <= TimeSpan.FromDays(7))
        {
            schedule = Every(pace);
            return true;
        }

        if (text.StartsWith("daily ", StringComparison.Ordinal)
            && TimeOnly.TryParseExact(
                text[6..], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            schedule = Daily(at);
            return true;
        }

        return false;
    }

    /// <summary>The next run after <paramref name="now"/>; null when it never runs.</summary>
    public DateTimeOffset? Next(DateTimeOffset now)
    {
        if (Pace is { } pace)
        {
            return now + pace;
        }

        if (At is not { } at)
        {
            return null;
        }

        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + at.ToTimeSpan();
        return today > now ? today : today.AddDays(1);
    }

    public override string ToString() =>
        Pace is { } pace ? $"every {Durations.Text(pace)}"
        : At is { } at ? at.ToString("'daily 'HH:mm", CultureInfo.InvariantCulture)
        : "never";
}
