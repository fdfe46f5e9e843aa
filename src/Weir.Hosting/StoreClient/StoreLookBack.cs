// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;
using Weir.Wire.Native;

namespace Weir.Hosting.StoreClient;

/// <summary>Looking back in the store's process: what comes are events that the store signed.</summary>
public sealed class StoreLookBack(StoreRequests store)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The leave as it crosses.</summary>
    /// <exception cref="ArgumentException">It is not given, or for something else.</exception>
    public static PromotionLeave LeaveOf(Approval promotion) =>
        promotion is { Deed: Permission.Promote, Given.GivenAt: { } givenAt }
            ? new(
                promotion.Given.Number, promotion.Target, promotion.AskedBy,
                Actor.ToName(promotion.Given.AskedRole), promotion.Given.AskedAt, promotion.GivenBy,
                Actor.ToName(promotion.Given.GivenRole), givenAt, promotion.Given.Reason,
                SignedApproval.FromJson(promotion.Given.Signed))
            : throw new ArgumentException("only the leave of a promotion lets anybody look back", nameof(promotion));

    /// <summary>Searches one span of time; outside the lab it lies in one epoch.</summary>
    /// <exception cref="StoreException">The store does not answer now.</exception>
    /// <exception cref="PeerRefusedException">It refuses, by its code.</exception>
    public Task<LookBackEvents> SearchAsync(
        PromotionLeave promotion, long fromMs, long untilMs, CancellationToken cancel) =>
        store.AskAsync(
            new(StoreRoutes.LookBack) { Limit = Limit }, new LookBackAsk("", promotion, fromMs, untilMs),
            (ask, number) => ask with { Number = number },
            (StoreCalls.Json.LookBackAsk, StoreCalls.Json.LookBackEvents), cancel);
}
