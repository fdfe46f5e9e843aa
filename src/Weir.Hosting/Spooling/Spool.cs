// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Wire.Native;

namespace Weir.Hosting.Spooling;

/// <summary>Rows on their way to the store, as segments on local disk. A call that returns has made
/// its rows durable.</summary>
public sealed class Spool : IDigestSink, IEvidenceSink, ICoverageSink, IDisposable
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int SecondsPerDay = 86_400;

    private readonly SpoolOptions _options;
    private readonly ILogger<Spool> _log;
    private readonly Func<string, long> _free;
    private readonly NativeWriter _writer = new(1 << 20);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private uint _counter;
    private long _rowsWritten;
    private long _fullDiskWaits;
    private bool _diskFull;

    /// <summary>Opens the spool's folders; segments left there by an earlier run wait for the loader.</summary>
    /// <exception cref="StoreException">They cannot be written, or another process holds them.</exception>
    public Spool(SpoolOptions options, ILogger<Spool> log)
        : this(options, log, folder => new DriveInfo(folder).AvailableFreeSpace)
    {
    }

    internal Spool(SpoolOptions options, ILogger<Spool> log, Func<string, long> free)
    {
        (_options, _log, _free) = (options, log, free);
        ArgumentOutOfRangeException.ThrowIfNotEqual(
            options.SegmentRows is >= 1 and <= 1_000_000, true, nameof(options));
        Folder = new SpoolFolder(options.Directory);
    }

    /// <summary>Where the spool stands; reads the folder.</summary>
    public SpoolState State
    {
        get
        {
            var waiting = new DirectoryInfo(Folder.Ready).GetFiles();
            return new(
                Volatile.Read(ref _diskFull), waiting.Length, waiting.Sum(Size), Interlocked.Read(ref _rowsWritten),
                Interlocked.Read(ref _fullDiskWaits));
        }
    }

    /// <summary>Intake waits for room. Cheap.</summary>
    public bool IsDiskFull => Volatile.Read(ref _diskFull);

    public SpoolFolder Folder { get; }

    public SpoolOptions Options => _options;

    /// <summary>Set when a segment came; the loader waits on it.</summary>
    public SemaphoreSlim Arrived { get; } = new(0, 1);

    /// <summary>Makes pair digests durable. Blocks while the disk is full.</summary>
    /// <exception cref="OperationCanceledException">The spool was closed while the disk was full: the rows of this call
    /// are not held.</exception>
    public void Write(ReadOnlySpan<PairDigest> rows)
    {
        lock (_gate)
        {
            while (!rows.IsEmpty)
            {
                var day = rows[0].HourSeconds / SecondsPerDay;
                var length = 1;
                while (length < rows.Length && length < _options.SegmentRows
                    && rows[length].HourSeconds / SecondsPerDay == day)
                {
                    length++;
                }

                Hold(new() { Kind = SegmentKind.Pairs, Day = (int)day, Pairs = rows[..length] });
                rows = rows[length..];
            }
        }
    }

    /// <summary>Makes sightings durable, a segment for each UTC day of first contact. Blocks while
    /// the disk is full.</summary>
    /// <exception cref="OperationCanceledException">The spool was closed while the disk was full: the rows of this call
    /// are not held.</exception>
    public void Write(ReadOnlySpan<SightingRow> sightings)
    {
        lock (_gate)
        {
            foreach (var day in sightings.ToArray().GroupBy(row => row.DayNumber).OrderBy(day => day.Key))
            {
                foreach (var part in day.Chunk(Math.Min(_options.SegmentRows, 100_000)))
                {
                    Hold(new() { Kind = SegmentKind.Sightings, Day = day.Key, Sightings = part });
                }
            }
        }
    }

    /// <summary>Makes evidence durable, a segment for each week. Blocks while the disk is full.</summary>
    /// <exception cref="OperationCanceledException">The spool was closed while the disk was full: the rows of this call
    /// are not held.</exception>
    public void Write(ReadOnlySpan<EvidenceRow> rows)
    {
        lock (_gate)
        {
            foreach (var week in rows.ToArray().GroupBy(row => EvidenceBlocks.WeekOf(row.StartMs)))
            {
                foreach (var part in week.Chunk(_options.SegmentRows))
                {
                    Hold(new()
                    {
                        Kind = SegmentKind.Evidence,
                        Day = week.Key * EvidenceBlocks.DaysPerWeek,
                        Evidence = part,
                    });
                }
            }
        }
    }

    /// <summary>Makes coverage durable, a segment for each UTC day. Blocks while the disk is full.</summary>
    /// <exception cref="OperationCanceledException">The spool was closed while the disk was full: the rows of this call
    /// are not held.</exception>
    public void Write(ReadOnlySpan<CoverageRow> rows)
    {
        lock (_gate)
        {
            foreach (var day in rows.ToArray().GroupBy(row => row.DayNumber).OrderBy(day => day.Key))
            {
                foreach (var part in day.Chunk(_options.SegmentRows))
                {
                    Hold(new() { Kind = SegmentKind.Coverage, Day = day.Key, Coverage = part });
                }
            }
        }
    }

    /// <summary>Ends every wait for a full disk: who waits gets <see cref="OperationCanceledException"/> and knows that
    /// its rows are not held.</summary>
    public void GiveUpWaiting() => _closing.Cancel();

    public void Dispose()
    {
        _closing.Cancel();
        lock (_gate)
        {
            Folder.Dispose();
        }

        Arrived.Dispose();
        _closing.Dispose();
    }

    private void Hold(SegmentRows rows)
    {
        while (!TryWrite(rows))
        {
            AwaitRoom(rows.Octets);
        }
    }

    /// <summary>One segment; false where the disk has no room, with nothing left behind.</summary>
    private bool TryWrite(SegmentRows rows)
    {
        if (_free(Folder.Ready) - rows.Octets < _options.MinimumFree)
        {
            return false;
        }

        var segment = Folder.Epoch | (++_counter & 0xFF_FFFF);
        var name = Folder.NameOf(_counter, segment);
        var path = Path.Combine(Folder.Temporary, name);
        try
        {
            using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                WriteFile(file, segment, rows);
            }

            Folder.Hold(name, _options.Durable);
        }
        catch (IOException full) when ((full.HResult & 0xFFFF) is NoSpace or QuotaExceeded)
        {
            File.Delete(path);
            return false;
        }

        Interlocked.Add(ref _rowsWritten, rows.Length);
        if (Arrived.CurrentCount == 0)
        {
            Arrived.Release();
        }

        return true;
    }

    private void WriteFile(FileStream file, ulong segment, SegmentRows rows)
    {
        Span<byte> head = stackalloc byte[SegmentHeader.Length];
        head.Clear();
        file.Write(head);
        var (crc, octets) = (0u, 0UL);
        for (var done = 0; done < rows.Length; done += PairBlocks.RowsPerBlock)
        {
            _writer.Clear();
            rows.Append(done, Math.Min(PairBlocks.RowsPerBlock, rows.Length - done), segment, _writer);
            var block = _writer.Written.Span;
            crc = SegmentHeader.Crc(crc, block);
            octets += (ulong)block.Length;
            file.Write(block);
        }

        var date = DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + rows.Day);
        new SegmentHeader(
            rows.Kind, (uint)((date.Year * 10_000) + (date.Month * 100) + date.Day), segment, (uint)rows.Length,
            octets, crc)
            .WriteTo(head);
        file.Position = 0;
        file.Write(head);
        file.Flush(flushToDisk: _options.Durable);
    }

    private void AwaitRoom(long estimate)
    {
        Volatile.Write(ref _diskFull, true);
        Interlocked.Increment(ref _fullDiskWaits);
        _log.DiskFull(Folder.Ready, _options.MinimumFree + estimate);
        do
        {
            if (_closing.Token.WaitHandle.WaitOne(_options.FullDiskPause))
            {
                throw new OperationCanceledException("the spool was closed while its disk was full", _closing.Token);
            }
        }
        while (_free(Folder.Ready) - estimate < _options.MinimumFree);
        Volatile.Write(ref _diskFull, false);
        _log.DiskHasRoom();
    }

    private static long Size(FileInfo file) => file.Exists ? file.Length : 0;
}
