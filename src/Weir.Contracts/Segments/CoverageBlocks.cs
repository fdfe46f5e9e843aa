// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Contracts.Segments;

/// <summary>What a collector heard of one exporter and observation domain in one minute: what comparing and reports
/// need to know before they call silence clean. Counts are of that minute alone.</summary>
/// <param name="MinuteSeconds">Start of the minute by the collector's clock, seconds since the UNIX epoch.</param>
/// <param name="Exporter">Address the datagrams came from.</param>
/// <param name="Domain">Observation domain or source id.</param>
/// <param name="Datagrams">Datagrams that came.</param>
/// <param name="Flows">Flows read of them.</param>
/// <param name="Lost">Messages that the sequence numbers say were sent and did not arrive; of a protocol that numbers
/// records, as many messages as would have carried them.</param>
/// <param name="Sampling">One packet in so many was looked at; 0 = not known.</param>
public readonly record struct CoverageRow(
    uint MinuteSeconds, IpKey Exporter, uint Domain, ulong Datagrams, ulong Flows, ulong Lost, uint Sampling)
{
    /// <summary>The exporter of a row of a collector that ran and heard of nobody since its start.</summary>
    public static readonly IpKey Nobody;

    /// <summary>Its UTC day, in days since 1970-01-01: its partition.</summary>
    public int DayNumber => (int)(MinuteSeconds / 86_400);
}

/// <summary>Where coverage goes. Rows are durable when the call returns.</summary>
public interface ICoverageSink
{
    void Write(ReadOnlySpan<CoverageRow> rows);
}

/// <summary>Coverage as Native blocks of the table <c>coverage</c>. Rows are few.</summary>
public static class CoverageBlocks
{
    public const string Table = "coverage";

    public const string Columns = "minute, exporter, domain, datagrams, flows, lost, sampling, segment";

    /// <summary>Octets a row takes in a block.</summary>
    public const int RowOctets = 4 + 16 + 4 + (3 * 8) + 4 + 8;

    /// <summary>Appends one block.</summary>
    public static void Append(ReadOnlySpan<CoverageRow> rows, ulong segment, NativeWriter writer)
    {
        writer.Begin(8, rows.Length);
        writer.Numbers<uint>("minute"u8, "DateTime('UTC')"u8, Map(rows, row => row.MinuteSeconds));
        writer.Keys("exporter"u8, Map(rows, row => row.Exporter.Bits));
        writer.Numbers<uint>("domain"u8, "UInt32"u8, Map(rows, row => row.Domain));
        writer.Numbers<ulong>("datagrams"u8, "UInt64"u8, Map(rows, row => row.Datagrams));
        writer.Numbers<ulong>("flows"u8, "UInt64"u8, Map(rows, row => row.Flows));
        writer.Numbers<ulong>("lost"u8, "UInt64"u8, Map(rows, row => row.Lost));
        writer.Numbers<uint>("sampling"u8, "UInt32"u8, Map(rows, row => row.Sampling));
        writer.Numbers<ulong>("segment"u8, "UInt64"u8, Map(rows, _ => segment));
    }

    private static T[] Map<T>(ReadOnlySpan<CoverageRow> rows, Func<CoverageRow, T> read)
    {
        var values = new T[rows.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = read(rows[i]);
        }

        return values;
    }
}
