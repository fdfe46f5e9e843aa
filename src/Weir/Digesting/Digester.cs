// SPDX-License-Identifier: Apache-2.0
//
// Step 6: pair digests. Sums are kept in memory up to a bound; they are written out, as rows of one UTC day each, when
// the bound is near, when the caller says that time is up, and at the end. A pair that was written before and comes
// again makes a second row; the store adds them up.
using System.Buffers;
using Weir.Attributing;
using Weir.Flows;
using Weir.Wire;

namespace Weir.Digesting;

/// <summary>Settings of digesting; the <c>digesting</c> section.</summary>
public sealed class DigestOptions
{
    /// <summary>Pairs a shard keeps in memory before it writes them out, 1,024 to 100 million. Default 4 million (about 450 MB).</summary>
    public int PairsInMemory { get; init; } = 4_000_000;
}

/// <summary>Step 6, one for each subject shard: adds flows up to pairs and hands full tables to the sink.</summary>
public sealed class Digester(DigestOptions options, SubjectNames names, IDigestSink sink) : IDisposable
{
    private const int SegmentRows = 1_000_000;
    private const uint HoursPerDay = 24;

    private readonly PairTable _pairs = new(Math.Max(PairTable.MaxBatch * 2, options.PairsInMemory));

    /// <summary>Flows added so far.</summary>
    public long Flows { get; private set; }

    /// <summary>Rows handed to the sink so far.</summary>
    public long Rows { get; private set; }

    public int PairsHeld => _pairs.Count;

    /// <summary>Adds a batch. Blocks while the sink writes when the bound is reached.</summary>
    public void Add(ReadOnlySpan<Flow> flows)
    {
        if (!_pairs.HasRoom)
        {
            Flush();
        }

        _pairs.Add(flows);
        Flows += flows.Length;
    }

    /// <summary>Writes out everything held. Durable in the sink when it returns.</summary>
    public void Flush()
    {
        if (_pairs.Count == 0)
        {
            return;
        }

        var rows = ArrayPool<PairDigest>.Shared.Rent(Math.Min(SegmentRows, _pairs.Count));
        var subjects = ArrayPool<UInt128>.Shared.Rent(rows.Length);
        try
        {
            foreach (var day in Days())
            {
                WriteDay(day, rows.AsSpan(0, Math.Min(rows.Length, SegmentRows)), subjects);
            }
        }
        finally
        {
            ArrayPool<PairDigest>.Shared.Return(rows);
            ArrayPool<UInt128>.Shared.Return(subjects);
        }

        _pairs.Clear();
    }

    public void Dispose() => _pairs.Dispose();

    private SortedSet<uint> Days()
    {
        var days = new SortedSet<uint>();
        var last = uint.MaxValue;
        foreach (ref readonly var entry in _pairs.Entries)
        {
            if (entry.Hour / HoursPerDay != last)
            {
                days.Add(last = entry.Hour / HoursPerDay);
            }
        }

        return days;
    }

    private void WriteDay(uint day, Span<PairDigest> rows, UInt128[] subjects)
    {
        var count = 0;
        foreach (ref readonly var entry in _pairs.Entries)
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
        names.On(day).Name(subjects.AsSpan(0, rows.Length));
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].Subject = new SubjectKey(subjects[i]);
        }

        sink.Write(rows);
        Rows += rows.Length;
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
