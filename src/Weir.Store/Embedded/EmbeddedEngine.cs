// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;
using Weir.Wire.Native;

namespace Weir.Store.Embedded;

/// <summary>The engine as a child process of Weir's own on a directory: <c>store.embedded</c>.</summary>
internal sealed class EmbeddedEngine : IStoreEngine
{
    public bool Serves(StoreOptions settings) => settings is { Embedded: not null, Cluster.IsUsed: false };

    public async Task<OpenedEngine> OpenAsync(StoreOptions settings, EngineContext context, CancellationToken cancel)
    {
        var child = await StartAsync(settings.Embedded!, null, context, cancel);
        var client = new ClickHouseHttp(StoreAddress.ForSocket(child.Socket), context.Time);
        try
        {
            await RefuseFrontAsync(client, cancel);
            await StoreSchema.EnsureAsync(client, cancel);
            var hasTokens = await StoreFeatures.HasTokensAsync(client, cancel);
            return new()
            {
                Client = client, Shards = [new("", client, client)], Process = child, HasTokens = hasTokens,
                MakeTables = async stop =>
                {
                    await StoreSchema.EnsureAsync(client, stop);
                    _ = await StoreFeatures.HasTokensAsync(client, stop);
                },
                Version = await StoreFeatures.VersionAsync(client, cancel),
            };
        }
        catch
        {
            client.Dispose();
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the child on a directory, which is made where it is not there.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="config">The engine's own configuration file; null for none.</param>
    /// <param name="context">What it opens with.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="StoreException">The library is missing or the directory cannot be had.</exception>
    internal static async Task<ChildHost> StartAsync(
        string directory, string? config, EngineContext context, CancellationToken cancel)
    {
        _ = ChDbFile.Find();
        var socket = FlowStoreServer.SocketFor(directory);
        var options = new FlowStoreServerOptions
        {
            Directory = directory, Socket = socket, Config = config,
            HasSocketFolder = Path.GetDirectoryName(socket) != Path.GetFullPath(directory),
        };
        options = context.Options.MemoryLimit > 0 ? options with { MemoryLimit = context.Options.MemoryLimit } : options;
        var child = new ChildHost(
            options, context.Options.CommandLine is { } line ? [.. line] : ChildHost.OwnCommandLine(), context.Time,
            context.Logs.CreateLogger<ChildHost>());
        try
        {
            await child.StartAsync(cancel);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Refuses a folder that stood before shards to be a store of its own: what it would take nobody had.
    /// </summary>
    /// <exception cref="StoreException">It did.</exception>
    private static async Task RefuseFrontAsync(ClickHouseHttp client, CancellationToken cancel)
    {
        if (await client.OutsideAsync(
            $"SELECT count() FROM system.tables WHERE database = {SqlText.Literal(client.Address.Database)} "
                + "AND engine = 'Distributed'", cancel) > 0)
        {
            throw new StoreException(
                0, "the folder stood before the shards of a cluster, and store.cluster names none; name the shards "
                    + "again, or an empty folder in store.embedded", retryable: false);
        }
    }
}
