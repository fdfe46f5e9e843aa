// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;

namespace Weir.Tests.Conformance;

/// <summary>Reads a collector's golden JSON: events with <c>Fields.netflow.*</c>.</summary>
internal static class GoldenJson
{
    public static List<Expected> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.TryGetProperty("events", out var events) && events.ValueKind == JsonValueKind.Array
            ? [.. events.EnumerateArray().Select(static entry => Event(entry.GetProperty("Fields")))]
            : [];
    }

    private static Expected Event(JsonElement fields)
    {
        var netflow = fields.GetProperty("netflow");
        if (Text(netflow, "type") == "netflow_options")
        {
            return Options(netflow);
        }

        var (start, end, duration) = Times(netflow);
        var isIcmp = Number(netflow, "protocol_identifier") is 1 or 58;
        var icmp = isIcmp
            ? Number(netflow, "icmp_type_code_ipv4")
                ?? ((Number(netflow, "icmp_type_ipv4") << 8) | Number(netflow, "icmp_code_ipv4"))
            : null;
        return new Expected
        {
            Source = Address(netflow, "source"),
            Destination = Address(netflow, "destination"),
            SourcePort = First(netflow, "source_transport_port", "tcp_source_port", "udp_source_port"),
            DestinationPort = icmp is > 0
                ? icmp
                : First(netflow, "destination_transport_port", "tcp_destination_port", "udp_destination_port"),
            Protocol = Number(netflow, "protocol_identifier"),
            Packets = (ulong?)First(netflow, "packet_delta_count", "initiator_packets", "packet_total_count"),
            Octets = (ulong?)First(netflow, "octet_delta_count", "initiator_octets", "octet_total_count"),
            ReversePackets = (ulong?)First(
                netflow, "reverse_packet_delta_count", "responder_packets", "reverse_packet_total_count"),
            ReverseOctets = (ulong?)First(
                netflow, "reverse_octet_delta_count", "responder_octets", "reverse_octet_total_count"),
            StartMs = start,
            EndMs = end,
            DurationMs = duration,
            Sampling = Number(netflow, "sampling_interval") is > 0 and var interval ? (uint)interval : null,
            Input = (uint?)Number(netflow, "ingress_interface"),
            Output = (uint?)Number(netflow, "egress_interface"),
            TcpFlags = (byte?)Number(netflow, "tcp_control_bits"),
        };
    }

    /// <summary>Where a record has both families, the one that is not zero.</summary>
    private static string? Address(JsonElement netflow, string end)
    {
        var (v4, v6) = (Text(netflow, $"{end}_ipv4_address"), Text(netflow, $"{end}_ipv6_address"));
        return v4 is null || (v4 == "0.0.0.0" && v6 is not (null or "::")) ? v6 : v4;
    }

    private static Expected Options(JsonElement netflow)
    {
        uint? sampling = null;
        if (netflow.TryGetProperty("options", out var options))
        {
            var taken = Number(options, "sampling_packet_interval");
            sampling = (uint?)(Number(options, "sampling_interval")
                ?? (taken is > 0 ? (taken + (Number(options, "sampling_packet_space") ?? 0)) / taken : null));
        }

        return new Expected { IsOptions = true, Sampling = sampling };
    }

    /// <summary>Absolute where the record tells it, or the header's uptime makes it so; else only how long
    /// the flow lasted.</summary>
    private static (long? Start, long? End, long? Duration) Times(JsonElement netflow)
    {
        var start = Moment(netflow, "flow_start");
        var end = Moment(netflow, "flow_end");
        var startUptime = Number(netflow, "flow_start_sys_up_time");
        var endUptime = Number(netflow, "flow_end_sys_up_time");
        var exporter = netflow.GetProperty("exporter");
        if (startUptime is null || endUptime is null)
        {
            return (start, end, null);
        }

        if (Number(exporter, "version") == 10)
        {
            return (start, end, endUptime - startUptime);
        }

        var boot = Date(Text(exporter, "timestamp")!) - Number(exporter, "uptime_millis");
        return (start ?? boot + startUptime, end ?? boot + endUptime, null);
    }

    private static long? Moment(JsonElement netflow, string name)
    {
        foreach (var unit in (string[])["milliseconds", "microseconds", "seconds"])
        {
            if (Text(netflow, $"{name}_{unit}") is { } text)
            {
                return Date(text);
            }
        }

        return null;
    }

    private static long Date(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            .ToUnixTimeMilliseconds();

    private static long? First(JsonElement netflow, params string[] names) =>
        names.Select(name => Number(netflow, name)).FirstOrDefault(static value => value is > 0)
        ?? names.Select(name => Number(netflow, name)).FirstOrDefault(static value => value is not null);

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.TryGetInt64(out var whole) ? whole : (long)value.GetDouble()
            : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
