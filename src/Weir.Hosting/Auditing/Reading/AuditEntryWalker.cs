// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>Walks all entries of a log along its heads.</summary>
internal sealed class AuditEntryWalker(
    AuditFolder folder, IReadOnlyList<AuditHeadLine> heads, CanonicalJson json,
    IReadOnlyDictionary<string, long> ends)
{
    private MerkleFrontier _tree = new();
    private string _previous = AuditRecord.Beginning;
    private int _next;

    /// <summary>Heads kept elsewhere; null for none.</summary>
    public OutsideHeads? Outside { get; init; }

    /// <summary>The log's public key; null where it is not there.</summary>
    public ECDsa? Key { get; init; }

    /// <summary>The head kept elsewhere that covers most, where that is more than there is.</summary>
    public TreeHead? Beyond { get; private set; }

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
        if (heads.LastOrDefault(one => !one.Head.IsTail)?.Head is { KeptFrom: > 1 } head)
        {
            _tree = new(head.KeptFrom - 1, head.KeptFromPeaks);
            (_previous, KeptFrom) = (head.KeptFromPrevious, head.KeptFrom);
        }

        // Heads over entries that were dropped since can only be checked for their signatures.
        for (; _next < heads.Count && heads[_next].Head.Size < Last; _next++)
        {
            Covered = heads[_next].Head.Size;
        }

        Outside?.SkipTo(Last);

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
            var (head, line, file) = heads[_next];
            if (head.Root != _tree.Root() || head.Last != _previous
                || (!head.IsTail && !head.Peaks.SequenceEqual(_tree.Peaks)))
            {
                return new(
                    file, line, head.Number,
                    $"head {head.Number} is over other entries: {Covered + 1} to {head.Size} were written anew");
            }

            Covered = head.Size;
        }

        return AtOutsideHead();
    }

    private AuditFault? AtOutsideHead() =>
        Outside?.IsAt(Last) == true && Outside.Against(Last, _tree.Root(), Key) is { } other
            ? new(
                Path.GetFileName(folder.HeadsFile), 0, other.Number,
                $"{Kept(other)} is not over the first {other.Size} entries that are here: "
                    + (RestoreBehind(other) ?? "the log was written anew"))
            : null;

    /// <summary>What is missing, by the heads kept elsewhere.</summary>
    private AuditFault? Cut()
    {
        Beyond = Outside?.Beyond(Last, Key);
        return Beyond is null ? null : new(
            Path.GetFileName(folder.HeadsFile), 0, Beyond.Number,
            $"cut after {Last}: {Kept(Beyond)} covers {Beyond.Size} entries, {Beyond.Size - Last} more than there are: "
                + (RestoreBehind(Beyond) ?? "the log was set back"));
    }

    private string Kept(TreeHead head) =>
        $"head {head.Number} of {AuditRecord.TimeText(head.At)}, kept in {Outside!.File},";

    /// <summary>The restore that said it loses what a head covers; null where none did.</summary>
    private string? RestoreBehind(TreeHead lost)
    {
        try
        {
            return AuditReader.Entries(folder.Directory, since: lost.At).FirstOrDefault(record =>
                record.Entry is { Act: AuditActions.Restore, Result: AuditActions.RestoredWithLoss }) is { } restore
                ? $"they are lost, and entry {restore.Sequence}, a restore on {AuditRecord.TimeText(restore.At)}, says "
                    + $"so; compare what follows with {folder.CopyName}"
                : null;
        }
        catch (AuditException)
        {
            return null; // the walk over the entries names the line
        }
    }

    private AuditFault? Ended(List<AuditSegment> segments)
    {
        if (AtHead() is { } fault)
        {
            return fault;
        }

        // Heads made while we read cover entries beyond what was there when we began. Those kept outside were read
        // before that.
        var isBeingWritten = folder.Segments()
            .Exists(s => new FileInfo(s.Path).Length > ends.GetValueOrDefault(s.Path));
        if (_next == heads.Count || isBeingWritten)
        {
            return Cut();
        }

        var name = segments.Count > 0 ? segments[^1].Name : Path.GetFileName(folder.HeadsFile);
        return new(
            name, segments.Count > 0 ? TextLineFile.Read(segments[^1].Path).Count() + 1 : 0, Last + 1,
            $"entry {Last + 1} is missing: head {heads[_next].Head.Number} covers {heads[_next].Head.Size} entries");
    }
}
