// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Desk.Mitigation;

/// <summary>Networks that are never blocked, and why.</summary>
/// <param name="Why">The word in a refusal: <c>own</c>, <c>resolver</c>, <c>relay</c>, <c>cloud</c>, or one of the
/// configuration.</param>
/// <param name="Networks">The networks.</param>
public sealed record NeverBlock(string Why, ImmutableArray<Prefix> Networks);

/// <summary>Settings of blocking; the <c>blocking</c> section of <c>weir.yaml</c>.</summary>
public sealed record MitigationOptions
{
    /// <summary>Whether routers and resolvers are told. Default no: everything is planned and shown,
    /// nothing is done.</summary>
    public bool Enforce { get; init; }

    /// <summary>The provider's own networks; a line has to lie in them, a far end may not.</summary>
    public ImmutableArray<Prefix> Own { get; init; } = [];

    /// <summary>Resolvers, mail relays, clouds and whatever else stays reachable.</summary>
    public ImmutableArray<NeverBlock> Never { get; init; } = [];

    /// <summary>What neither a block nor a garden touches.</summary>
    public ExemptOptions Exempt { get; init; } = new();

    /// <summary>Domains that stay reachable, with all below them.</summary>
    public ImmutableArray<string> NeverDomains { get; init; } = [];

    /// <summary>Whether there is a walled garden to send to. Default no.</summary>
    public bool HasGarden { get; init; }

    /// <summary>How counts of subjects are shown. Default exactly, which only the lab may.</summary>
    public CountRounding Shown { get; init; }

    /// <summary>Leases in force at once, for each kind, 1 to 100,000. Default 10,000.</summary>
    [Range(1, 100_000)]
    public int MaxActive { get; init; } = 10_000;

    /// <summary>Leases approved within an hour, for each kind, 1 to 100,000. Default 100.</summary>
    [Range(1, 100_000)]
    public int MaxPerHour { get; init; } = 100;

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

    /// <summary>Longest life of a block, 1 h to 90 d. Default 14 d.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "90.00:00:00")]
    public TimeSpan MaxLifetime { get; init; } = MitigationOrder.DefaultLength;

    /// <summary>Evidence has stopped when nobody tried to reach what is blocked for this long, 1 h to
    /// 90 d. Default 7 d.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "90.00:00:00")]
    public TimeSpan EvidenceStops { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How old a count of collateral may be, 1 h to 30 d. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan CollateralValidFor { get; init; } = TimeSpan.FromHours(24);
}
