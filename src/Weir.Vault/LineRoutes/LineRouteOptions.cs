// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;
using Weir.Hosting.GoBgp;

namespace Weir.Vault.LineRoutes;

/// <summary>The vault's own router; the section <c>vault.line-routes</c>.</summary>
public sealed record LineRouteOptions : ISection
{
    [Setting("gRPC address of a GoBGP that exports only: `127.0.0.1:50051`, or `unix:/path` for a socket.",
        Example = "unix:/run/weir-vault/gobgp.sock")]
    public GoBgpAddress? Gobgp { get; init; }

    [Setting("The provider's AS number; needed with `gobgp`.", Min = "1", Max = "4294967295", Example = "64500")]
    public uint? Asn { get; init; }

    [Setting("Which Weir this is, where several announce into one GoBGP; another than `blocking.instance`. Without it "
        + "a number is drawn at the first start and kept in `vault.dir`.", Min = "1", Max = "4294967295")]
    public uint? Instance { get; init; }

    [Setting("Routes of lines that begin within an hour.", Key = "most-an-hour", Min = "1", Max = "100000")]
    public int MaxPerHour { get; init; } = 100;

    /// <summary>Longest life of a route, as the policy has it. Default 14 d.</summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Shortest IPv6 prefix of a line. Default 56; an IPv4 line is one address.</summary>
    public int ShortestLineV6 { get; init; } = 56;

    /// <summary>Number of every vault before numbers were drawn.</summary>
    internal const uint UsualInstance = 2;

    /// <summary>How routes are written.</summary>
    internal RouteOptions Routes => new() { Asn = Asn ?? 0, Instance = Instance ?? UsualInstance };

    public void Validate(SectionFaults faults)
    {
        if (Gobgp is not null && Asn is null)
        {
            faults.Add("asn", "is missing: routes are written for the provider's AS; write it");
        }
    }
}
