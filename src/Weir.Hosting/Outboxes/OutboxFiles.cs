// SPDX-License-Identifier: Apache-2.0
//
// The files of an outbox in the order of their numbers, and how far they were acknowledged. Not safe for two threads.
using Weir.Hosting.Files;

namespace Weir.Hosting.Outboxes;

internal sealed class OutboxFiles : IDisposable
{
    private readonly IDurableFolder _folder;
    private readonly OutboxOptions _options;
    private readonly List<OutboxSegment> _segments = [];
    private readonly OutboxPosition _position;

    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public OutboxFiles(IDurableFolder folder, OutboxOptions options)
    {
        (_folder, _options) = (folder, options);
        _position = new OutboxPosition(folder);
        foreach (var name in folder.Names())
        {
            if (OutboxSegment.Parse(name) is { } segment)
            {
                Load(segment);
            }
        }

        _segments.Sort((left, right) => left.Number.CompareTo(right.Number));
        foreach (var older in _segments.SkipLast(1).Where(segment => segment.IsOpen))
        {
            Seal(older); // the power failed between the rename and the next file
        }

        if (_segments is [var head, ..] && (_position.Segment != head.Number || _position.Offset > head.Length))
        {
            _position.Set(head.Number, OutboxRecord.HeaderOctets, 0);
        }

        Waiting = _segments is [] ? 0 : _segments.Sum(segment => (long)segment.Count) - _position.Count;
        Peek();
    }

    /// <summary>Items that were not acknowledged.</summary>
    public long Waiting { get; private set; }

    /// <summary>Octets of all files.</summary>
    public long Octets => _segments.Sum(segment => segment.Length);

    /// <summary>When the first waiting item was appended, ms since 1970; 0 where none waits.</summary>
    public long OldestMs { get; private set; }

    public long TornOctets { get; private set; }

    public long Damaged { get; private set; }

    /// <summary>The file that grows.</summary>
    private OutboxSegment Active => _segments[^1];

    /// <summary>Writes a group of records and makes them durable; after a fault the files are as before.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Write(ReadOnlySpan<byte> records, int count, long oldestMs)
    {
        RollFor(records.Length);
        var active = Active;
        var file = active.File(_folder);
        try
        {
            file.Write(active.Length, records);
            file.Sync();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            file.Cut(active.Length);
            throw;
        }

        active.OldestMs = active.Count == 0 ? oldestMs : active.OldestMs;
        active.Length += records.Length;
        active.Count += count;
        OldestMs = Waiting == 0 ? oldestMs : OldestMs;
        Waiting += count;
    }

    /// <summary>The first waiting items, at most a batch; empty where none waits.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public IReadOnlyList<(OutboxItem Item, int Octets)> Read()
    {
        var batch = new List<(OutboxItem Item, int Octets)>();
        var octets = 0;
        while (Waiting > 0 && batch.Count == 0)
        {
            var head = _segments[0];
            var at = _position.Offset;
            while (at < head.Length && batch.Count < _options.BatchItems && octets < _options.BatchOctets)
            {
                if (head.Next(_folder, at, _options.MaxItemOctets, out var start, out var length) is not { } item)
                {
                    break;
                }

                // With the item goes what is damaged before it.
                batch.Add((item, (int)(start - at) + length));
                (at, octets) = (start + length, octets + length);
            }

            if (batch.Count == 0)
            {
                RemoveHead(head, isDamaged: at < head.Length || _position.Count < head.Count);
            }
        }

        return batch;
    }

    /// <summary>Forgets the first items of the last batch read.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Acknowledge(IEnumerable<(OutboxItem Item, int Octets)> taken)
    {
        var head = _segments[0];
        foreach (var (_, octets) in taken)
        {
            _position.Set(head.Number, _position.Offset + octets, _position.Count + 1);
            Waiting--;
        }

        var isDone = _position.Offset >= head.Length && _position.Count >= head.Count;
        if (isDone && (!head.IsOpen || head.Damaged > 0 || head.Length > _options.SegmentOctets / 4))
        {
            RemoveHead(head, isDamaged: false);
        }

        Peek();
    }

    public void Dispose()
    {
        _segments.ForEach(segment => segment.Close());
        _position.Dispose();
    }

    private void Load(OutboxSegment segment)
    {
        if (segment.Number < _position.Segment)
        {
            _folder.Delete(segment.Name); // acknowledged; its removal was not durable
            return;
        }

        segment.Length = segment.File(_folder).Length;
        if (segment.IsOpen)
        {
            var (from, acknowledged) = segment.Number == _position.Segment && _position.Offset <= segment.Length
                ? (_position.Offset, (int)_position.Count) : (OutboxRecord.HeaderOctets, 0);
            TornOctets += segment.Scan(_folder, _options.MaxItemOctets, from, acknowledged);
            Damaged += segment.Damaged;
        }

        _segments.Add(segment);
    }

    private void Seal(OutboxSegment segment)
    {
        var name = segment.SealedName;
        _folder.Rename(segment.Name, name);
        segment.Name = name;
    }

    /// <summary>Begins the next file where the group does not fit into this one any more, or where there is
    /// none.</summary>
    private void RollFor(int octets)
    {
        if (_segments is [.., { IsOpen: true, Count: > 0 } full] && full.Length + octets > _options.SegmentOctets)
        {
            Seal(full);
        }

        if (_segments is not [.., { IsOpen: true }])
        {
            Begin();
        }
    }

    private void Begin()
    {
        var segment = OutboxSegment.New(Math.Max(_segments is [.., var last] ? last.Number : 0, _position.Segment) + 1);
        try
        {
            var file = segment.File(_folder);
            file.Cut(0);
            file.Write(0, OutboxRecord.Header);
            file.Sync();
            _folder.Sync();
        }
        catch
        {
            segment.Close();
            throw;
        }

        segment.Length = OutboxRecord.HeaderOctets;
        _segments.Add(segment);
        if (_segments.Count == 1)
        {
            _position.Set(segment.Number, OutboxRecord.HeaderOctets, 0);
        }
    }

    /// <summary>Goes on to the next file; a damaged one is kept under another name.</summary>
    private void RemoveHead(OutboxSegment head, bool isDamaged)
    {
        head.Close();
        if (isDamaged || head.Damaged > 0)
        {
            var lost = head.Count - _position.Count;
            Damaged += lost;
            Waiting -= lost;
            _folder.Rename(head.Name, head.Name + ".bad");
        }
        else
        {
            _folder.Delete(head.Name);
        }

        _segments.RemoveAt(0);
        _position.Set(_segments is [var next, ..] ? next.Number : head.Number + 1, OutboxRecord.HeaderOctets, 0);
    }

    private void Peek()
    {
        OldestMs = Waiting == 0 ? 0
            : _segments[0].Read(_folder, _position.Offset, _options.MaxItemOctets, out _) is { } item
                ? item.At.ToUnixTimeMilliseconds()
            : _segments[0].OldestMs;
    }
}
