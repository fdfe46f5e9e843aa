// SPDX-License-Identifier: Apache-2.0
//
// One round with a router: read what it holds, withdraw what is ours and not planned, announce what is planned and
// missing, and read again. Only what was read back counts as held, only what is sent to a neighbour as sent; routes of
// others are never touched, and withdrawals come first.
namespace Weir.Hosting.GoBgp;

/// <summary>What a round did and found.</summary>
/// <param name="Done">What had to be done.</param>
/// <param name="After">How the router stands after it.</param>
/// <param name="Refused">Routes that the router will not take, and why.</param>
/// <param name="Clung">Routes that it did not let go.</param>
/// <param name="Sent">Routes that neighbours are sent, and how many neighbours.</param>
/// <param name="Peers">Its neighbours.</param>
public sealed record RouteRound(
    RouteDifference Done, RouteDifference After, IReadOnlyDictionary<RouteKey, string> Refused, int Clung,
    IReadOnlyDictionary<RouteKey, int> Sent, IReadOnlyList<RouterPeer> Peers)
{
    /// <summary>Whether the router is as planned, but for what it refuses.</summary>
    public bool IsAsPlanned => After.Missing.Count <= Refused.Count && After.Orphans.Count == 0;

    /// <summary>Runs a round.</summary>
    /// <param name="router">The router.</param>
    /// <param name="plan">What it should hold of ours.</param>
    /// <param name="options">How ours are known.</param>
    /// <param name="announce">Announces what is missing; says what was refused.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="RouterDownException">The router does not answer.</exception>
    public static async Task<RouteRound> RunAsync(
        GoBgpClient router, RoutePlan plan, RouteOptions options,
        Func<IReadOnlyList<PlannedRoute>, Task<IReadOnlyDictionary<RouteKey, string>>> announce,
        CancellationToken cancel)
    {
        var done = RouteDifference.Between(plan, await router.ListAllAsync(cancel), options);
        var clung = await router.WithdrawAsync(done.Orphans, cancel);
        var refused = done.Missing.Count == 0
            ? new Dictionary<RouteKey, string>()
            : await announce(done.Missing);
        var after = done.Orphans.Count + done.Missing.Count > 0
            ? RouteDifference.Between(plan, await router.ListAllAsync(cancel), options)
            : done;
        var (sent, peers) = await SentAsync(router, plan, options, cancel);
        return new(done, after, refused, clung.Count, sent, peers);
    }

    private static async Task<(Dictionary<RouteKey, int> Sent, List<RouterPeer> Peers)> SentAsync(
        GoBgpClient router, RoutePlan plan, RouteOptions options, CancellationToken cancel)
    {
        Dictionary<RouteKey, int> keys = [];
        List<RouterPeer> peers = [];
        foreach (var peer in await router.PeersAsync(cancel))
        {
            HashSet<RouteKey> sent = [];
            foreach (var family in peer.IsEstablished ? plan.Routes.Select(route => route.Family).Distinct() : [])
            {
                foreach (var route in await router.AdvertisedAsync(peer.Address, family, cancel))
                {
                    if (route.IsOf(options) && plan.ByKey.ContainsKey(route.Key))
                    {
                        _ = sent.Add(route.Key);
                    }
                }
            }

            foreach (var key in sent)
            {
                keys[key] = keys.GetValueOrDefault(key) + 1;
            }

            peers.Add(peer with { Advertised = sent.Count });
        }

        return (keys, peers);
    }
}
