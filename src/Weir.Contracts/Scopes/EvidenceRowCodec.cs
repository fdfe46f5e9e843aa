// SPDX-License-Identifier: Apache-2.0
//
// Rows of evidence as they cross from the store: each the 81 octets, in network order, that the digest is over.
//   0 u64 scope   8 i64 start   16 i64 end   24 remote address   40 u16 port   42 u8 protocol
//  43 u64 packets out   51 u64 packets in   59 u64 octets out   67 u64 octets in   75 u32 sampling   79 u8 flags out
//  80 u8 flags in
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Scopes;

/// <summary>Writes and reads rows of evidence.</summary>
public static class EvidenceRowCodec
{
    /// <summary>Length of a row.</summary>
    public const int RowOctets = (3 * 8) + 16 + 2 + 1 + (4 * 8) + 4 + 2;

    /// <summary>Writes one row.</summary>
    public static void Write(in EvidenceRow row, Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt64BigEndian(octets, row.Scope.Number);
        BinaryPrimitives.WriteInt64BigEndian(octets[8..], row.StartMs);
        BinaryPrimitives.WriteInt64BigEndian(octets[16..], row.EndMs);
        row.Remote.Address.WriteTo(octets[24..]);
        BinaryPrimitives.WriteUInt16BigEndian(octets[40..], row.Remote.Port);
        octets[42] = row.Remote.Protocol;
        BinaryPrimitives.WriteUInt64BigEndian(octets[43..], row.PacketsOut);
        BinaryPrimitives.WriteUInt64BigEndian(octets[51..], row.PacketsIn);
        BinaryPrimitives.WriteUInt64BigEndian(octets[59..], row.OctetsOut);
        BinaryPrimitives.WriteUInt64BigEndian(octets[67..], row.OctetsIn);
        BinaryPrimitives.WriteUInt32BigEndian(octets[75..], row.SamplingInterval);
        octets[79] = row.FlagsOut;
        octets[80] = row.FlagsIn;
    }

    /// <summary>All rows, one behind the other.</summary>
    public static byte[] Write(IReadOnlyList<EvidenceRow> rows)
    {
        var octets = new byte[rows.Count * RowOctets];
        for (var i = 0; i < rows.Count; i++)
        {
            Write(rows[i], octets.AsSpan(i * RowOctets));
        }

        return octets;
    }

    /// <summary>Reads what <see cref="Write(IReadOnlyList{EvidenceRow})"/> writes; false where it is something
    /// else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out EvidenceRow[]? rows)
    {
        rows = null;
        if (octets.Length % RowOctets != 0)
        {
            return false;
        }

        rows = new EvidenceRow[octets.Length / RowOctets];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = Row(octets[(i * RowOctets)..]);
        }

        return true;
    }

    private static EvidenceRow Row(ReadOnlySpan<byte> octets) => new()
    {
        Scope = new ScopeId(BinaryPrimitives.ReadUInt64BigEndian(octets)),
        StartMs = BinaryPrimitives.ReadInt64BigEndian(octets[8..]),
        EndMs = BinaryPrimitives.ReadInt64BigEndian(octets[16..]),
        Remote = new Endpoint(
            new IpKey(BinaryPrimitives.ReadUInt128BigEndian(octets[24..])),
            BinaryPrimitives.ReadUInt16BigEndian(octets[40..]), octets[42]),
        PacketsOut = BinaryPrimitives.ReadUInt64BigEndian(octets[43..]),
        PacketsIn = BinaryPrimitives.ReadUInt64BigEndian(octets[51..]),
        OctetsOut = BinaryPrimitives.ReadUInt64BigEndian(octets[59..]),
        OctetsIn = BinaryPrimitives.ReadUInt64BigEndian(octets[67..]),
        SamplingInterval = BinaryPrimitives.ReadUInt32BigEndian(octets[75..]),
        FlagsOut = octets[79],
        FlagsIn = octets[80],
    };
}
