// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Loading;

/// <summary>Numbers of the segments whose insertion this process began, the latest ones: one of these that comes again
/// is asked for. Also which of them are under way. Safe for any thread.</summary>
internal sealed class BegunSegments(int most = 1 << 20)
{
    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _begun = [];
    private readonly Queue<ulong> _order = [];
    private readonly HashSet<ulong> _underWay = [];

    /// <summary>Begins one; false where it is under way.</summary>
    /// <param name="segment">Its number.</param>
    /// <param name="isKnown">It was begun before.</param>
    public bool TryBegin(ulong segment, out bool isKnown)
    {
        lock (_gate)
        {
            isKnown = _begun.Contains(segment);
            if (!_underWay.Add(segment))
            {
                return false;
            }

            if (_begun.Add(segment))
            {
                _order.Enqueue(segment);
            }

            if (_order.Count > most)
            {
                _ = _begun.Remove(_order.Dequeue());
            }

            return true;
        }
    }

    public void End(ulong segment)
    {
        lock (_gate)
        {
            _ = _underWay.Remove(segment);
        }
    }
}
