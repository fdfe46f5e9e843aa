// SPDX-License-Identifier: Apache-2.0
//
// The hours a comparison looks at. A subject's pseudonym changes with the epoch, so a window over two epochs would
// count one subject twice: it stays inside one. Early in an epoch, where less than half of the window would be left,
// the last window of the epoch before is compared instead. The lab profile has no pseudonyms and no such bound.
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
    private const long EpochMs = Epochs.Ms;

    /// <param name="now">End of the window, but for an epoch that has only begun.</param>
    /// <param name="length">As configured.</param>
    /// <param name="hasEpochs">Subjects have pseudonyms.</param>
    /// <param name="isSampled">Some exporter samples: then one direction of a contact is enough.</param>
    public static ComparedHours Of(DateTimeOffset now, TimeSpan length, bool hasEpochs, bool isSampled)
    {
        var until = now.ToUnixTimeMilliseconds();
        var lengthMs = (long)length.TotalMilliseconds;
        var begun = until / EpochMs * EpochMs;
        if (hasEpochs && until - begun < lengthMs / 2)
        {
            until = begun;
            begun -= EpochMs;
        }

        var from = (until - lengthMs) / HourMs * HourMs;
        return new ComparedHours(hasEpochs ? Math.Max(begun, from) : from, until, TwoWayOnly: !isSampled);
    }
}
