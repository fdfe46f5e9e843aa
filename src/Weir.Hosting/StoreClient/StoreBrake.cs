// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Protocol;

namespace Weir.Hosting.StoreClient;

/// <summary>Tells the store what two people decided of a listed network; it looks at their signatures itself.</summary>
public sealed class StoreBrake(StoreRequests store) : IBrakeKeeper
{
    /// <inheritdoc/>
    public Task DecideAsync(
        string leave, string network, bool isReleased, SignedApproval? signed, CancellationToken cancel) =>
        store.AskAsync(
            new(StoreRoutes.DecideNetwork), new NetworkDecision("", leave, network, isReleased, signed),
            (ask, number) => ask with { Number = number },
            (StoreCalls.Json.NetworkDecision, StoreCalls.Json.Done), cancel);
}
