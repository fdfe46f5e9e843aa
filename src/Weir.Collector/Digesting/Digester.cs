// SPDX-License-Identifier: Apache-2.0
//
// Step 6: pair digests. Sums are kept in memory up to a bound; they are written out, as rows of one UTC day each, when
// the bound is near, when the caller says that time is up, and at the end. A pair that was written before and comes
// again makes a second row; the store adds them up. There are two tables: while one is written, which waits for the
// disk, the other takes flows, so that a flush does not stop the way of the data.
using System.Buffers;
using Weir.Collector.Attributing;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector.Digesting;

/// <summary>Step 6, one for each subject shard: adds flows up to pairs and hands full tables to the sink.</summary>
public sealed class Digester(DigestOptions options, EpochPseudonymizer names, IDigestSink sink) : IDisposable
{
    private const int SegmentRows = 1_000_000;
    private const uint HoursPerDay = 24;

    private PairTable _filling = Table(options);
    private PairTable _written = Table(options);
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
    }

    private static PairTable Table(DigestOptions options) =>
        new(Math.Max(PairTable.MaxBatch * 2, options.PairsInMemory / 2));

    private void Write(PairTable pairs)
    {
        var rows = ArrayPool<PairDigest>.Shared.Rent(Math.Min(SegmentRows, pairs.Count));
        var subjects = ArrayPool<UInt128>.Shared.Rent(rows.Length);
        try
        {
            foreach (var day in Days(pairs))
            {
                WriteDay(pairs, day, rows.AsSpan(0, Math.Min(rows.Length, SegmentRows)), subjects);
            }
        }
        finally
        {
            ArrayPool<PairDigest>.Shared.Return(rows);
            ArrayPool<UInt128>.Shared.Return(subjects);
        }

        pairs.Clear();
    }

    private static SortedSet<uint> Days(PairTable pairs)
    {
        var days = new SortedSet<uint>();
        var last = uint.MaxValue;
        foreach (ref readonly var entry in pairs.Entries)
        {
            if (entry.Hour / HoursPerDay != last)
            {
                days.Add(last = entry.Hour / HoursPerDay);
            }
        }

        return days;
    }

    private void WriteDay(PairTable pairs, uint day, Span<PairDigest> rows, UInt128[] subjects)
    {
        var count = 0;
        foreach (ref readonly var entry in pairs.Entries)
        {
            if (entry.Hour / HoursPerDay != day)
            {
                continue;
            }

            subjects[count] = entry.Subject;
            rows[count++] = ToRow(entry);
            if (count == rows.Length)
            {
                Write(day, rows, subjects);
                count = 0;
            }
        }

        if (count > 0)
        {
            Write(day, rows[..count], subjects);
        }
    }

    private void Write(uint day, Span<PairDigest> rows, UInt128[] subjects)
    {
        names.On(day).Pseudonymize(subjects.AsSpan(0, rows.Length));
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].Subject = new SubjectKey(subjects[i]);
        }

        sink.Write(rows);
        Interlocked.Add(ref _rows, rows.Length);
    }

    private static PairDigest ToRow(in PairEntry entry) => new()
    {
        HourSeconds = entry.Hour * 3600,
        Endpoint = new Endpoint(new IpKey(entry.Remote), entry.Port, entry.Protocol),
        Role = entry.Role,
        Access = entry.Access,
        TwoWay = entry.IsTwoWay ? (byte)1 : (byte)0,
        Flows = entry.Flows,
        PacketsOut = entry.PacketsOut,
        PacketsIn = entry.PacketsIn,
        OctetsOut = entry.OctetsOut,
        OctetsIn = entry.OctetsIn,
        FirstMs = ((long)entry.Hour * 3_600_000) + entry.FirstOffsetMs,
        LastMs = ((long)entry.Hour * 3_600_000) + entry.LastOffsetMs,
    };
}
