// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Hosting.Disks;
using Weir.Hosting.Posix;
using Weir.Wire.Native;

namespace Weir.Hosting.Spooling;

/// <summary>Rows on their way to the store, as segments on local disk. A call that returns has made its rows durable;
/// while the disk refuses, for whatever reason, it waits, and says why.</summary>
public sealed class Spool : IDigestSink, IEvidenceSink, ICoverageSink, IDisposable
{
    private const int SecondsPerDay = 86_400;

    private readonly SpoolOptions _options;
    private readonly ILogger<Spool> _log;
    private readonly Func<string, long> _free;
    private readonly Action<string> _flush;
    private readonly NativeWriter _writer = new(1 << 20);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private uint _counter;
    private bool _inPlace;

    /// <summary>A whole segment in tmp that is still to be held: it is this one, since the journal may name it.</summary>
    private string _whole = "";
    private bool _isNoted;
    private long _rowsWritten;
    private long _waits;
    private string _fault = "";

    /// <summary>Opens the spool's folders; segments left there by an earlier run wait for the loader.</summary>
    /// <exception cref="StoreException">They cannot be written, or another process holds them.</exception>
    public Spool(SpoolOptions options, ILogger<Spool> log)
        : this(options, log, folder => DiskRoom.Of(folder).FreeOctets)
    {
    }

    /// <param name="options">Where and how much.</param>
    /// <param name="log">Takes what the disk refuses.</param>
    /// <param name="free">Free octets where a folder lies.</param>
    /// <param name="flush">Makes the names of a folder durable; the kernel where null.</param>
    internal Spool(
        SpoolOptions options, ILogger<Spool> log, Func<string, long> free, Action<string>? flush = null)
    {
        (_options, _log, _free, _flush) = (options, log, free, flush ?? FolderSync.Flush);
        ArgumentOutOfRangeException.ThrowIfNotEqual(
            options.SegmentRows is >= 1 and <= 1_000_000, true, nameof(options));
        Folder = new SpoolFolder(options.Directory, log);
    }

    /// <summary>Where the spool stands; reads the folder.</summary>
    public SpoolState State
    {
        get
        {
            var (segments, octets) = Folder.Measure();
            return new(
                Fault, segments, octets, Interlocked.Read(ref _rowsWritten), Interlocked.Read(ref _waits),
                Folder.RowsLost);
        }
    }

    /// <summary>Why intake waits for the disk, a sentence for the operator; empty while it does not. Cheap.</summary>
    public string Fault => Volatile.Read(ref _fault);

    public SpoolFolder Folder { get; }

    public SpoolOptions Options => _options;

    /// <summary>Set when a segment came; the loader waits on it.</summary>
    public SemaphoreSlim Arrived { get; } = new(0, 1);

    /// <summary>Makes pair digests durable. Blocks while the disk refuses.</summary>
    /// <exception cref="OperationCanceledException">The spool was closed while the disk refused: the rows of this call
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
    /// the disk refuses.</summary>
    /// <exception cref="OperationCanceledException">The spool was closed while the disk refused: the rows of this call
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

    /// <summary>Makes sightings durable that were written down to be told under a number, each once: of those that
    /// an earlier call, or run, holds under it none is held again. The same number comes with the same sightings, or
    /// with more behind them. Blocks while the disk refuses.</summary>
    /// <exception cref="OperationCanceledException">The spool was closed while the disk refused: the rows of this call
    /// are not held.</exception>
    public void Write(ReadOnlySpan<SightingRow> sightings, long telling)
    {
        lock (_gate)
        {
            var most = Math.Min(_options.SegmentRows, 100_000);
            for (var done = Folder.Flows.ToldOf(telling); done < sightings.Length;)
            {
                var day = sightings[done].DayNumber;
                var next = done + 1;
                while (next < sightings.Length && next - done < most && sightings[next].DayNumber == day)
                {
                    next++;
                }

                Hold(new()
                {
                    Kind = SegmentKind.Sightings, Day = day, Sightings = sightings[done..next], Telling = (telling, next),
                });
                done = next;
            }
        }
    }

    /// <summary>Makes evidence durable, a segment for each week. Blocks while the disk refuses.</summary>
    /// <exception cref="OperationCanceledException">The spool was closed while the disk refused: the rows of this call
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

    /// <summary>Makes coverage durable, a segment for each UTC day. Blocks while the disk refuses.</summary>
    /// <exception cref="OperationCanceledException">The spool was closed while the disk refused: the rows of this call
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

    /// <summary>A count of everything up to now is durable; see <see cref="SpooledFlows"/>.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void BeginCount(long count)
    {
        lock (_gate)
        {
            Folder.Flows.Begin(count);
        }
    }

    /// <summary>Ends every wait for the disk: who waits gets <see cref="OperationCanceledException"/> and knows that
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
        while (TryWrite(rows) is { Length: > 0 } fault)
        {
            AwaitDisk(fault);
        }

        if (Fault.Length > 0)
        {
            Volatile.Write(ref _fault, "");
            _log.DiskWritesAgain(Folder.Ready);
        }
    }

    /// <summary>One segment. Where it is in place and only its name is not durable yet, it is not written again: the
    /// store may have it already.</summary>
    /// <returns>Why the disk does not take it, with nothing left behind; empty where it is held.</returns>
    private string TryWrite(SegmentRows rows)
    {
        var path = "";
        try
        {
            Folder.Restore();
            if (!_inPlace && !File.Exists(_whole))
            {
                (_whole, _isNoted) = ("", false);
                if (_free(Folder.Ready) - rows.Octets < _options.MinimumFree)
                {
                    return string.Create(
                        CultureInfo.InvariantCulture,
                        $"the disk of {Folder.Ready} is full: it has to have {_options.MinimumFree + rows.Octets} free octets");
                }

                var segment = Folder.Epoch | (++_counter & 0xFF_FFFF);
                path = Path.Combine(Folder.Temporary, Folder.NameOf(_counter, segment));
                WriteFile(path, segment, rows);
                _whole = path;
            }

            if (!_inPlace)
            {
                Place(Path.GetFileName(_whole), rows);
            }

            if (_options.Durable)
            {
                _flush(Folder.Ready);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (path != _whole)
            {
                SpoolFolder.Remove(path);
            }

            return DiskFault.Describe(Folder.Ready, fault);
        }

        if (rows.Telling is ( > 0, _) and var (telling, upTo))
        {
            Folder.Flows.SetTold(Path.GetFileName(_whole), telling, upTo);
        }

        (_inPlace, _whole, _isNoted) = (false, "", false);
        Interlocked.Add(ref _rowsWritten, rows.Length);
        if (Arrived.CurrentCount == 0)
        {
            Arrived.Release();
        }

        return "";
    }

    /// <summary>The journal first, then the place.</summary>
    private void Place(string name, SegmentRows rows)
    {
        if (!_isNoted && rows.Kind == SegmentKind.Pairs)
        {
            Folder.Flows.Add(name, rows.Flows, _options.Durable);
        }
        else if (!_isNoted && rows.Telling is ( > 0, _) and var (telling, upTo))
        {
            Folder.Flows.AddTold(name, telling, upTo, _options.Durable);
        }

        _isNoted = true;
        Folder.Hold(name, rows.Length);
        _inPlace = true;
    }

    private void WriteFile(string path, ulong segment, SegmentRows rows)
    {
        using var file = new FileStream(
            path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        WriteFile(file, segment, rows);
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

    private void AwaitDisk(string fault)
    {
        if (Fault.Length == 0)
        {
            Interlocked.Increment(ref _waits);
        }

        if (Fault != fault)
        {
            _log.DiskRefuses(fault);
            Volatile.Write(ref _fault, fault);
        }

        if (_closing.Token.WaitHandle.WaitOne(_options.FullDiskPause))
        {
            // What lies in tmp stays there until the next start, which takes back what the journal says of it.
            (_inPlace, _whole, _isNoted) = (false, "", false);
            throw new OperationCanceledException($"the spool was closed while it could not write: {fault}",
                _closing.Token);
        }
    }
}
