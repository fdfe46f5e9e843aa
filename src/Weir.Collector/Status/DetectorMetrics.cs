// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Collector.Detecting;

namespace Weir.Collector.Status;

/// <summary>The counters and triggers in numbers. They add up: flows seen = the outcomes.</summary>
internal sealed class DetectorMetrics
{
    private readonly Func<IReadOnlyList<Pipeline>> _pipelines;

    /// <param name="meters">Where the instruments are made.</param>
    /// <param name="pipelines">The running pipeline, or nothing before it runs.</param>
    public DetectorMetrics(IMeterFactory meters, Func<IReadOnlyList<Pipeline>> pipelines)
    {
        _pipelines = pipelines;
        var meter = meters.Create("Weir.Detecting");
        meter.CreateObservableCounter("weir.detecting.flows", Outcomes, "{flow}",
            "Attributed and spoofed flows by what the counters did with them. late: came after their time was judged; "
                + "ahead: end over a minute ahead of our clock; no-room: the table had no place; allowed: a remote "
                + "that is never counted; at-border: an edge tells of the subject too; doubtful: not corroborated, and "
                + "what is tells of the subject.");
        meter.CreateObservableCounter(
            "weir.detecting.clipped_flows", () => Sum().Clipped, "{flow}",
            "Counted flows of which a part lay before what was already judged.");
        meter.CreateObservableGauge(
            "weir.detecting.subjects_held", () => Sum().Subjects, "{subject}", "Subjects whose counters are held.");
        meter.CreateObservableCounter(
            "weir.detecting.evicted_subjects", () => Sum().Evicted, "{subject}",
            "Idle subjects whose counters gave way to others.");
        meter.CreateObservableGauge(
            "weir.detecting.details_held", () => Sum().Details, "{block}",
            "Blocks of detail of subjects above half a floor.");
        meter.CreateObservableCounter(
            "weir.detecting.details_refused", () => Sum().DetailsRefused, "{block}",
            "Blocks that were wanted when none was free.");
        meter.CreateObservableGauge(
            "weir.detecting.events_open", () => Sum().EventsOpen, "{event}", "Events under way.");
        meter.CreateObservableCounter(
            "weir.detecting.events_opened", () => Sum().EventsOpened, "{event}", "Events that rules raised.");
        meter.CreateObservableCounter(
            "weir.detecting.events_closed", () => Sum().EventsClosed, "{event}", "Events that ended.");
        meter.CreateObservableCounter(
            "weir.detecting.events_refused", () => Sum().EventsRefused, "{event}",
            "Events not opened because their subject had sixteen under way.");
    }

    private DetectingCounts Sum() => _pipelines()
        .SelectMany(p => p.Shards).Aggregate(default(DetectingCounts), (sum, shard) => sum + shard.Detected);

    private IEnumerable<Measurement<long>> Outcomes()
    {
        var counts = Sum();
        return
        [
            Labelled(counts.Counted, "counted"), Labelled(counts.Late, "late"), Labelled(counts.Ahead, "ahead"),
            Labelled(counts.NoRoom, "no-room"), Labelled(counts.Allowed, "allowed"),
            Labelled(counts.AtBorder, "at-border"), Labelled(counts.Doubtful, "doubtful"),
        ];
    }

    private static Measurement<long> Labelled(long count, string reason) =>
        new(count, new KeyValuePair<string, object?>("reason", reason));
}
