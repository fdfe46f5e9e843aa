// SPDX-License-Identifier: Apache-2.0
//
// Entries and heads onto the disk. A batch is one write and one fsync; where either fails the file is cut back to what
// was durable, so that the batch is there whole or not at all and the next one finds sound ground.
using System.Globalization;

namespace Weir.Hosting.Auditing;

/// <summary>The one hand that writes a log; used by one thread at a time.</summary>
internal sealed class AuditWriter(AuditFolder folder, AuditKey key, AuditTail tail, TimeProvider time) : IDisposable
{
    private readonly CanonicalJson _json = new();
    private readonly MemoryStream _octets = new();
    private readonly List<int> _ends = [];
    private (DateTimeOffset Wall, long Mark)? _clock;
    private FileStream? _file;
    private long _durable;
    private string? _spoilt;
    private (long Number, long Durable) _tailFile;
    private long _headsDurable = File.Exists(folder.HeadsFile) ? new FileInfo(folder.HeadsFile).Length : 0;

    public long Sequence => tail.Sequence;

    /// <summary>The last one that stays.</summary>
    public TreeHead? Head => tail.Head;

    /// <summary>The last one signed.</summary>
    public TreeHead? Newest => tail.TailHead ?? tail.Head;

    /// <summary>Entries behind the last head.</summary>
    public long Uncovered => tail.Sequence - (Newest?.Size ?? 0);

    /// <summary>Makes entries durable, all or none. Where the clock jumped, an entry that says so
    /// comes before them.</summary>
    /// <returns>A receipt for each of them, in their order.</returns>
    /// <exception cref="IOException">They are not durable.</exception>
    public AuditReceipt[] Append(IReadOnlyList<AuditEntry> entries)
    {
        var now = Now();
        var mark = time.GetTimestamp();
        AuditEntry[] batch = Step(now, mark) is { } step ? [step, .. entries] : [.. entries];
        var records = new AuditRecord[batch.Length];
        _octets.SetLength(0);
        _ends.Clear();
        for (var (i, previous) = (0, tail.Hash); i < batch.Length; previous = records[i++].Hash)
        {
            records[i] = AuditRecord.Make(batch[i], tail.Sequence + 1 + i, now, previous, _json);
            _octets.Write(_json.Written);
            _ends.Add((int)_octets.Length);
            _octets.WriteByte((byte)'\n');
        }

        Write(records[0].Sequence, now);
        for (var (i, start) = (0, 0); i < _ends.Count; start = _ends[i++] + 1)
        {
            tail.Tree.Add(_octets.GetBuffer().AsSpan(start, _ends[i] - start));
        }

        (tail.Sequence, tail.Hash, tail.At) = (records[^1].Sequence, records[^1].Hash, now);
        _clock = (now, mark);
        return [.. records[^entries.Count..].Select(r => new AuditReceipt(r.Sequence, r.At, r.Hash))];
    }

    /// <summary>Signs a head over everything so far that stands until the next one takes its place.</summary>
    /// <exception cref="IOException">It is not durable.</exception>
    public TreeHead SignTail()
    {
        var head = key.Sign(new TreeHead
        {
            Number = tail.Head!.Number + 1,
            Kind = TreeHeadReason.Tail,
            At = Now(),
            Size = tail.Sequence,
            Last = tail.Hash,
            Root = tail.Tree.Root(),
            Previous = tail.Head.Digest(),
            Key = key.Fingerprint,
        });
        using var file = folder.OpenToWrite(folder.TailFile);
        CutTo(file, _tailFile.Number == head.Number ? _tailFile.Durable : 0);
        file.Write([.. head.Line(), (byte)'\n']);
        file.Flush(flushToDisk: true);
        _tailFile = (head.Number, file.Length);
        tail.TailHead = head;
        return head;
    }

    /// <summary>Signs a head over everything so far and makes it durable.</summary>
    /// <param name="kind">Why.</param>
    /// <param name="keptFrom">For a prune head: the first entry that stays, the tree before it and the
    /// hash before it.</param>
    /// <exception cref="IOException">It is not durable.</exception>
    public TreeHead Sign(TreeHeadReason kind, (long Sequence, MerkleFrontier Before, string Previous)? keptFrom = null)
    {
        var head = key.Sign(new TreeHead
        {
            Number = (tail.Head?.Number ?? 0) + 1,
            Kind = kind,
            At = Now(),
            Size = tail.Sequence,
            Last = tail.Hash,
            Root = tail.Tree.Root(),
            Peaks = tail.Tree.Peaks,
            KeptFrom = keptFrom?.Sequence ?? tail.Head?.KeptFrom ?? 1,
            KeptFromPeaks = keptFrom?.Before.Peaks ?? tail.Head?.KeptFromPeaks ?? [],
            KeptFromPrevious = keptFrom?.Previous ?? tail.Head?.KeptFromPrevious ?? AuditRecord.Beginning,
            Previous = tail.Head?.Digest() ?? AuditRecord.Beginning,
            Key = key.Fingerprint,
        });
        using var file = folder.OpenToWrite(folder.HeadsFile);
        CutTo(file, _headsDurable);
        file.Write([.. head.Line(), (byte)'\n']);
        file.Flush(flushToDisk: true);
        _headsDurable = file.Length;
        (tail.Head, tail.TailHead) = (head, null);
        return head;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _octets.Dispose();
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private void Write(long first, DateTimeOffset now)
    {
        try
        {
            Open(first, now);
            _file!.Write(_octets.GetBuffer(), 0, (int)_octets.Length);
            _file.Flush(flushToDisk: true);
            _durable = _file.Length;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            MarkSpoilt();
            throw failure as IOException ?? new IOException(failure.Message, failure);
        }
    }

    private void Open(long first, DateTimeOffset now)
    {
        Repair();
        var isRightDay = tail.Segment?.Day == DateOnly.FromDateTime(now.UtcDateTime);
        if (_file is not null && isRightDay)
        {
            return;
        }

        _file?.Dispose();
        _file = null;
        if (tail.Segment is { } empty && !isRightDay && new FileInfo(empty.Path) is { Exists: true, Length: 0 })
        {
            File.Delete(empty.Path);
        }

        tail.Segment = isRightDay ? tail.Segment : folder.SegmentOf(first, now);
        _file = folder.OpenToWrite(tail.Segment!.Path);
        _durable = _file.Length;
    }

    /// <summary>Remembers that a file may end in half a batch.</summary>
    private void MarkSpoilt()
    {
        if (_file is not null)
        {
            _spoilt = _file.Name;
            _file.Dispose();
            _file = null;
        }

        try
        {
            Repair();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next entry tries again before it is written; until then nothing is.
            return;
        }
    }

    /// <summary>Cuts half a batch off; nothing is written before that is done.</summary>
    private void Repair()
    {
        if (_spoilt is null)
        {
            return;
        }

        using var file = folder.OpenToWrite(_spoilt);
        CutTo(file, _durable);
        _spoilt = null;
    }

    private static void CutTo(FileStream file, long length)
    {
        if (file.Length == length)
        {
            return;
        }

        file.SetLength(length);
        file.Seek(length, SeekOrigin.Begin);
        file.Flush(flushToDisk: true);
    }

    private AuditEntry? Step(DateTimeOffset now, long mark)
    {
        var expected = _clock is { } last ? last.Wall + time.GetElapsedTime(last.Mark, mark) : tail.At ?? now;
        var drift = now - expected;
        // Clocks are steered by up to one part in a thousand; more, and more than a second, is a jump.
        var allowed =
            TimeSpan.FromSeconds(1) + (_clock is { } at ? time.GetElapsedTime(at.Mark, mark) / 1_000 : TimeSpan.Zero);
        var jumped = drift < -allowed || (_clock is not null && drift > allowed);
        return !jumped ? null : new AuditEntry
        {
            Actor = "weir", Role = "machine", Act = AuditActions.ClockStepped, Outcome = AuditActions.Allow,
            Reason = string.Create(CultureInfo.InvariantCulture, $"from {AuditRecord.TimeText(expected)} to "
                + $"{AuditRecord.TimeText(now)}, {drift.TotalSeconds:+0.000;-0.000} s"),
        };
    }
}
