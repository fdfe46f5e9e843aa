// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Desk.Alerts;

/// <summary>What alerts count, by channel. Read when asked; taken = sent + given up + digested +
/// held + waiting.</summary>
public sealed class AlertMetrics
{
    public AlertMetrics(IMeterFactory meters, Func<AlertSender?> sender)
    {
        var meter = meters.Create("Weir.Notifying");
        meter.CreateObservableCounter(
            "weir.notifying.alerts_taken", () => Measure(sender, s => s.Taken), "{alert}",
            "Alerts a channel was to send, those that waited at the start among them.");
        meter.CreateObservableCounter(
            "weir.notifying.alerts_sent", () => Measure(sender, s => s.Sent), "{alert}", "Alerts a channel took.");
        meter.CreateObservableCounter(
            "weir.notifying.alerts_given_up", () => Measure(sender, s => s.GivenUp), "{alert}",
            "Alerts a channel refused for good, or could not be given for days.");
        meter.CreateObservableCounter(
            "weir.notifying.alerts_digested", () => Measure(sender, s => s.Digested), "{alert}",
            "Alerts of a storm that a digest told of instead.");
        meter.CreateObservableGauge(
            "weir.notifying.alerts_held", () => Measure(sender, s => s.Held), "{alert}",
            "Alerts of a storm kept back for the next digest.");
        meter.CreateObservableGauge(
            "weir.notifying.alerts_waiting", () => Measure(sender, s => s.Waiting), "{alert}",
            "Alerts that wait for a channel.");
        meter.CreateObservableCounter(
            "weir.notifying.failures", () => Measure(sender, s => s.Failures), "{failure}", "Tries that failed.");
    }

    private static IEnumerable<Measurement<long>> Measure(Func<AlertSender?> sender, Func<ChannelStatus, long> count) =>
        (sender()?.ChannelStatuses ?? []).Select(
            s => new Measurement<long>(count(s), new KeyValuePair<string, object?>("channel", s.Name)));
}
