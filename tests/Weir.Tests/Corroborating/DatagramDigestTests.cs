// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Weir.Collector.Corroborating;

namespace Weir.Tests.Corroborating;

public class DatagramDigestTests
{
    private static readonly byte[] Key = Octets(DatagramDigest.KeyOctets, 1);
    private static readonly byte[] Last = Octets(DatagramDigest.LastOctets, 2);

    /// <summary>Around a vector's end, a block's end, and as long as a datagram can be.</summary>
    public static TheoryData<int> Lengths => [0, 1, 4, 8, 31, 32, 33, 1_464, 1_535, 1_536, 1_537, 3_072, 9_216, 65_507];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Each_octet_counts_where_it_stands(int length)
    {
        var (digest, datagram) = (new DatagramDigest(Key, Last), Octets(length, 3));
        var seen = new HashSet<ulong> { digest.Compute(datagram) };
        foreach (var at in Enumerable.Range(0, length).Where(at => length < 2_000 || at % 97 == 0 || at >= length - 40))
        {
            datagram[at] ^= 0x80;
            Assert.True(seen.Add(digest.Compute(datagram)), $"octet {at} of {length} makes no difference");
            datagram[at] ^= 0x80;
        }

        Assert.False(seen.Add(digest.Compute(datagram)));
    }

    /// <summary>Octets of nought at the end are what a shorter datagram is filled up with.</summary>
    [Fact]
    public void How_long_it_is_counts()
    {
        var (digest, seen) = (new DatagramDigest(Key, Last), new HashSet<ulong>());
        for (var length = 0; length < 4_000; length++)
        {
            Assert.True(seen.Add(digest.Compute(new byte[length])), $"{length} octets of nought are as one less");
        }
    }

    /// <summary>Words that change places, as records in a datagram do, and blocks that do.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(32)]
    [InlineData(48)]
    [InlineData(DatagramDigest.KeyOctets)]
    public void Order_counts(int octets)
    {
        var (digest, datagram) = (new DatagramDigest(Key, Last), Octets(3 * DatagramDigest.KeyOctets, 4));
        var before = digest.Compute(datagram);
        var first = datagram.AsSpan(0, octets).ToArray();
        datagram.AsSpan(octets, octets).CopyTo(datagram);
        first.CopyTo(datagram.AsSpan(octets));
        Assert.NotEqual(before, digest.Compute(datagram));
    }

    /// <summary>Any bit of the key that a datagram meets changes its digest: without one there is nothing to choose
    /// octets for.</summary>
    [Fact]
    public void The_key_counts()
    {
        var datagram = Octets(DatagramDigest.KeyOctets, 5);
        var seen = new HashSet<ulong>();
        for (var at = 0; at < DatagramDigest.KeyOctets; at += 7)
        {
            var key = (byte[])Key.Clone();
            key[at] ^= 1;
            Assert.True(seen.Add(new DatagramDigest(key, Last).Compute(datagram)), $"octet {at} of the key");
        }

        for (var at = 0; at < Last.Length; at++)
        {
            var last = (byte[])Last.Clone();
            last[at] ^= 1;
            Assert.True(seen.Add(new DatagramDigest(Key, last).Compute(datagram)), $"octet {at} of the last key");
        }

        Assert.Equal(DatagramDigest.Of(datagram), DatagramDigest.Of(datagram));
        Assert.NotEqual(DatagramDigest.Of(datagram), new DatagramDigest(Key, Last).Compute(datagram));
    }

    /// <summary>What the processor gives is what the definition says, bit by bit.</summary>
    [Fact]
    public void Products_are_without_carry()
    {
        var digest = new DatagramDigest(Key, Last);
        if (!DatagramDigest.IsFast)
        {
            Assert.Equal(digest.ComputeAlone(Key), digest.Compute(Key));
            return;
        }

        foreach (var length in (int[])[1, 15, 16, 17, 31, 32, 33, 48, 1_464, DatagramDigest.KeyOctets])
        {
            var octets = Octets(length, length);
            var sum = digest.Sum(octets);
            byte[] filled = length % 16 == 0 ? octets
                : length < 16 ? [.. octets, .. new byte[16 - length]]
                : [.. octets.AsSpan(0, length / 16 * 16), .. octets.AsSpan(length - 16)];
            var words = MemoryMarshal.Cast<byte, ulong>(filled);
            var keys = MemoryMarshal.Cast<byte, ulong>(Key);
            UInt128 wanted = 0;
            for (var i = 0; i < words.Length; i += 2)
            {
                wanted ^= Product(words[i] ^ keys[i], words[i + 1] ^ keys[i + 1]);
            }

            Assert.Equal(wanted, new UInt128(sum.GetElement(1), sum.GetElement(0)));
        }

        // And as an element of the field, term by term.
        var random = new Random(8);
        for (var i = 0; i < 1_000; i++)
        {
            var product = new UInt128((ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64());
            var left = product;
            for (var bit = 127; bit >= 64; bit--)
            {
                left ^= (left >> bit & 1) == 1 ? new UInt128(1, 0x1B) << (bit - 64) : 0;
            }

            Assert.Equal(
                (ulong)left, DatagramDigest.Reduce(Vector128.Create((ulong)product, (ulong)(product >> 64))));
        }

        static UInt128 Product(ulong left, ulong right)
        {
            UInt128 product = 0;
            for (var bit = 0; bit < 64; bit++)
            {
                product ^= (right >> bit & 1) == 1 ? (UInt128)left << bit : 0;
            }

            return product;
        }
    }

    /// <summary>Where the processor has no such multiplication.</summary>
    [Theory]
    [MemberData(nameof(Lengths))]
    public void Alone_each_octet_and_the_length_count_too(int length)
    {
        var (digest, datagram) = (new DatagramDigest(Key, Last), Octets(length, 3));
        var seen = new HashSet<ulong> { digest.ComputeAlone(datagram), digest.ComputeAlone([.. datagram, 0]) };
        Assert.Equal(2, seen.Count);
        foreach (var at in Enumerable.Range(0, length).Where(at => at % 97 == 0 || at >= length - 40))
        {
            datagram[at] ^= 0x80;
            Assert.True(seen.Add(digest.ComputeAlone(datagram)), $"octet {at} of {length} makes no difference");
            datagram[at] ^= 0x80;
        }
    }

    /// <summary>Of two datagrams that differ in one bit, under many keys, twelve bits of the digest.</summary>
    [Fact]
    public void Over_keys_two_datagrams_agree_no_more_often_than_by_chance()
    {
        const int Keys = 40_000;
        var (one, other) = (Octets(64, 6), Octets(64, 6));
        other[20] ^= 0x40;
        var (random, agreed) = (new Random(7), 0);
        var (key, last) = (new byte[DatagramDigest.KeyOctets], new byte[DatagramDigest.LastOctets]);
        for (var i = 0; i < Keys; i++)
        {
            random.NextBytes(key.AsSpan(0, 128));
            random.NextBytes(last);
            var digest = new DatagramDigest(key, last);
            agreed += (digest.Compute(one) & 0xFFF) == (digest.Compute(other) & 0xFFF) ? 1 : 0;
        }

        Assert.InRange(agreed, 0, 30); // 9.8 by chance
    }

    [Fact]
    public void A_key_of_another_length_is_none() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DatagramDigest(new byte[16], Last));

    private static byte[] Octets(int length, int seed)
    {
        var octets = new byte[length];
        new Random(seed).NextBytes(octets);
        return octets;
    }
}
