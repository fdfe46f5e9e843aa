// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting;

namespace Weir.Cli.Serving;

/// <summary>Stops the intake while the spool's disk is full, and lets it go on by itself. What arrives meanwhile is
/// counted by the kernel.</summary>
internal sealed class DiskGate(IntakeGate gate, Func<bool> isFull, string folder)
{
    private readonly string _reason = $"the disk of {folder} is full: free some room, and the intake goes on by itself";

    /// <summary>Looks once.</summary>
    public Task LookAsync(CancellationToken cancel)
    {
        if (isFull())
        {
            gate.Close(_reason);
        }
        else
        {
            gate.Open(_reason);
        }

        return Task.CompletedTask;
    }
}
