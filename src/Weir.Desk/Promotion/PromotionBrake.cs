// SPDX-License-Identifier: Apache-2.0
//
// What keeps the loop from feeding on itself: what was promoted makes cases, cases make candidates, and a wrong
// promotion would breed others. Two steps from a list of others are the limit, so many promotions a day are, and what
// rests on an endpoint that is taken off is taken off with it.
using System.Globalization;
using Weir.Contracts.Flows;

namespace Weir.Desk.Promotion;

/// <summary>Judges promotions by what stands on our own list. Pure.</summary>
internal static class PromotionBrake
{
    /// <summary>Steps from a list of others.</summary>
    public const int MostHops = 2;

    /// <summary>Promotions within 24 hours.</summary>
    public const int MostADay = 20;

    /// <summary>How many steps a candidate is from a list of others.</summary>
    public static int HopsOf(Candidate candidate, IReadOnlyList<Promotion> all) => candidate.RestsOn.Count == 0 ? 1
        : 1 + candidate.RestsOn.Max(ancestor => all.FirstOrDefault(p => p.Endpoint == ancestor)?.Hops ?? MostHops);

    /// <summary>Why a candidate is not to be promoted now; null where it may be.</summary>
    public static string? Check(
        Candidate candidate, IReadOnlyList<Promotion> all, IReadOnlyList<RejectedEndpoint> rejected, DateTimeOffset now)
    {
        if (rejected.LastOrDefault(one => one.Endpoint == candidate.Endpoint) is { } before
            && candidate.SeenUntil <= before.At)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"It was taken off on {before.At:yyyy-MM-dd HH:mm} UTC, and {candidate.Run} says nothing that was not known then: it may be promoted once a comparison of days after that finds it again.");
        }

        if (HopsOf(candidate, all) > MostHops)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"It was found by what was promoted because of what was promoted ({string.Join(", ", candidate.RestsOn)}): {MostHops} steps from a list of others are the limit. It may be promoted once such a list names one of these, or a comparison finds it by three lines that others' lists name.");
        }

        // What was taken off again was given too.
        var since = now - TimeSpan.FromDays(1);
        return all.Count(p => p.At > since) + rejected.Count(one => one.PromotedAt > since) >= MostADay
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{MostADay} endpoints were promoted within 24 hours, and that is the limit; try again later.")
            : null;
    }

    /// <summary>What falls with an endpoint: those that rest on it, and those that rest on these; without itself, in
    /// the order of the list.</summary>
    public static IReadOnlyList<Endpoint> FallWith(Endpoint endpoint, IReadOnlyList<Promotion> all)
    {
        HashSet<Endpoint> fallen = [endpoint];
        for (var before = 0; before != fallen.Count;)
        {
            before = fallen.Count;
            fallen.UnionWith(all.Where(p => p.RestsOn.Any(fallen.Contains)).Select(p => p.Endpoint).ToList());
        }

        return [.. all.Select(p => p.Endpoint).Where(one => one != endpoint && fallen.Contains(one))];
    }
}
