// SPDX-License-Identifier: Apache-2.0
//
// The lists in force as octets, the same for the same lists: what the desk gives collectors, known by its SHA-256. Only
// what flows are matched with is in it: no names of domains, no path of a file, no time of reading.
//   8 octets "WEIRLST1", u32 lists; of each list: text name, text format, u8 role, u32 tags, u32 entries;
//   of each tag: text list, u8 role, u8 confidence, text family, u8 own confirmation, text provenance;
//   of each entry: u128 network, u8 length, u16 port, u8 protocol, u32 tag, i64 first seen, last seen, expires, valid
//   from. Numbers little-endian; a text is its length in octets as u16, then UTF-8.
using System.Buffers.Binary;
using System.Text;
using Weir.Wire;

namespace Weir.Contracts.Lists;

/// <summary>Reads and writes the lists in force. Pure.</summary>
public static class ListsDocument
{
    /// <summary>Most octets of a document: some 15 million entries.</summary>
    public const long MaxOctets = 1L << 30;

    internal const int EntryOctets = 16 + 1 + 2 + 1 + 4 + (4 * 8);

    private static ReadOnlySpan<byte> Magic => "WEIRLST1"u8;

    /// <summary>The octets of lists.</summary>
    /// <exception cref="ArgumentException">A text has more than 65,535 octets, or there are more than 2 GiB of entries.
    /// </exception>
    public static byte[] Format(IReadOnlyList<Feed> lists)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write((uint)lists.Count);
        foreach (var list in lists)
        {
            var tags = list.Entries.Select(entry => entry.Tag).Distinct().ToList();
            var numbers = tags.Index().ToDictionary(tag => tag.Item, tag => (uint)tag.Index);
            Write(writer, list.Name);
            Write(writer, list.Format);
            writer.Write((byte)list.Role);
            writer.Write((uint)tags.Count);
            writer.Write((uint)list.Entries.Count);
            tags.ForEach(tag => Write(writer, tag));
            foreach (var entry in list.Entries)
            {
                Write(writer, entry, numbers[entry.Tag]);
            }
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Format"/> wrote. Never throws.</summary>
    /// <param name="octets">From outside.</param>
    /// <param name="readAt">What the lists say of when they were read.</param>
    /// <returns>Null where they are none.</returns>
    public static IReadOnlyList<Feed>? TryParse(ReadOnlyMemory<byte> octets, DateTimeOffset readAt)
    {
        var reader = new ListsDocumentReader(octets);
        try
        {
            if (!reader.Octets(Magic.Length).SequenceEqual(Magic))
            {
                return null;
            }

            var lists = new List<Feed>();
            for (var left = reader.Number(); left > 0; left--)
            {
                lists.Add(reader.List(readAt));
            }

            return reader.IsAtEnd ? lists : null;
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static void Write(BinaryWriter writer, string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        writer.Write(octets.Length <= ushort.MaxValue
            ? (ushort)octets.Length : throw new ArgumentException($"'{text[..40]}…' is too long for a list"));
        writer.Write(octets);
    }

    private static void Write(BinaryWriter writer, ListTag tag)
    {
        Write(writer, tag.List);
        writer.Write((byte)tag.Role);
        writer.Write(tag.Confidence);
        Write(writer, tag.Family);
        writer.Write(tag.IsOwnConfirmation ? (byte)1 : (byte)0);
        Write(writer, tag.Provenance);
    }

    private static void Write(BinaryWriter writer, in ListEntry entry, uint tag)
    {
        Span<byte> octets = stackalloc byte[EntryOctets];
        BinaryPrimitives.WriteUInt128LittleEndian(octets, entry.What.Network.Bits);
        octets[16] = (byte)entry.What.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(octets[17..], entry.Port);
        octets[19] = entry.Protocol;
        BinaryPrimitives.WriteUInt32LittleEndian(octets[20..], tag);
        BinaryPrimitives.WriteInt64LittleEndian(octets[24..], entry.FirstSeenMs);
        BinaryPrimitives.WriteInt64LittleEndian(octets[32..], entry.LastSeenMs);
        BinaryPrimitives.WriteInt64LittleEndian(octets[40..], entry.ExpiresMs);
        BinaryPrimitives.WriteInt64LittleEndian(octets[48..], entry.ValidFromMs);
        writer.Write(octets);
    }
}
