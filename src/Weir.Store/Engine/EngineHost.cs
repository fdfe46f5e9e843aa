// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Health;
using Weir.Hosting.Sections;
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
        Volatile.Write(ref _store, await FlowStore.OpenAsync(
            settings, time, logs, cancellationToken, options));
        health.Add("engine", () => Volatile.Read(ref _store)?.Process is { State.Running: false } child
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
