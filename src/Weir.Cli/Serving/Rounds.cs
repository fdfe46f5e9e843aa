// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Web;
using Weir.Hosting.Health;

namespace Weir.Cli.Serving;

/// <summary>Work beside the way that is done again and again. A failure is told and shown, and the next round tries
/// anew: it never ends the intake.</summary>
internal sealed class Rounds(
    string part, TimeSpan period, Func<CancellationToken, Task> work, TimeProvider time, ILogger<Rounds> log)
{
    private string _fault = "";

    public string Part => part;

    /// <summary>How the latest round went.</summary>
    public ComponentHealth Look() =>
        Volatile.Read(ref _fault) is { Length: > 0 } fault ? ComponentHealth.Degraded(fault) : ComponentHealth.Ok;

    /// <summary>Works every period until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            await DoAsync(cancel);
        }
    }

    /// <summary>One round.</summary>
    public async Task DoAsync(CancellationToken cancel)
    {
        try
        {
            await work(cancel);
            Volatile.Write(ref _fault, "");
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            log.RoundFailed(part, failure.Message);
            Volatile.Write(ref _fault, failure.Message);
        }
    }
}
