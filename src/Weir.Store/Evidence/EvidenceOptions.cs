// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;

namespace Weir.Store.Evidence;

/// <summary>The release of evidence.</summary>
public sealed record EvidenceOptions
{
    /// <summary>Folder of what must not come back after it was erased.</summary>
    public required string Folder { get; init; }

    /// <summary>Whose word counts: the types of <see cref="ScopeGrounds.Kinds"/>, the keys of collectors, of the vault
    /// and of this store.</summary>
    public required PublicKeyRing Ring { get; init; }

    /// <summary>How far a scope may reach.</summary>
    public ScopeLimits Limits { get; init; } = ScopeLimits.Default;

    /// <summary>How long after a scope's last possible flow it is still read; null for ever, in a lab, whose flows may
    /// be of years ago. Default 90 days, which rules.md R10 names as the most that evidence is kept.</summary>
    public TimeSpan? Retention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long rows of an erased scope may still be on their way. Default 30 days.</summary>
    public TimeSpan LongestWay { get; init; } = TimeSpan.FromDays(30);
}
