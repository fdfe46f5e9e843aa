// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Running;

namespace Weir.Collector.Running;

/// <summary>Something that is done again and again. A failure of what is vital ends the process; any other is said, and
/// the next round tries anew.</summary>
internal sealed class PeriodicWork(
    string part, TimeSpan period, Func<CancellationToken, Task> work, ProcessFailure? vital, TimeProvider time,
    ILogger log)
    : BackgroundService
{
    private string _fault = "";

    /// <summary>Why the latest round failed; empty where it did not.</summary>
    public string Fault => Volatile.Read(ref _fault);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await work(stoppingToken);
                Volatile.Write(ref _fault, "");
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Volatile.Write(ref _fault, failure.Message);
                if (vital is not null)
                {
                    vital.Report(part, failure);
                    return;
                }

                log.WorkFailed(part, failure.Message);
            }
        }
    }
}
