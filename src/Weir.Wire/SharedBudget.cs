// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire;

/// <summary>So much of something, for all senders of a process together: whoever invents senders fills it and no memory
/// beyond it. For any thread.</summary>
/// <param name="capacity">Units at most.</param>
public sealed class SharedBudget(long capacity)
{
    private long _held;
    private long _refused;

    /// <summary>Units at most.</summary>
    public long Capacity => capacity;

    /// <summary>Units that are taken.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>How often there was no room.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Takes units, all or none.</summary>
    public bool TryTake(int units)
    {
        if (Interlocked.Add(ref _held, units) <= capacity)
        {
            return true;
        }

        Interlocked.Add(ref _held, -units);
        Interlocked.Increment(ref _refused);
        return false;
    }

    /// <summary>Gives units back.</summary>
    public void Return(int units) => Interlocked.Add(ref _held, -units);
}
