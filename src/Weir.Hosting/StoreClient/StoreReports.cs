// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;
using Weir.Wire.Native;

namespace Weir.Hosting.StoreClient;

/// <summary>What the store says of itself. Passing failures are a <see cref="StoreException"/>.</summary>
public sealed class StoreReports(PeerClient store)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>How it is.</summary>
    public Task<StoreStatus> StatusAsync(CancellationToken cancel) =>
        ReadAsync(() => store.GetAsync(StoreRoutes.Status, StoreCalls.Json.StoreStatus, null, Soon, cancel));

    /// <summary>What it holds.</summary>
    public Task<StoreHoldings> HoldingsAsync(CancellationToken cancel) =>
        ReadAsync(() => store.GetAsync(StoreRoutes.Retention, StoreCalls.Json.StoreHoldings, null, Soon, cancel));

    private static async Task<T> ReadAsync<T>(Func<Task<T?>> ask)
        where T : class =>
        await StoreCalls.PassAsync(ask)
        ?? throw new StoreException(0, "the store answered nothing", retryable: true);
}
