// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.GoBgp;

namespace Weir.Vault.LineRoutes;

/// <summary>The vault's own router; the section <c>vault.line-routes</c>.</summary>
public sealed record LineRouteOptions
{
    /// <summary>gRPC address of a GoBGP that exports only.</summary>
    public required GoBgpAddress Router { get; init; }

    /// <summary>How routes are written; its instance is another than the desk's, where both use one GoBGP.</summary>
    public required RouteOptions Routes { get; init; }

    /// <summary>Longest life of a route. Default 14 d.</summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Most routes that begin within an hour. Default 100.</summary>
    public int MaxPerHour { get; init; } = 100;

    /// <summary>Shortest IPv6 prefix of a line. Default 56; an IPv4 line is one address.</summary>
    public int ShortestLineV6 { get; init; } = 56;
}
