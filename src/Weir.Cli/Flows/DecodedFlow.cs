// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Reporting;
using Weir.Collector.Decoding;
using Weir.Wire;

namespace Weir.Cli.Flows;

/// <summary>One flow as <c>weir flows</c> shows it. Counters are as exported, not multiplied by the
/// sampling interval.</summary>
internal sealed record DecodedFlow
{
    /// <summary>Who exported it; null in flow tables and captures of packets.</summary>
    public string? Exporter { get; init; }

    public uint? Domain { get; init; }

    /// <summary>netflow5, netflow9, ipfix or sflow5; the format of a file that holds no exports.</summary>
    public required string ProtocolVersion { get; init; }

    /// <summary>Address as exported, or the network it lies in where addresses are masked.</summary>
    public required string Source { get; init; }

    public required string Destination { get; init; }

    public ushort SourcePort { get; init; }

    public ushort DestinationPort { get; init; }

    public required FlowRecord Record { get; init; }

    /// <summary>record, options, header, configured or unknown.</summary>
    public required string SamplingSource { get; init; }

    public string? Direction => Record.Is(FlowTraits.Egress) ? "egress" : Record.Is(FlowTraits.Ingress) ? "ingress"
        : null;

    public uint? Sampling => SamplingSource == "unknown" ? null : Record.SamplingInterval;

    public bool IsBiflow => Record.Is(FlowTraits.Biflow);

    /// <summary>The columns, in the contract's order and then ours.</summary>
    public static ListingColumn<DecodedFlow>[] Columns { get; } =
    [
        new("exporter", f => f.Exporter),
        new("domain", f => f.Domain),
        new("protocolVersion", f => f.ProtocolVersion),
        new("source", f => f.Source),
        new("destination", f => f.Destination),
        new("sourcePort", f => f.SourcePort),
        new("destinationPort", f => f.DestinationPort),
        new("protocol", f => f.Record.Protocol),
        new("tcpFlags", f => f.Record.TcpFlags),
        new("packets", f => f.Record.Packets),
        new("octets", f => f.Record.Octets),
        new("start", f => Time(f.Record.StartMs)),
        new("end", f => Time(f.Record.EndMs)),
        new("sampling", f => f.Sampling),
        new("samplingSource", f => f.SamplingSource),
        new("inputInterface", f => f.Record.InputInterface),
        new("outputInterface", f => f.Record.OutputInterface),
        new("direction", f => f.Direction),
        new("dropped", f => f.Record.Is(FlowTraits.Dropped)),
        new("reversePackets", f => f.IsBiflow ? f.Record.ReversePackets : null),
        new("reverseOctets", f => f.IsBiflow ? f.Record.ReverseOctets : null),
        new("countedBefore", f => f.CountedBefore),
    ];

    /// <summary>With whose networks the ends are in; a subscriber's own end has none.</summary>
    public static ListingColumn<DecodedFlow>[] NamedColumns { get; } =
    [
        .. Columns, new("sourceNetwork", f => f.SourceNetwork), new("destinationNetwork", f => f.DestinationNetwork),
    ];

    public string? SourceNetwork { get; init; }

    public string? DestinationNetwork { get; init; }

    /// <summary>The router told these packets at its way in as well; counted once.</summary>
    public bool CountedBefore { get; init; }

    public static string SourceOf(SamplingSource source) => source switch
    {
        Collector.Decoding.SamplingSource.Options => "options",
        Collector.Decoding.SamplingSource.Header => "header",
        Collector.Decoding.SamplingSource.Record => "record",
        Collector.Decoding.SamplingSource.Configuration or Collector.Decoding.SamplingSource.Default => "configured",
        _ => "unknown",
    };

    private static string? Time(long ms) => ms == 0 ? null
        : DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-ddTHH:mm:ss.fffZ",
            CultureInfo.InvariantCulture);
}
