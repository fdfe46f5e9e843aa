// SPDX-License-Identifier: Apache-2.0
//
// Step 6: pair digests. Sums are kept in memory up to a bound; they are written out, as rows of one UTC day each, when
// the bound is near, when the caller says that time is up, and at the end. A pair that was written before and comes
// again makes a second row; the store adds them up. Rows of a call are in the order of the store's key, which spares
// it the sorting. There are two tables: while one is written, which waits for the disk, the other takes flows, so that
// a flush does not stop the way of the data. Where nothing waits for a disk one table does: it is written between two
// batches, and memory is touched once.
using Weir.Collector.Attributing;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;

namespace Weir.Collector.Digesting;

/// <summary>Step 6, one for each subject shard: adds flows up to pairs and hands full tables to the sink.</summary>
public sealed class Digester(DigestOptions options, EpochPseudonymizer names, IDigestSink sink) : IDisposable
{
    private const int SegmentRows = 1_000_000;

    /// <summary>Rows that nobody sorts are handed over while they are in the cache.</summary>
    private const int UnorderedRows = 2_048;
    private const uint HoursPerDay = 24;

    private PairTable _filling = Table(options);
    private PairTable _written = Table(options);
    private PairRows? _rowsOut;
    private Task _writing = Task.CompletedTask;
    private long _rows;

    /// <summary>Flows added so far.</summary>
    public long Flows { get; private set; }

    /// <summary>Rows handed to the sink so far.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>Times a table was full before its time, and was written out at once.</summary>
    public long EarlyFlushes { get; private set; }

    /// <summary>Pairs not yet durable.</summary>
    public int PairsHeld => _filling.Count + _written.Count;

    /// <summary>Adds a batch. Blocks while the sink writes only when both tables are full.</summary>
    public void Add(ReadOnlySpan<Flow> flows)
    {
        if (!_filling.HasRoom)
        {
            EarlyFlushes++;
            _ = FlushBeside();
        }

        _filling.Add(flows);
        Flows += flows.Length;
    }

    /// <summary>Writes out everything held. Durable in the sink when it returns.</summary>
    public void Flush() => FlushBeside().GetAwaiter().GetResult();

    /// <summary>Has everything held written beside. Blocks only while the table before is still
    /// being written.</summary>
    /// <returns>Ends when all that was held is durable in the sink.</returns>
    public Task FlushBeside()
    {
        if (_filling.Count == 0)
        {
            return _writing;
        }

        if (!sink.WaitsForDisk)
        {
            Write(_filling);
            return _writing;
        }

        _writing.GetAwaiter().GetResult();
        (_filling, _written) = (_written, _filling);
        var full = _written;
        return _writing = Task.Factory.StartNew(
            () => Write(full), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Ends the writing under way, whatever became of it, and gives the memory back.</summary>
    public void Dispose()
    {
        Task.WaitAny(_writing);
        _filling.Dispose();
        _written.Dispose();
        _rowsOut?.Dispose();
    }

    private static PairTable Table(DigestOptions options) =>
        new(Math.Max(PairTable.MaxBatch * 2, options.PairsInMemory / 2));

    private void Write(PairTable pairs)
    {
        _rowsOut ??= new PairRows(
            Math.Min(sink.WantsOrder ? SegmentRows : UnorderedRows, pairs.Capacity), sink.WantsOrder);
        foreach (var day in Days(pairs))
        {
            WriteDay(pairs, day, _rowsOut);
        }

        pairs.Clear();
    }

    private static SortedSet<uint> Days(PairTable pairs)
    {
        var days = new SortedSet<uint>();
        var last = uint.MaxValue;
        for (var number = 0; number < pairs.Count; number++)
        {
            if (pairs[number].Name.Hour / HoursPerDay is var day && day != last)
            {
                days.Add(last = day);
            }
        }

        return days;
    }

    private void WriteDay(PairTable pairs, uint day, PairRows rows)
    {
        var keyed = names.On(day);
        for (var number = 0; number < pairs.Count; number++)
        {
            if (pairs[number].Name.Hour / HoursPerDay != day)
            {
                continue;
            }

            rows.Add(pairs, number, keyed);
            if (rows.IsFull)
            {
                Write(rows.Take(pairs, keyed));
            }
        }

        if (!rows.IsEmpty)
        {
            Write(rows.Take(pairs, keyed));
        }
    }

    private void Write(ReadOnlySpan<PairDigest> rows)
    {
        sink.Write(rows);
        Interlocked.Add(ref _rows, rows.Length);
    }
}
