// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting;
using Weir.Collector.Corroborating;
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
/// <param name="Restarts">Times it booted anew.</param>
/// <param name="Late">Messages that came after their successors.</param>
/// <param name="ClockSkewMs">Our clock minus the exporter's.</param>
/// <param name="SamplingInterval">Given to its last flow.</param>
/// <param name="SamplingSource">Who told it.</param>
/// <param name="Rates">Rates it announced.</param>
/// <param name="Templates">How many templates are known.</param>
/// <param name="Faults">Faults by the rule they broke.</param>
/// <param name="SeenRates">Every rate its flows were given, and who told it.</param>
/// <param name="Counts">What became of records beside their flows.</param>
/// <param name="UnknownTemplates">Domain and id of templates that data still waits for.</param>
/// <param name="Streams">Whether its word is corroborated; null where nobody asks.</param>
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
    IReadOnlyDictionary<string, long> Faults,
    IReadOnlyList<(uint Interval, SamplingSource Source)> SeenRates,
    ExporterCounts Counts,
    IReadOnlyList<string> UnknownTemplates,
    StreamFigures? Streams)
{
    internal static ExporterListing From(ExporterState state, ExportTransport transport = ExportTransport.Udp)
    {
        return new(
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
            [.. state.Shown.Announced],
            state.TemplateCount,
            new SortedDictionary<string, long>(state.Faults.ToDictionary(), StringComparer.Ordinal),
            [.. state.Shown.Seen],
            ExporterCounts.From(state),
            [.. state.Waiting.Templates().Union(state.Doubted.Templates())],
            state.Streams?.FiguresAt(state.LastSeenMs))
        {
            Transport = transport,
            Numbering = state.Numbering,
            Unread = state.Unread,
            UnreadDomains = state.UnreadDomains,
        };
    }

    /// <summary>How its sequence counts where it does not count what the protocol says; empty where it does.</summary>
    public string Numbering { get; init; } = "";

    /// <summary>Records (IPFIX) in sets that came before their template and were not read.</summary>
    public long Unread { get; init; }

    /// <summary>What lacks its template by observation domain, most sets first; none where nothing does.</summary>
    public IReadOnlyList<DomainUnread> UnreadDomains { get; init; } = [];

    /// <summary>How it sends.</summary>
    public ExportTransport Transport { get; init; }

    /// <summary>Whether one of its messages continued another, or nobody asks: one datagram makes no exporter.</summary>
    public bool WentOn => Streams is not { Continued: 0 };

    public long SetsReadLate => Counts.SetsReadLate;

    public long TimesReplaced => Counts.TimesReplaced;

    public long ClocksReplaced => Counts.ClocksReplaced;

    public long SeenTwice => Counts.SeenTwice;

    public long DroppedFlows => Counts.DroppedFlows;
}

/// <summary>What became of an exporter's records beside their flows. Each is named so that an operator finds
/// it.</summary>
/// <param name="OptionsRecords">Options data, sampling rates among them.</param>
/// <param name="NotFlows">Records without two ends, events without counters.</param>
/// <param name="CounterSamples">sFlow counters.</param>
/// <param name="OtherSamples">sFlow samples of other formats.</param>
/// <param name="NotIp">Sampled packets that are not IP.</param>
/// <param name="RepeatedTotals">Reports of running totals without anything new.</param>
/// <param name="SetsReadLate">Data sets that waited for their template.</param>
/// <param name="TimesReplaced">Flows with times that cannot be: the export time was taken.</param>
/// <param name="ClocksReplaced">Flows of messages whose own time cannot be: arrival was taken.</param>
/// <param name="TimesFilled">Flows whose record left a time out.</param>
/// <param name="SeenTwice">Told at the way out as well as at the way in.</param>
/// <param name="DroppedFlows">Of packets that were not forwarded.</param>
/// <param name="InnerHeaders">Flows told by the inner of two headers.</param>
/// <param name="OuterHeaders">Flows told by the outer though the inner was whole.</param>
/// <param name="UnrelatedSequences">Messages whose number continues nothing known.</param>
/// <param name="UnknownSampling">Flows whose sampling rate nobody told.</param>
public sealed record ExporterCounts(
    long OptionsRecords, long NotFlows, long CounterSamples, long OtherSamples, long NotIp, long RepeatedTotals,
    long SetsReadLate, long TimesReplaced, long ClocksReplaced, long TimesFilled, long SeenTwice, long DroppedFlows,
    long InnerHeaders, long OuterHeaders, long UnrelatedSequences, long UnknownSampling)
{
    internal static ExporterCounts From(ExporterState state) => new(
        state.OptionsRecords, state.NotFlows, state.CounterSamples, state.OtherSamples, state.NotIp,
        state.RepeatedTotals, state.SetsReadLate, state.TimesReplaced, state.ClocksReplaced, state.FlowsWithoutTime,
        state.SeenTwice, state.DroppedFlows, state.InnerHeaders, state.OuterHeaders, state.UnrelatedSequences,
        state.FlowsOfUnknownSampling);
}

/// <summary>One template as <c>weir templates</c> shows it.</summary>
public sealed record TemplateListing(IpKey Exporter, KnownTemplate Template);
