// SPDX-License-Identifier: Apache-2.0
//
// Brings opened scopes to the shards that own their subjects, a batch as one order to each shard. Lanes do not wait for
// it: an order takes its place in a shard's queue between two batches of flows.
using Weir.Contracts.Clients;
using Weir.Contracts.Scopes;

namespace Weir.Collector;

/// <summary>The shards as the case desk sees them.</summary>
public sealed class ScopeShards(Pipeline pipeline) : IScopeWriter
{
    public async Task<IReadOnlyDictionary<ScopeId, long>> WatchAsync(
        IReadOnlyCollection<ScopeWatch> scopes, CancellationToken cancel)
    {
        var shards = pipeline.Shards;
        var orders = scopes.GroupBy(scope => ShardDispatcher.ShardOf(scope.Subject, shards.Length))
            .Select(part => Task.Run(() => shards[part.Key].WatchAsync([.. part]), cancel));
        var reach = new Dictionary<ScopeId, long>(scopes.Count);
        foreach (var part in await Task.WhenAll(orders))
        {
            foreach (var (scope, sinceMs) in part)
            {
                reach[scope] = sinceMs;
            }
        }

        return reach;
    }

    public Task EndAsync(IReadOnlyCollection<ScopeId> scopes, CancellationToken cancel) =>
        Task.WhenAll(pipeline.Shards.Select(shard => Task.Run(() => shard.EndAsync(scopes), cancel)));
}
