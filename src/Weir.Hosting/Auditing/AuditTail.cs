// SPDX-License-Identifier: Apache-2.0
//
// Where a log ends. At a start the last head and everything after it is read again: what does not hold together stops
// the start. After a crash the last line may lack its line feed; it was never acknowledged then, and is cut off, which
// is an entry itself. A whole line that is wrong no crash makes, so nothing is ever cut there.
using System.Security.Cryptography;

namespace Weir.Hosting.Auditing;

/// <summary>The end of a log: what the next entry and the next head build on.</summary>
internal sealed class AuditTail
{
    private readonly AuditFolder _folder;
    private readonly CanonicalJson _json = new();

    private AuditTail(AuditFolder folder) => _folder = folder;

    public long Sequence { get; set; }

    public string Hash { get; set; } = AuditRecord.Beginning;

    public DateTimeOffset? At { get; set; }

    public MerkleFrontier Tree { get; private set; } = new();

    /// <summary>The last one that stays.</summary>
    public TreeHead? Head { get; set; }

    /// <summary>One that was signed behind it.</summary>
    public TreeHead? TailHead { get; set; }

    /// <summary>The last entry that a head covers.</summary>
    private long Signed => TailHead?.Size ?? Head?.Size ?? 0;

    public AuditSegment? Segment { get; set; }

    /// <summary>What the start has to tell in the log itself.</summary>
    public List<AuditEntry> StartEntries { get; } = [];

    /// <exception cref="AuditException">The log does not hold together; the message names the line.</exception>
    public static AuditTail Read(AuditFolder folder, AuditKey key)
    {
        var tail = new AuditTail(folder);
        tail.ReadHeads(key);
        tail.ReadSegments();
        return tail;
    }

    private void ReadHeads(AuditKey key)
    {
        if (!File.Exists(_folder.HeadsFile))
        {
            return;
        }

        var (last, before) = ((TextLine?)null, "");
        var previous = AuditRecord.Beginning;
        foreach (var line in TextLineFile.Read(_folder.HeadsFile))
        {
            if (!line.IsWhole)
            {
                Cut(_folder.HeadsFile, line);
                break;
            }

            (last, before) = (line with { Octets = line.Octets.ToArray() }, previous);
            previous = Convert.ToHexStringLower(SHA256.HashData(line.Octets.Span));
        }

        if (last is not { } end)
        {
            return;
        }

        using var publicKey = AuditKey.ReadPublic(File.ReadAllBytes(_folder.PublicKeyFile));
        var head = TreeHead.Read(end.Octets.Span);
        if (publicKey is null || head is null || head.Number != end.Number || head.Previous != before
            || head.Key != key.Fingerprint || !AuditKey.Verify(publicKey, head))
        {
            throw Broken(_folder.HeadsFile, end.Number, $"head {end.Number} does not hold");
        }

        Tree = Frontier(head, end.Number);
        Head = head;
        (Sequence, Hash) = (head.Size, head.Last);
        ReadTail(publicKey);
    }

    /// <summary>The last head that was signed behind the one that stays; those before that one count no more.</summary>
    private void ReadTail(ECDsa publicKey)
    {
        if (!File.Exists(_folder.TailFile)
            || TextLineFile.Read(_folder.TailFile).Where(line => line.IsWhole)
                .Select(line => (TextLine?)(line with { Octets = line.Octets.ToArray() })).LastOrDefault() is not { } end)
        {
            return;
        }

        var head = TreeHead.Read(end.Octets.Span);
        if (head is null || !AuditKey.Verify(publicKey, head) || head.Number > Head!.Number + 1
            || (head.Number > Head.Number && (head.Previous != Head.Digest() || head.Size < Head.Size)))
        {
            throw Broken(_folder.TailFile, end.Number, "the head does not hold");
        }

        TailHead = head.Number > Head.Number ? head : null;
    }

    private MerkleFrontier Frontier(TreeHead head, long line)
    {
        try
        {
            var tree = new MerkleFrontier(head.Size, head.Peaks);
            return tree.Root() == head.Root ? tree : throw Broken(
                _folder.HeadsFile, line, $"the root of head {head.Number} does not follow from its peaks");
        }
        catch (FormatException wrong)
        {
            throw Broken(_folder.HeadsFile, line, $"head {head.Number}: {wrong.Message}");
        }
    }

    private void ReadSegments()
    {
        FinishPruning();
        var segments = _folder.Segments();
        var covered = Head?.Size ?? 0;
        var first = Math.Max(0, segments.FindLastIndex(s => s.First <= Math.Max(covered, 1)));
        long? expected = null;
        for (var i = first; i < segments.Count; i++)
        {
            expected = ReadSegment(
                segments[i], covered, expected ?? segments[i].First, isLast: i == segments.Count - 1);
        }

        var found = (expected ?? 1) - 1;
        if (found < Signed)
        {
            throw new AuditException(
                $"audit: head {(TailHead ?? Head!).Number} covers {Signed} entries, and only {found} are there; the end of the "
                    + $"log was taken away. Keep '{_folder.Directory}' as it is, find out who did, and begin another");
        }

        if (covered > 0 && segments.Count == 0)
        {
            throw new AuditException(
                $"audit: head {Head!.Number} covers {covered} entries and no segment is left in '{_folder.Directory}'");
        }
    }

    /// <returns>The sequence that follows.</returns>
    private long ReadSegment(AuditSegment segment, long covered, long expected, bool isLast)
    {
        if (segment.First != expected)
        {
            throw Broken(
                segment.Path, 1, $"the segment begins with entry {segment.First} where {expected} must follow");
        }

        foreach (var line in TextLineFile.Read(segment.Path))
        {
            if (!line.IsWhole)
            {
                expected = Torn(segment, line, expected, covered, isLast);
                break;
            }

            AddLine(segment, line, expected++, covered);
        }

        Segment = segment;
        return expected;
    }

    private void AddLine(AuditSegment segment, TextLine line, long expected, long covered)
    {
        var record = AuditRecord.Read(line.Octets.Span, _json);
        if (record is null || record.Sequence != expected
            || (expected == covered && record.Hash != Head!.Last)
            || (expected > covered && record.Previous != Hash))
        {
            throw Broken(segment.Path, line.Number, $"entry {expected} does not hold");
        }

        At = record.At;
        if (expected > covered)
        {
            Tree.Add(line.Octets.Span);
            (Sequence, Hash) = (record.Sequence, record.Hash);
            if (expected == TailHead?.Size && Tree.Root() != TailHead.Root)
            {
                throw Broken(segment.Path, line.Number, $"entry {expected} is not the one that a head was signed over");
            }
        }
    }

    private long Torn(AuditSegment segment, TextLine line, long expected, long covered, bool isLast)
    {
        if (!isLast || expected <= Signed)
        {
            throw Broken(segment.Path, line.Number, $"entry {expected} lacks its end");
        }

        if (AuditRecord.Read(line.Octets.Span, _json) is not null)
        {
            // Only the line feed is missing: the entry was written, never acknowledged, and stays.
            using var stream = _folder.OpenToWrite(segment.Path);
            stream.Write("\n"u8);
            stream.Flush(flushToDisk: true);
            AddLine(segment, line, expected, covered);
            return expected + 1;
        }

        if (AuditRecord.Read(line.Octets.Span[..^1], _json) is not null)
        {
            throw Broken(segment.Path, line.Number, $"the line feed after entry {expected} was overwritten");
        }

        Cut(segment.Path, line);
        return expected;
    }

    private void Cut(string path, TextLine line)
    {
        using var stream = _folder.OpenToWrite(path);
        stream.SetLength(line.Offset);
        stream.Flush(flushToDisk: true);
        StartEntries.Add(new AuditEntry
        {
            Actor = "weir", Role = "machine", Act = AuditActions.TornLineCut, Outcome = AuditActions.Allow,
            ResultDigest = Convert.ToHexStringLower(SHA256.HashData(line.Octets.Span)),
            Reason = $"{Path.GetFileName(path)}:{line.Number}: {line.Octets.Length} octets without "
                + "line feed, never acknowledged",
        });
    }

    /// <summary>A crash may have come between the head that says what is dropped and the dropping.</summary>
    private void FinishPruning()
    {
        var segments = _folder.Segments();
        for (var i = 0; i + 1 < segments.Count && segments[i + 1].First <= (Head?.KeptFrom ?? 1); i++)
        {
            File.Delete(segments[i].Path);
        }
    }

    private static AuditException Broken(string path, long line, string what) =>
        new($"audit: {path}:{line}: {what}; `weir audit verify` tells more. Keep the folder as it is, find out who "
            + "changed it, and begin another log");
}
