// SPDX-License-Identifier: Apache-2.0
using Weir.Cases;

namespace Weir.Blocking;

/// <summary>An order to put a planned block in force. It carries its approval, is for what was approved, and ends no later than the approval does.</summary>
public sealed record BlockOrder
{
    /// <summary>How long a block lasts unless said otherwise (rules.md R15).</summary>
    public static readonly TimeSpan DefaultLength = TimeSpan.FromDays(14);

    /// <exception cref="ArgumentException">The approval is for another act or another target.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The block would outlive its approval.</exception>
    public BlockOrder(Approval approval, Lease planned, DateTimeOffset endsAt)
    {
        if (!approval.IsForBlock || approval.Target != planned.Target.ToString())
        {
            throw new ArgumentException($"The approval is not for '{planned.Target}'; ask for one that is.", nameof(approval));
        }

        Approval = approval;
        Lease = planned.Id;
        EndsAt = endsAt;
    }

    public Approval Approval { get; }

    /// <summary>The planned lease it puts in force.</summary>
    public LeaseId Lease { get; }

    /// <summary>When routers and resolvers let go, UTC.</summary>
    public DateTimeOffset EndsAt
    {
        get;
        private init => field = value <= Approval.EndsAt
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), "A block may not outlive its approval.");
    }
}
