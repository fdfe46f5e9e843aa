// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.Clients;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Releases;

namespace Weir.Hosting.VaultClient;

/// <summary>The desk's requests to the vault: each stands on its chain before it goes. Safe for any thread.</summary>
internal sealed class RecordedRequests(PeerClient vault, IAuditLog audit)
{
    private readonly RequestLedger _ledger = new(audit, AuditActions.AskVault);

    /// <exception cref="AuditException">It could not be recorded, and did not go.</exception>
    /// <exception cref="VaultDownException">The vault does not answer: the same may be asked again.</exception>
    /// <exception cref="VaultRefusedException">It refuses.</exception>
    public Task<TResponse> AskAsync<TRequest, TResponse>(
        RecordedRequest request, TRequest ask, Func<TRequest, string, TRequest> under,
        (JsonTypeInfo<TRequest> Takes, JsonTypeInfo<TResponse> Gives) json, CancellationToken cancel)
        where TResponse : class =>
        _ledger.AskAsync(
            request, ask, json.Takes,
            number => VaultCalls.PassAsync(() => vault.PostAsync(
                request.Route, under(ask, number), json.Takes, json.Gives, request.Limit ?? VaultCalls.Soon, cancel)),
            failure => failure is VaultRefusedException or ArgumentException, cancel);
}
