// SPDX-License-Identifier: Apache-2.0
//
// The store keeps pairs by (subject, remote, port, protocol, hour). A block that comes in this order it takes as it is;
// one that does not it sorts, every column of it, which costs more than all the rest of an insert. Here 32 octets a row
// are sorted instead, once.
//
// The sort is by the highest bits in which a run of keys differs, eight at a time, in place (McIlroy, Bostic and
// McIlroy 1993, "Engineering Radix Sort"); short runs are compared. Nothing in it depends on how subjects are spread:
// pseudonyms differ in every bit, addresses in clear in few.
using System.Numerics;
using System.Runtime.CompilerServices;
using Weir.Wire;

namespace Weir.Collector.Digesting;

/// <summary>Where a pair of one UTC day stands in the store's order, as four numbers to be compared one after the
/// other; and which entry it is.</summary>
internal readonly struct PairKey(UInt128 subject, UInt128 remote, in PairName name, int number) : IComparable<PairKey>
{
    /// <summary>Remotes below this are exact in a key: IPv4 in its mapped form is below 2^48.</summary>
    private const ulong ExactRemotes = (1UL << 49) - 1;
    private const uint HoursPerDay = 24;

    /// <summary>Runs up to this length are sorted by comparing.</summary>
    private const int ShortRun = 512;
    private const int DigitBits = 8;
    private const int Digits = 1 << DigitBits;

    private readonly ulong _subjectUpper = (ulong)(subject >> 64);
    private readonly ulong _subjectLower = (ulong)subject;
    private readonly ulong _remote = Shorten(remote);
    private readonly ulong _rest = ((ulong)name.Port << 48) | ((ulong)name.Protocol << 40)
        | ((ulong)(name.Hour % HoursPerDay) << 32) | (uint)number;

    /// <summary>Number of the entry.</summary>
    public int Entry => (int)(uint)_rest;

    public UInt128 Subject => new(_subjectUpper, _subjectLower);

    /// <summary>Whether another remote of the same subject may have the same number here.</summary>
    public bool IsRemoteShortened => _remote >= ExactRemotes;

    public bool HasSubjectAndRemoteOf(in PairKey other) =>
        _remote == other._remote && _subjectUpper == other._subjectUpper && _subjectLower == other._subjectLower;

    public int CompareTo(PairKey other) =>
        _subjectUpper != other._subjectUpper ? (_subjectUpper < other._subjectUpper ? -1 : 1)
        : _subjectLower != other._subjectLower ? (_subjectLower < other._subjectLower ? -1 : 1)
        : _remote != other._remote ? (_remote < other._remote ? -1 : 1)
        : _rest.CompareTo(other._rest);

    /// <summary>Sorts keys in place. Allocates nothing.</summary>
    public static void Sort(Span<PairKey> keys)
    {
        if (keys.Length <= ShortRun)
        {
            keys.Sort();
            return;
        }

        var (word, shift) = FirstDigit(keys);
        if (word < 0)
        {
            return;
        }

        Span<int> next = stackalloc int[Digits];
        Span<int> ends = stackalloc int[Digits];
        ends.Clear();
        foreach (ref var key in keys)
        {
            ends[Digit(ref key, word, shift)]++;
        }

        var sum = 0;
        for (var digit = 0; digit < Digits; digit++)
        {
            next[digit] = sum;
            ends[digit] = sum += ends[digit];
        }

        Permute(keys, next, ends, word, shift);
        for (var (digit, start) = (0, 0); digit < Digits; start = ends[digit++])
        {
            Sort(keys[start..ends[digit]]);
        }
    }

    /// <summary>Brings each key into the run of its digit: the one that stands there moves on, until one
    /// fits.</summary>
    private static void Permute(Span<PairKey> keys, Span<int> next, ReadOnlySpan<int> ends, int word, int shift)
    {
        for (var digit = 0; digit < Digits; digit++)
        {
            while (next[digit] < ends[digit])
            {
                var key = keys[next[digit]];
                for (var own = Digit(ref key, word, shift); own != digit; own = Digit(ref key, word, shift))
                {
                    ref var place = ref keys[next[own]++];
                    (key, place) = (place, key);
                }

                keys[next[digit]++] = key;
            }
        }
    }

    /// <summary>The highest eight bits from the first one in which any two keys differ: which of the four numbers, and
    /// how far it is to be shifted; -1 where all are equal.</summary>
    private static (int Word, int Shift) FirstDigit(Span<PairKey> keys)
    {
        for (var word = 0; word < 4; word++)
        {
            var first = Word(ref keys[0], word);
            var differing = 0UL;
            foreach (ref var key in keys)
            {
                differing |= Word(ref key, word) ^ first;
            }

            if (differing != 0)
            {
                return (word, Math.Max(0, 64 - DigitBits - BitOperations.LeadingZeroCount(differing)));
            }
        }

        return (-1, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Digit(ref PairKey key, int word, int shift) =>
        (int)(Word(ref key, word) >> shift) & (Digits - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref PairKey key, int word) => Unsafe.Add(ref Unsafe.As<PairKey, ulong>(ref key), word);

    /// <summary>64 bits in the order of the 128: all of IPv4, of IPv6 the upper half.</summary>
    private static ulong Shorten(UInt128 remote)
    {
        var bits = new IpKey(remote);
        return bits.Upper == 0 ? Math.Min(bits.Lower, ExactRemotes) : Math.Max(bits.Upper, ExactRemotes);
    }
}
