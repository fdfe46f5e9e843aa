// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Collector;
using Weir.Collector.Detecting;

namespace Weir.Cli.Serving;

/// <summary>The counters and triggers in numbers. They add up: flows seen = the outcomes.</summary>
internal sealed class DetectingMetrics
{
    private readonly Func<IReadOnlyList<Pipeline>> _pipelines;

    /// <param name="meters">Where the instruments are made.</param>
    /// <param name="pipelines">The running pipeline, or nothing before it runs.</param>
    public DetectingMetrics(IMeterFactory meters, Func<IReadOnlyList<Pipeline>> pipelines)
    {
        _pipelines = pipelines;
        var meter = meters.Create("Weir.Detecting");
        meter.CreateObservableCounter("weir.detecting.flows", Outcomes, "{flow}",
            "Attributed and spoofed flows by what the counters did with them. late: came after their time was judged; "
                + "ahead: end over a minute ahead of our clock; no-room: the table had no place; allowed: a remote "
                + "that is never counted; at-border: an edge tells of the subject too.");
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
            Of(counts.Counted, "counted"), Of(counts.Late, "late"), Of(counts.Ahead, "ahead"),
            Of(counts.NoRoom, "no-room"), Of(counts.Allowed, "allowed"), Of(counts.AtBorder, "at-border"),
        ];
    }

    private static Measurement<long> Of(long count, string reason) =>
        new(count, new KeyValuePair<string, object?>("reason", reason));
}
