// SPDX-License-Identifier: Apache-2.0
//
// What a comparison looks at. A provider's windows are whole UTC days that are over and settled, and lie end to end:
// each epoch is cut into windows of one length from its begin, since a subject's pseudonym changes with it, so that no
// two windows share a day and nothing can be subtracted (docs/36-numbers.md). What is left of an epoch is a window
// where it is at least half of one. The lab profile has no pseudonyms and hides nothing: its windows end now.
using Weir.Contracts.Networks;

namespace Weir.Desk.Comparisons;

/// <summary>Hours to compare.</summary>
/// <param name="FromMs">First millisecond; an hour that overlaps is in.</param>
/// <param name="UntilMs">End, exclusive.</param>
/// <param name="TwoWayOnly">Only contacts with packets both ways count.</param>
internal readonly record struct ComparedHours(long FromMs, long UntilMs, bool TwoWayOnly)
{
    public long LengthMs => UntilMs - FromMs;
}

/// <summary>Chooses them.</summary>
internal static class ComparedWindow
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;
    private const long EpochMs = Epochs.Ms;

    /// <summary>The latest window of a provider that is over.</summary>
    /// <param name="closed">Until then all rows are in the store.</param>
    /// <param name="length">As configured; parts of a day count as one.</param>
    /// <param name="isSampled">Some exporter samples: then one direction of a contact is enough.</param>
    public static ComparedHours LatestOver(DateTimeOffset closed, TimeSpan length, bool isSampled)
    {
        var (closedMs, lengthMs) = (closed.ToUnixTimeMilliseconds(), WholeDays(length));
        for (var epoch = closedMs / EpochMs * EpochMs; ; epoch -= EpochMs)
        {
            for (var from = epoch + ((EpochMs - 1) / lengthMs * lengthMs); from >= epoch; from -= lengthMs)
            {
                var until = Math.Min(from + lengthMs, epoch + EpochMs);
                if (until <= closedMs && until - from >= lengthMs / 2)
                {
                    return new ComparedHours(from, until, TwoWayOnly: !isSampled);
                }
            }
        }
    }

    /// <summary>The lab's: it ends now and begins with an hour.</summary>
    public static ComparedHours UntilNow(DateTimeOffset now, TimeSpan length, bool isSampled)
    {
        var until = now.ToUnixTimeMilliseconds();
        return new ComparedHours(
            (until - (long)length.TotalMilliseconds) / HourMs * HourMs, until, TwoWayOnly: !isSampled);
    }

    private static long WholeDays(TimeSpan length) =>
        Math.Clamp(((long)length.TotalMilliseconds + DayMs - 1) / DayMs * DayMs, DayMs, EpochMs);
}
