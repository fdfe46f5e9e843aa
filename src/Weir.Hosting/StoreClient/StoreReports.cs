// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
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

    /// <summary>What collectors heard of exporters in a window.</summary>
    /// <param name="from">Begin.</param>
    /// <param name="until">End, exclusive.</param>
    /// <param name="exporters">Which; empty for all that were heard in it or a day before.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<CoverageReply> CoverageAsync(
        DateTimeOffset from, DateTimeOffset until, IReadOnlyCollection<string> exporters, CancellationToken cancel)
    {
        var query = new Dictionary<string, string>
        {
            ["from"] = from.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            ["until"] = until.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        };
        if (exporters.Count > 0)
        {
            query["exporters"] = string.Join(',', exporters);
        }

        return ReadAsync(() => store.GetAsync(
            StoreRoutes.Coverage, StoreCalls.Json.CoverageReply, query, Soon, cancel));
    }

    private static async Task<T> ReadAsync<T>(Func<Task<T?>> ask)
        where T : class =>
        await StoreCalls.PassAsync(ask)
        ?? throw new StoreException(0, "the store answered nothing", retryable: true);
}
