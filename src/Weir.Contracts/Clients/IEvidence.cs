// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Clients;

/// <summary>The evidence of scopes, as the flow store keeps it. There is no way to ask without a filter, and no way to
/// make a filter without a decision.</summary>
public interface IEvidence
{
    /// <summary>Rows inside the filter, by time; at most <paramref name="limit"/>. Fields that the filter does not
    /// allow are zero.</summary>
    Task<IReadOnlyList<EvidenceRow>> ReadAsync(RowFilter filter, int limit, CancellationToken cancel);

    /// <summary>How many rows lie inside the filter.</summary>
    Task<long> CountAsync(RowFilter filter, CancellationToken cancel);

    /// <summary>Erases all evidence of scopes for good.</summary>
    Task EraseAsync(IReadOnlyCollection<ScopeId> scopes, CancellationToken cancel);
}

/// <summary>The shards' side of open scopes: what to write as evidence from now on, and back through
/// the ring buffer.</summary>
public interface IScopeWriter
{
    /// <summary>Takes scopes that opened or whose end slid; returns when the shards have them in force. Evidence of
    /// before comes from the ring buffer beside, one pass for all scopes that wait.</summary>
    /// <returns>From when on the evidence of each scope is whole, as a flow start in milliseconds since the UNIX epoch:
    /// the scope's own start where the ring reaches back so far.</returns>
    /// <exception cref="ArgumentException">A watch would change a scope in more than its end.</exception>
    Task<IReadOnlyDictionary<ScopeId, long>> WatchAsync(
        IReadOnlyCollection<ScopeWatch> scopes, CancellationToken cancel);

    /// <summary>Scopes are over: late flows that start before their end still count; then the shards let go of them.
    /// One that is over is not watched again.</summary>
    Task EndAsync(IReadOnlyCollection<ScopeId> scopes, CancellationToken cancel);
}
