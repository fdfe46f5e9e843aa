// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Mitigation;
using Weir.Hosting.Configuration;
using Weir.Hosting.GoBgp;
using Weir.Wire;

namespace Weir.Cli.Configuring;

internal sealed record BlockingSettings
{
    [Setting("Whether routers and resolvers are told. `false` is a dry run: blocks are planned, approved and "
        + "shown, and nothing is announced.")]
    public bool Enabled { get; init; }

    [Setting(
        "gRPC address of GoBGP, which announces to the provider's routers: `127.0.0.1:50051`, the same as a URL, or "
        + "`unix:/path` for a socket. Without it there are no blocks on routers.",
        Example = "127.0.0.1:50051")]
    public GoBgpAddress? Gobgp { get; init; }

    [Setting("The provider's AS number; needed with `gobgp`.", Min = "1", Max = "4294967295", Example = "64500")]
    public long? Asn { get; init; }

    [Setting("Which Weir this is, where several announce into one GoBGP.", Min = "1", Max = "4294967295")]
    public long Instance { get; init; } = 1;

    [Setting("Communities of blackholes. NO_EXPORT is always beside them.")]
    public IReadOnlyList<string> Communities { get; init; } = ["65535:666"];

    [Setting("Next hop of IPv4 blackholes: one that the routers send to nowhere.")]
    public Prefix BlackholeNextHop { get; init; } = Prefix.Parse("192.0.2.1");

    [Setting("Next hop of IPv6 blackholes.")]
    public Prefix BlackholeNextHopV6 { get; init; } = Prefix.Parse("100::1");

    [Setting("Networks that are never blocked, beside the provider's own: resolvers, mail relays, clouds. "
        + "`attributing.excluded` is always among them.")]
    public IReadOnlyList<NeverBlockSettings> Never { get; init; } = [];

    [Setting("Domains that are never blocked, with all below and above them.", Example = "example.org")]
    public IReadOnlyList<string> NeverDomains { get; init; } = [];

    [Setting("Blocks in force at once, for each kind.", Min = "1", Max = "100000")]
    public int MostInForce { get; init; } = 10_000;

    [Setting("Blocks approved within an hour, for each kind.", Min = "1", Max = "100000")]
    public int MostAnHour { get; init; } = 100;

    [Setting("How long a block lasts unless less is asked for.", Min = "1h", Max = "90d")]
    public TimeSpan Lease { get; init; } = MitigationOrder.DefaultLength;

    [Setting("A block is withdrawn when nobody tried to reach what it blocks for this long.", Min = "1h", Max = "90d")]
    public TimeSpan EvidenceStops { get; init; } = TimeSpan.FromDays(7);

    [Setting("The policy zone of the resolvers.")]
    public PolicyZoneSettings Rpz { get; init; } = new();
}

internal sealed record NeverBlockSettings
{
    [Setting("The word that a refusal gives as its reason.", Required = true, Example = "cloud")]
    public string Why { get; init; } = "";

    [Setting("The networks.", Example = "198.51.100.0/24")]
    public IReadOnlyList<Prefix> Networks { get; init; } = [];
}

internal sealed record PolicyZoneSettings
{
    [Setting(
        "The zone's file, written by Weir and loaded by the resolvers. Without it there are no blocks on resolvers.",
        Example = "/var/lib/weir/rpz/rpz.weir.zone")]
    public string? File { get; init; }

    [Setting("Name of the zone.")]
    public string Zone { get; init; } = "rpz.weir";

    [Setting("Name of the walled garden that blocked names lead to.", Example = "garden.example.net")]
    public string? Garden { get; init; }

    [Setting("How long an answer may be kept.", Min = "1s", Max = "1d")]
    public TimeSpan Ttl { get; init; } = TimeSpan.FromMinutes(1);

    [Setting("The resolvers that load it.")]
    public IReadOnlyList<ResolverSettings> Resolvers { get; init; } = [];
}

internal sealed record ResolverSettings
{
    [Setting("Name shown.", Required = true, Example = "ns1")]
    public string Name { get; init; } = "";

    [Setting("What it is told by: `bind` by rndc, `unbound` by unbound-control.")]
    public ResolverKind Kind { get; init; } = ResolverKind.Bind;

    [Setting("Arguments of that program before its command: which server, which key.", Example = "\"-c\"")]
    public IReadOnlyList<string> Arguments { get; init; } = [];
}

internal enum ResolverKind
{
    Bind,
    Unbound,
}
