// SPDX-License-Identifier: Apache-2.0
//
// A segment file: 64 octets of header, then Native blocks. All numbers little-endian.
//   0  "WEIRSEG1"
//   8  u32 kind (1 pairs, 2 sightings, 3 evidence, 4 coverage)
//  12  u32 day, as 20261122; of evidence the first of its week
//  16  u64 segment                         24  u32 rows          28  u32 CRC-32C of the blocks
//  32  u64 octets of the blocks            40  20 octets zero    60  u32 CRC-32C of octets 0..59
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Weir.Contracts.Segments;

/// <summary>What the rows of a segment are; the number decides columns and their order.</summary>
public enum SegmentKind : uint
{
    Pairs = 1,
    Sightings = 2,
    Evidence = 3,
    Coverage = 4,
}

/// <summary>The head of a segment file.</summary>
/// <param name="Kind">Which table.</param>
/// <param name="Day">Its one UTC day as a number, 20261122; of evidence the first day of its week.</param>
/// <param name="Segment">The number its rows carry.</param>
/// <param name="Rows">Rows in the blocks.</param>
/// <param name="Octets">Length of the blocks.</param>
/// <param name="Checksum">CRC-32C of the blocks.</param>
public readonly record struct SegmentHeader(
    SegmentKind Kind, uint Day, ulong Segment, uint Rows, ulong Octets, uint Checksum)
{
    public const int Length = 64;

    private static ReadOnlySpan<byte> Magic => "WEIRSEG1"u8;

    public void WriteTo(Span<byte> head)
    {
        head[..Length].Clear();
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], (uint)Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], Day);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], Segment);
        BinaryPrimitives.WriteUInt32LittleEndian(head[24..], Rows);
        BinaryPrimitives.WriteUInt32LittleEndian(head[28..], Checksum);
        BinaryPrimitives.WriteUInt64LittleEndian(head[32..], Octets);
        BinaryPrimitives.WriteUInt32LittleEndian(head[60..], Crc(0, head[..60]));
    }

    /// <summary>Reads a header; null with the reason where it is none.</summary>
    public static SegmentHeader? TryRead(ReadOnlySpan<byte> head, out string reason)
    {
        reason = head.Length < Length ? "shorter than its header"
            : !head[..8].SequenceEqual(Magic) ? "not a segment: wrong magic"
            : BinaryPrimitives.ReadUInt32LittleEndian(head[60..]) != Crc(0, head[..60]) ? "its header is damaged"
            : BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) is not (1 or 2 or 3 or 4)
                ? "rows of a kind this Weir does not know"
            : "";
        return reason.Length > 0 ? null : new SegmentHeader(
            (SegmentKind)BinaryPrimitives.ReadUInt32LittleEndian(head[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(head[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(head[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[28..]));
    }

    /// <summary>CRC-32C (RFC 3720 §12.1 polynomial, without the final inversion) over any run of octets, by the
    /// processor's own instruction.</summary>
    public static uint Crc(uint crc, ReadOnlySpan<byte> octets)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(octets);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var octet in octets[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return crc;
    }
}
