// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Store.Population;

/// <summary>A whole UTC hour or day. Windows lie on fixed boundaries, so two of one report never
/// overlap in part.</summary>
/// <param name="From">First moment.</param>
/// <param name="Length">An hour or a day.</param>
public readonly record struct PopulationWindow(DateTimeOffset From, TimeSpan Length)
{
    private const string DayForm = "yyyy-MM-dd";
    private const string HourForm = "yyyy-MM-dd'T'HH";

    public DateTimeOffset Until => From + Length;

    /// <summary>The latest window of a length that ended at or before a moment.</summary>
    public static PopulationWindow LastBefore(DateTimeOffset moment, TimeSpan length)
    {
        var utc = moment.UtcDateTime;
        return new(new DateTimeOffset(utc.Ticks - (utc.Ticks % length.Ticks), TimeSpan.Zero) - length, length);
    }

    /// <summary>Reads <c>2026-11-22</c> for a day and <c>2026-11-22T14</c> for an hour, UTC.</summary>
    public static bool TryParse(string text, TimeSpan length, out PopulationWindow window)
    {
        var form = length == TimeSpan.FromDays(1) ? DayForm : HourForm;
        var known = DateTimeOffset.TryParseExact(
            text, form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var from);
        window = known ? new(from, length) : default;
        return known;
    }

    /// <summary>In the form that <see cref="TryParse"/> reads.</summary>
    public override string ToString() =>
        From.UtcDateTime.ToString(Length == TimeSpan.FromDays(1) ? DayForm : HourForm, CultureInfo.InvariantCulture);
}
