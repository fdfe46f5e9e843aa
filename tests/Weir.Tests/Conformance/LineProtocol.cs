// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Tests.Conformance;

/// <summary>Reads a collector's metrics in line protocol: <c>measurement,tags field=value,… time</c>.</summary>
internal static partial class LineProtocol
{
    private static readonly Dictionary<string, long> _protocols = new()
    {
        ["icmp"] = 1,
        ["igmp"] = 2,
        ["tcp"] = 6,
        ["udp"] = 17,
        ["ipv6-icmp"] = 58,
    };

    public static List<Expected> Read(string path) =>
        [.. File.ReadLines(path).Where(static line => line.Length > 0).Select(Line)];

    private static Expected Line(string line)
    {
        var fields = Field().Matches(line).ToDictionary(
            static match => match.Groups[1].Value, static match => match.Groups[2].Value.Trim('"').TrimEnd('u'));
        if (line.StartsWith("netflow_options", StringComparison.Ordinal))
        {
            return new Expected { IsOptions = true };
        }

        if (!fields.TryGetValue("src", out var source))
        {
            return new Expected { IsCounters = true };
        }

        var isSFlow = line.Contains("version=sFlowV5", StringComparison.Ordinal);
        var first = Number(fields, "first_switched");
        return new Expected
        {
            Source = source,
            Destination = fields["dst"],
            SourcePort = Number(fields, "src_port"),
            DestinationPort = Number(fields, "dst_port"),
            Protocol = fields.TryGetValue("protocol", out var protocol)
                && _protocols.TryGetValue(protocol, out var number)
                ? number
                : null,
            Packets = isSFlow ? 1 : (ulong?)(Number(fields, "in_packets") ?? Number(fields, "in_total_packets")),
            Octets = isSFlow ? null : (ulong?)(Number(fields, "in_bytes") ?? Number(fields, "in_total_bytes")),
            FrameOctets = isSFlow ? (ulong?)Number(fields, "l2_bytes") : null,
            StartMs = Number(fields, "flow_start_ms"),
            EndMs = Number(fields, "flow_end_ms"),
            DurationMs = first is null ? null : Number(fields, "last_switched") - first,
            Sampling = Number(fields, "sampling_interval") is > 0 and var interval ? (uint)interval : null,
            Input = (uint?)Number(fields, "in_snmp"),
            Output = (uint?)Number(fields, "out_snmp"),
        };
    }

    private static long? Number(Dictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    [GeneratedRegex("""[ ,]([a-z0-9_]+)=("(?:[^"\\]|\\.)*"|[^ ,]*)""")]
    private static partial Regex Field();
}
