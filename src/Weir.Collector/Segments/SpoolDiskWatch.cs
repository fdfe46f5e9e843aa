// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Weir.Collector.Collecting;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Segments;

/// <summary>Stops the intake while the spool's disk is full, and lets it go on by itself. What arrives meanwhile is
/// counted by the kernel.</summary>
internal sealed class SpoolDiskWatch(Spool spool, IntakeGate gate, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly string _reason =
        $"the disk of {spool.Options.Directory} is full: at least "
        + $"{spool.Options.MinimumFree >> 20} MiB must stay free there; free some room, and the intake goes on by itself";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (spool.IsDiskFull)
            {
                gate.Close(_reason);
            }
            else
            {
                gate.Open(_reason);
            }
        }
    }
}
