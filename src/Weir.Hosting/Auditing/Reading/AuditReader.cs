// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>Reads what a log holds, without its lock: for reports and exports, beside a log that is
/// being written.</summary>
public static class AuditReader
{
    /// <summary>Entries in the order of their sequence, taken in [since, until). A last line that is just being written
    /// is left out.</summary>
    /// <exception cref="AuditException">A line is no entry; the message names it.</exception>
    public static IEnumerable<AuditRecord> Entries(
        string directory, DateTimeOffset? since = null, DateTimeOffset? until = null)
    {
        var json = new CanonicalJson();
        return from segment in new AuditFolder(directory).Segments()
               from record in Records(segment, json)
               where (since is null || record.At >= since) && (until is null || record.At < until)
               select record;
    }

    /// <summary>The first and the last entry; null where there is none. Reads the last segment whole, and of the
    /// others nothing.</summary>
    /// <exception cref="AuditException">A line is no entry; the message names it.</exception>
    public static (AuditRecord First, AuditRecord Last)? Bounds(string directory)
    {
        var segments = new AuditFolder(directory).Segments();
        while (segments.Count > 0 && new FileInfo(segments[^1].Path).Length == 0)
        {
            segments.RemoveAt(segments.Count - 1);
        }

        return segments.Count == 0 || Records(segments[^1], new()).LastOrDefault() is not { } last
            ? null
            : (Records(segments[0], new()).First(), last);
    }

    /// <summary>The entry of a sequence; null where there is none, or none that is sound.</summary>
    public static AuditRecord? Find(string directory, long sequence) =>
        AuditLines.Entries(directory, sequence - 1, most: 1) is [var line]
        && AuditRecord.Read(Encoding.UTF8.GetBytes(line), new()) is { } record && record.Sequence == sequence
            ? record : null;

    /// <summary>Heads in their order.</summary>
    /// <exception cref="AuditException">A line is no head; the message names it.</exception>
    public static IEnumerable<TreeHead> Heads(string directory)
    {
        var folder = new AuditFolder(directory);
        if (!File.Exists(folder.HeadsFile))
        {
            yield break;
        }

        foreach (var line in TextLineFile.Read(folder.HeadsFile).Where(l => l.IsWhole))
        {
            yield return TreeHead.Read(line.Octets.Span)
                ?? throw new AuditException($"audit: {folder.HeadsFile}:{line.Number}: this line is no sound head; "
                    + "`weir audit verify` tells more");
        }
    }

    private static IEnumerable<AuditRecord> Records(AuditSegment segment, CanonicalJson json) =>
        from line in TextLineFile.Read(segment.Path)
        where line.IsWhole
        select AuditRecord.Read(line.Octets.Span, json)
            ?? throw new AuditException(
                $"audit: {segment.Path}:{line.Number}: this line is no sound entry; `weir audit verify` tells more");

    /// <summary>Whether there is a log at all.</summary>
    public static bool HasLog(string directory) => new AuditFolder(directory).HasLog;
}
