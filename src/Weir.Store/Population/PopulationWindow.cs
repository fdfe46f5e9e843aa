// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Store.Publishing;

namespace Weir.Store.Population;

/// <summary>A whole UTC day: two windows of one report never overlap in part.</summary>
/// <param name="From">First moment.</param>
public readonly record struct PopulationWindow(DateTimeOffset From)
{
    private const string Form = "yyyy-MM-dd";

    /// <summary>How long each is.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromDays(1);

    public DateTimeOffset Until => From + Length;

    /// <summary>The day as what is published counts days.</summary>
    public PublishedDays Days => PublishedDays.OfWhole(From.ToUnixTimeMilliseconds(), Until.ToUnixTimeMilliseconds())
        ?? throw new InvalidOperationException($"{From:O} is no midnight of UTC");

    /// <summary>The latest day that ended at or before a moment.</summary>
    public static PopulationWindow LastBefore(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        return new(new DateTimeOffset(utc.Ticks - (utc.Ticks % Length.Ticks), TimeSpan.Zero) - Length);
    }

    /// <summary>Reads <c>2026-11-22</c>, UTC.</summary>
    public static bool TryParse(string text, out PopulationWindow window)
    {
        var known = DateTimeOffset.TryParseExact(
            text, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var from);
        window = known ? new(from) : default;
        return known;
    }

    /// <summary>In the form that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => From.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture);
}
