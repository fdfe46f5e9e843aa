// SPDX-License-Identifier: Apache-2.0
//
// Lanes that stand still together for a moment, each between two batches, so that what was read so far can be counted
// and handed to the shards with nothing in between. Bounded on both sides: a lane that does not come in time is not
// waited for, and a lane waits no longer than it may.
namespace Weir.Collector;

/// <summary>Where lanes pass after every batch, for those who want them all at once.</summary>
public sealed class LaneBarrier
{
    private LaneHalt? _halt;

    /// <summary>Called by each lane after every batch, and at least every tenth of a second. Costs one read.</summary>
    public void Pass()
    {
        if (Volatile.Read(ref _halt) is { } halt)
        {
            halt.Stand();
        }
    }

    /// <summary>Has all lanes stand; they go on when the result is disposed.</summary>
    /// <param name="lanes">How many.</param>
    /// <param name="patience">How long they get to come.</param>
    /// <param name="cancel">Asks no longer.</param>
    /// <returns>Null where one did not come in time.</returns>
    public async Task<LaneHalt?> HaltAsync(int lanes, TimeSpan patience, CancellationToken cancel)
    {
        var halt = new LaneHalt(lanes, () => Volatile.Write(ref _halt, null));
        Volatile.Write(ref _halt, halt);
        if (await Task.WhenAny(halt.AllStand, Task.Delay(patience, cancel)) == halt.AllStand)
        {
            return halt;
        }

        halt.Dispose();
        return null;
    }

}

/// <summary>Lanes that stand, or come to stand.</summary>
public sealed class LaneHalt(int lanes, Action end) : IDisposable
{
    /// <summary>A lane stands no longer, whatever becomes of who asked.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _coming = lanes;
    private bool _hasLeft;

    /// <summary>All lanes still stand: what is read of them meanwhile is of one moment.</summary>
    public bool IsWhole => _all.Task.IsCompleted && !Volatile.Read(ref _hasLeft);

    internal Task AllStand => _all.Task;

    internal void Stand()
    {
        if (Interlocked.Decrement(ref _coming) == 0)
        {
            _ = _all.TrySetResult();
        }

        if (!_over.Task.Wait(Longest))
        {
            Volatile.Write(ref _hasLeft, true);
        }
    }

    /// <summary>Lets them go on.</summary>
    public void Dispose()
    {
        end();
        _ = _over.TrySetResult();
    }
}
