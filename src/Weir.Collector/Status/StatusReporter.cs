// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Weir.Contracts.Protocol;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Releases;

namespace Weir.Collector.Status;

/// <summary>Says to the desk every few seconds what this collector is doing. What cannot be said is not kept: the next
/// one says more.</summary>
internal sealed class StatusReporter(
    string name, TimeSpan period, StatusSnapshot snapshot, PeerClient desk, HealthRegistry health, TimeProvider time)
    : BackgroundService
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        do
        {
            try
            {
                await desk.PostAsync(
                    DeskRoutes.Status,
                    snapshot.Read(name, _startedAt, time.GetUtcNow()) with { RecordFault = RecordGate.FaultOf(health) },
                    DeskJson.Default.CollectorStatus, DeskJson.Default.Done, period, stoppingToken);
            }
            catch (Exception fault) when (fault is PeerDownException or PeerRefusedException)
            {
                continue; // the client has said so and counted it
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
