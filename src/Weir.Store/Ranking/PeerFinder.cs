// SPDX-License-Identifier: Apache-2.0
//
// Peers of one another: UDP endpoints on many ports, each of which a part of the same lines keeps. No two of them have
// the same users, so likeness of users does not find them; what holds them together is that the lines which have one
// have several. An endpoint that half of those lines use is no peer but a hub, and stays a row of its own.
using Weir.Store.Comparing;

namespace Weir.Store.Ranking;

/// <summary>Finds groups of peers among endpoints that no campaign holds.</summary>
internal sealed class PeerFinder(ContactProfiles profiles, IReadOnlyList<Finding> findings)
{
    private const int Rounds = 6;
    private const int LeastMet = 3;
    private const double Inside = 0.7;
    private const double Hub = 0.5;

    public IEnumerable<int[]> Find(bool[] taken)
    {
        int[] order =
        [
            .. Enumerable.Range(0, findings.Count)
                .Where(at => !taken[at]
                    && Services.KindOf(findings[at].Key.Port, findings[at].Key.Protocol) == CampaignKind.Peers)
                .OrderByDescending(at => profiles.OfEndpoint(at).Length).ThenBy(at => at),
        ];
        foreach (var seed in order)
        {
            if (!taken[seed] && Grow(order, seed, taken) is { Length: >= CampaignFinder.Fewest } members)
            {
                Array.ForEach(members, at => taken[at] = true);
                yield return members;
            }
        }
    }

    private int[] Grow(int[] order, int seed, bool[] taken)
    {
        var core = LinesOf([seed], 1);
        int[] members = [];
        for (var round = 0; round < Rounds; round++)
        {
            int[] next = [.. order.Where(at => !taken[at] && IsInside(at, core, round == 0 ? Hub : Inside))];
            if (next.Length < CampaignFinder.Fewest || next.AsSpan().SequenceEqual(members))
            {
                members = next;
                break;
            }

            members = next;
            core = LinesOf(members, LeastMet);
        }

        return [.. members.Where(at => profiles.OfEndpoint(at).Length <= Hub * core.Count).Order()];
    }

    private bool IsInside(int endpoint, HashSet<int> core, double share)
    {
        var own = profiles.OfEndpoint(endpoint);
        var inside = 0;
        foreach (ref readonly var profile in own)
        {
            inside += core.Contains(profile.Line) ? 1 : 0;
        }

        return inside >= share * own.Length;
    }

    private HashSet<int> LinesOf(int[] members, int least) =>
        [.. members.SelectMany(at => profiles.OfEndpoint(at).ToArray()).CountBy(profile => profile.Line)
            .Where(one => one.Value >= least).Select(one => one.Key)];
}
