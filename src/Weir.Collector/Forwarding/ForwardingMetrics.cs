// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Collector.Owning;

namespace Weir.Collector.Forwarding;

/// <summary>Flows between collectors, in numbers that add up on both sides: handed = acknowledged + lost + waiting.
/// </summary>
internal sealed class ForwardingMetrics
{
    private static readonly (ForwardLoss Reason, string Word)[] Reasons =
    [
        (ForwardLoss.NoRoom, "no-room"), (ForwardLoss.TooOld, "too-old"), (ForwardLoss.InDoubt, "in-doubt"),
        (ForwardLoss.Refused, "refused"), (ForwardLoss.Stopped, "stopped"),
    ];

    /// <param name="meters">Where the instruments are made.</param>
    /// <param name="queues">What waits for other owners.</param>
    /// <param name="lane">What was taken of others.</param>
    /// <param name="lostWaiting">Flows that waited when the run before was killed.</param>
    public ForwardingMetrics(IMeterFactory meters, ForwardQueues queues, ForwardedLane lane, long lostWaiting)
    {
        var meter = meters.Create("Weir.Forwarding");
        meter.CreateObservableCounter(
            "weir.forwarding.flows", () => Each(queues, queue => queue.Handed), "{flow}",
            "Attributed flows of networks that another collector owns, handed over to be sent to it. Together they are "
                + "those it answered for, those lost and those waiting.");
        meter.CreateObservableCounter(
            "weir.forwarding.acknowledged_flows", () => Each(queues, queue => queue.Acknowledged), "{flow}",
            "Flows that the collector which owns their networks has answered for.");
        meter.CreateObservableGauge(
            "weir.forwarding.waiting_flows", () => Each(queues, queue => queue.Waiting), "{flow}",
            "Flows that wait to be sent to their owner, or for its answer.");
        meter.CreateObservableCounter(
            "weir.forwarding.lost_flows", () => Lost(queues, lostWaiting), "{flow}",
            "Flows that never reached their owner. no-room: owners.buffer was full; too-old: they waited for "
                + "owners.longest-wait; in-doubt: the owner was killed before it had answered, and taken again they "
                + "could count twice; refused: it cannot read them; stopped: this collector stopped; killed: they "
                + "waited when the run before this one was killed, at most so many.");
        meter.CreateObservableCounter(
            "weir.forwarding.taken_flows", () => Taken(lane.Counts), "{flow}",
            "Flows of this collector's networks that others heard and sent. attributed: handed to the shards; "
                + "outside-window and unattributed as for flows heard here; not-ours: of no network that it owns.");
        meter.CreateObservableCounter(
            "weir.forwarding.received_flows", () => Of(lane, position => position.Taken), "{flow}",
            "Flows that another collector sent and this one has taken and still knows of, over all runs: with "
                + "weir.forwarding.missing_flows all that it answered for.");
        meter.CreateObservableCounter(
            "weir.forwarding.missing_flows", () => Of(lane, position => position.Missing), "{flow}",
            "Flows of other collectors that this one had answered for and that a kill took out of its memory, over all "
                + "runs.");
    }

    private static IEnumerable<Measurement<long>> Each(ForwardQueues queues, Func<ForwardQueue, long> read) =>
        queues.Others.Select(queue => new Measurement<long>(
            read(queue), new KeyValuePair<string, object?>("collector", queue.Owner)));

    private static IEnumerable<Measurement<long>> Of(ForwardedLane lane, Func<ForwarderPosition, long> read) =>
        lane.Positions.Select(position => new Measurement<long>(
            read(position), new KeyValuePair<string, object?>("collector", position.Collector)));

    private static IEnumerable<Measurement<long>> Lost(ForwardQueues queues, long lostWaiting) =>
    [
        .. from queue in queues.Others
           from one in Reasons
           select new Measurement<long>(
               queue.LostBy(one.Reason), new KeyValuePair<string, object?>("collector", queue.Owner),
               new KeyValuePair<string, object?>("reason", one.Word)),
        new(lostWaiting, new KeyValuePair<string, object?>("collector", "any"),
            new KeyValuePair<string, object?>("reason", "killed")),
    ];

    private static Measurement<long>[] Taken(ForwardedCounts counts) =>
    [
        new(counts.Attributed, new KeyValuePair<string, object?>("reason", "attributed")),
        new(counts.OutsideWindow, new KeyValuePair<string, object?>("reason", "outside-window")),
        new(counts.Unattributed, new KeyValuePair<string, object?>("reason", "unattributed")),
        new(counts.NotOurs, new KeyValuePair<string, object?>("reason", "not-ours")),
    ];
}
