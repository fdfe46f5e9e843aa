// SPDX-License-Identifier: Apache-2.0
//
// Retention of the audit itself. Whole segments past their time go, never the last one, and only behind a head that
// covers them: a prune head first says from which entry on the log is kept and which tree stood before it.
using System.Globalization;

namespace Weir.Hosting.Auditing;

internal static class AuditPruning
{
    /// <summary>Drops segments whose every entry is from before <paramref name="limit"/>.</summary>
    /// <returns>What was dropped, or null where nothing was due.</returns>
    public static (long KeptFrom, int Segments)? Drop(AuditFolder folder, AuditWriter writer, DateTimeOffset limit)
    {
        var segments = folder.Segments();
        var due = segments.Index().TakeWhile(s =>
            s.Index + 1 < segments.Count
            && s.Item.Day < DateOnly.FromDateTime(limit.UtcDateTime)
            && segments[s.Index + 1].First - 1 <= writer.Head!.Size).Select(s => s.Item).ToList();
        if (due.Count == 0)
        {
            return null;
        }

        var head = writer.Head!;
        var tree = new MerkleFrontier(head.KeptFrom - 1, head.KeptFromPeaks);
        var (previous, json) = (head.KeptFromPrevious, new CanonicalJson());
        foreach (var segment in due)
        {
            foreach (var line in TextLineFile.Read(segment.Path))
            {
                var record = line.IsWhole ? AuditRecord.Read(line.Octets.Span, json) : null;
                if (record is null || record.Previous != previous || record.Sequence != tree.Size + 1)
                {
                    throw new AuditException($"audit: {segment.Path}:{line.Number}: entry {tree.Size + 1} does "
                        + "not hold, so nothing is dropped");
                }

                tree.Add(line.Octets.Span);
                previous = record.Hash;
            }
        }

        var keptFrom = tree.Size + 1;
        _ = writer.Append([new AuditEntry
        {
            Actor = "weir",
            Role = "machine",
            Act = AuditActions.AuditPruned,
            Outcome = AuditActions.Allow,
            Rows = keptFrom - head.KeptFrom,
            ResultDigest = tree.Root(),
            Reason = string.Create(CultureInfo.InvariantCulture, $"entries {head.KeptFrom} to {keptFrom - 1}"),
        }]);
        _ = writer.Sign(TreeHeadReason.Prune, (keptFrom, tree, previous));
        due.ForEach(segment => File.Delete(segment.Path));
        folder.Sync();
        return (keptFrom, due.Count);
    }
}
