// SPDX-License-Identifier: Apache-2.0
//
// A comparison for the desk: the allow-list goes along once, and again where the store does not hold it any more.
using System.Security.Cryptography;
using System.Text.Json;
using Weir.Contracts.Lists;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;
using Weir.Wire.Native;

namespace Weir.Hosting.StoreClient;

/// <summary>Comparisons in the store's process.</summary>
public sealed class StoreComparisons(StoreRequests store)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    /// <summary>How long a run may take. Default an hour.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What lists allow, as the store takes it.</summary>
    public static AllowList AllowedBy(Watchlist lists) => new(
        [
            .. lists.Feeds.SelectMany(feed => feed.Entries).Where(entry => entry.Role == ListRole.Allow)
                .Select(entry => new AllowedNetwork(entry.What.ToString(), entry.Port, entry.Protocol)),
        ]);

    /// <summary>Runs one; its number and <see cref="CompareAsk.AllowList"/> are filled here.</summary>
    /// <exception cref="StoreException">The store does not answer now.</exception>
    /// <exception cref="PeerRefusedException">It refuses, by its code.</exception>
    public async Task<Comparison> RunAsync(CompareAsk ask, AllowList allowed, CancellationToken cancel)
    {
        var octets = JsonSerializer.SerializeToUtf8Bytes(allowed, StoreCalls.Json.AllowList);
        var filled = ask with { AllowList = Convert.ToHexStringLower(SHA256.HashData(octets)) };
        try
        {
            return await CompareAsync(filled, cancel);
        }
        catch (PeerRefusedException refused) when (refused.Code == StoreCodes.AllowListUnknown)
        {
            using var body = new MemoryStream(octets, writable: false);
            _ = await StoreCalls.PassAsync(() => store.Client.PostRawAsync(
                StoreRoutes.AllowList, body, StoreCalls.Json.AllowListReceipt, Soon, cancel));
            return await CompareAsync(filled, cancel);
        }
    }

    private Task<Comparison> CompareAsync(CompareAsk ask, CancellationToken cancel) => store.AskAsync(
        new(StoreRoutes.Compare) { Limit = Limit }, ask with { Number = "" },
        (filled, number) => filled with { Number = number },
        (StoreCalls.Json.CompareAsk, StoreCalls.Json.Comparison), cancel);
}
