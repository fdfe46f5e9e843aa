// SPDX-License-Identifier: Apache-2.0
//
// Says "not listed" for nearly every address that is not, from memory that fits a core's cache: a Bloom filter whose
// four bits for a key lie in one 64-bit word (Putze, Sanders, Singler 2007), 16 bits a key, one memory access. About
// one unlisted address in a hundred passes and is then looked up; a listed one always passes.
using System.Numerics;
using Weir.Contracts.Memory;

namespace Weir.Contracts.Lists;

internal sealed class AddressFilter
{
    private readonly ulong[] _words;
    private readonly int _shift;

    public AddressFilter(int keys)
    {
        var bits = Math.Clamp(BitOperations.Log2((uint)Math.Max((keys + 3) / 4, 1) - (keys > 4 ? 1u : 0u)) + 1, 6, 22);
        _words = LargePages.Array<ulong>(1 << bits);
        Array.Clear(_words);
        _shift = 64 - bits;
    }

    public long Octets => _words.LongLength * 8;

    public void Add(ulong hash) => _words[hash >> _shift] |= Mask(hash);

    public bool MayHold(ulong hash)
    {
        var mask = Mask(hash);
        return (_words[hash >> _shift] & mask) == mask;
    }

    private static ulong Mask(ulong hash) =>
        (1UL << ((int)hash & 63)) | (1UL << ((int)(hash >> 6) & 63))
        | (1UL << ((int)(hash >> 12) & 63)) | (1UL << ((int)(hash >> 18) & 63));
}
