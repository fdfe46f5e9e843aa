// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Auditing.Reading;

/// <summary>Walks all entries of a log along its heads.</summary>
internal sealed class AuditEntryWalker(
    AuditFolder folder, IReadOnlyList<(TreeHead Head, long Line)> heads, CanonicalJson json,
    IReadOnlyDictionary<string, long> ends)
{
    private MerkleFrontier _tree = new();
    private string _previous = AuditRecord.Beginning;
    private int _next;

    /// <summary>Entries that hold.</summary>
    public long Held { get; private set; }

    /// <summary>Sequence of the last of them.</summary>
    public long Last => _tree.Size;

    public long KeptFrom { get; private set; } = 1;

    /// <summary>Entries that heads cover.</summary>
    public long Covered { get; private set; }

    /// <summary>The first fault, or null.</summary>
    public AuditFault? Run(IReadOnlyList<AuditSegment> segments)
    {
        var kept = Begin(segments);
        foreach (var (at, segment) in kept.Index())
        {
            if (segment.First != Last + 1)
            {
                return new(segment.Name, 1, Last + 1, $"begins with entry {segment.First} where {Last + 1} must "
                    + "follow: a segment is missing, or was put in");
            }

            if (Segment(segment, at == kept.Count - 1) is { } fault)
            {
                return fault;
            }
        }

        return Ended(kept);
    }

    private List<AuditSegment> Begin(IReadOnlyList<AuditSegment> segments)
    {
        if (heads.Count > 0 && heads[^1].Head is { KeptFrom: > 1 } head)
        {
            _tree = new(head.KeptFrom - 1, head.KeptFromPeaks);
            (_previous, KeptFrom) = (head.KeptFromPrevious, head.KeptFrom);
        }

        // Heads over entries that were dropped since can only be checked for their signatures.
        for (; _next < heads.Count && heads[_next].Head.Size < Last; _next++)
        {
            Covered = heads[_next].Head.Size;
        }

        // A crash may have left segments that a prune head already gave up; the next start drops them.
        return [.. segments.Where(s => s.First >= KeptFrom)];
    }

    private AuditFault? Segment(AuditSegment segment, bool isLast)
    {
        var (read, end) = (0L, ends[segment.Path]);
        foreach (var line in TextLineFile.Read(segment.Path).TakeWhile(l => l.Offset < end))
        {
            if (AtHead() is { } headFault)
            {
                return headFault;
            }

            if (Entry(segment, line) is { } fault)
            {
                return fault;
            }

            read++;
        }

        return read == 0 && !isLast ? new(segment.Name, 0, Last + 1, "is empty where entries must be") : null;
    }

    private AuditFault? Entry(AuditSegment segment, TextLine line)
    {
        var sequence = Last + 1;
        var record = line.IsWhole ? AuditRecord.Read(line.Octets.Span, json) : null;
        var what = !line.IsWhole ? "ends without its line feed"
            : record is null ? "was changed: its line is not what its hash is over"
            : record.Sequence != sequence ? $"is missing or moved: entry {record.Sequence} stands in its place"
            : record.Previous != _previous ? "does not follow the entry before it"
            : sequence == segment.First && DateOnly.FromDateTime(record.At.UtcDateTime) != segment.Day
                ? "is not of its segment's day: the file was renamed"
            : null;
        if (what is not null)
        {
            return new(segment.Name, line.Number, sequence, $"entry {sequence} {what}");
        }

        _tree.Add(line.Octets.Span);
        _previous = record!.Hash;
        Held++;
        return null;
    }

    /// <summary>Compares the heads made at this size.</summary>
    private AuditFault? AtHead()
    {
        for (; _next < heads.Count && heads[_next].Head.Size == Last; _next++)
        {
            var (head, line) = heads[_next];
            if (head.Root != _tree.Root() || head.Last != _previous || !head.Peaks.SequenceEqual(_tree.Peaks))
            {
                return new(
                    Path.GetFileName(folder.HeadsFile), line, head.Number,
                    $"head {head.Number} is over other entries: {Covered + 1} to {head.Size} were written anew");
            }

            Covered = head.Size;
        }

        return null;
    }

    private AuditFault? Ended(List<AuditSegment> segments)
    {
        if (AtHead() is { } fault)
        {
            return fault;
        }

        // Heads made while we read cover entries beyond what was there when we began.
        var isBeingWritten = folder.Segments()
            .Exists(s => new FileInfo(s.Path).Length > ends.GetValueOrDefault(s.Path));
        if (_next == heads.Count || isBeingWritten)
        {
            return null;
        }

        var name = segments.Count > 0 ? segments[^1].Name : Path.GetFileName(folder.HeadsFile);
        return new(
            name, segments.Count > 0 ? TextLineFile.Read(segments[^1].Path).Count() + 1 : 0, Last + 1,
            $"entry {Last + 1} is missing: head {heads[_next].Head.Number} covers {heads[_next].Head.Size} entries");
    }
}
