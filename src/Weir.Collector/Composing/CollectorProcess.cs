// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Running;
using Weir.Hosting.Running;

namespace Weir.Collector.Composing;

/// <summary>The collector process. Disposed without a stop, it ends as if it were killed, but for its threads: nothing
/// is drained.</summary>
public sealed class CollectorProcess : IAsyncDisposable
{
    private static readonly TimeSpan Abort = TimeSpan.FromSeconds(5);

    private readonly IHost _host;
    private bool _hasStarted;
    private bool _hasStopped;

    private CollectorProcess(IHost host) => _host = host;

    /// <summary>Where flows are awaited.</summary>
    public IReadOnlyList<IPEndPoint> Listeners =>
        [.. _host.Services.GetRequiredService<UdpIntake>().Sockets.Select(socket => socket.LocalEndPoint).Distinct()];

    /// <summary>Parts of the process, for tests.</summary>
    internal IServiceProvider Services => _host.Services;

    /// <summary>Opens everything and collects.</summary>
    /// <exception cref="InvalidDataException">The options do not fit; each fault is a sentence.</exception>
    /// <exception cref="IOException">A port or a folder cannot be had; the message names it and the fix.</exception>
    /// <exception cref="Weir.Wire.Native.StoreException">The spool cannot be had.</exception>
    /// <exception cref="Weir.Hosting.Auditing.AuditException">The chain cannot be had.</exception>
    public static async Task<CollectorProcess> StartAsync(CollectorProcessOptions options, CancellationToken cancel)
    {
        if (options.Validate() is { Count: > 0 } faults)
        {
            throw new InvalidDataException(string.Join('\n', faults));
        }

        var process = new CollectorProcess(CollectorComposition.Build(options));
        try
        {
            _ = process._host.Services.GetServices<IHostedService>().ToList();
            process._hasStarted = true;
            await process._host.StartAsync(cancel);
            return process;
        }
        catch
        {
            process._hasStopped = !process._hasStarted;
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Collects until <paramref name="stop"/>, or until something fails that collecting cannot do without, and
    /// stops.</summary>
    /// <returns>What failed; null where nothing did.</returns>
    public async Task<Exception?> RunAsync(CancellationToken stop)
    {
        var life = _host.Services.GetRequiredService<IHostApplicationLifetime>();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, life.ApplicationStopping);
        await Task.WhenAny(Task.Delay(Timeout.Infinite, either.Token));
        var failure = _host.Services.GetRequiredService<ProcessFailure>();
        try
        {
            await StopAsync(CancellationToken.None);
        }
        catch (Exception fault)
        {
            failure.Report("the stop", fault);
        }

        return failure.First;
    }

    /// <summary>Stops in order, each component within its bound.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        if (!_hasStopped)
        {
            _hasStopped = true;
            await _host.StopAsync(cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_hasStopped)
        {
            var running = _host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
            await Task.WhenAny(StopAsync(new CancellationToken(canceled: true)));
            await Task.WhenAny(
                Task.WhenAll(running.Select(one => one.ExecuteTask ?? Task.CompletedTask)), Task.Delay(Abort));
        }

        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }
}
