// SPDX-License-Identifier: Apache-2.0
//
// Evidence as the desk asks for it: the order with its grounds goes along, the store judges it, and what comes back is
// checked against the digest that stands on the store's chain.
using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Peers.Calling;
using Weir.Wire.Native;

namespace Weir.Hosting.StoreClient;

/// <summary>Evidence in the store's process. Passing failures are a <see cref="StoreException"/>, refusals a
/// <see cref="PeerRefusedException"/> with its code.</summary>
/// <param name="store">The store.</param>
/// <param name="orders">The order of a scope, with its grounds; null where there is none.</param>
public sealed class StoreEvidence(StoreRequests store, Func<ScopeId, ScopeOrder?> orders) : IEvidence
{
    private static readonly TimeSpan Erasing = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EvidenceRow>> ReadAsync(RowFilter filter, int limit, CancellationToken cancel)
    {
        var given = await AskAsync(
            StoreRoutes.ReadEvidence, filter, Math.Clamp(limit, 1, EvidenceAsk.MaxRows),
            StoreCalls.Json.EvidenceRelease,
            cancel);
        return EvidenceRowCodec.TryRead(given.Rows, out var rows)
            && Convert.ToHexStringLower(SHA256.HashData(given.Rows)) == given.Digest
            ? rows
            : throw new StoreException(0, "the store's rows are not those of its digest", retryable: false);
    }

    /// <inheritdoc/>
    public async Task<long> CountAsync(RowFilter filter, CancellationToken cancel) =>
        (await AskAsync(StoreRoutes.CountEvidence, filter, 1, StoreCalls.Json.EvidenceCount, cancel)).Total;

    /// <inheritdoc/>
    public async Task EraseAsync(IReadOnlyCollection<ScopeId> scopes, CancellationToken cancel)
    {
        foreach (var some in scopes.Chunk(EvidenceErasure.MaxScopes))
        {
            _ = await store.AskAsync(
                new(StoreRoutes.EraseEvidence) { Limit = Erasing },
                new EvidenceErasure("", [.. some.Select(scope => scope.ToString())]),
                (ask, number) => ask with { Number = number },
                (StoreCalls.Json.EvidenceErasure, StoreCalls.Json.Done), cancel);
        }
    }

    private Task<TResponse> AskAsync<TResponse>(
        string route, RowFilter filter, int limit, JsonTypeInfo<TResponse> gives, CancellationToken cancel)
        where TResponse : class
    {
        var order = orders(filter.Scope) ?? throw new ArgumentException(
            $"there is no order of scope {filter.Scope}, so the store cannot be asked", nameof(filter));
        return store.AskAsync(
            new(route, order.Case, order.Id),
            new EvidenceAsk(
                "", ScopeOrderFields.From(order), ClassFields.From(filter.Predicate), filter.FromMs, filter.UntilMs,
                (int)filter.Fields, limit),
            (ask, number) => ask with { Number = number }, (StoreCalls.Json.EvidenceAsk, gives), cancel);
    }
}
