// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Contracts.Segments;

namespace Weir.Tests.Store;

public sealed class SegmentHeaderTests
{
    [Property(Replay = "3,5", MaxTest = 200)]
    public void A_header_comes_back_as_it_went(
        bool pairs, uint day, ulong segment, uint rows, ulong octets, uint checksum)
    {
        var header = new SegmentHeader(
            pairs ? SegmentKind.Pairs : SegmentKind.Sightings, day, segment, rows, octets, checksum);
        Span<byte> head = stackalloc byte[SegmentHeader.Length];
        header.WriteTo(head);
        Assert.Equal(header, SegmentHeader.TryRead(head, out var reason));
        Assert.Equal("", reason);
    }

    [Fact]
    public void Every_flipped_bit_is_seen()
    {
        Span<byte> head = stackalloc byte[SegmentHeader.Length];
        new SegmentHeader(SegmentKind.Pairs, 20_260_302, 7, 1_000, 105_000, 0xDEAD_BEEF).WriteTo(head);
        for (var bit = 0; bit < head.Length * 8; bit++)
        {
            head[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(SegmentHeader.TryRead(head, out var reason));
            Assert.NotEmpty(reason);
            head[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Property(Replay = "11,13", MaxTest = 300)]
    public void The_checksum_does_not_depend_on_where_the_octets_are_cut(byte[] octets, int cut)
    {
        octets ??= [];
        var at = octets.Length == 0 ? 0 : (int)((uint)cut % (uint)octets.Length);
        Assert.Equal(SegmentHeader.Crc(0, octets), SegmentHeader.Crc(
            SegmentHeader.Crc(0, octets.AsSpan(0, at)), octets.AsSpan(at)));
    }

    [Fact]
    public void The_checksum_is_CRC_32C() =>
        Assert.Equal(0xE306_9283u, ~SegmentHeader.Crc(uint.MaxValue, "123456789"u8));
}
