// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Desk.Escalations;

/// <summary>Ladders in numbers; nobody's. Read when asked.</summary>
public sealed class EscalationMetrics
{
    public EscalationMetrics(IMeterFactory meters, Func<EscalationController?> desk)
    {
        var meter = meters.Create("Weir.Escalating");
        meter.CreateObservableGauge(
            "weir.escalating.ladders", () => Each(desk()), "{case}", "Cases by rung and state of their ladder.");
        meter.CreateObservableGauge(
            "weir.escalating.reviews_waiting", () => desk()?.All.Count(l => l.ReviewSince is not null) ?? 0, "{case}",
            "Appeals that wait for a person.");
        meter.CreateObservableGauge(
            "weir.escalating.gardens_waiting", () => desk()?.All.Count(l => l.Wanted != l.Confirmed) ?? 0, "{case}",
            "Gardens, and ways out, that the access system has not confirmed.");
        meter.CreateObservableCounter(
            "weir.escalating.gardens_confirmed", () => desk()?.Gardens ?? 0, "{order}",
            "Gardens, and ways out, that the access system confirmed.");
        meter.CreateObservableCounter(
            "weir.escalating.gardens_failed", () => desk()?.GardensFailed ?? 0, "{order}",
            "Tries that the vault or the access system refused or did not answer.");
        meter.CreateObservableCounter(
            "weir.escalating.appeals", () => desk()?.Appeals ?? 0, "{appeal}", "Appeals of customers.");
        meter.CreateObservableCounter(
            "weir.escalating.not_blocked_endpoints", () => desk()?.NotBlocked ?? 0, "{endpoint}",
            "Endpoints that were not closed without people: not confirmed, not dedicated, exempt.");
    }

    private static IEnumerable<Measurement<long>> Each(EscalationController? desk) =>
        (desk?.All ?? []).GroupBy(l => (l.Rung, l.State)).Select(g => new Measurement<long>(
            g.LongCount(),
            new KeyValuePair<string, object?>("rung", EscalationStateMachine.ToName(g.Key.Rung).Replace(' ', '-')),
            new KeyValuePair<string, object?>("state", EscalationStateMachine.ToName(g.Key.State))));
}
