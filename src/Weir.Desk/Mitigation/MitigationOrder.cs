// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Wire;

namespace Weir.Desk.Mitigation;

/// <summary>An order to put a planned block in force. It carries who gave leave, is for what leave was given for, and
/// ends no later than the leave does.</summary>
public sealed record MitigationOrder
{
    /// <summary>How long a block lasts unless said otherwise (rules.md R15).</summary>
    public static readonly TimeSpan DefaultLength = TimeSpan.FromDays(14);

    private readonly DateTimeOffset _leaveEndsAt;

    /// <summary>By leave of two people.</summary>
    /// <exception cref="ArgumentException">The approval is for another act or another target.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The block would outlive its approval.</exception>
    public MitigationOrder(Approval approval, Lease planned, DateTimeOffset endsAt)
    {
        if (!approval.IsForBlock || approval.Target != planned.Target.ToString())
        {
            throw new ArgumentException(
                $"The approval is not for '{planned.Target.Shown}'; ask for one that is.", nameof(approval));
        }

        _leaveEndsAt = approval.EndsAt;
        (ApprovedBy, Grounds) = ($"{approval.AskedBy}, {approval.GivenBy}", "");
        Approval = SignedEntries.NumberOf(SignedApproval.FromJson(approval.Given.Signed));
        Lease = planned.Id;
        EndsAt = endsAt;
    }

    /// <summary>By leave of the rules: for one line, and for what its scope names.</summary>
    /// <exception cref="ArgumentException">The leave is for another act, another case or another target.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The block would outlive its leave.</exception>
    public MitigationOrder(AutomaticAuthorization leave, Lease planned, DateTimeOffset endsAt)
    {
        if (leave.Action != ScopeActions.Block || planned.Case != leave.Case || !IsFor(leave.Target, planned.Target))
        {
            throw new ArgumentException(
                $"The leave is not for '{planned.Target.Shown}'; decide about that.", nameof(leave));
        }

        _leaveEndsAt = leave.EndsAt;
        (ApprovedBy, Grounds) = (MitigationLog.Machine, $"{leave.Scope}: {leave.Grounds}");
        Lease = planned.Id;
        EndsAt = endsAt;
    }

    /// <summary>Who gave leave: two people, or <c>weir</c>.</summary>
    public string ApprovedBy { get; }

    /// <summary>What the rules rest their leave on; empty where people gave theirs.</summary>
    public string Grounds { get; }

    /// <summary>Number of what two people signed; empty where the rules gave leave, and in the lab.</summary>
    public string Approval { get; } = "";

    /// <summary>The planned lease it puts in force.</summary>
    public LeaseId Lease { get; }

    /// <summary>When routers and resolvers let go, UTC.</summary>
    public DateTimeOffset EndsAt
    {
        get;
        private init => field = value <= _leaveEndsAt
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), "A block may not outlive its approval.");
    }

    /// <summary>Whether a target is one line's and stops just what was decided about: the same protocol, ports and one
    /// of its addresses.</summary>
    private static bool IsFor(FlowPredicate decided, MitigationTarget target) =>
        target is { Kind: MitigationKind.FlowSpec, IsForOneLine: true }
        && target.Protocol == decided.Protocol && target.LinePort == decided.SubjectPort
        && target.Ports.SequenceEqual(decided.RemotePorts)
        && (target.Remote is { } remote
            ? remote.Length == 128 && decided.Remotes.Contains(remote.Network)
            : decided.Remotes.IsEmpty);
}
