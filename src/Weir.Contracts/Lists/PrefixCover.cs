// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Weir.Contracts.Lists;

/// <summary>
/// Which parts of the IPv4 space hold a listed network at all: a bit for every /16 (8 KB, in the nearest cache) and one
/// for every /24 (2 MB, made only when needed). What has no bit needs no search by length.
/// </summary>
internal sealed class PrefixCover
{
    private readonly ulong[] _wide = new ulong[1 << 10];
    private ulong[] _narrow = [];

    public long Octets => (_wide.LongLength + _narrow.LongLength) * 8;

    /// <summary>Part of every look-up, also where the first lists that were met named no network.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayCover(uint address)
    {
        var wide = address >> 16;
        if ((_wide[wide >> 6] >> (int)(wide & 63) & 1) == 0)
        {
            return false;
        }

        var narrow = address >> 8;
        return (_narrow[narrow >> 6] >> (int)(narrow & 63) & 1) != 0;
    }

    /// <summary>Marks the network; <paramref name="written"/> is its length from 0 to 32.</summary>
    public void Add(uint network, int written)
    {
        if (_narrow.Length == 0)
        {
            _narrow = new ulong[1 << 18];
        }

        var last = network | (written == 0 ? uint.MaxValue : written == 32 ? 0 : uint.MaxValue >> written);
        for (var wide = network >> 16; wide <= last >> 16; wide++)
        {
            _wide[wide >> 6] |= 1UL << (int)(wide & 63);
        }

        for (var narrow = network >> 8; narrow <= last >> 8; narrow++)
        {
            _narrow[narrow >> 6] |= 1UL << (int)(narrow & 63);
        }
    }
}
