// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Memory;

namespace Weir.Store.Comparing.InMemory;

/// <summary>Memory of the grouped rows of all partitions, in large pages; taken once, since it is known how many there
/// are.</summary>
/// <param name="rows">How many.</param>
internal sealed unsafe class GroupedRows(long rows) : IDisposable
{
    private readonly ulong _octets = Math.Max(1, (ulong)rows) * (ulong)sizeof(PairTimes);
    private PairTimes* _all;
    private PairTimes* _next;

    /// <summary>The next so many, to be filled by the caller.</summary>
    public PairTimes* Take(int count)
    {
        if (_all is null)
        {
            _all = _next = (PairTimes*)LargePages.Allocate(_octets);
        }

        var taken = _next;
        _next += count;
        return taken;
    }

    public void Dispose()
    {
        if (_all is not null)
        {
            LargePages.Return(_all, _octets);
            _all = _next = null;
        }
    }
}
