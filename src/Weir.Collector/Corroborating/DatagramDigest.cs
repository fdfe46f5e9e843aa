// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Weir.Collector.Corroborating;

/// <summary>64 bits of a datagram's octets: SipHash-2-4 with a key drawn at each start, so that nobody who does not
/// know the key makes two datagrams that have the same.</summary>
internal static class DatagramDigest
{
    private const int Word = 8;

    private static readonly ulong Key0 = Draw();
    private static readonly ulong Key1 = Draw();

    public static ulong Of(ReadOnlySpan<byte> octets) => Of(octets, Key0, Key1);

    /// <summary>The four words stay in registers: a datagram is a few hundred rounds, once for each.</summary>
    internal static ulong Of(ReadOnlySpan<byte> octets, ulong key0, ulong key1)
    {
        var (a, b) = (key0 ^ 0x736F6D6570736575, key1 ^ 0x646F72616E646F6D);
        var (c, d) = (key0 ^ 0x6C7967656E657261, key1 ^ 0x7465646279746573);
        var left = octets;
        for (; left.Length >= Word; left = left[Word..])
        {
            Take(BinaryPrimitives.ReadUInt64LittleEndian(left), ref a, ref b, ref c, ref d);
        }

        Span<byte> last = stackalloc byte[Word];
        last.Clear();
        left.CopyTo(last);
        last[Word - 1] = (byte)octets.Length;
        Take(BinaryPrimitives.ReadUInt64LittleEndian(last), ref a, ref b, ref c, ref d);
        c ^= 0xFF;
        for (var i = 0; i < 4; i++)
        {
            Round(ref a, ref b, ref c, ref d);
        }

        return a ^ b ^ c ^ d;
    }

    private static ulong Draw() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(Word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(ulong word, ref ulong a, ref ulong b, ref ulong c, ref ulong d)
    {
        d ^= word;
        Round(ref a, ref b, ref c, ref d);
        Round(ref a, ref b, ref c, ref d);
        a ^= word;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref ulong a, ref ulong b, ref ulong c, ref ulong d)
    {
        a += b;
        c += d;
        b = BitOperations.RotateLeft(b, 13) ^ a;
        d = BitOperations.RotateLeft(d, 16) ^ c;
        a = BitOperations.RotateLeft(a, 32);
        c += b;
        a += d;
        b = BitOperations.RotateLeft(b, 17) ^ c;
        d = BitOperations.RotateLeft(d, 21) ^ a;
        c = BitOperations.RotateLeft(c, 32);
    }
}
