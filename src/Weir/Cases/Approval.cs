// SPDX-License-Identifier: Apache-2.0
using Weir.Flows;

namespace Weir.Cases;

/// <summary>
/// Leave of two people in different roles for one act, until a time (rules.md R9, R11). Only the case desk makes one, so
/// what needs it cannot happen without a decision behind it.
/// </summary>
public sealed record Approval
{
    internal Approval(CaseId id, string target, string askedBy, string givenBy, DateTimeOffset endsAt, bool isForBlock) =>
        (Case, Target, AskedBy, GivenBy, EndsAt, IsForBlock) = (id, target, askedBy, givenBy, endsAt, isForBlock);

    public CaseId Case { get; }

    /// <summary>What it is about, as a line of text: for a block the canonical line of its target.</summary>
    public string Target { get; }

    public string AskedBy { get; }

    public string GivenBy { get; }

    public DateTimeOffset EndsAt { get; }

    /// <summary>Whether the act is a block.</summary>
    public bool IsForBlock { get; }
}
