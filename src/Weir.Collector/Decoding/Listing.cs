// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Decoding;

/// <summary>One exporter as <c>weir exporters</c> shows it. Times are milliseconds since the UNIX epoch.</summary>
/// <param name="Address">UDP source address.</param>
/// <param name="Protocols">Protocols heard, by name, joined with a comma.</param>
/// <param name="FirstSeenMs">Arrival of its first datagram.</param>
/// <param name="LastSeenMs">Arrival of its last datagram.</param>
/// <param name="Datagrams">Received; the sum of Clean, Damaged and Dropped.</param>
/// <param name="Clean">Nothing was wrong in it.</param>
/// <param name="Damaged">A part was lost.</param>
/// <param name="Dropped">A message could not be read at all.</param>
/// <param name="Messages">Messages in those datagrams.</param>
/// <param name="Flows">Handed on.</param>
/// <param name="NotFlows">Well-formed records and samples that are no flow, counters and non-IP among them.</param>
/// <param name="UnknownTemplateSets">Data sets skipped because their template had not come.</param>
/// <param name="UnknownTemplateOctets">Their octets.</param>
/// <param name="Lost">Sequence units missing: messages (v9, sFlow) or flow records (v5, IPFIX).</param>
/// <param name="Restarts">Sequences that began anew.</param>
/// <param name="Late">Messages that came after their successors.</param>
/// <param name="ClockSkewMs">Our clock minus the exporter's.</param>
/// <param name="SamplingInterval">Given to its last flow.</param>
/// <param name="SamplingSource">Who told it.</param>
/// <param name="Rates">Rates it announced.</param>
/// <param name="Templates">How many templates are known.</param>
/// <param name="Faults">Faults by the rule they broke.</param>
public sealed record ExporterListing(
    IpKey Address,
    string Protocols,
    long FirstSeenMs,
    long LastSeenMs,
    long Datagrams,
    long Clean,
    long Damaged,
    long Dropped,
    long Messages,
    long Flows,
    long NotFlows,
    long UnknownTemplateSets,
    long UnknownTemplateOctets,
    long Lost,
    long Restarts,
    long Late,
    long ClockSkewMs,
    uint SamplingInterval,
    SamplingSource SamplingSource,
    IReadOnlyList<SamplingRate> Rates,
    int Templates,
    IReadOnlyDictionary<string, long> Faults)
{
    internal static ExporterListing From(ExporterState state) => new(
        state.Address,
        string.Join(',', Enum.GetValues<ExportProtocol>()
            .Where(protocol => (state.ProtocolsHeard & (1 << (int)protocol)) != 0)),
        state.FirstSeenMs,
        state.LastSeenMs,
        state.Datagrams,
        state.Clean,
        state.Damaged,
        state.Dropped,
        state.Messages,
        state.Flows,
        state.NotFlows + state.CounterSamples + state.OtherSamples + state.NotIp,
        state.UnknownTemplateSets,
        state.UnknownTemplateOctets,
        state.Lost,
        state.Restarts,
        state.LateMessages,
        state.ClockSkewMs,
        state.SamplingInterval,
        state.SamplingSource,
        [.. state.Announced],
        state.Templates.Count,
        new SortedDictionary<string, long>(state.Faults.ToDictionary(), StringComparer.Ordinal));
}

/// <summary>One template as <c>weir templates</c> shows it.</summary>
public sealed record TemplateListing(IpKey Exporter, KnownTemplate Template);
