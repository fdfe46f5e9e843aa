// SPDX-License-Identifier: Apache-2.0
//
// Flow records as lines of delimited text: Zeek's conn.log (its labelled IoT-23 form too, where labels stand behind
// blanks in the last tab column), Argus binetflow with commas or tabs, nfdump's csv (the long header of 1.6 and 1.7 and
// the short one of later versions), CICFlowMeter's csv, and any table whose header names what Weir needs.
//
// What the columns mean is read off the header once; a line is then cut at its delimiters in place. CICFlowMeter counts
// payload octets, not IP octets; its flags are per flow, not per direction, so flags stay unknown.
//
// What may be wrong and what it costs: the line, with the name of the column that could not be read.
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Weir.Wire.Files;

/// <summary>The meaning of a flow table's columns, and the reader of its lines.</summary>
public sealed class FlowTable
{
    private const int MaxColumns = 1_024;

    private readonly TimeReading _times;
    private readonly byte _delimiter;
    private readonly IReadOnlyDictionary<string, FlowColumn> _mapping;
    private FlowColumn[] _columns = [];
    private int _wanted;

    /// <summary>Columns from here on tell ICMP type and code, which nothing else needs (CICFlowMeter
    /// puts them last).</summary>
    private int _icmpFrom;
    private bool _over;

    private FlowTable(
        FlowDialect dialect, byte delimiter, long utcOffsetMs, IReadOnlyDictionary<string, FlowColumn> mapping)
    {
        Dialect = dialect;
        _delimiter = delimiter;
        _mapping = mapping;
        _times = new(utcOffsetMs, dialect == FlowDialect.Cicids);
    }

    public FlowDialect Dialect { get; }

    /// <summary>Records whose out counters were left aside (see <see cref="FlowColumn.OutPackets"/>).</summary>
    public long OutCounters { get; private set; }

    /// <summary>Makes a table of a header line; <paramref name="why"/> says what the header lacks.</summary>
    /// <param name="header">The first line; for Zeek the one that begins with <c>#fields</c>.</param>
    /// <param name="utcOffsetMs">What times without a zone are ahead of UTC, milliseconds.</param>
    /// <param name="mapping">Meaning by header name (trimmed, case aside); wins over the names known here.</param>
    /// <param name="table">The table, or null.</param>
    /// <param name="why">Empty, or what the header lacks.</param>
    public static bool TryCreate(
        ReadOnlySpan<byte> header,
        long utcOffsetMs,
        IReadOnlyDictionary<string, FlowColumn> mapping,
        [NotNullWhen(true)] out FlowTable? table,
        out string why)
    {
        var zeek = header.StartsWith("#fields"u8);
        var delimiter = zeek ? header.Length > 7 ? header[7] : (byte)'\t' : Delimiter(header);
        var names = Names(zeek ? header[Math.Min(8, header.Length)..] : header, delimiter);
        var made = new FlowTable(zeek ? FlowDialect.Zeek : Guess(names), delimiter, utcOffsetMs, mapping);
        why = made.ReadHeader(names);
        table = why.Length == 0 ? made : null;
        return table is not null;
    }

    /// <summary>Reads one line without its line end.</summary>
    public FlowRowKind Read(ReadOnlySpan<byte> line, ref FlowRecord flow, ref string rule)
    {
        if (!line.IsEmpty && line[^1] == '\r')
        {
            line = line[..^1];
        }

        if (line.IsEmpty || _over || line[0] == '#')
        {
            return Heading(line);
        }

        if (Dialect == FlowDialect.Nfdump && (line.StartsWith("Summary"u8) || line.StartsWith("No matching flows"u8)))
        {
            _over = true;
            return FlowRowKind.NoFlow;
        }

        var row = new FlowRow(Dialect, _times);
        var columns = _columns;
        for (var i = 0; i < _wanted; i++)
        {
            if (i == _icmpFrom && !row.IsIcmp)
            {
                break;
            }

            var length = line.IndexOf(_delimiter);
            var field = length < 0 ? line : line[..length];
            if (!field.IsEmpty && field[0] == '"')
            {
                field = Quoted(line, ref length);
            }

            if (columns[i] != FlowColumn.None && !row.Set(columns[i], Trim(field), ref rule))
            {
                return FlowRowKind.Refused;
            }

            if (length < 0)
            {
                if (i + 1 < _wanted)
                {
                    rule = "columns missing at the end";
                    return FlowRowKind.Refused;
                }

                break;
            }

            line = line[(length + 1)..];
        }

        OutCounters += row.HasOutCounters ? 1 : 0;
        return row.Finish(ref flow, ref rule);
    }

    private FlowRowKind Heading(ReadOnlySpan<byte> line)
    {
        // Logs put behind one another bring their own headings; one that lacks a column leaves the former in force.
        if (Dialect == FlowDialect.Zeek && line.StartsWith("#fields"u8) && line.Length > 8)
        {
            _ = ReadHeader(Names(line[8..], _delimiter));
        }

        return FlowRowKind.NoFlow;
    }

    private ReadOnlySpan<byte> Quoted(ReadOnlySpan<byte> line, scoped ref int length)
    {
        var close = line[1..].IndexOf((byte)'"');
        if (close < 0)
        {
            length = -1;
            return line[1..];
        }

        var after = line[(close + 2)..].IndexOf(_delimiter);
        length = after < 0 ? -1 : close + 2 + after;
        return line.Slice(1, close);
    }

    private string ReadHeader(string[] names)
    {
        var columns = new FlowColumn[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            var column =
                _mapping.TryGetValue(names[i], out var mapped) ? mapped : FlowColumns.ByHeader(names[i], Dialect);

            // The first column of a meaning holds, and what the mapping names holds over both.
            columns[i] = (_mapping.ContainsKey(names[i]) || !_mapping.Values.Contains(column))
                && !columns.AsSpan(0, i).Contains(column)
                ? column
                : FlowColumn.None;
        }

        foreach (var (name, column) in _mapping)
        {
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return $"no column '{name}' (mapped to {column}) among: {Listed(names)}";
            }
        }

        foreach (var needed in (ReadOnlySpan<FlowColumn>)[FlowColumn.Source, FlowColumn.Destination])
        {
            if (!columns.Contains(needed))
            {
                return $"no column for the {(needed == FlowColumn.Source ? "source" : "destination")} "
                    + $"address among: {Listed(names)}";
            }
        }

        _columns = columns;
        _icmpFrom = Array.FindLastIndex(
            columns, column => column is not (FlowColumn.None or FlowColumn.IcmpType or FlowColumn.IcmpCode)) + 1;
        _wanted = Array.FindLastIndex(columns, column => column != FlowColumn.None) + 1;
        return string.Empty;
    }

    private static string Listed(string[] names)
    {
        const int most = 12;
        return string.Join(", ", names.Take(most)) + (names.Length > most ? ", …" : string.Empty);
    }

    private static FlowDialect Guess(string[] names)
    {
        bool Has(string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
        return Has("StartTime") && Has("SrcAddr") && Has("TotPkts") ? FlowDialect.Argus
            : Has("Flow Duration") ? FlowDialect.Cicids
            : (Has("ts") && Has("sa") && Has("ipkt")) || (Has("firstSeen") && Has("srcAddr")) ? FlowDialect.Nfdump
            : FlowDialect.Csv;
    }

    private static byte Delimiter(ReadOnlySpan<byte> header)
    {
        var best = (byte)',';
        foreach (var candidate in ",\t;|"u8)
        {
            best = header.Count(candidate) > header.Count(best) ? candidate : best;
        }

        return best;
    }

    private static string[] Names(ReadOnlySpan<byte> header, byte delimiter) =>
        [.. Encoding.UTF8.GetString(header)
            .Split((char)delimiter, MaxColumns).Select(name => name.Trim(' ', '"', '\r', '\uFEFF'))];

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> field) =>
        field.IsEmpty || (field[0] != ' ' && field[^1] != ' ') ? field : field.Trim((byte)' ');
}
