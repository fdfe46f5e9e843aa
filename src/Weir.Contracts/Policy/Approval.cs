// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Policy;

/// <summary>
/// Leave of two people in different roles for one act, until a time (rules.md R9, R11). Only the case desk makes
/// one, so what needs it cannot happen without a decision behind it.
/// </summary>
public sealed record Approval
{
    internal Approval(StoredApproval given, DateTimeOffset endsAt) => (Given, EndsAt) = (given, endsAt);

    /// <summary>What was asked and given, by whom and why.</summary>
    public StoredApproval Given { get; }

    public Permission Deed => Given.Deed;

    public CaseId Case => Given.Case;

    public ScopeId Scope => Given.Scope;

    public string Target => Given.Target;

    public DateTimeOffset EndsAt { get; }

    /// <summary>Who asked.</summary>
    public string AskedBy => Given.AskedBy;

    /// <summary>Who gave the second leave; never the one who asked.</summary>
    public string GivenBy => Given.GivenBy;

    /// <summary>Whether the act is a block.</summary>
    public bool IsForBlock => Deed == Permission.Block;
}
