// SPDX-License-Identifier: Apache-2.0
//
// Evidence as the desk asks for it: the order with its grounds goes along, the store judges it, and what comes back is
// checked against the digest that stands on the store's chain.
using System.Security.Cryptography;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Peers.Calling;
using Weir.Wire.Native;

namespace Weir.Hosting.StoreClient;

/// <summary>What was released.</summary>
/// <param name="Number">The request's, as it stands on the store's chain.</param>
/// <param name="Rows">Rows inside the filter; empty where they were counted alone.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Digest">Of the rows, as it stands there; empty where they were counted.</param>
/// <param name="Entry">Number of the store's entry.</param>
public sealed record ReleasedEvidence(
    string Number, IReadOnlyList<EvidenceRow> Rows, long Total, string Digest, long Entry);

/// <summary>Evidence in the store's process.</summary>
/// <param name="store">The store.</param>
/// <param name="orders">The order of a scope, with its grounds; null where there is none.</param>
public sealed class StoreEvidence(PeerClient store, Func<ScopeId, ScopeOrder?> orders) : IEvidence
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Erasing = TimeSpan.FromMinutes(10);

    /// <summary>Rows, under a number that the caller has on its own chain.</summary>
    /// <exception cref="StoreException">The store does not answer now.</exception>
    /// <exception cref="PeerRefusedException">It refuses, by its code.</exception>
    public async Task<ReleasedEvidence> ReadAsync(
        RowFilter filter, int limit, string number, CancellationToken cancel)
    {
        var ask = Ask(filter, Math.Clamp(limit, 1, EvidenceAsk.MaxRows), number);
        var given = await store.AskAsync(
            StoreRoutes.ReadEvidence, ask, StoreCalls.Json.EvidenceAsk, StoreCalls.Json.EvidenceRelease,
            (Soon, cancel));
        return EvidenceRowCodec.TryRead(given.Rows, out var rows)
            && Convert.ToHexStringLower(SHA256.HashData(given.Rows)) == given.Digest
            ? new(number, rows, given.Total, given.Digest, given.Entry)
            : throw new StoreException(0, "the store's rows are not those of its digest", retryable: false);
    }

    /// <summary>How many rows, under a number that the caller has on its own chain.</summary>
    /// <inheritdoc cref="ReadAsync(RowFilter, int, string, CancellationToken)"/>
    public async Task<ReleasedEvidence> CountAsync(RowFilter filter, string number, CancellationToken cancel)
    {
        var given = await store.AskAsync(
            StoreRoutes.CountEvidence, Ask(filter, 1, number), StoreCalls.Json.EvidenceAsk,
            StoreCalls.Json.EvidenceCount, (Soon, cancel));
        return new(number, [], given.Total, "", given.Entry);
    }

    /// <summary>Erases, under a number that the caller has on its own chain.</summary>
    /// <exception cref="StoreException">The store does not answer now: ask again.</exception>
    public async Task EraseAsync(IReadOnlyCollection<ScopeId> scopes, string number, CancellationToken cancel)
    {
        foreach (var some in scopes.Chunk(EvidenceErasure.MaxScopes))
        {
            _ = await store.AskAsync(
                StoreRoutes.EraseEvidence, new(number, [.. some.Select(scope => scope.ToString())]),
                StoreCalls.Json.EvidenceErasure, StoreCalls.Json.Done, (Erasing, cancel));
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EvidenceRow>> ReadAsync(RowFilter filter, int limit, CancellationToken cancel) =>
        (await ReadAsync(filter, limit, RequestNumber.Create(), cancel)).Rows;

    /// <inheritdoc/>
    public async Task<long> CountAsync(RowFilter filter, CancellationToken cancel) =>
        (await CountAsync(filter, RequestNumber.Create(), cancel)).Total;

    /// <inheritdoc/>
    public Task EraseAsync(IReadOnlyCollection<ScopeId> scopes, CancellationToken cancel) =>
        EraseAsync(scopes, RequestNumber.Create(), cancel);

    private EvidenceAsk Ask(RowFilter filter, int limit, string number) => new(
        number,
        ScopeOrderFields.From(orders(filter.Scope) ?? throw new ArgumentException(
            $"there is no order of scope {filter.Scope}, so the store cannot be asked", nameof(filter))),
        ClassFields.From(filter.Predicate), filter.FromMs, filter.UntilMs, (int)filter.Fields, limit);
}
