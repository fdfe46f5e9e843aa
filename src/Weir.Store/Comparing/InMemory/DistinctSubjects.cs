// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Weir.Store.Comparing.InMemory;

/// <summary>Tells a key's subjects once each: every subject bears the number of the key that met it last.</summary>
/// <param name="subjects">How many there are.</param>
internal sealed class DistinctSubjects(int subjects)
{
    private readonly int[] _metLast = new int[subjects];
    private int _key = 1;

    /// <summary>What follows is of another key.</summary>
    public void Next()
    {
        if (++_key == int.MaxValue)
        {
            Array.Clear(_metLast);
            _key = 1;
        }
    }

    /// <summary>Whether the key meets the subject for the first time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNew(uint subject)
    {
        ref var last = ref _metLast[subject];
        var isNew = last != _key;
        last = _key;
        return isNew;
    }
}

/// <summary>Which rows lie in a window.</summary>
internal readonly struct WindowFilter
{
    private readonly bool[] _hours;
    private readonly uint _wanted;

    /// <param name="window">Window.</param>
    /// <param name="hours">Starts of the hours, seconds since the UNIX epoch, by their number.</param>
    public WindowFilter(PairWindow window, IReadOnlyList<uint> hours)
    {
        _hours = [.. hours.Select(hour => window.Holds(hour))];
        _wanted = window.TwoWayOnly ? PairTimes.TwoWayBit : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(in PairTimes row) => (row.First & _wanted) == _wanted && _hours[row.Hour];
}
