// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Health;
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Engine;

/// <summary>Opens the engine before everything that asks it, and closes it after.</summary>
internal sealed class EngineHost(
    StoreOptions settings, EngineOptions options, HealthRegistry health, TimeProvider time, ILoggerFactory logs)
    : IHostedService, IAsyncDisposable
{
    private FlowStore? _store;
    private string _lost = "";

    /// <summary>The engine.</summary>
    /// <exception cref="StoreException">It is not open yet, or not any more.</exception>
    public FlowStore Store => Volatile.Read(ref _store)
        ?? throw new StoreException(0, "the flow store is not open; ask again", retryable: true);

    /// <summary>What went with a folder that somebody removed while it was in use; empty where nothing did.</summary>
    public string Lost { get => Volatile.Read(ref _lost); set => Volatile.Write(ref _lost, value); }

    /// <exception cref="StoreException">It cannot be opened.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _store, settings.Cluster.IsUsed
            ? await FlowStore.OpenClusterAsync(
                settings.Embedded!, settings.Cluster, time, logs, cancellationToken, options)
            : settings.Embedded is not { } folder
            ? await FlowStore.OpenServerAsync(StoreAddress.For(settings), time, logs, cancellationToken)
            : await FlowStore.OpenEmbeddedAsync(
                folder, time, logs, cancellationToken, options.MemoryLimit,
                options.CommandLine is { } line ? [.. line] : null));
        health.Add("engine", () => Volatile.Read(ref _store)?.Child is { State.Running: false } child
            ? ComponentHealth.Degraded($"its process is being started again: {child.State.LastWords}")
            : Lost is { Length: > 0 } lost ? ComponentHealth.Degraded(lost)
            : ComponentHealth.Ok);
    }

    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _store, null) is { } store)
        {
            await store.DisposeAsync();
        }
    }
}
