// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Policy;

/// <summary>Something one person asked for and a second has to give.</summary>
public sealed record StoredApproval
{
    public required ulong Number { get; init; }

    public required Permission Deed { get; init; }

    public CaseId Case { get; init; }

    public ScopeId Scope { get; init; }

    /// <summary>What it is about where it is no scope: a candidate, an endpoint.</summary>
    public string Target { get; init; } = "";

    /// <summary>The planned block that it is to put in force; 0 for none. Several lines may have the same
    /// target.</summary>
    public LeaseId Lease { get; init; }

    public required string AskedBy { get; init; }

    public required Role AskedRole { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public string GivenBy { get; init; } = "";

    public Role GivenRole { get; init; }

    public DateTimeOffset? GivenAt { get; init; }

    /// <summary>Both signatures as <c>SignedApproval</c> writes them; empty where nothing is signed: in a
    /// lab.</summary>
    public string Signed { get; init; } = "";
}
