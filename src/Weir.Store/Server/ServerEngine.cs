// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;

namespace Weir.Store.Server;

/// <summary>A ClickHouse server that others run: <c>store.url</c>.</summary>
internal sealed class ServerEngine : IStoreEngine
{
    public bool Serves(StoreOptions settings) => settings.Url is not null;

    public async Task<OpenedEngine> OpenAsync(StoreOptions settings, EngineContext context, CancellationToken cancel)
    {
        var client = new ClickHouseHttp(StoreAddress.For(settings), context.Time);
        try
        {
            await StoreSchema.EnsureAsync(client, cancel);
            return new()
            {
                Client = client, Shards = [new("", client, client)],
                HasTokens = await StoreFeatures.HasTokensAsync(client, cancel),
                Version = await StoreFeatures.VersionAsync(client, cancel),
            };
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
