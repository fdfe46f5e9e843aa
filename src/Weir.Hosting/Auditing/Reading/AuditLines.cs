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

    /// <summary>Heads behind a number, in their order.</summary>
    public static IReadOnlyList<string> Heads(string directory, long after, int most) =>
        new AuditFolder(directory).HeadsFile is var file && File.Exists(file)
            ? [.. Whole(file).Where(line => line.Number > after).Take(most).Select(TextOf)]
            : [];

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
        folder.WriteWhole(folder.HeadsFile, Octets(heads));
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

    private static byte[] Octets(IEnumerable<string> lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    private static IEnumerable<TextLine> Whole(string file) => TextLineFile.Read(file).TakeWhile(line => line.IsWhole);

    private static string TextOf(TextLine line) => Encoding.UTF8.GetString(line.Octets.Span);
}
