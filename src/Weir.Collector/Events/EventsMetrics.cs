// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Hosting.Outboxes;

namespace Weir.Collector.Events;

/// <summary>Signed events in numbers; those that wait are the outbox's.</summary>
internal sealed class EventsMetrics
{
    public EventsMetrics(
        IMeterFactory meters, EventWriter writer, EventDelivery delivery, Outbox outbox, TimeProvider time)
    {
        var meter = meters.Create("Weir.Events");
        meter.CreateObservableCounter(
            "weir.events.signed", () => writer.Signed, "{event}", "Steps of events signed and durable in the outbox.");
        meter.CreateObservableCounter(
            "weir.events.lost", () => writer.Lost, "{event}",
            "Steps of events given up at a stop because the outbox had no room.");
        meter.CreateObservableCounter(
            "weir.events.delivered", () => (IEnumerable<Measurement<long>>)[
                Labelled(delivery.Accepted, "outcome", "taken"), Labelled(delivery.Known, "outcome", "known")],
            "{event}", "Steps of events the desk has made durable. known: they were sent twice.");
        meter.CreateObservableCounter(
            "weir.events.refused", () => delivery.Refused.Select(one => Labelled(one.Value, "reason", one.Key)),
            "{event}", "Steps of events the desk does not believe, by code; they are not sent again.");
        OutboxMetrics.Register(meters, "events", () => outbox.State, time);
    }

    private static Measurement<long> Labelled(long count, string label, string value) =>
        new(count, new KeyValuePair<string, object?>(label, value));
}
