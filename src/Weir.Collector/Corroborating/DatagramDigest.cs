// SPDX-License-Identifier: Apache-2.0
//
// SipHash alone was most of what corroboration cost: it takes eight octets at a time, one after the other. A universal
// hash needs no such order, and who does not see its key and its results can do no better than chance whatever he
// sends: CLNH (Lemire, Kaser, "Faster 64-bit universal hashing using carry-less multiplications", Journal of
// Cryptographic Engineering 6, 2016, section 4) gives two blocks of one length the same 127 bits with a chance of
// 2^-64. A polynomial over GF(2^64) in further words of the key makes 64 bits of the blocks and the length, and adds
// 2^-64 for each block. A processor that has no such multiplication has SipHash-2-4.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Weir.Collector.Corroborating;

/// <summary>64 bits of a datagram's octets, under a key drawn at each start, so that nobody who does not know the key
/// makes two datagrams that have the same. The result stays in this process.</summary>
internal sealed class DatagramDigest
{
    /// <summary>A datagram of Ethernet's size is one block; of longer ones each block is summed under the same
    /// key.</summary>
    public const int KeyOctets = 1_536;

    /// <summary>Octets of the key of what is made of the sums.</summary>
    public const int LastOctets = 24;

    private const int Pair = 16;

    private static readonly DatagramDigest OfProcess = new(
        RandomNumberGenerator.GetBytes(KeyOctets), RandomNumberGenerator.GetBytes(LastOctets));

    private readonly byte[] _key;
    private readonly Vector128<ulong> _last;
    private readonly Vector128<ulong> _step;

    /// <param name="key">Of the sums, <see cref="KeyOctets"/>.</param>
    /// <param name="last">Of what is made of them, <see cref="LastOctets"/>.</param>
    public DatagramDigest(byte[] key, ReadOnlySpan<byte> last)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyOctets);
        ArgumentOutOfRangeException.ThrowIfNotEqual(last.Length, LastOctets);
        var words = MemoryMarshal.Cast<byte, ulong>(last);
        (_key, _last, _step) = (key, Vector128.Create(words[0], words[1]), Vector128.CreateScalar(words[2]));
    }

    /// <summary>Whether this processor has the multiplication.</summary>
    public static bool IsFast => Pclmulqdq.IsSupported;

    public static ulong Of(ReadOnlySpan<byte> octets) => OfProcess.Compute(octets);

    /// <summary>Hot: once a datagram.</summary>
    public ulong Compute(ReadOnlySpan<byte> octets) =>
        Pclmulqdq.IsSupported ? ComputeBySums(octets) : ComputeAlone(octets);

    /// <summary>SipHash-2-4 of all octets, filled up with noughts, and of their number.</summary>
    internal ulong ComputeAlone(ReadOnlySpan<byte> octets)
    {
        var sip = new Sip(_last.GetElement(0), _last.GetElement(1));
        var whole = octets.Length & ~(sizeof(ulong) - 1);
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(octets[..whole]))
        {
            sip.Take(word);
        }

        Span<byte> last = stackalloc byte[sizeof(ulong)];
        last.Clear();
        octets[whole..].CopyTo(last);
        sip.Take(MemoryMarshal.Read<ulong>(last));
        return sip.End((ulong)octets.Length);
    }

    /// <summary>The sum of a block: of each pair of 64-bit words, each with its word of the key, the carry-less
    /// product. Where the last pair is not whole, it is the last sixteen octets; of a shorter block its octets and
    /// noughts.</summary>
    internal Vector128<ulong> Sum(ReadOnlySpan<byte> block)
    {
        if (block.Length < Pair)
        {
            return SumShort(block);
        }

        ref var from = ref MemoryMarshal.GetReference(block);
        ref var key = ref MemoryMarshal.GetArrayDataReference(_key);
        var length = (nuint)Math.Min(block.Length, KeyOctets);
        var sum = Vector128<ulong>.Zero;
        nuint at = 0;
        if (Pclmulqdq.V256.IsSupported)
        {
            var both = Vector256<ulong>.Zero;
            for (; at + (2 * Pair) <= length; at += 2 * Pair)
            {
                var pairs = (Vector256.LoadUnsafe(ref from, at) ^ Vector256.LoadUnsafe(ref key, at)).AsUInt64();
                both ^= Pclmulqdq.V256.CarrylessMultiply(pairs, pairs, 0x10);
            }

            sum = both.GetLower() ^ both.GetUpper();
        }

        for (; at + Pair <= length; at += Pair)
        {
            sum ^= Product(Vector128.LoadUnsafe(ref from, at) ^ Vector128.LoadUnsafe(ref key, at));
        }

        return at == length ? sum
            : sum ^ Product(Vector128.LoadUnsafe(ref from, length - Pair) ^ Vector128.LoadUnsafe(ref key, at));
    }

    private Vector128<ulong> SumShort(ReadOnlySpan<byte> block)
    {
        Span<byte> last = stackalloc byte[Pair];
        last.Clear();
        block.CopyTo(last);
        return Product(MemoryMarshal.Read<Vector128<byte>>(last) ^ Vector128.Create(_key, 0));
    }

    private ulong ComputeBySums(ReadOnlySpan<byte> octets)
    {
        var made = (ulong)octets.Length;
        for (var left = octets; left.Length > 0; left = left[Math.Min(KeyOctets, left.Length)..])
        {
            var sum = Sum(left[..Math.Min(KeyOctets, left.Length)]);
            made = Reduce(
                Pclmulqdq.CarrylessMultiply(sum, _last, 0x00) ^ Pclmulqdq.CarrylessMultiply(sum, _last, 0x11)
                ^ Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(made), _step, 0x00));
        }

        return made;
    }

    /// <summary>A product as an element of GF(2^64), by x^64 + x^4 + x^3 + x + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Reduce(Vector128<ulong> product)
    {
        var field = Vector128.CreateScalar(0x1BUL);
        var once = Pclmulqdq.CarrylessMultiply(product, field, 0x01);
        return (product ^ once ^ Pclmulqdq.CarrylessMultiply(once, field, 0x01)).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Product(Vector128<byte> pair) =>
        Pclmulqdq.CarrylessMultiply(pair.AsUInt64(), pair.AsUInt64(), 0x10);

    /// <summary>SipHash-2-4 (Aumasson, Bernstein, INDOCRYPT 2012), word by word; its four words stay in registers.
    /// </summary>
    private ref struct Sip(ulong key0, ulong key1)
    {
        private ulong _a = key0 ^ 0x736F6D6570736575;
        private ulong _b = key1 ^ 0x646F72616E646F6D;
        private ulong _c = key0 ^ 0x6C7967656E657261;
        private ulong _d = key1 ^ 0x7465646279746573;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(ulong word)
        {
            _d ^= word;
            Round();
            Round();
            _a ^= word;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong End(ulong length)
        {
            Take(length);
            _c ^= 0xFF;
            Round();
            Round();
            Round();
            Round();
            return _a ^ _b ^ _c ^ _d;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Round()
        {
            _a += _b;
            _c += _d;
            _b = BitOperations.RotateLeft(_b, 13) ^ _a;
            _d = BitOperations.RotateLeft(_d, 16) ^ _c;
            _a = BitOperations.RotateLeft(_a, 32);
            _c += _b;
            _a += _d;
            _b = BitOperations.RotateLeft(_b, 17) ^ _c;
            _d = BitOperations.RotateLeft(_d, 21) ^ _a;
            _c = BitOperations.RotateLeft(_c, 32);
        }
    }
}
