// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Weir.Collector.Collecting;
using Weir.Hosting.Disks;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Segments;

/// <summary>Stops the intake while the spool's disk refuses or does not answer, with its reason, and lets it go on by
/// itself. What arrives meanwhile is counted by the kernel.</summary>
internal sealed class SpoolDiskWatch(Spool spool, WatchedFolder disk, IntakeGate gate, TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private string _said = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var fault = spool.Fault.Length > 0 ? spool.Fault : disk.IsStanding ? disk.Fault : "";
            if (fault == _said)
            {
                continue;
            }

            if (fault.Length > 0)
            {
                gate.Close(fault);
            }

            gate.Open(_said);
            _said = fault;
        }
    }
}
