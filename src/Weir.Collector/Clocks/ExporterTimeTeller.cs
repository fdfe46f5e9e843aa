// SPDX-License-Identifier: Apache-2.0
//
// Who erases by age wants a witness beside the machine's clock: the exporters, whose clocks are their own. The
// collector alone hears them, so it tells the others, and itself for its own chain.
using Microsoft.Extensions.Hosting;
using Weir.Contracts.Protocol;
using Weir.Hosting.Erasing;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Clocks;

/// <summary>Tells desk, store and vault every half a minute. What cannot be told is told the next time; the clients say
/// and count it.</summary>
internal sealed class ExporterTimeTeller(
    Pipeline pipeline, ErasureClock own, ExporterTimeListeners listeners, TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (ExporterTime.Of(pipeline.Exporters(), time.GetUtcNow()) is { } at)
            {
                own.Hear(at);
                await TellAsync(new(at.ToUnixTimeMilliseconds()), stoppingToken);
            }
        }
    }

    private async Task TellAsync(HeardTime heard, CancellationToken cancel)
    {
        await Task.WhenAll(
            PostAsync(listeners.Desk, DeskRoutes.HeardTime, heard, cancel),
            PostAsync(listeners.Store, StoreRoutes.HeardTime, heard, cancel),
            PostAsync(listeners.Vault, VaultRoutes.HeardTime, heard, cancel));
    }

    private static async Task PostAsync(PeerClient? peer, string route, HeardTime heard, CancellationToken cancel)
    {
        try
        {
            if (peer is not null)
            {
                _ = await peer.PostAsync(
                    route, heard, DeskJson.Default.HeardTime, DeskJson.Default.Done, Limit, cancel);
            }
        }
        catch (Exception fault) when (fault is PeerDownException or PeerRefusedException)
        {
            return; // the client has said so and counted it
        }
    }
}

/// <summary>Whom the time is told.</summary>
internal sealed record ExporterTimeListeners(PeerClient Desk, PeerClient Store, PeerClient? Vault);
