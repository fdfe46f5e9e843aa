// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel.DataAnnotations;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation.Rpz;
using Weir.Hosting.Configuration;
using Weir.Hosting.GoBgp;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Desk.Mitigation;

/// <summary>Networks that are never blocked, and why.</summary>
public sealed record NeverBlock
{
    [Setting("The word that a refusal gives as its reason.", Required = true, Example = "cloud")]
    public string Why { get; init; } = "";

    [Setting("The networks.", Example = "198.51.100.0/24")]
    public IReadOnlyList<Prefix> Networks { get; init; } = [];
}

/// <summary>Blocks on routers and resolvers; the section <c>blocking</c>.</summary>
public sealed record MitigationOptions : ISection
{
    private static readonly RouteOptions Usual = new() { Asn = 0 };

    [Setting("Whether routers and resolvers are told. `false` is a dry run: blocks are planned, approved and "
        + "shown, and nothing is announced.", Key = "enabled")]
    public bool Enforce { get; init; }

    [Setting(
        "gRPC address of GoBGP, which announces to the provider's routers: `127.0.0.1:50051`, the same as a URL, or "
        + "`unix:/path` for a socket. Without it there are no blocks on routers.",
        Example = "127.0.0.1:50051")]
    public GoBgpAddress? Gobgp { get; init; }

    [Setting("The provider's AS number; needed with `gobgp`.", Min = "1", Max = "4294967295", Example = "64500")]
    public uint? Asn { get; init; }

    [Setting("Which Weir this is, where several announce into one GoBGP: it withdraws routes of its own number alone. "
        + "Without it a number is drawn at the first start and kept beside the journal of blocks.", Min = "1",
        Max = "4294967295")]
    public uint? Instance { get; init; }

    [Setting("Communities of blackholes. NO_EXPORT is always beside them.")]
    public IReadOnlyList<string> Communities { get; init; } = [.. Usual.BlackholeCommunities.Select(c => c.ToString())];

    [Setting("Next hop of IPv4 blackholes: one that the routers send to nowhere.")]
    public Prefix BlackholeNextHop { get; init; } = new(Usual.BlackholeV4, 128);

    [Setting("Next hop of IPv6 blackholes.")]
    public Prefix BlackholeNextHopV6 { get; init; } = new(Usual.BlackholeV6, 128);

    [Setting("Networks that are never blocked, beside the provider's own: resolvers, mail relays, clouds. "
        + "`attributing.excluded` is always among them.")]
    public IReadOnlyList<NeverBlock> Never { get; init; } = [];

    [Setting("Domains that are never blocked, with all below and above them.", Example = "example.org")]
    public IReadOnlyList<string> NeverDomains { get; init; } = [];

    [Setting("Blocks in force at once, for each kind.", Key = "most-in-force", Min = "1", Max = "100000")]
    public int MaxActive { get; init; } = 10_000;

    [Setting("Blocks approved within an hour, for each kind.", Key = "most-an-hour", Min = "1", Max = "100000")]
    public int MaxPerHour { get; init; } = 100;

    [Setting("How long a block lasts unless less is asked for.", Min = "1h", Max = "90d")]
    public TimeSpan Lease { get; init; } = MitigationOrder.DefaultLength;

    [Setting("A block is withdrawn when nobody tried to reach what it blocks for this long.", Min = "1h", Max = "90d")]
    public TimeSpan EvidenceStops { get; init; } = TimeSpan.FromDays(7);

    [Setting("The policy zone of the resolvers.")]
    public RpzOptions Rpz { get; init; } = new();

    /// <summary>The provider's own networks; a line has to lie in them, a far end may not.</summary>
    public IReadOnlyList<Prefix> Own { get; init; } = [];

    /// <summary>What neither a block nor a garden touches.</summary>
    public ExemptOptions Exempt { get; init; } = new();

    /// <summary>How counts of subjects are shown. Default exactly, which only the lab may.</summary>
    public CountRounding Shown { get; init; }

    /// <summary>Shortest IPv4 prefix of a far end, 8 to 32. Default 32: one host.</summary>
    [Range(8, 32)]
    public int ShortestV4 { get; init; } = 32;

    /// <summary>Shortest IPv6 prefix of a far end, 32 to 128. Default 128: one host.</summary>
    [Range(32, 128)]
    public int ShortestV6 { get; init; } = 128;

    /// <summary>Shortest IPv6 prefix of a line, 48 to 128. Default 56. An IPv4 line is one address.</summary>
    [Range(48, 128)]
    public int ShortestLineV6 { get; init; } = 56;

    /// <summary>A plan that nobody approves is void after this, 1 h to 30 d. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan PlanValidFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Longest life of a block, as the policy has it, 1 h to 90 d. Default 14 d.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "90.00:00:00")]
    public TimeSpan MaxLifetime { get; init; } = MitigationOrder.DefaultLength;

    /// <summary>How old a count of collateral may be, 1 h to 30 d. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan CollateralValidFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether there is a walled garden to send to.</summary>
    public bool HasGarden => Backends.Any(backend => backend.HasGarden);

    /// <summary>The sections of backends.</summary>
    internal IEnumerable<IMitigationBackendOptions> Backends =>
        Schema.Sections(this).OfType<IMitigationBackendOptions>();

    /// <summary>Domains that are never blocked, in lower case, without the last dot.</summary>
    internal IEnumerable<string> NeverNames => NeverDomains.Select(domain => domain.TrimEnd('.').ToLowerInvariant());

    /// <summary>How routes look.</summary>
    internal RouteOptions Routes => new()
    {
        Asn = Asn ?? 0,
        Instance = Instance ?? Usual.Instance,
        BlackholeV4 = BlackholeNextHop.Network,
        BlackholeV6 = BlackholeNextHopV6.Network,
        BlackholeCommunities = [.. Communities.Select(text => Community.TryParse(text, out var community)
            ? community
            : throw new InvalidOperationException($"{text} is no community"))],
    };

    public void Validate(SectionFaults faults)
    {
        if (Enforce && Gobgp is null && !Backends.Any(backend => backend.IsConfigured))
        {
            faults.Add("enabled", "is true, and there is neither a router nor a resolver to tell; name "
                + $"blocking.gobgp or {string.Join(" or ", Backends.Select(backend => $"blocking.{backend.Switch}"))}");
        }

        if (Gobgp is not null && Asn is null)
        {
            faults.Add(
                "asn", "is missing: routes and what marks them as Weir's carry the provider's AS number; write it");
        }

        for (var i = 0; i < Communities.Count; i++)
        {
            if (!Community.TryParse(Communities[i], out _))
            {
                faults.Add($"communities[{i}]", $"is '{Communities[i]}'; write two numbers up to 65535 with a colon, "
                    + "such as \"65535:666\"");
            }
        }

        if (BlackholeNextHop is not { IsV4: true, Length: 128 })
        {
            faults.Add("blackhole-next-hop", $"is {BlackholeNextHop}; it must be one IPv4 address");
        }

        if (BlackholeNextHopV6 is not { IsV4: false, Length: 128 })
        {
            faults.Add("blackhole-next-hop-v6", $"is {BlackholeNextHopV6}; it must be one IPv6 address");
        }

        for (var i = 0; i < NeverDomains.Count; i++)
        {
            if (!MitigationTarget.IsDomain(NeverDomains[i]))
            {
                faults.Add($"never-domains[{i}]",
                    $"is '{NeverDomains[i]}', which is no domain name; write one such as example.org");
            }
        }
    }
}
