// SPDX-License-Identifier: Apache-2.0
//
// Nobody is believed: an order is worth its grounds, and this collector looks for itself. What does not follow is
// refused by its code; the subject is found by this collector's own keys.
using Weir.Contracts.Approvals;
using Weir.Contracts.Flows;
using Weir.Collector.Keys;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;

namespace Weir.Collector.Scopes;

/// <summary>Checks orders. Holds nothing.</summary>
internal sealed class OrderChecks(
    PublicKeyRing ring, ScopeLimits limits, SubjectBlocks blocks, PromotionProof promotions)
{
    public ScopeLimits Limits => limits;

    /// <summary>Whether a scope may be watched.</summary>
    /// <param name="order">What is asked for, and what it rests on; null where it cannot be read.</param>
    /// <param name="held">The scope of that number that is watched already; null for none.</param>
    public OrderVerdict Check(ScopeOrder? order, ScopeWatch? held)
    {
        if (order is null)
        {
            return new(ScopeFaults.Malformed, null, null);
        }

        var verdict = ScopeGrounds.Verify(order, ring, limits);
        if (!verdict.Follows)
        {
            return new(verdict.Code, order, null);
        }

        if (!promotions.Holds(order))
        {
            return new(PromotionProof.Missing, order, null);
        }

        if (blocks.Resolve(order.Subject, order.Epoch, out var block) is { Length: > 0 } fault)
        {
            return new(fault, order, null);
        }

        var watch = new ScopeWatch(order.Id, block, order.Class, order.FromMs, order.UntilMs)
        {
            IsSealed = verdict.Doubt != EvidenceDoubt.None,
            Basis = ScopeBasis.Of(order),
        };
        return held is not null
            && (held.Subject != block || held.FromMs != watch.FromMs || !held.Class.Equals(watch.Class))
            ? new(ScopeFaults.Changed, order, null)
            : new("", order, watch, verdict.Doubt);
    }
}
