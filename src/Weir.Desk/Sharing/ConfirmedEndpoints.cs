// SPDX-License-Identifier: Apache-2.0
//
// Which endpoints are confirmed, and what of them may be shared (rules.md R11, R16): those that a list in force names
// as a C&C and that lines here talked to, and those that two people promoted. What any list allows is none.
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Desk.Sharing;

/// <summary>Makes what may be shared from what is known. Pure.</summary>
internal static class ConfirmedEndpoints
{
    /// <param name="sighted">What lines talked to, with exact counts.</param>
    /// <param name="promoted">What two people promoted, and when.</param>
    /// <param name="lists">In force now.</param>
    /// <param name="k">Counts below it are only said to be below.</param>
    /// <param name="at">The time, and how long each is to be believed after it was last seen, where its lists do not
    /// say less.</param>
    public static IReadOnlyList<SharedEndpoint> From(
        IReadOnlyList<ListedSighting> sighted, IReadOnlyDictionary<Endpoint, DateTimeOffset> promoted, Watchlist lists,
        int k, (DateTimeOffset Now, TimeSpan Valid) at)
    {
        var (now, valid) = at;
        var known = sighted.ToDictionary(s => s.Endpoint);
        var shared = new List<SharedEndpoint>();
        foreach (var endpoint in known.Keys.Union(promoted.Keys).Order(Comparer<Endpoint>.Create(Compare)))
        {
            var bad = lists.All(endpoint)
                .Where(e => e.Role == ListRole.C2 && e.IsValidAt(now.ToUnixTimeMilliseconds())).ToList();
            var byPeople = promoted.TryGetValue(endpoint, out var since);
            if (lists.IsAllowed(endpoint) || (bad.Count == 0 && !byPeople))
            {
                continue;
            }

            var (first, last) =
                known.TryGetValue(endpoint, out var seen) ? (At(seen.FirstMs), At(seen.LastMs)) : (since, since);
            var believed = last + valid;
            var expires = bad.Count == 0 || bad.Any(e => e.ExpiresMs == ListEntry.Never)
                ? DateTimeOffset.MaxValue
                : At(bad.Max(e => e.ExpiresMs));
            var until = expires < believed ? expires : believed;
            if (until <= now)
            {
                continue;
            }

            shared.Add(new()
            {
                Endpoint = endpoint,
                First = first,
                Last = last < first ? first : last,
                ValidUntil = until,
                Lines = SharedEndpoint.Band(seen.Lines, k),
                By = byPeople ? ConfirmedBy.Promoted : ConfirmedBy.Listed,
                Lists = byPeople ? [] : [.. bad.Select(e => e.List).Distinct().Order(StringComparer.Ordinal)],
                Family = bad.Select(e => e.Family).FirstOrDefault(f => f.Length > 0) ?? "",
                Confidence = bad.Count == 0 ? (byte)100 : bad.Max(e => e.Confidence),
            });
        }

        return shared;
    }

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static int Compare(Endpoint one, Endpoint other) =>
        one.Address.Bits.CompareTo(other.Address.Bits) is not 0 and var address ? address
        : one.Port.CompareTo(other.Port) is not 0 and var port ? port
        : one.Protocol.CompareTo(other.Protocol);
}
