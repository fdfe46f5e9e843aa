// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Weir.Wire;
using Weir.Wire.Exports;
using Weir.Wire.Files;

namespace Weir.Collector.Collecting.Files;

/// <summary>What a file is, and the reader its lines need.</summary>
/// <param name="Kind">Exports or flows.</param>
/// <param name="Format">The name that reports show.</param>
/// <param name="Table">For delimited text.</param>
/// <param name="Json">For JSON lines.</param>
/// <param name="LinesBefore">Lines already consumed: the heading.</param>
internal sealed record DetectedFormat(
    InputKind Kind, string Format, FlowTable? Table = null, ZeekJson? Json = null, long LinesBefore = 0);

/// <summary>Tells by its first octets what a file is.</summary>
internal static class FormatDetection
{
    private const int Head = 65_536;
    private const int LongestHeading = 65_536;
    private const int MaxHeadingLines = 1_000;

    public static DetectedFormat Recognise(string path, OctetWindow window, InputOptions options)
    {
        _ = window.TryFill(Head);
        var head = window.Rest[..Math.Min(window.Rest.Length, Head)];
        if (head.IsEmpty)
        {
            throw new InputException($"{path} is empty; give a capture, a payload file or a flow table");
        }

        if (Pcap.TryReadHeader(head, out _))
        {
            return new(InputKind.Datagrams, "pcap");
        }

        if (head.Length >= PcapNg.BlockHeaderOctets
            && BinaryPrimitives.ReadUInt32LittleEndian(head) == PcapNg.SectionHeader)
        {
            return new(InputKind.Datagrams, "pcapng");
        }

        var protocol = ExportFraming.Begins(head);
        if (protocol != ExportProtocol.Unknown)
        {
            return new(InputKind.Datagrams, IsIpfixFile(head, protocol) ? "ipfix-file" : "payload");
        }

        return IsText(head)
            ? Text(path, window, options)
            : throw new InputException(
                $"{path} begins like nothing Weir reads ({Convert.ToHexString(head[..Math.Min(4, head.Length)])}); "
                    + "give a pcap or pcapng capture, flow payloads, an IPFIX or nfdump file, "
                    + "or a flow table with a heading");
    }

    private static bool IsIpfixFile(ReadOnlySpan<byte> head, ExportProtocol protocol) =>
        protocol == ExportProtocol.Ipfix && BinaryPrimitives.ReadUInt16BigEndian(head[2..]) is var length
        && length >= 16 && head.Length > length
        && ExportFraming.Begins(head[length..]) == ExportProtocol.Ipfix;

    private static bool IsText(ReadOnlySpan<byte> head) =>
        head.IndexOfAnyInRange((byte)0, (byte)8) < 0 && head.IndexOfAnyInRange((byte)14, (byte)31) < 0;

    private static DetectedFormat Text(string path, OctetWindow window, InputOptions options)
    {
        var offset = (long)options.UtcOffset.TotalMilliseconds;
        var mapping = Mapping(options);
        for (long number = 1; number <= MaxHeadingLines; number++)
        {
            if (!window.TryFill(1))
            {
                break;
            }

            if (number == 1 && window.Rest[0] == '{')
            {
                return Json(path, window, offset);
            }

            if (!window.TryLine(LongestHeading, out var line, out var tooLong) || tooLong)
            {
                break;
            }

            line = line.TrimEnd((byte)'\r');
            if (line.IsEmpty || (line[0] == '#' && !line.StartsWith("#fields"u8)))
            {
                continue;
            }

            if (!FlowTable.TryCreate(line, offset, mapping, out var table, out var why))
            {
                throw new InputException($"{path}:{number}: {why}; map the columns by name, for example source=NAME");
            }

            var format = table.Dialect switch
            {
                FlowDialect.Zeek => "zeek-tsv",
                FlowDialect.Argus => "argus",
                _ => "csv",
            };
            return new(InputKind.Flows, format, Table: table, LinesBefore: number);
        }

        throw new InputException($"{path} has no heading that names its columns; put one in the first line");
    }

    private static DetectedFormat Json(string path, OctetWindow window, long offset)
    {
        var end = window.Rest.IndexOf((byte)'\n');
        var first = end < 0 ? window.Rest : window.Rest[..end];
        return first.IndexOf("\"id.orig_h\""u8) >= 0
            ? new(InputKind.Flows, "zeek-json", Json: new ZeekJson(offset))
            : throw new InputException(
                $"{path}:1: JSON without id.orig_h is not a Zeek conn.log; give conn.log as JSON lines");
    }

    private static Dictionary<string, FlowColumn> Mapping(InputOptions options)
    {
        var mapping = new Dictionary<string, FlowColumn>(StringComparer.OrdinalIgnoreCase);
        foreach (var (meaning, header) in options.Columns)
        {
            if (meaning.Length == 0 || !FlowColumns.TryByMappingName(meaning, out var column))
            {
                throw new InputException($"column mapping: '{meaning}' is no meaning Weir knows; use source, "
                    + "destination, source_port, destination_port, protocol, start, end, duration_seconds, packets, "
                    + "octets, reverse_packets, reverse_octets or tcp_flags");
            }

            mapping[header.Trim()] = column;
        }

        return mapping;
    }
}
