// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Weir.Wire;

namespace Weir.Contracts.Lists;

/// <summary>Reads octets of <see cref="ListsDocument"/> from outside; <see cref="FormatException"/> or
/// <see cref="ArgumentException"/> where they are none.</summary>
internal ref struct ListsDocumentReader(ReadOnlyMemory<byte> octets)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private int _at;

    public readonly bool IsAtEnd => _at == octets.Length;

    public ReadOnlySpan<byte> Octets(int count)
    {
        if (count > octets.Length - _at)
        {
            throw new FormatException("torn");
        }

        _at += count;
        return octets.Span.Slice(_at - count, count);
    }

    public uint Number() => BinaryPrimitives.ReadUInt32LittleEndian(Octets(sizeof(uint)));

    public Feed List(DateTimeOffset readAt)
    {
        var (name, format, role) = (Text(), Text(), Role());
        var tags = new List<ListTag>();
        var (tagCount, count) = (Number(), Number());
        for (; tagCount > 0; tagCount--)
        {
            tags.Add(new ListTag(Text(), Role(), Octets(1)[0], Text())
            {
                IsOwnConfirmation = Octets(1)[0] == 1, Provenance = Text(),
            });
        }

        if (count > (octets.Length - _at) / ListsDocument.EntryOctets)
        {
            throw new FormatException("torn");
        }

        var entries = new ListEntry[count];
        foreach (ref var entry in entries.AsSpan())
        {
            entry = Entry(tags);
        }

        return new Feed
        {
            Name = name, Path = "", Format = format, Role = role, Entries = entries, Domains = [],
            Refused = new RejectedLines(0, []), Ignored = new Dictionary<string, int>(), ReadAt = readAt,
        };
    }

    private ListEntry Entry(List<ListTag> tags)
    {
        var octets = Octets(ListsDocument.EntryOctets);
        var network = new IpKey(BinaryPrimitives.ReadUInt128LittleEndian(octets));
        var (length, tag) = (octets[16], BinaryPrimitives.ReadUInt32LittleEndian(octets[20..]));
        if (length > 128 || tag >= tags.Count || (network.Bits & Prefix.Mask(length)) != network.Bits)
        {
            throw new FormatException("no entry");
        }

        return new ListEntry(
            new Prefix(network, length), BinaryPrimitives.ReadUInt16LittleEndian(octets[17..]), octets[19],
            tags[(int)tag], BinaryPrimitives.ReadInt64LittleEndian(octets[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[48..]));
    }

    private ListRole Role() =>
        Octets(1)[0] is var role && role <= (byte)ListRole.Allow
            ? (ListRole)role : throw new FormatException("no role");

    private string Text() =>
        Strict.GetString(Octets(BinaryPrimitives.ReadUInt16LittleEndian(Octets(sizeof(ushort)))));
}
