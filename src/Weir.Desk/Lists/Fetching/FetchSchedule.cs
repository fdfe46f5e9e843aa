// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Lists.Fetching;

/// <summary>When a list is fetched next. Pure; <c>random</c> is from 0 up to 1.</summary>
internal static class FetchSchedule
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(1);

    /// <summary>After a start: at once where there is no copy, else when the copy of before is due.</summary>
    public static DateTimeOffset First(
        DateTimeOffset? checkedAt, TimeSpan period, DateTimeOffset now, double random) =>
            checkedAt is { } last && last <= now && Spread(period, random) is var wait && last + wait > now
                ? last + wait : now;

    /// <summary>After a fetch: a period later, a tenth more or less; after failures sooner, twice as late each time;
    /// never before the publisher asks to be asked again, unless that is more than a day.</summary>
    public static DateTimeOffset Next(
        in FetchResult result, int failures, TimeSpan period, DateTimeOffset now, double random)
    {
        if (result.Outcome != FetchOutcome.Failed)
        {
            return now + Spread(period, random);
        }

        var doubled = FirstWait * Math.Pow(2, Math.Clamp(failures - 1, 0, 12));
        var wait = Spread(doubled < period ? doubled : period, random);
        var asked = result.RetryAfter is not { } silence ? TimeSpan.Zero
            : silence < LongestSilence ? silence : LongestSilence;
        return now + (wait > asked ? wait : asked);
    }

    private static TimeSpan Spread(TimeSpan period, double random) => period * (0.9 + (0.2 * random));
}
