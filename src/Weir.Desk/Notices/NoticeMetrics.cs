// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Contracts.Notices;

namespace Weir.Desk.Notices;

/// <summary>Notices to customers in numbers; nobody's.</summary>
public sealed class NoticeMetrics
{
    public NoticeMetrics(IMeterFactory meters, Func<NoticeDispatcher?> desk)
    {
        var meter = meters.Create("Weir.Notifying.Notices");
        meter.CreateObservableGauge(
            "weir.notices.tracked", () => PerState(desk()), "{notice}",
            "Notices to customers by state, one for each case and step.");
        meter.CreateObservableCounter(
            "weir.notices.attempts", () => desk()?.Attempted ?? 0, "{attempt}",
            "Deliveries asked of the vault, failed ones among them.");
        meter.CreateObservableGauge(
            "weir.notices.oldest_waiting", () => desk()?.OldestWaiting.TotalSeconds ?? 0, "s",
            "How long the notice that waits longest has waited.");
        meter.CreateObservableGauge(
            "weir.notices.vault_down", () => desk() is { Fault.Length: > 0 } ? 1 : 0, null,
            "1 while the vault does not take notices.");
    }

    private static IEnumerable<Measurement<long>> PerState(NoticeDispatcher? desk) =>
        Enum.GetValues<NoticeState>().Select(state => new Measurement<long>(
            desk?.Book.Count(state) ?? 0, new KeyValuePair<string, object?>("state", NoticeNames.ToName(state))));
}
