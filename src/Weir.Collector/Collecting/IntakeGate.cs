// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Collecting;

/// <summary>
/// Stops the intake while something makes it useless, a full disk say. Lanes stop reading; the kernel's buffers fill
/// and it counts what it then drops, so that even this loss has a number. Open when no reason is left.
/// </summary>
public sealed class IntakeGate
{
    private readonly object _lock = new();
    private string[] _reasons = [];

    public bool IsOpen => Reasons.Count == 0;

    /// <summary>Why the intake rests; empty while it runs.</summary>
    public IReadOnlyList<string> Reasons => Volatile.Read(ref _reasons);

    /// <summary>Stops the intake for a reason, told to the operator as it is.</summary>
    public void Close(string reason)
    {
        lock (_lock)
        {
            Volatile.Write(ref _reasons, [.. _reasons.Where(r => r != reason), reason]);
        }
    }

    /// <summary>Takes a reason back; the last one opens the gate.</summary>
    public void Open(string reason)
    {
        lock (_lock)
        {
            Volatile.Write(ref _reasons, [.. _reasons.Where(r => r != reason)]);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until the gate is open, at most <paramref name="atMost"/>.</summary>
    /// <returns>Whether it is open.</returns>
    public bool Wait(TimeSpan atMost)
    {
        lock (_lock)
        {
            return IsOpen || (Monitor.Wait(_lock, atMost) && IsOpen);
        }
    }
}
