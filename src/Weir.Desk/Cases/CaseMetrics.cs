// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Desk.Cases;

/// <summary>Case files in numbers; nobody's.</summary>
public sealed class CaseMetrics
{
    public CaseMetrics(IMeterFactory meters, Func<CaseHandler?> desk)
    {
        var meter = meters.Create("Weir.Cases");
        meter.CreateObservableCounter(
            "weir.cases.events", () => Measure(desk()?.Taken, "handled", desk()?.Refused, "refused"), "{event}",
            "Events taken by the case desk; refused: their signature did not hold.");
        meter.CreateObservableGauge(
            "weir.cases.events_waiting", () => desk()?.Waiting ?? 0, "{event}",
            "Events that wait in the desk's inbox; the shards wait when it is full.");
        meter.CreateObservableGauge(
            "weir.cases.files", () => Each(desk(), f => CaseStateMachine.ToName(f.State)), "{file}",
            "Case files by state.");
        meter.CreateObservableGauge(
            "weir.cases.scopes", () => Scopes(desk()), "{scope}", "Scopes by state; sealed ones wait for review.");
        meter.CreateObservableGauge(
            "weir.cases.vault_down", () => desk()?.IsVaultDown == true ? 1 : 0, null,
            "1 while the vault did not answer the case desk.");
    }

    private static IEnumerable<Measurement<long>> Measure(long? one, string first, long? other, string second) =>
        [
            new(one ?? 0, new KeyValuePair<string, object?>("reason", first)),
            new(other ?? 0, new KeyValuePair<string, object?>("reason", second))
        ];

    private static IEnumerable<Measurement<long>> Each(CaseHandler? desk, Func<CaseFile, string> word) =>
        (desk?.Files ?? []).GroupBy(word)
            .Select(g => new Measurement<long>(g.LongCount(), new KeyValuePair<string, object?>("state", g.Key)));

    private static IEnumerable<Measurement<long>> Scopes(CaseHandler? desk) =>
        (desk?.Files ?? []).SelectMany(f => f.Scopes).GroupBy(s => s.State).Select(g => new Measurement<long>(
            g.LongCount(), new KeyValuePair<string, object?>("state", CaseStateMachine.ToName(g.Key))));
}
