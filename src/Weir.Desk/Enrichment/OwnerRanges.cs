// SPDX-License-Identifier: Apache-2.0
//
// Ranges of addresses, nested or apart: sorted by their start, each with the one around it. A look-up bisects to the
// last range that starts at or before the address and goes outwards until one holds it: that is the narrowest.
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Desk.Enrichment;

/// <summary>From the first address to the last.</summary>
internal readonly record struct OwnerRange(IpKey First, IpKey Last, NetworkOwner Owner)
{
    public static OwnerRange Of(Prefix prefix, NetworkOwner owner) => new(prefix.Network, prefix.Last, owner);
}

/// <summary>Immutable table of ranges; some 40 octets each.</summary>
internal sealed class OwnerRanges
{
    private readonly UInt128[] _firsts;
    private readonly UInt128[] _lasts;
    private readonly NetworkOwner[] _owners;
    private readonly int[] _around;

    /// <param name="ranges">In any order; of the same range twice the later stands.</param>
    public OwnerRanges(IEnumerable<OwnerRange> ranges)
    {
        OwnerRange[] sorted = [.. ranges.Reverse().DistinctBy(range => (range.First, range.Last))];
        Array.Sort(sorted, (a, b) => a.First.Bits != b.First.Bits
            ? a.First.Bits.CompareTo(b.First.Bits)
            : b.Last.Bits.CompareTo(a.Last.Bits));
        _firsts = Array.ConvertAll(sorted, range => range.First.Bits);
        _lasts = Array.ConvertAll(sorted, range => range.Last.Bits);
        _owners = Array.ConvertAll(sorted, range => range.Owner);
        _around = new int[sorted.Length];
        for (var at = 0; at < sorted.Length; at++)
        {
            var around = at - 1;
            while (around >= 0 && _lasts[around] < _lasts[at])
            {
                around = _around[around];
            }

            _around[at] = around;
        }
    }

    public int Count => _firsts.Length;

    /// <summary>The owner of the narrowest range that holds it; null for none.</summary>
    public NetworkOwner? Find(IpKey address)
    {
        var at = Array.BinarySearch(_firsts, address.Bits);
        if (at >= 0)
        {
            // Several may start there; the last of them is the narrowest.
            while (at + 1 < _firsts.Length && _firsts[at + 1] == address.Bits)
            {
                at++;
            }
        }
        else
        {
            at = ~at - 1;
        }

        while (at >= 0 && _lasts[at] < address.Bits)
        {
            at = _around[at];
        }

        return at < 0 ? null : _owners[at];
    }
}
