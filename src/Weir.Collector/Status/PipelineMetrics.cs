// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Globalization;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Matching;
using Weir.Hosting.Metrics;
using Weir.Wire;

namespace Weir.Collector.Status;

/// <summary>
/// Decoding to digesting in numbers, read when asked. They add up: received datagrams = the outcomes of decoding; flows
/// decoded = the places of attributing; attributed and taken of other collectors = handed to those that own them, and
/// the answers of matching = digested, but for what is on its way.
/// </summary>
internal sealed class PipelineMetrics
{
    private readonly Func<IReadOnlyList<Pipeline>> _pipelines;
    private readonly NamedExporters _named;

    /// <param name="meters">Where the instruments are made.</param>
    /// <param name="pipelines">The running pipeline, or nothing before it runs.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="isLab">Whether what would tell of one line may be told.</param>
    /// <param name="named">Which exporters have series of their own; null where nobody else asks.</param>
    public PipelineMetrics(
        IMeterFactory meters, Func<IReadOnlyList<Pipeline>> pipelines, TimeProvider time, bool isLab,
        NamedExporters? named = null)
    {
        (_pipelines, _named) = (pipelines, named ?? new(() => Lanes().SelectMany(static lane => lane.Decoder.List())));
        Decoding(meters.Create("Weir.Decoding"));
        meters.Create("Weir.Attributing").CreateObservableCounter(
            "weir.attributing.flows", () => Lanes().SelectMany(Places), "{flow}",
            "Flows read, by where they belong; only attributed ones go on. outside-window: they start longer ago than "
                + "pair digests are kept, or over an hour ahead of our clock; unattributed: no lease is known, or the "
                + "vault has not given the key of their epoch; stray: their datagram continues no stream.");
        meters.Create("Weir.Corroborating").CreateObservableCounter(
            "weir.corroborating.flows", () => Lanes().Sum(lane => lane.Attributor.Counts.Doubtful), "{flow}",
            "Attributed flows that are not corroborated: they give sealed grounds alone, and are in no pair digest.");
        Matching(meters.Create("Weir.Matching"), time, isLab);
        var digesting = meters.Create("Weir.Digesting");
        digesting.CreateObservableCounter(
            "weir.digesting.flows", () => Shards().Sum(s => s.Flows), "{flow}", "Flows matched and added up.");
        digesting.CreateObservableCounter(
            "weir.digesting.rows", CoarseCount.Of(() => Shards().Sum(s => s.Rows), time, isLab), "{row}",
            "Pair digests made durable in the spool; outside the lab rounded up to a hundred and a minute old.");
        digesting.CreateObservableGauge(
            "weir.digesting.pairs_held", () => Shards().Sum(s => (long)s.PairsHeld), "{pair}",
            "Pairs in memory that wait for the next flush.");
    }

    private void Decoding(Meter meter)
    {
        meter.CreateObservableCounter("weir.decoding.datagrams", () => Lanes().SelectMany(Outcomes), "{datagram}",
            "Datagrams by outcome; together they are all that was received. damaged: a part was lost; dropped: no "
                + "message could be read; refused: too many exporters; unlisted: collecting.exporters names no such sender.");
        meter.CreateObservableCounter(
            "weir.decoding.exporter_datagrams", _named.Counter(e => e.Datagrams), "{datagram}",
            "Datagrams of an exporter; sixty-four by name, those with standing first, and the others together.");
        meter.CreateObservableCounter(
            "weir.decoding.flows", _named.Counter(e => e.Flows), "{flow}", "Flows an exporter told of.");
        meter.CreateObservableCounter(
            "weir.decoding.not_flows", _named.Counter(e => e.NotFlows), "{record}",
            "Well-formed records and samples that are no flow.");
        meter.CreateObservableUpDownCounter(
            "weir.decoding.template_unknown_sets", _named.Sum(e => e.UnknownTemplateSets), "{set}",
            "Data sets that still lack their template. Falls when it comes in time.");
        meter.CreateObservableGauge(
            "weir.decoding.sequence_missing", _named.Sum(e => e.Lost), "{unit}",
            "Messages (v9, sFlow) or flows (v5, IPFIX) that an exporter's sequence numbers miss. Falls "
                + "when they come late after all.");
        meter.CreateObservableCounter(
            "weir.decoding.restarts", _named.Counter(e => e.Restarts), "{restart}",
            "Times an exporter booted anew, by its header's time minus its uptime.");
        meter.CreateObservableCounter(
            "weir.decoding.read_late_sets", _named.Counter(e => e.SetsReadLate), "{set}",
            "Data sets that waited for their template and were read when it came.");
        meter.CreateObservableCounter(
            "weir.decoding.replaced_times_flows", _named.Counter(e => e.TimesReplaced + e.ClocksReplaced), "{flow}",
            "Flows whose own times could not be, so that the export time or arrival stands for them.");
        meter.CreateObservableCounter(
            "weir.decoding.seen_twice_flows", _named.Counter(e => e.SeenTwice), "{flow}",
            "Flows told at the way out of a router that had told them at the way in: counted once.");
        meter.CreateObservableCounter(
            "weir.decoding.discarded_flows", _named.Counter(e => e.DroppedFlows), "{flow}",
            "Flows of packets that the exporter did not forward: attempts, never exchanges.");
        meter.CreateObservableGauge(
            "weir.decoding.templates", _named.Sum(e => e.Templates), "{template}", "Templates known of an exporter.");
        meter.CreateObservableGauge(
            "weir.decoding.sampling_interval", _named.Each(e => (long)e.SamplingInterval), null,
            "One packet in so many was looked at, as given to the exporter's last flow.");
        meter.CreateObservableGauge(
            "weir.decoding.clock_skew", _named.Each(e => e.ClockSkewMs / 1_000.0), "s",
            "Our clock minus the exporter's.");
    }

    private void Matching(Meter meter, TimeProvider time, bool isLab)
    {
        meter.CreateObservableCounter(
            "weir.matching.flows", () => Shards().SelectMany(Answers), "{flow}",
            "Attributed flows, those of an allowed far end apart. Which of the others a list names no counter tells, "
                + "since one line alone may be behind them.");
        if (isLab)
        {
            meter.CreateObservableGauge(
                "weir.matching.windows_waiting", () => Shards().Sum(s => (long)s.Matcher.Waiting), "{window}",
                "Contact windows that wait for their other half; in the lab alone, since each is one line's.");
        }

        var windows = new CoarseCount(() => Shards().Sum(s => s.Matcher.Contacts.Windows), time);
        meter.CreateObservableCounter(
            "weir.matching.windows", windows.Read, "{window}",
            "Contact windows closed and made sightings; rounded up to a hundred and a minute old.");
        var radiation = new CoarseCount(() => Shards().Sum(s => s.Matcher.Contacts.Radiation), time);
        meter.CreateObservableCounter(
            "weir.matching.radiation_windows", radiation.Read, "{window}",
            "Windows in which only the listed endpoint sent: no contact of the subject. Rounded up to a hundred and a "
                + "minute old.");
        meter.CreateObservableCounter(
            "weir.matching.closed_early_windows", () => Shards().Sum(s => s.Matcher.Contacts.ClosedEarly), "{window}",
            "Windows closed before their time because the table was full.");
        meter.CreateObservableCounter(
            "weir.matching.lost_rows", () => Shards().Sum(s => s.Matcher.Contacts.Lost), "{row}",
            "Sightings given up because they could not be written for too long.");
    }

    private IEnumerable<Lane> Lanes() => _pipelines().SelectMany(p => p.Lanes);

    private IEnumerable<Shard> Shards() => _pipelines().SelectMany(p => p.Shards);

    private static IEnumerable<Measurement<long>> Outcomes(Lane lane, int number) =>
    [
        Labelled(lane.Decoder.Clean, "clean", number), Labelled(lane.Decoder.Damaged, "damaged", number),
        Labelled(lane.Decoder.Dropped, "dropped", number), Labelled(lane.Decoder.Refused, "refused", number),
        Labelled(lane.Decoder.Unlisted, "unlisted", number),
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
            Labelled(counts.Unattributed, "unattributed", number), Labelled(counts.Stray, "stray", number),
        ];
    }

    private static IEnumerable<Measurement<long>> Answers(Shard shard, int number)
    {
        var counts = shard.Matcher.Counts;
        return
        [
            Labelled(counts.Unlisted + counts.Listed + counts.Attackers + counts.Bogons, "looked-up", number),
            Labelled(counts.Allowed, "allowed", number),
        ];
    }

    private static Measurement<long> Labelled(long count, string reason, int part) =>
        new(count, [new("reason", reason), new("part", part.ToString(CultureInfo.InvariantCulture))]);
}
