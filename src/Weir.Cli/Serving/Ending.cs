// SPDX-License-Identifier: Apache-2.0
//
// The stop, in the order of the way: no datagram is taken any more, what was taken is finished and made durable, the
// store gets what it will take in time, the rest waits in the spool for the next start. A disk that is
// full gets a while.
using Weir.Collector;
using Weir.Collector.Collecting.Sockets;
using Weir.Hosting.Spooling;
using Weir.Store.Loading;
using Weir.Wire.Native;

namespace Weir.Cli.Serving;

/// <summary>Ends the way within a bounded time.</summary>
internal sealed class Ending(
    UdpIntake intake, Pipeline pipeline, Spool spool, SpoolLoader loader, TimeProvider time, ILogger<Ending> log)
    : IDisposable
{
    private static readonly TimeSpan LanesEnd = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShardsEnd = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StoreTakes = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _intake = new();
    private readonly CancellationTokenSource _rest = new();

    /// <summary>Stops the lanes.</summary>
    public CancellationToken Intake => _intake.Token;

    /// <summary>Stops what runs beside the way.</summary>
    public CancellationToken Rest => _rest.Token;

    public async Task EndAsync(Task collecting, Task[] beside)
    {
        await _intake.CancelAsync();
        await _rest.CancelAsync();
        await FinishAsync(collecting, LanesEnd);
        intake.Dispose();
        await FinishAsync(Task.Run(pipeline.Finish), ShardsEnd);
        await Task.WhenAll(beside)
            .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await DrainAsync();
    }

    public void Dispose()
    {
        _intake.Dispose();
        _rest.Dispose();
    }

    /// <summary>Waits for a step. One that hangs on a full disk is told to give up: what it held in memory is
    /// lost, and said so.</summary>
    private async Task FinishAsync(Task step, TimeSpan limit)
    {
        try
        {
            if (await Task.WhenAny(step, Task.Delay(limit, time)) != step)
            {
                var held = pipeline.Shards.Sum(shard => shard.PairsHeld);
                log.LostAtStop(held);
                spool.GiveUpWaiting();
            }

            await step;
        }
        catch (Exception failure)
        {
            // What failed while running has been told already; here it may not keep the rest from ending.
            log.RoundFailed("stopping", failure.Message);
        }
    }

    private async Task DrainAsync()
    {
        using var limit = new CancellationTokenSource(StoreTakes, time);
        try
        {
            await loader.DrainAsync(limit.Token);
        }
        catch (Exception late) when (late is OperationCanceledException or StoreException or IOException)
        {
            log.NotDrained(late.Message);
        }
    }
}
