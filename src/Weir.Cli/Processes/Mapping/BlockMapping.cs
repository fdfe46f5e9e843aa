// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.GoBgp;
using Weir.Desk.Mitigation.Rpz;
using Weir.Desk.Policy;
using Weir.Hosting.GoBgp;
using Weir.Hosting.Sections;
using Weir.Wire;
using RouteOptions = Weir.Hosting.GoBgp.RouteOptions;

namespace Weir.Cli.Processes.Mapping;

/// <summary>The <c>blocking</c> section as the desk and its keepers take it.</summary>
internal static class BlockMapping
{
    public static MitigationOptions Desk(WeirConfiguration settings, PolicyProfile policy)
    {
        var blocking = settings.Blocking;
        var excluded = settings.Attributing.Excluded;
        return new MitigationOptions
        {
            Enforce = blocking.Enabled,
            Own = [.. settings.Attributing.Networks.Select(n => n.Prefix)],
            Never =
            [
                new("resolver", [.. excluded.Resolvers]), new("relay", [.. excluded.Relays]),
                new("monitoring", [.. excluded.Monitoring]),
                .. blocking.Never.Select(never => new NeverBlock(never.Why, [.. never.Networks])),
            ],
            Exempt = settings.Escalating.Exempt,
            NeverDomains = [.. blocking.NeverDomains],
            Shown = policy.ShowsSubjects ? default : new CountRounding(policy.K, policy.Rounding),
            HasGarden = blocking.Rpz.Garden is not null,
            MaxActive = blocking.MostInForce,
            MaxPerHour = blocking.MostAnHour,
            MaxLifetime = TimeSpan.FromDays(policy.BlockDays),
            EvidenceStops = blocking.EvidenceStops,
        };
    }

    /// <summary>The provider's routers; null where no GoBGP is configured.</summary>
    public static GoBgpOptions? GoBgp(BlockingSettings settings) =>
        settings.Gobgp is { } address ? new(address, Routes(settings)) : null;

    /// <summary>The resolvers; null where no zone is configured.</summary>
    public static RpzOptions? Rpz(WeirConfiguration settings) => settings.Blocking.Rpz is { File: { } file } rpz
        ? WithResolvers(Zone(rpz, file, settings.Escalating.Exempt), rpz.Resolvers)
        : null;

    public static RouteOptions Routes(BlockingSettings settings) => new()
    {
        Asn = (uint)settings.Asn!.Value,
        Instance = (uint)settings.Instance,
        BlackholeV4 = settings.BlackholeNextHop.Network,
        BlackholeV6 = settings.BlackholeNextHopV6.Network,
        BlackholeCommunities = [.. settings.Communities.Select(text => Community.TryParse(text, out var community)
            ? community
            : throw new ArgumentException($"{text} is no community"))],
    };

    private static RpzOptions Zone(PolicyZoneSettings settings, string file, ExemptOptions? exempt = null) =>
        new()
        {
            File = Path.GetFullPath(file),
            Zone = settings.Zone,
            Garden = settings.Garden ?? "",
            TtlSeconds = (int)settings.Ttl.TotalSeconds,
            Exempt = exempt ?? new()
        };

    private static RpzOptions WithResolvers(RpzOptions zone, IReadOnlyList<ResolverSettings> resolvers) => zone with
    {
        Resolvers =
        [
            .. resolvers.Select(r => r.Kind == ResolverKind.Bind
                ? Resolver.Bind(r.Name, zone, [.. r.Arguments])
                : Resolver.Unbound(r.Name, zone, [.. r.Arguments])),
        ],
    };
}
