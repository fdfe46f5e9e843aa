// SPDX-License-Identifier: Apache-2.0
//
// A file of an outbox. While it grows it is called NUMBER.open; when it is full it is renamed NUMBER-COUNT-OLDEST.seg,
// so that a start knows how much waits without reading it all.
using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Hosting.Files;

namespace Weir.Hosting.Outboxes;

internal sealed partial class OutboxSegment(long number, string name)
{
    private IDurableFile? _file;

    public long Number => number;

    public string Name { get; set; } = name;

    /// <summary>Octets that are durable.</summary>
    public long Length { get; set; }

    /// <summary>Items in it, acknowledged ones too.</summary>
    public int Count { get; set; }

    public long OldestMs { get; set; }

    public bool IsOpen => Name.EndsWith(".open", StringComparison.Ordinal);

    public string SealedName => string.Create(
        CultureInfo.InvariantCulture, $"{number:D12}-{Count:D9}-{OldestMs:D14}.seg");

    public static OutboxSegment New(long number) => new(
        number, string.Create(CultureInfo.InvariantCulture, $"{number:D12}.open"));

    /// <summary>A file by its name; null where it is no segment.</summary>
    public static OutboxSegment? Parse(string name)
    {
        var match = NamePattern().Match(name);
        return !match.Success ? null : new(Number(match.Groups["number"]), name)
        {
            Count = match.Groups["count"].Success ? (int)Number(match.Groups["count"]) : 0,
            OldestMs = match.Groups["oldest"].Success ? Number(match.Groups["oldest"]) : 0,
        };

        static long Number(Group group) => long.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    public IDurableFile File(IDurableFolder folder) => _file ??= folder.OpenFile(Name);

    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>Items that the disk gave back wrong, as far as is known.</summary>
    public int Damaged { get; private set; }

    /// <summary>Counts the items of a file that was open, and cuts what was not finished: an end behind which nothing
    /// is whole. What is damaged before a whole item stays where it is, and is counted.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="maxItemOctets">Of one item.</param>
    /// <param name="from">Place of the first item that was not acknowledged.</param>
    /// <param name="acknowledged">Items before it.</param>
    /// <returns>Octets that were cut.</returns>
    public long Scan(IDurableFolder folder, int maxItemOctets, long from, int acknowledged)
    {
        var file = File(folder);
        Span<byte> header = stackalloc byte[OutboxRecord.HeaderOctets];
        var isHeaded = file.Read(0, header) == header.Length && header.SequenceEqual(OutboxRecord.Header);
        (Count, var end) = (acknowledged, from);
        while (end < Length && Next(folder, end, maxItemOctets, out var start, out var length) is { } item)
        {
            Damaged += start > end ? OutboxRecord.CountIn(Octets(file, end, (int)(start - end)), maxItemOctets) : 0;
            OldestMs = Count == acknowledged ? item.At.ToUnixTimeMilliseconds() : OldestMs;
            Count++;
            end = start + length;
        }

        end = isHeaded || Count > 0 ? end : 0;
        var torn = Length - end;
        if (torn > 0 || !isHeaded)
        {
            file.Cut(end);
            file.Write(0, OutboxRecord.Header);
            file.Sync();
        }

        Length = Math.Max(end, header.Length);
        return torn;
    }

    /// <summary>The first whole item at a place or behind it; null where there is none.</summary>
    /// <param name="folder">Where the file lies.</param>
    /// <param name="at">The place.</param>
    /// <param name="maxItemOctets">Of one item.</param>
    /// <param name="start">Where the item begins; what lies between is damaged.</param>
    /// <param name="length">Its octets.</param>
    public OutboxItem? Next(IDurableFolder folder, long at, int maxItemOctets, out long start, out int length)
    {
        start = at;
        if (Read(folder, at, maxItemOctets, out length) is { } item)
        {
            return item;
        }

        var rest = Octets(File(folder), at, (int)(Length - at)).AsSpan();
        for (var i = 1; i + OutboxRecord.PrefixOctets <= rest.Length; i++)
        {
            length = OutboxRecord.LengthOf(rest[i..], maxItemOctets);
            if (length > 0 && i + length <= rest.Length && OutboxRecord.TryRead(rest.Slice(i, length), out item))
            {
                start = at + i;
                return item;
            }
        }

        return null;
    }

    private static byte[] Octets(IDurableFile file, long at, int count)
    {
        var octets = new byte[count];
        return octets[..file.Read(at, octets)];
    }

    /// <summary>The item at a place; null where it is not whole.</summary>
    public OutboxItem? Read(IDurableFolder folder, long at, int maxItemOctets, out int length)
    {
        length = 0;
        var file = File(folder);
        Span<byte> prefix = stackalloc byte[OutboxRecord.PrefixOctets];
        if (file.Read(at, prefix) < prefix.Length)
        {
            return null;
        }

        length = OutboxRecord.LengthOf(prefix, maxItemOctets);
        if (length == 0 || at + length > Length)
        {
            return null;
        }

        var record = new byte[length];
        return file.Read(at, record) == length && OutboxRecord.TryRead(record, out var item) ? item : null;
    }

    [GeneratedRegex(@"^(?<number>\d{12})(\.open|-(?<count>\d{9})-(?<oldest>\d{14})\.seg)$")]
    private static partial Regex NamePattern();
}
