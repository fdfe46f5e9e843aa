// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing.Statistics;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed on every
/// version of the runtime.</summary>
internal struct SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next() => Mix(_state += 0x9E37_79B9_7F4A_7C15UL);

    /// <summary>Uniform from 0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A number that depends on a key and a seed alone: what a subject draws does not depend on the
    /// order of subjects.</summary>
    public static ulong Keyed(UInt128 key, ulong seed) =>
        Mix(Mix(Mix(seed + 0x9E37_79B9_7F4A_7C15UL) ^ (ulong)(key >> 64)) + (0x9E37_79B9_7F4A_7C15UL ^ (ulong)key));

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EBUL;
        return x ^ (x >> 31);
    }
}
