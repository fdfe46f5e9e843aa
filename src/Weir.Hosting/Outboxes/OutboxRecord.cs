// SPDX-License-Identifier: Apache-2.0
//
// One item in a file: length of the body, CRC-32C of length and body, then the body: time (ms since 1970), length of
// the id, id, octets. Little-endian. A file begins with eight octets that say what it is.
using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace Weir.Hosting.Outboxes;

internal static class OutboxRecord
{
    public const int HeaderOctets = 8;
    public const int PrefixOctets = 8;
    public const int MaxOverhead = PrefixOctets + BodyOverhead + LongestId;
    public const int LongestId = 200;

    private const int BodyOverhead = sizeof(long) + sizeof(ushort);

    public static ReadOnlySpan<byte> Header => "WEIROBX1"u8;

    public static int Octets(string id, int octets) =>
        PrefixOctets + BodyOverhead + Encoding.UTF8.GetByteCount(id) + octets;

    public static void Write(ArrayBufferWriter<byte> to, string id, long atMs, ReadOnlySpan<byte> octets)
    {
        var length = Octets(id, octets.Length);
        var record = to.GetSpan(length)[..length];
        var body = record[PrefixOctets..];
        BinaryPrimitives.WriteInt64LittleEndian(body, atMs);
        var idOctets = Encoding.UTF8.GetBytes(id, body[BodyOverhead..]);
        BinaryPrimitives.WriteUInt16LittleEndian(body[sizeof(long)..], (ushort)idOctets);
        octets.CopyTo(body[(BodyOverhead + idOctets)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[sizeof(uint)..], Crc((uint)body.Length, body));
        to.Advance(length);
    }

    /// <summary>Length of the record that begins with a prefix; 0 where it cannot be one.</summary>
    public static int LengthOf(ReadOnlySpan<byte> prefix, int maxItemOctets)
    {
        var body = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        return body is >= BodyOverhead + 1 && body <= BodyOverhead + LongestId + (uint)maxItemOctets
            ? (int)body + PrefixOctets : 0;
    }

    /// <summary>Reads a whole record; false where it is not what was written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> record, [NotNullWhen(true)] out OutboxItem? item)
    {
        item = null;
        var body = record[PrefixOctets..];
        var idOctets = BinaryPrimitives.ReadUInt16LittleEndian(body[sizeof(long)..]);
        if (Crc((uint)body.Length, body) != BinaryPrimitives.ReadUInt32LittleEndian(record[sizeof(uint)..])
            || idOctets > body.Length - BodyOverhead)
        {
            return false;
        }

        var id = Encoding.UTF8.GetString(body.Slice(BodyOverhead, idOctets));
        var at = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(body));
        item = new(id, at, body[(BodyOverhead + idOctets)..].ToArray());
        return true;
    }

    /// <summary>How many records damaged octets were, by those of their lengths that still stand; at least one.
    /// </summary>
    public static int CountIn(ReadOnlySpan<byte> octets, int maxItemOctets)
    {
        var count = 0;
        int length;
        do
        {
            count++;
            length = octets.Length < PrefixOctets ? 0 : LengthOf(octets, maxItemOctets);
            octets = octets[Math.Min(length, octets.Length)..];
        }
        while (length > 0 && octets.Length > 0);
        return count;
    }

    public static uint Crc(uint seed, ReadOnlySpan<byte> octets)
    {
        var crc = ~seed;
        for (; octets.Length >= sizeof(ulong); octets = octets[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(octets));
        }

        foreach (var octet in octets)
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return ~crc;
    }
}
