// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Store.Embedded;
using Weir.Store.Engine;

namespace Weir.Store.Cluster;

/// <summary>The shards of a ClickHouse cluster, and the embedded engine that asks them: <c>store.cluster</c>.</summary>
internal sealed class ClusterEngine : IStoreEngine
{
    public bool Serves(StoreOptions settings) => settings.Cluster.IsUsed;

    public async Task<OpenedEngine> OpenAsync(StoreOptions settings, EngineContext context, CancellationToken cancel)
    {
        var (cluster, directory) = (settings.Cluster, settings.Embedded!);
        var shards = ShardClients.Open(cluster, context.Time);
        ChildHost? front = null;
        ClickHouseHttp? client = null;
        try
        {
            await ShardPlaces.EnsureAsync(shards, cancel);
            var hasTokens = true;
            foreach (var shard in shards)
            {
                hasTokens &= await StoreFeatures.HasTokensAsync(shard.Client, cancel);
            }

            front = await EmbeddedEngine.StartAsync(
                directory, ClusterFront.WriteConfig(directory, cluster), context, cancel);
            var asked = client = new ClickHouseHttp(ClusterFront.Address(front.Socket, cluster), context.Time);
            await ClusterFront.EnsureAsync(asked, cluster, cancel);
            return new()
            {
                Client = asked, Shards = shards, Process = front, HoldsRows = false, HasTokens = hasTokens,
                MakeTables = async stop => await ClusterFront.EnsureAsync(asked, cluster, stop),
                Version = await StoreFeatures.VersionAsync(asked, cancel),
            };
        }
        catch
        {
            await EndAsync(shards, client, front);
            throw;
        }
    }

    private static async Task EndAsync(IReadOnlyList<StoreShard> shards, ClickHouseHttp? client, ChildHost? front)
    {
        client?.Dispose();
        foreach (var shard in shards)
        {
            shard.Dispose();
        }

        if (front is not null)
        {
            await front.DisposeAsync();
        }
    }
}
