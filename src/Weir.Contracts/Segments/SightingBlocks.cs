// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Contracts.Segments;

/// <summary>A sighting with what its list said of the entry.</summary>
/// <param name="Sighting">The contact window.</param>
/// <param name="Role">The list's role as its number.</param>
/// <param name="Confidence">0 to 100.</param>
public readonly record struct SightingRow(Sighting Sighting, byte Role, byte Confidence)
{
    /// <summary>UTC day of the first contact, in days since 1970-01-01.</summary>
    public int DayNumber => (int)Math.DivRem(Sighting.FirstMs, 86_400_000L).Quotient;
}

/// <summary>Sightings as Native blocks of the table <c>sightings</c>. They are few; rows of one call
/// are one block.</summary>
public static class SightingBlocks
{
    public const string Table = "sightings";

    public const string Columns =
        "day, subject, remote, port, protocol, list, role, kind, confidence, first, last, contacts, segment";

    public static void Append(ReadOnlySpan<SightingRow> rows, ulong segment, NativeWriter writer)
    {
        writer.Begin(13, rows.Length);
        writer.Numbers<ushort>("day"u8, "Date"u8, Map(rows, row => (ushort)row.DayNumber));
        writer.Keys("subject"u8, Map(rows, row => row.Sighting.Subject.Pseudonym));
        writer.Keys("remote"u8, Map(rows, row => row.Sighting.Endpoint.Address.Bits));
        writer.Numbers<ushort>("port"u8, "UInt16"u8, Map(rows, row => row.Sighting.Endpoint.Port));
        writer.Numbers<byte>("protocol"u8, "UInt8"u8, Map(rows, row => row.Sighting.Endpoint.Protocol));
        writer.Texts("list"u8, Map(rows, row => row.Sighting.List));
        writer.Numbers<byte>("role"u8, "UInt8"u8, Map(rows, row => row.Role));
        writer.Numbers<byte>("kind"u8, "UInt8"u8, Map(rows, row => (byte)row.Sighting.Kind));
        writer.Numbers<byte>("confidence"u8, "UInt8"u8, Map(rows, row => row.Confidence));
        writer.Numbers<long>("first"u8, "Int64"u8, Map(rows, row => row.Sighting.FirstMs));
        writer.Numbers<long>("last"u8, "Int64"u8, Map(rows, row => row.Sighting.LastMs));
        writer.Numbers<uint>("contacts"u8, "UInt32"u8, Map(rows, row => row.Sighting.Contacts));
        writer.Numbers<ulong>("segment"u8, "UInt64"u8, Map(rows, _ => segment));
    }

    private static T[] Map<T>(ReadOnlySpan<SightingRow> rows, Func<SightingRow, T> take)
    {
        var values = new T[rows.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = take(rows[i]);
        }

        return values;
    }
}
