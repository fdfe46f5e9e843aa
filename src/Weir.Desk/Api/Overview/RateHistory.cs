// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Api.Overview;

/// <summary>Flows a second, a value a minute, as a wall shows them. In memory: a restart begins anew. Safe for any
/// thread.
/// </summary>
internal sealed class RateHistory
{
    /// <summary>Between two values.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Six hours.</summary>
    private const int Most = 360;

    private readonly Lock _gate = new();
    private readonly Queue<double> _values = new();

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<double> Values
    {
        get
        {
            lock (_gate)
            {
                return [.. _values];
            }
        }
    }

    /// <summary>One more; nothing known is nought.</summary>
    public void Add(double? perSecond)
    {
        lock (_gate)
        {
            _values.Enqueue(perSecond ?? 0);
            while (_values.Count > Most)
            {
                _ = _values.Dequeue();
            }
        }
    }
}
