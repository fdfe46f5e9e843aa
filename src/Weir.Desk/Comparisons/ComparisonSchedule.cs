// SPDX-License-Identifier: Apache-2.0
//
// At its times, and when a person asks, has the store compare what it holds and writes the report. Whatever goes wrong
// here is told, shown in the health and tried again at the next time.
using Microsoft.Extensions.Logging;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Desk.Comparisons;

/// <summary>Compares on schedule. The constructor is inert.</summary>
/// <param name="next">The next time after a moment; null for never.</param>
/// <param name="run">One comparison.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where a failure is told.</param>
internal sealed class ComparisonSchedule(
    Func<DateTimeOffset, DateTimeOffset?> next, Func<CancellationToken, Task> run, TimeProvider time,
    ILogger<ComparisonSchedule> log)
{
    private TaskCompletionSource _start = NotYet();
    private bool _isRunning;
    private ComparisonState _state = new(0, 0, null, TimeSpan.Zero, "");

    public ComparisonState State => Volatile.Read(ref _state);

    public ComponentHealth Check() => State.Fault is { Length: > 0 } fault
        ? ComponentHealth.Degraded($"the latest comparison failed: {fault}")
        : ComponentHealth.Ok;

    /// <summary>Has a run begun now; false where one was asked for or is under way.</summary>
    public bool TryStart() => !Volatile.Read(ref _isRunning) && Volatile.Read(ref _start).TrySetResult();

    /// <summary>Compares until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var now = time.GetUtcNow();
            var wait = next(now) is { } at ? at - now : Timeout.InfiniteTimeSpan;
            await Task.WhenAny(Task.Delay(wait, time, cancel), Volatile.Read(ref _start).Task);
            cancel.ThrowIfCancellationRequested();
            await TryAsync(cancel);
            Volatile.Write(ref _start, NotYet());
        }
    }

    private static TaskCompletionSource NotYet() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task TryAsync(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        Volatile.Write(ref _isRunning, true);
        try
        {
            await run(cancel);
            Volatile.Write(ref _state, State with
            {
                Done = State.Done + 1,
                LastAt = time.GetUtcNow(),
                Took = time.GetElapsedTime(started),
                Fault = "",
            });
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            log.RoundFailed("comparing", failure.Message);
            Volatile.Write(ref _state, State with { Failed = State.Failed + 1, Fault = failure.Message });
        }
        finally
        {
            Volatile.Write(ref _isRunning, false);
        }
    }
}
