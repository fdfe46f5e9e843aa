// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Cli.Configuring;

/// <summary>An amount of memory or disk, written with a binary unit: <c>512MiB</c>.</summary>
internal readonly record struct ByteSize(long Octets) : IComparable<ByteSize>, IComparable
{
    private static readonly (string Unit, int Shift)[] Units = [
        ("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];

    public static ByteSize MiB(long count) => new(count << 20);

    public static bool TryParse(string text, out ByteSize size)
    {
        size = default;
        foreach (var (unit, shift) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                var good = long.TryParse(
                    text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    && count <= long.MaxValue >> shift;
                size = new(good ? count << shift : 0);
                return good;
            }
        }

        return false;
    }

    public int CompareTo(ByteSize other) => Octets.CompareTo(other.Octets);

    public int CompareTo(object? obj) => obj is ByteSize other ? CompareTo(other) : 1;

    public override string ToString()
    {
        var octets = Octets;
        var (unit, shift) = octets == 0 ? ("B", 0) : Units.First(u => octets >> u.Shift << u.Shift == octets);
        return string.Create(CultureInfo.InvariantCulture, $"{octets >> shift}{unit}");
    }
}

/// <summary>A password: what the file says, and what it stands for. Only the former is ever shown, and not when it is
/// the password itself. One configuration is read by processes of several users, and a secret is one process's: where
/// this user may not read it, that is a fault of who uses it alone.</summary>
internal sealed record Secret(string Reference, string Value)
{
    public const string Mask = "***";

    /// <summary>Why this user does not have it, as a sentence; null where it is here.</summary>
    public string? Withheld { get; init; }

    /// <exception cref="OperatorException">This user may not read it.</exception>
    public string Value { get => Withheld is null ? field : throw new OperatorException(Withheld); init; } = Value;

    public override string ToString() => IsReference(Reference) ? Reference : Mask;

    public static bool IsReference(string text) =>
        text.StartsWith("file:", StringComparison.Ordinal)
        || (text.StartsWith("${", StringComparison.Ordinal)
            && text.IndexOf('}', StringComparison.Ordinal) == text.Length - 1);
}

/// <summary>When something runs: at a pace, at a time of day (UTC), or never.</summary>
internal sealed record Schedule(TimeSpan? Pace, TimeOnly? At)
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

/// <summary>Durations as <c>1h30m</c>: days, hours, minutes, seconds, milliseconds, each once and
/// in this order.</summary>
internal static class Durations
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
