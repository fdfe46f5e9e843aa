// SPDX-License-Identifier: Apache-2.0
namespace Weir.Auditing;

/// <summary>Reads what a log holds, without its lock: for reports and exports, beside a log that is being written.</summary>
public static class AuditReader
{
    /// <summary>Entries in the order of their sequence, taken in [since, until). A last line that is just being written is left out.</summary>
    /// <exception cref="AuditException">A line is no entry; the message names it.</exception>
    public static IEnumerable<AuditRecord> Entries(string directory, DateTimeOffset? since = null, DateTimeOffset? until = null)
    {
        var json = new CanonicalJson();
        foreach (var segment in new AuditFolder(directory).Segments())
        {
            foreach (var line in LineFile.Read(segment.Path).Where(l => l.IsWhole))
            {
                var record = AuditRecord.Read(line.Octets.Span, json)
                    ?? throw new AuditException($"audit: {segment.Path}:{line.Number}: this line is no sound entry; `weir audit verify` tells more");
                if ((since is null || record.At >= since) && (until is null || record.At < until))
                {
                    yield return record;
                }
            }
        }
    }

    /// <summary>Heads in their order.</summary>
    /// <exception cref="AuditException">A line is no head; the message names it.</exception>
    public static IEnumerable<TreeHead> Heads(string directory)
    {
        var folder = new AuditFolder(directory);
        if (!File.Exists(folder.HeadsFile))
        {
            yield break;
        }

        foreach (var line in LineFile.Read(folder.HeadsFile).Where(l => l.IsWhole))
        {
            yield return TreeHead.Read(line.Octets.Span)
                ?? throw new AuditException($"audit: {folder.HeadsFile}:{line.Number}: this line is no sound head; `weir audit verify` tells more");
        }
    }

    /// <summary>Whether there is a log at all.</summary>
    public static bool HasLog(string directory) => new AuditFolder(directory).HasLog;
}
