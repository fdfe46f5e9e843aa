// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Globalization;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Matching;
using Weir.Wire;

namespace Weir.Collector.Status;

/// <summary>
/// Decoding to digesting in numbers, read when asked. They add up: received datagrams = the outcomes of decoding; flows
/// decoded = the places of attributing; attributed = the answers of matching = digested, but for what is on its way.
/// </summary>
internal sealed class PipelineMetrics
{
    private readonly Func<IReadOnlyList<Pipeline>> _pipelines;

    /// <param name="meters">Where the instruments are made.</param>
    /// <param name="pipelines">The running pipeline, or nothing before it runs.</param>
    public PipelineMetrics(IMeterFactory meters, Func<IReadOnlyList<Pipeline>> pipelines)
    {
        _pipelines = pipelines;
        Decoding(meters.Create("Weir.Decoding"));
        meters.Create("Weir.Attributing").CreateObservableCounter(
            "weir.attributing.flows", () => Lanes().SelectMany(Places), "{flow}",
            "Flows read, by where they belong; only attributed ones go on. outside-window: they start longer ago than "
                + "pair digests are kept, or over an hour ahead of our clock; unattributed: no lease is known, or the "
                + "vault has not given the key of their epoch.");
        Matching(meters.Create("Weir.Matching"));
        var digesting = meters.Create("Weir.Digesting");
        digesting.CreateObservableCounter(
            "weir.digesting.flows", () => Shards().Sum(s => s.Flows), "{flow}", "Flows matched and added up.");
        digesting.CreateObservableCounter(
            "weir.digesting.rows", () => Shards().Sum(s => s.Rows), "{row}", "Pair digests made durable in the spool.");
        digesting.CreateObservableGauge(
            "weir.digesting.pairs_held", () => Shards().Sum(s => (long)s.PairsHeld), "{pair}",
            "Pairs in memory that wait for the next flush.");
    }

    private void Decoding(Meter meter)
    {
        meter.CreateObservableCounter("weir.decoding.datagrams", () => Lanes().SelectMany(Outcomes), "{datagram}",
            "Datagrams by outcome; together they are all that was received. damaged: a part was lost; dropped: no "
                + "message could be read; refused: too many exporters.");
        meter.CreateObservableCounter(
            "weir.decoding.exporter_datagrams", () => Each(e => e.Datagrams), "{datagram}",
            "Datagrams of an exporter.");
        meter.CreateObservableCounter(
            "weir.decoding.flows", () => Each(e => e.Flows), "{flow}", "Flows an exporter told of.");
        meter.CreateObservableCounter(
            "weir.decoding.not_flows", () => Each(e => e.NotFlows), "{record}",
            "Well-formed records and samples that are no flow.");
        meter.CreateObservableUpDownCounter(
            "weir.decoding.template_unknown_sets", () => Each(e => e.UnknownTemplateSets), "{set}",
            "Data sets that still lack their template. Falls when it comes in time.");
        meter.CreateObservableGauge(
            "weir.decoding.sequence_missing", () => Each(e => e.Lost), "{unit}",
            "Messages (v9, sFlow) or flows (v5, IPFIX) that an exporter's sequence numbers miss. Falls "
                + "when they come late after all.");
        meter.CreateObservableCounter(
            "weir.decoding.restarts", () => Each(e => e.Restarts), "{restart}",
            "Times an exporter booted anew, by its header's time minus its uptime.");
        meter.CreateObservableCounter(
            "weir.decoding.read_late_sets", () => Each(e => e.SetsReadLate), "{set}",
            "Data sets that waited for their template and were read when it came.");
        meter.CreateObservableCounter(
            "weir.decoding.replaced_times_flows", () => Each(e => e.TimesReplaced + e.ClocksReplaced), "{flow}",
            "Flows whose own times could not be, so that the export time or arrival stands for them.");
        meter.CreateObservableCounter(
            "weir.decoding.seen_twice_flows", () => Each(e => e.SeenTwice), "{flow}",
            "Flows told at the way out of a router that had told them at the way in: counted once.");
        meter.CreateObservableCounter(
            "weir.decoding.discarded_flows", () => Each(e => e.DroppedFlows), "{flow}",
            "Flows of packets that the exporter did not forward: attempts, never exchanges.");
        meter.CreateObservableGauge(
            "weir.decoding.templates", () => Each(e => e.Templates), "{template}", "Templates known of an exporter.");
        meter.CreateObservableGauge(
            "weir.decoding.sampling_interval", () => Each(e => (long)e.SamplingInterval), null,
            "One packet in so many was looked at, as given to the exporter's last flow.");
        meter.CreateObservableGauge(
            "weir.decoding.clock_skew", () => Each(e => e.ClockSkewMs / 1_000.0), "s",
            "Our clock minus the exporter's.");
    }

    private void Matching(Meter meter)
    {
        meter.CreateObservableCounter(
            "weir.matching.flows", () => Shards().SelectMany(Answers), "{flow}",
            "Attributed flows by what the lists say of their far end.");
        meter.CreateObservableGauge(
            "weir.matching.windows_waiting", () => Shards().Sum(s => (long)s.Matcher.Waiting), "{window}",
            "Contact windows that wait for their other half.");
        meter.CreateObservableCounter(
            "weir.matching.windows", () => Shards().Sum(s => s.Matcher.Contacts.Windows), "{window}",
            "Contact windows closed and made sightings.");
        meter.CreateObservableCounter(
            "weir.matching.radiation_windows", () => Shards().Sum(s => s.Matcher.Contacts.Radiation), "{window}",
            "Windows in which only the listed endpoint sent: no contact of the subject.");
        meter.CreateObservableCounter(
            "weir.matching.closed_early_windows", () => Shards().Sum(s => s.Matcher.Contacts.ClosedEarly), "{window}",
            "Windows closed before their time because the table was full.");
        meter.CreateObservableCounter(
            "weir.matching.lost_rows", () => Shards().Sum(s => s.Matcher.Contacts.Lost), "{row}",
            "Sightings given up because they could not be written for too long.");
    }

    private IEnumerable<Lane> Lanes() => _pipelines().SelectMany(p => p.Lanes);

    private IEnumerable<Shard> Shards() => _pipelines().SelectMany(p => p.Shards);

    private IEnumerable<Measurement<T>> Each<T>(Func<ExporterListing, T> value)
        where T : struct =>
        from lane in Lanes()
        from exporter in lane.Decoder.List()
        where exporter.Datagrams > 0
        select new Measurement<T>(
            value(exporter), new KeyValuePair<string, object?>("exporter", exporter.Address.ToString()));

    private static IEnumerable<Measurement<long>> Outcomes(Lane lane, int number) =>
    [
        Labelled(lane.Decoder.Clean, "clean", number), Labelled(lane.Decoder.Damaged, "damaged", number),
        Labelled(lane.Decoder.Dropped, "dropped", number), Labelled(lane.Decoder.Refused, "refused", number),
    ];

    private static IEnumerable<Measurement<long>> Places(Lane lane, int number)
    {
        var counts = lane.Attributor.Counts;
        return
        [
            Labelled(counts.Attributed, "attributed", number), Labelled(counts.Internal, "internal", number),
            Labelled(counts.Foreign, "foreign", number), Labelled(counts.Spoofed, "spoofed", number),
            Labelled(counts.Excluded, "excluded", number),
            Labelled(counts.OutsideWindow, "outside-window", number),
            Labelled(counts.SeenTwice, "seen-twice", number),
            Labelled(counts.Unattributed, "unattributed", number),
        ];
    }

    private static IEnumerable<Measurement<long>> Answers(Shard shard, int number)
    {
        var counts = shard.Matcher.Counts;
        return
        [
            Labelled(counts.Unlisted, "unlisted", number), Labelled(counts.Listed, "listed", number),
            Labelled(counts.Attackers, "attacker", number), Labelled(counts.Bogons, "bogon", number),
            Labelled(counts.Allowed, "allowed", number),
        ];
    }

    private static Measurement<long> Labelled(long count, string reason, int part) =>
        new(count, [new("reason", reason), new("part", part.ToString(CultureInfo.InvariantCulture))]);
}
