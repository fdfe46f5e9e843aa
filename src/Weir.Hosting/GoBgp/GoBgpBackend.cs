// SPDX-License-Identifier: Apache-2.0
//
// Blackholes and FlowSpec rules in one gobgpd, which sends them to the provider's routers. What carries our marker and
// came by its interface under our instance is ours; a route of others for the same destination stays.
using Weir.Contracts.Mitigation;
using Weir.Hosting.Blocking;

namespace Weir.Hosting.GoBgp;

/// <summary>GoBGP as a backend.</summary>
public sealed class GoBgpBackend : IMitigationBackend, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RouteOptions _options;
    private readonly GoBgpClient _router;
    private readonly bool _isForLines;

    /// <param name="router">GoBGP's gRPC address.</param>
    /// <param name="options">How routes are written.</param>
    /// <param name="isForLines">Routes name lines of subscribers: the router's own words, which may repeat them, are
    /// not passed on.</param>
    public GoBgpBackend(GoBgpAddress router, RouteOptions options, bool isForLines = false) =>
        (_options, _router, _isForLines) = (options, new GoBgpClient(router, Patience), isForLines);

    /// <inheritdoc/>
    public string Name => "router";

    /// <inheritdoc/>
    public string Address => _router.Address;

    /// <inheritdoc/>
    public string Entries => "routes";

    /// <inheritdoc/>
    public string Peer => "neighbour";

    /// <inheritdoc/>
    public LeaseReasonCode Unreached => LeaseReasonCode.NoNeighbour;

    /// <inheritdoc/>
    public IReadOnlyList<IPlannedBlock> Plan(IReadOnlyList<Lease> leases, DateTimeOffset now) =>
        [.. RoutePlan.Create(leases, _options, now).Routes];

    /// <inheritdoc/>
    public async Task<HeldBlocks> ReadAsync(CancellationToken cancel)
    {
        var all = await _router.ListAllAsync(cancel);
        var ours = all.Where(route => route.IsOf(_options)).ToList();
        return new(ours, all.Count - ours.Count);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlockRefusal>> WithdrawAsync(
        IReadOnlyList<IHeldBlock> orphans, CancellationToken cancel)
    {
        var refused = await _router.WithdrawAsync([.. orphans.Cast<InstalledRoute>()], cancel);
        return [.. refused.Select(one => new BlockRefusal(one.Route.Key, WordsOf(one.Why)))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlockRefusal>> AnnounceAsync(
        IReadOnlyList<IPlannedBlock> missing, CancellationToken cancel)
    {
        var refused = await _router.AnnounceAsync([.. missing.Cast<PlannedRoute>()], _options.Instance, cancel);
        return [.. refused.Select(one => new BlockRefusal(one.Route.Key, WordsOf(one.Why)))];
    }

    /// <inheritdoc/>
    public async Task<BlockReach> ReachAsync(IReadOnlyList<IPlannedBlock> plan, CancellationToken cancel)
    {
        var planned = plan.Select(block => block.Key).ToHashSet();
        var families = plan.Cast<PlannedRoute>().Select(route => route.Family).Distinct().ToList();
        Dictionary<object, int> confirmed = [];
        List<BlockPeer> peers = [];
        foreach (var peer in await _router.PeersAsync(cancel))
        {
            HashSet<object> sent = [];
            foreach (var family in peer.IsEstablished ? families : [])
            {
                foreach (var route in await _router.AdvertisedAsync(peer.Address, family, cancel))
                {
                    if (route.IsOf(_options) && planned.Contains(route.Key))
                    {
                        _ = sent.Add(route.Key);
                    }
                }
            }

            foreach (var key in sent)
            {
                confirmed[key] = confirmed.GetValueOrDefault(key) + 1;
            }

            peers.Add(new(
                peer.Address, peer.IsEstablished, peer.IsEstablished && sent.Count >= plan.Count,
                FormattableString.Invariant(
                    $"{(peer.IsEstablished ? "established" : "down")}, {(sent.Count == 1 ? "is sent 1 route" : $"is sent {sent.Count} routes")}")));
        }

        return new(confirmed, Needed: 1, peers);
    }

    /// <inheritdoc/>
    public void Dispose() => _router.Dispose();

    private string WordsOf(string why) => _isForLines ? "the router refused the rule; see its own log" : why;
}
