// SPDX-License-Identifier: Apache-2.0
//
// The shards' life. At the stop the lanes have ended: what the shards hold is finished and made durable. Where a full
// disk or a full outbox keeps them from it for too long, the waits are given up, and what is lost is said.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Events;
using Weir.Hosting.Running;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Running;

/// <summary>Starts the shards and finishes them.</summary>
internal sealed class PipelineRunner(
    Pipeline pipeline, Spool spool, EventWriter events, ProcessFailure failure, FlowsOptions options,
    ILogger<PipelineRunner> log)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        pipeline.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var finished = Task.Run(pipeline.Finish, CancellationToken.None);
        try
        {
            await finished.WaitAsync(options.ShardsEnd, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException && !finished.IsCompleted)
        {
            log.LostAtStop(pipeline.Shards.Sum(shard => shard.PairsHeld));
            spool.GiveUpWaiting();
            events.GiveUp();
            await Task.WhenAny(finished, Task.Delay(options.ShardsEnd, CancellationToken.None));
        }
        catch (Exception fault)
        {
            failure.Report("the shards", fault);
        }
    }
}
