// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Lists;
using Weir.Contracts.Mitigation;
using Weir.Wire;
using ListRole = Weir.Contracts.Lists.ListRole;

namespace Weir.Desk.Mitigation;

/// <summary>What the lists in force say of what is to be blocked: names come from feeds alone, and a far end is a
/// listed C&amp;C.</summary>
internal sealed class ListedForBlocks(CurrentWatchlist lists, TimeProvider time) : IDomainFeeds
{
    public CurrentWatchlist Lists => lists;

    public string? ListOf(string domain)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var known = lists.Current.Feeds.SelectMany(feed => feed.Domains)
            .Where(d => now < d.ExpiresMs
                && (d.Name == domain || (d.Below && domain.EndsWith($".{d.Name}", StringComparison.Ordinal))))
            .ToList();
        return known.Any(d => d.Tag.Role == ListRole.Allow)
            ? null
            : known.Where(d => d.Tag.Role == ListRole.C2).Select(d => d.Tag.List).FirstOrDefault();
    }

    /// <summary>Whether a list names every port of the far end as a C&amp;C, and none allows it. A block of the whole
    /// address rests on any port of it.</summary>
    public bool Names(MitigationTarget target)
    {
        if (target.Remote is not { } remote)
        {
            return true;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var known = lists.Current.Feeds.SelectMany(feed => feed.Entries)
            .Where(e => e.IsValidAt(now) && e.What.Length <= remote.Length && e.What.Contains(remote.Network)
                && (e.Protocol == 0 || target.Protocol == 0 || e.Protocol == target.Protocol))
            .ToList();
        var bad = known.Where(e => e.Role == ListRole.C2).ToList();
        return bad.Count > 0
            && !known.Any(
                e => e.Role == ListRole.Allow && (e.Port == 0 || target.Ports.IsEmpty || target.Ports.Contains(e.Port)))
            && target.Ports.All(port => bad.Any(e => e.Port == 0 || e.Port == port));
    }
}
