// SPDX-License-Identifier: Apache-2.0
//
// From leases to what each router should hold: a pure function. Nothing that happened before plays a part, so a route
// is there because a lease is, and for no other reason. Where two leases come to the same NLRI, the stricter action
// holds.
using System.Collections.Immutable;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Blocking;
using Weir.Wire;

namespace Weir.Hosting.GoBgp;

/// <summary>How routes are written, for one AS and one Weir.</summary>
public sealed record RouteOptions
{
    /// <summary>First part of what marks a route as Weir's: "Weir" in ASCII.</summary>
    private const uint Mark = 0x5765_6972;

    /// <summary>The provider's AS.</summary>
    public required uint Asn { get; init; }

    /// <summary>Which Weir, where several announce into one router; 1 to 4,294,967,295. Default 1.</summary>
    public uint Instance { get; init; } = 1;

    /// <summary>Next hop of IPv4 blackholes: one that the routers send to nowhere. Default 192.0.2.1 (RFC 5635
    /// §4 by example).</summary>
    public IpKey BlackholeV4 { get; init; } = IpKey.FromV4(0xC000_0201);

    /// <summary>Next hop of IPv6 blackholes. Default 100::1, of the discard-only prefix (RFC 6666).</summary>
    public IpKey BlackholeV6 { get; init; } = new(new UInt128(0x0100_0000_0000_0000, 1));

    /// <summary>Communities of blackholes. Default 65535:666 (RFC 7999). NO_EXPORT is always beside them.</summary>
    public ImmutableArray<Community> BlackholeCommunities { get; init; } = [Community.Blackhole];

    /// <summary>What tells a route of ours from others (RFC 8092): <c>ASN:1466263922:INSTANCE</c>.</summary>
    public LargeCommunity Marker => new(Asn, Mark, Instance);
}

/// <summary>One route as it should stand.</summary>
/// <param name="Target">What it stops; the strictest, where leases agree in the NLRI.</param>
/// <param name="Family">Its family.</param>
/// <param name="Nlri">Its octets, with their length before them.</param>
/// <param name="Leases">The leases it stands for.</param>
public sealed record PlannedRoute(
    MitigationTarget Target, RouteFamily Family, ImmutableArray<byte> Nlri, ImmutableArray<LeaseId> Leases)
    : IPlannedBlock
{
    public RouteTraits Traits { get; init; } = new();

    /// <summary>Family and octets: the same for the same route.</summary>
    public RouteKey Key => new(Family, Convert.ToHexString(Nlri.AsSpan()));

    object IPlannedBlock.Key => Key;

    bool IPlannedBlock.IsHeldAs(IHeldBlock held) => held is InstalledRoute there && there.Traits == Traits;
}

/// <summary>What a router knows a route by.</summary>
public readonly record struct RouteKey(RouteFamily Family, string Octets);

/// <summary>The routes of all leases in force.</summary>
public sealed class RoutePlan
{
    private RoutePlan(ImmutableArray<PlannedRoute> routes) => Routes = routes;

    /// <summary>Ordered by family and octets.</summary>
    public ImmutableArray<PlannedRoute> Routes { get; }

    /// <summary>What should be announced at a moment: routes of leases that are approved, not over, and know
    /// what they are for.</summary>
    public static RoutePlan Create(IEnumerable<Lease> leases, RouteOptions options, DateTimeOffset now)
    {
        var routes = leases
            .Where(lease => lease.IsActiveAt(now) && lease.Target.IsRoute)
            .GroupBy(lease => KeyOf(lease.Target))
            .Select(group => Route(group.Key, [.. group], options))
            .OrderBy(route => (route.Family.Afi, route.Family.Safi))
            .ThenBy(route => route.Key.Octets, StringComparer.Ordinal)
            .ToImmutableArray();
        return new(routes);
    }

    internal static RouteKey KeyOf(MitigationTarget target) =>
        new(FamilyOf(target), Convert.ToHexString(NlriOf(target)));

    /// <summary>The NLRI of a target: a rule, or a prefix (RFC 4271 §4.3).</summary>
    internal static byte[] NlriOf(MitigationTarget target)
    {
        var isV4 = FamilyOf(target).IsV4;
        if (target.Kind == MitigationKind.Blackhole)
        {
            var remote = target.Remote!.Value;
            var octets = remote.Network.ToIPAddress().GetAddressBytes();
            return [(byte)remote.WrittenLength, .. octets[..((remote.WrittenLength + 7) / 8)]];
        }

        var rule = new FlowSpecNlri(isV4);
        if (target.Remote is { } destination)
        {
            _ = rule.Prefix(FlowSpecType.Destination, destination);
        }

        if (target.Line is { } line)
        {
            _ = rule.Prefix(FlowSpecType.Source, line);
        }

        _ = rule.AnyOf(FlowSpecType.Protocol, target.Protocol);
        if (!target.Ports.IsEmpty)
        {
            _ = rule.AnyOf(FlowSpecType.DestinationPort, target.Ports.AsSpan());
        }

        if (target.LinePort != 0)
        {
            _ = rule.AnyOf(FlowSpecType.SourcePort, target.LinePort);
        }

        return rule.ToOctets();
    }

    private static RouteFamily FamilyOf(MitigationTarget target) =>
        (target.Kind, (target.Remote ?? target.Line)!.Value.IsV4) switch
        {
            (MitigationKind.Blackhole, true) => RouteFamily.Ipv4,
            (MitigationKind.Blackhole, false) => RouteFamily.Ipv6,
            (_, true) => RouteFamily.FlowSpec4,
            _ => RouteFamily.FlowSpec6,
        };

    private static PlannedRoute Route(RouteKey key, IReadOnlyList<Lease> leases, RouteOptions options)
    {
        var target = leases.Select(l => l.Target)
            .OrderBy(Strictness).ThenBy(t => t.ToString(), StringComparer.Ordinal).First();
        return new PlannedRoute(target, key.Family, [.. Convert.FromHexString(key.Octets)], [
            .. leases.Select(l => l.Id).OrderBy(id => id.Number)])
        {
            Traits = TraitsOf(target, key.Family, options),
        };
    }

    /// <summary>Nothing before something elsewhere, before a little; of two rates the lower.</summary>
    private static (int Order, uint Rate) Strictness(MitigationTarget target) => target.Action switch
    {
        MitigationAction.Discard => (0, 0),
        MitigationAction.Redirect => (1, 0),
        _ => (2, target.Rate),
    };

    private static RouteTraits TraitsOf(MitigationTarget target, RouteFamily family, RouteOptions options) => new()
    {
        // A rule has no next hop (RFC 8955 §5); GoBGP wants one all the same, drops the unspecified address, and
        // shows it again.
        NextHop = family.IsFlowSpec ? default : family.IsV4 ? options.BlackholeV4 : options.BlackholeV6,
        Communities = family.IsFlowSpec
            ? [Community.NoExport]
            : [.. options.BlackholeCommunities.Append(Community.NoExport).Distinct().Order()],
        Extended = !family.IsFlowSpec ? [] : target.Action switch
        {
            MitigationAction.Rate => [ExtendedCommunity.TrafficRate(options.Asn, target.Rate)],
            MitigationAction.Redirect => [ExtendedCommunity.Redirect(target.RedirectTo)],
            _ => [ExtendedCommunity.TrafficRate(options.Asn, 0)],
        },
        Large = [options.Marker],
    };
}
