// SPDX-License-Identifier: Apache-2.0
using Weir.Wire.Files;

namespace Weir.Cli.Analysis;

/// <summary>The option <c>--columns MEANING=HEADER,...</c>.</summary>
internal static class ColumnMapping
{
    public static IReadOnlyDictionary<string, string> Parse(string? text)
    {
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text?.Split(',') ?? [])
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } meaning, { Length: > 0 } header])
            {
                throw new OperatorException($"--columns '{pair}' is not MEANING=HEADER; write such as "
                    + "source=\"Src IP\",destination=\"Dst IP\"");
            }

            if (!FlowColumns.TryByMappingName(meaning.Trim(), out _))
            {
                throw new OperatorException($"--columns '{meaning.Trim()}' is no meaning Weir knows; use source, "
                    + "destination, source_port, destination_port, protocol, start, end, duration_seconds, packets, "
                    + "octets, reverse_packets, reverse_octets or tcp_flags");
            }

            if (!columns.TryAdd(meaning.Trim(), header.Trim()))
            {
                throw new OperatorException($"--columns names {meaning.Trim()} twice; keep one");
            }
        }

        return columns;
    }
}
