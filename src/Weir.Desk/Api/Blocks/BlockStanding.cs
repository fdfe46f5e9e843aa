// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.GoBgp;
using Weir.Desk.Mitigation.Rpz;

namespace Weir.Desk.Api.Blocks;

/// <summary>What routers and resolvers hold, as they answered.</summary>
/// <param name="blocks">What they should hold.</param>
/// <param name="router">Null where no GoBGP is configured.</param>
/// <param name="zone">Null where no zone is configured.</param>
internal sealed class BlockStanding(
    MitigationController blocks, RouteReconciler? router, PolicyZonePublisher? zone)
{
    public const string DryRun = "dry run: nothing is announced (blocking.enabled)";

    /// <summary>The whole first, then each that was asked.</summary>
    public IEnumerable<StandingPart> Parts()
    {
        var inForce = blocks.Active.Count(l => l.IsInForceAt(blocks.Now));
        var unread = blocks.Active.Count - inForce;
        yield return new("blocks", blocks.Lost.Length == 0 && unread == 0, blocks.Lost.Length > 0 ? blocks.Lost
            : !blocks.IsEnforced ? DryRun
            : FormattableString.Invariant($"{inForce} in force, {unread} not in force: no router or resolver confirmed them"), null);
        foreach (var part in Routers().Concat(Resolvers()))
        {
            yield return part;
        }
    }

    private IEnumerable<StandingPart> Routers()
    {
        if (router?.Status is not { } status)
        {
            yield break;
        }

        yield return new("router", status.IsReachable && status.Held == status.Planned, status.IsReachable
            ? FormattableString.Invariant(
                $"{status.Held} of {status.Planned} routes held, {status.Refused} refused, ")
                + FormattableString.Invariant($"{status.Foreign} of others left alone")
            : status.Fault, status.RoundAt);
        foreach (var peer in status.Peers)
        {
            yield return new(
                $"neighbour {peer.Address}", peer.IsEstablished,
                FormattableString.Invariant(
                    $"{(peer.IsEstablished ? "established" : "down")}, is sent {peer.Advertised} routes"),
                status.RoundAt);
        }
    }

    private IEnumerable<StandingPart> Resolvers()
    {
        if (zone?.Status is not { } status)
        {
            yield break;
        }

        yield return new("zone", status.Fault.Length == 0, status.Fault.Length > 0
            ? status.Fault
            : FormattableString.Invariant($"serial {status.Serial}, {status.Leases} blocks"), status.RoundAt);
        foreach (var resolver in status.Resolvers)
        {
            yield return new($"resolver {resolver.Name}", resolver.Serial == status.Serial, resolver.Fault.Length > 0
                ? resolver.Fault
                : FormattableString.Invariant($"serial {resolver.Serial}"), status.RoundAt);
        }
    }
}
