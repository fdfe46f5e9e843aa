// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization.Metadata;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Releases;
using Weir.Wire.Native;

namespace Weir.Hosting.StoreClient;

/// <summary>The desk's requests to the store: each that lets something out stands on the desk's chain before it goes,
/// under the number that the store's chain will have. Safe for any thread.</summary>
/// <param name="store">The store.</param>
/// <param name="audit">The desk's own chain; a request that cannot be recorded does not go.</param>
public sealed class StoreRequests(PeerClient store, IAuditLog audit)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    private readonly RequestLedger _ledger = new(audit, AuditActions.AskStore);

    /// <summary>The store, for what lets nothing out.</summary>
    internal PeerClient Client => store;

    /// <exception cref="AuditException">It could not be recorded, and did not go.</exception>
    /// <exception cref="StoreException">The store does not answer now: the same may be asked again.</exception>
    /// <exception cref="PeerRefusedException">It refuses, by its code.</exception>
    internal Task<TResponse> AskAsync<TRequest, TResponse>(
        RecordedRequest request, TRequest ask, Func<TRequest, string, TRequest> under,
        (JsonTypeInfo<TRequest> Takes, JsonTypeInfo<TResponse> Gives) json, CancellationToken cancel)
        where TResponse : class =>
        _ledger.AskAsync(
            request, ask, json.Takes,
            number => StoreCalls.PassAsync(() => store.PostAsync(
                request.Route, under(ask, number), json.Takes, json.Gives, request.Limit ?? Soon, cancel)),
            failure => failure is PeerRefusedException, cancel);
}
