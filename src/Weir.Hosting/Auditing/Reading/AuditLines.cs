// SPDX-License-Identifier: Apache-2.0
//
// A log as lines that can be taken elsewhere part by part and put together there, octet for octet, so that whoever may
// verify it needs no way into its folder.
using System.Text;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>Reads lines of a log, written or not at the moment.</summary>
public static class AuditLines
{
    /// <summary>The public key as it stands; empty where there is none.</summary>
    public static string Key(string directory) =>
        new AuditFolder(directory).PublicKeyFile is var file && File.Exists(file) ? File.ReadAllText(file) : "";

    /// <summary>Whether a log's key signed a head.</summary>
    public static bool IsHeadOf(string directory, TreeHead head)
    {
        using var key = AuditKey.ReadPublic(File.ReadAllBytes(new AuditFolder(directory).PublicKeyFile));
        return key is not null && AuditKey.Verify(key, head);
    }

    /// <summary>Heads behind a number, in their order; the last may be one that another will take the place
    /// of.</summary>
    public static IReadOnlyList<string> Heads(string directory, long after, int most)
    {
        var tail = Tail(directory);
        return new AuditFolder(directory).HeadsFile is var file && File.Exists(file)
            ? [.. WithTail(Whole(file).Where(line => line.Number > after).Select(TextOf), tail, after).Take(most)]
            : [];
    }

    /// <summary>Entries behind a sequence, in their order.</summary>
    public static IReadOnlyList<string> Entries(string directory, long after, int most)
    {
        var segments = new AuditFolder(directory).Segments();
        return
        [
            .. segments.Index()
                .Where(one => one.Index + 1 == segments.Count || segments[one.Index + 1].First > after + 1)
                .SelectMany(one => Whole(one.Item.Path)
                    .Where(line => one.Item.First + line.Number - 1 > after).Select(TextOf))
                .Take(most),
        ];
    }

    /// <summary>The last heads, in their order.</summary>
    public static IReadOnlyList<string> NewestHeads(string directory, int most)
    {
        var tail = Tail(directory);
        return new AuditFolder(directory).HeadsFile is var file && File.Exists(file)
            ? [.. WithTail(Whole(file).Select(TextOf).TakeLast(most), tail, 0).TakeLast(most)]
            : [];
    }

    /// <summary>The last entries, in their order.</summary>
    public static IReadOnlyList<string> NewestEntries(string directory, int most)
    {
        List<string> newest = [];
        foreach (var segment in Enumerable.Reverse(new AuditFolder(directory).Segments()))
        {
            newest.InsertRange(0, Whole(segment.Path).Select(TextOf).TakeLast(most - newest.Count));
            if (newest.Count >= most)
            {
                break;
            }
        }

        return newest;
    }

    /// <summary>Puts a log together in an empty folder.</summary>
    /// <param name="directory">The folder, which is made.</param>
    /// <param name="key">The public key.</param>
    /// <param name="heads">All heads.</param>
    /// <param name="entries">All entries.</param>
    /// <exception cref="AuditException">A line is no entry.</exception>
    public static void Write(
        string directory, string key, IReadOnlyList<string> heads, IReadOnlyList<string> entries)
    {
        var folder = new AuditFolder(directory);
        folder.Lock().Dispose();
        folder.WriteWhole(folder.PublicKeyFile, Encoding.UTF8.GetBytes(key));
        var isTail = heads is [.., var last] && TreeHead.Read(Encoding.UTF8.GetBytes(last)) is { IsTail: true };
        folder.WriteWhole(folder.HeadsFile, Octets(isTail ? heads.SkipLast(1) : heads));
        if (isTail)
        {
            folder.WriteWhole(folder.TailFile, Octets(heads.TakeLast(1)));
        }

        var json = new CanonicalJson();
        foreach (var segment in Segments(folder, entries, json).GroupBy(one => one.Segment.Path))
        {
            folder.WriteWhole(segment.Key, Octets(segment.Select(one => one.Line)));
        }
    }

    private static IEnumerable<(AuditSegment Segment, string Line)> Segments(
        AuditFolder folder, IReadOnlyList<string> entries, CanonicalJson json)
    {
        AuditSegment? segment = null;
        foreach (var line in entries)
        {
            var record = AuditRecord.Read(Encoding.UTF8.GetBytes(line), json)
                ?? throw new AuditException("audit: a line that the desk gave is no sound entry: " + line);
            if (segment is null || segment.Day != DateOnly.FromDateTime(record.At.UtcDateTime))
            {
                segment = folder.SegmentOf(record.Sequence, record.At);
            }

            yield return (segment, line);
        }
    }

    /// <summary>The last head that none has taken the place of, with its number; read before the others.</summary>
    private static string? Tail(string directory) =>
        new AuditFolder(directory).TailFile is var file && File.Exists(file)
            ? Whole(file).Select(TextOf).LastOrDefault() : null;

    private static IEnumerable<string> WithTail(IEnumerable<string> heads, string? tail, long after)
    {
        var last = after;
        foreach (var head in heads)
        {
            last = TreeHead.Read(Encoding.UTF8.GetBytes(head))?.Number ?? last;
            yield return head;
        }

        if (tail is not null && TreeHead.Read(Encoding.UTF8.GetBytes(tail))?.Number > last)
        {
            yield return tail;
        }
    }

    private static byte[] Octets(IEnumerable<string> lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    /// <summary>Lines whose octets hold until the next one is read: whoever keeps them makes texts of them first.
    /// </summary>
    private static IEnumerable<TextLine> Whole(string file) => TextLineFile.Read(file).TakeWhile(line => line.IsWhole);

    private static string TextOf(TextLine line) => Encoding.UTF8.GetString(line.Octets.Span);
}
