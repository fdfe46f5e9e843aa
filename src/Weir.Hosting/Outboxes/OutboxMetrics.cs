// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Hosting.Outboxes;

/// <summary>Figures of one outbox, read from its state; the label is its name.</summary>
public static class OutboxMetrics
{
    /// <summary>Shows an outbox to whoever reads the meters.</summary>
    public static void Register(IMeterFactory meters, string outbox, Func<OutboxState> read, TimeProvider time)
    {
        KeyValuePair<string, object?>[] name = [new("outbox", outbox)];
        var meter = meters.Create(new MeterOptions("Weir.Outbox") { Tags = name });
        Measurement<long> Read(Func<OutboxState, long> figure) => new(figure(read()), name);
        meter.CreateObservableGauge(
            "weir.outbox.waiting", () => Read(state => state.Waiting), "{item}", "Items that wait to be delivered.");
        meter.CreateObservableGauge("weir.outbox.size", () => Read(state => state.Octets), "By",
            "Octets of the outbox on disk.");
        meter.CreateObservableGauge(
            "weir.outbox.oldest", () => new Measurement<double>(Age(read().Oldest, time), name), "s",
            "Age of the oldest waiting item.");
        meter.CreateObservableGauge(
            "weir.outbox.full", () => Read(state => state.IsFull ? 1 : 0), null, "1 while nothing more is taken in.");
        meter.CreateObservableCounter(
            "weir.outbox.refused", () => Read(state => state.Refused), "{item}",
            "Items refused because the outbox was full.");
        meter.CreateObservableCounter(
            "weir.outbox.set_aside", () => Read(state => state.SetAside), "{item}",
            "Items that the receiver refused for good.");
        meter.CreateObservableCounter(
            "weir.outbox.damaged", () => Read(state => state.Damaged), "{item}",
            "Items lost because the disk gave back other octets.");
        meter.CreateObservableCounter(
            "weir.outbox.torn", () => Read(state => state.TornOctets), "By",
            "Octets of unfinished writes cut off at the start.");
    }

    private static double Age(DateTimeOffset? oldest, TimeProvider time) =>
        oldest is { } at ? Math.Max(0, (time.GetUtcNow() - at).TotalSeconds) : 0;
}
