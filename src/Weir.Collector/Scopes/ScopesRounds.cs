// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Events;

namespace Weir.Collector.Scopes;

/// <summary>Hands own events to the keeper as they come, many at once, and lets it look after its scopes now and
/// then.</summary>
internal sealed class ScopesRounds(
    OwnEvents own, ScopeKeeper keeper, TimeProvider time, ILogger<ScopesRounds> log) : BackgroundService
{
    private const int EventsAtOnce = 1_024;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RecordAsync(stoppingToken), TickAsync(stoppingToken));

    private async Task RecordAsync(CancellationToken cancel)
    {
        var batch = new List<OwnEvent>();
        while (await own.Reader.WaitToReadAsync(cancel))
        {
            while (batch.Count < EventsAtOnce && own.Reader.TryRead(out var one))
            {
                batch.Add(one);
            }

            await keeper.RecordAsync(batch, cancel);
            batch.Clear();
        }
    }

    private async Task TickAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Pace, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                await keeper.TickAsync(cancel);
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                // An order of the desk's that waited ends nothing here; the next round tries anew.
                log.ScopesNotApplied(fault);
            }
        }
    }
}
