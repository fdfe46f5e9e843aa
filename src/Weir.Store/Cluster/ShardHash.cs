// SPDX-License-Identifier: Apache-2.0
//
// Which shard a subject's rows are on: SipHash-2-4 of its 16 octets with a key of zeros, modulo the number of shards;
// the engine's sipHash64 is the same function, so that a Distributed table over the shards agrees.
//
// Standards: Aumasson, Bernstein: SipHash: a fast short-input PRF (2012).
using System.Buffers.Binary;
using System.Numerics;

namespace Weir.Store.Cluster;

/// <summary>The sharding of subjects.</summary>
internal static class ShardHash
{
    private const ulong LengthBlock = 16UL << 56;

    /// <summary>The same in the engine's words, over a column of subjects.</summary>
    public const string Sql = "sipHash64(subject)";

    /// <param name="subject">The subject's pseudonym.</param>
    /// <param name="shards">How many there are.</param>
    /// <returns>Number of the shard, from 0.</returns>
    public static int ShardOf(UInt128 subject, int shards) => (int)(Hash(subject) % (ulong)shards);

    /// <summary>SipHash-2-4 of the 16 octets, in network order.</summary>
    public static ulong Hash(UInt128 subject)
    {
        var (v0, v1) = (0x736f_6d65_7073_6575UL, 0x646f_7261_6e64_6f6dUL);
        var (v2, v3) = (0x6c79_6765_6e65_7261UL, 0x7465_6462_7974_6573UL);
        foreach (var block in (ReadOnlySpan<ulong>)[
            BinaryPrimitives.ReverseEndianness((ulong)(subject >> 64)),
            BinaryPrimitives.ReverseEndianness((ulong)subject), LengthBlock])
        {
            v3 ^= block;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= block;
        }

        v2 ^= 0xFF;
        for (var i = 0; i < 4; i++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
