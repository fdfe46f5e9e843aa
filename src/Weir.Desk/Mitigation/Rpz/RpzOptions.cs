// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Hosting.Sections;

namespace Weir.Desk.Mitigation.Rpz;

/// <summary>Settings of the policy zone.</summary>
public sealed record RpzOptions
{
    /// <summary>Name of the zone, without its last dot. Default <c>rpz.weir</c>.</summary>
    public string Zone { get; init; } = "rpz.weir";

    /// <summary>The file the resolvers load.</summary>
    public required string File { get; init; }

    /// <summary>Name of the walled garden, without its last dot; empty where there is none.</summary>
    public string Garden { get; init; } = "";

    /// <summary>How long an answer may be kept, s, 1 to 86,400. Default 60: a lease that ends is felt
    /// within a minute.</summary>
    public int TtlSeconds { get; init; } = 60;

    /// <summary>Those that load the file.</summary>
    public IReadOnlyList<Resolver> Resolvers { get; init; } = [];

    /// <summary>What is answered as ever, whatever is blocked.</summary>
    public ExemptOptions Exempt { get; init; } = new();

    /// <summary>What an operator should mend.</summary>
    public IEnumerable<string> Faults()
    {
        if (!DomainName.IsValid(Zone))
        {
            yield return $"blocking.rpz.zone: '{Zone}' is no domain name";
        }

        if (Garden.Length > 0 && !DomainName.IsValid(Garden))
        {
            yield return $"blocking.rpz.garden: '{Garden}' is no domain name";
        }

        if (TtlSeconds is < 1 or > 86_400)
        {
            yield return $"blocking.rpz.ttl: {TtlSeconds} s is not within 1 to 86,400";
        }
    }
}
