// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Weir.Collector.Keys;

/// <summary>Keeps keys and leases fresh: asked once before the first flow, then every second. What goes wrong ends
/// nothing: flows without a name are counted.</summary>
internal sealed class KeyRefresher(ICollectorKeys keys, TimeProvider time, ILogger<KeyRefresher> log)
    : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private string _failure = "";
    private volatile bool _hasBegun;

    /// <summary>Why flows stay without a name; empty where none do.</summary>
    public string Fault => Volatile.Read(ref _failure) is { Length: > 0 } failure ? failure : keys.Fault;

    /// <summary>Whether all that flows of now need was held at least once.</summary>
    public bool HasBegun => _hasBegun;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await RefreshAsync(stoppingToken);
        }
    }

    private async Task RefreshAsync(CancellationToken cancel)
    {
        try
        {
            await keys.RefreshAsync(cancel);
            Volatile.Write(ref _failure, "");
            _hasBegun |= keys.Fault.Length == 0;
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            if (Volatile.Read(ref _failure) != failure.Message)
            {
                log.KeysNotRefreshed(failure.Message);
            }

            Volatile.Write(ref _failure, failure.Message);
        }
    }
}
