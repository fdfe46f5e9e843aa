// SPDX-License-Identifier: Apache-2.0
//
// How many different remotes, without keeping one of them. Up to some hundreds a bitmap is nearest to the truth (Whang,
// Vander-Zanden, Taylor 1990: 3 % at one hundred in 512 bits), and two bitmaps with the same hash can be subtracted;
// beyond that a HyperLogLog of 64 registers (Flajolet et al. 2007: 13 %).
using System.Numerics;
using Weir.Wire;

namespace Weir.Collector.Detecting;

internal static class DistinctEstimator
{
    public const int Bits = 512;
    public const int Words = Bits / 64;
    public const int Registers = 64;

    public static ulong Hash(IpKey address, ushort port, ulong key)
    {
        var hash = (address.Upper ^ key) * 0x9E3779B97F4A7C15UL;
        hash = (hash ^ (hash >> 29) ^ address.Lower) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 32) ^ port) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }

    public static void Set(Span<ulong> bitmap, ulong hash) =>
        bitmap[(int)(hash & (Words - 1))] |= 1UL << (int)((hash >> 8) & 63);

    /// <summary>Different values behind a number of bits set.</summary>
    public static double Count(int set) =>
        set >= Bits ? Bits * Math.Log(Bits) : -Bits * Math.Log(1 - ((double)set / Bits));

    public static void Register(Span<byte> registers, ulong hash)
    {
        ref var register = ref registers[(int)(hash & (Registers - 1))];
        register = Math.Max(register, (byte)(BitOperations.LeadingZeroCount(hash | Registers) + 1));
    }

    /// <summary>Different values in either of two sketches.</summary>
    public static double Count(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        const double Alpha = 0.709;
        double sum = 0;
        var empty = 0;
        for (var i = 0; i < Registers; i++)
        {
            var register = Math.Max(one[i], other[i]);
            sum += Math.ScaleB(1, -register);
            empty += register == 0 ? 1 : 0;
        }

        var raw = Alpha * Registers * Registers / sum;
        return raw <= 2.5 * Registers && empty > 0 ? Registers * Math.Log((double)Registers / empty) : raw;
    }
}
