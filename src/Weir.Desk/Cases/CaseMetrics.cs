// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;

namespace Weir.Desk.Cases;

/// <summary>Case files in numbers; nobody's.</summary>
public sealed class CaseMetrics
{
    public CaseMetrics(IMeterFactory meters, Func<CaseHandler?> desk)
    {
        var meter = meters.Create("Weir.Cases");
        meter.CreateObservableCounter(
            "weir.cases.events",
            () => Measure(("handled", desk()?.Taken), ("again", desk()?.Known), ("refused", desk()?.Refused)),
            "{event}", "Events that came to the case desk; again: known before; refused: not believed.");
        meter.CreateObservableCounter(
            "weir.cases.refused", () => Each(desk()?.RefusedByCode, "code"), "{event}",
            "Events that are not believed, by why.");
        meter.CreateObservableGauge(
            "weir.cases.events_waiting", () => desk()?.Waiting ?? 0, "{event}",
            "Events that wait in the desk's inbox; collectors wait when it is full.");
        meter.CreateObservableGauge(
            "weir.cases.orders", () => desk()?.Orders.Count
                ?? 0, "{scope}", "Scopes that collectors are told to record.");
        meter.CreateObservableGauge(
            "weir.cases.orders_refused", () => RefusedOrders(desk()), "{scope}",
            "Scopes that a collector does not record, by collector and why.");
        meter.CreateObservableGauge(
            "weir.cases.files", () => Files(desk()), "{file}",
            "Case files by state.");
        meter.CreateObservableGauge(
            "weir.cases.scopes", () => Scopes(desk()), "{scope}",
            "Scopes by state; sealed ones wait for review, uncorroborated ones are sealed too, by what they rest on.");
        meter.CreateObservableGauge(
            "weir.cases.held_networks", () => Networks(desk()), "{network}",
            "Listed networks and edits that the brake holds, that wait their time, or about which two people decided, by "
                + "state.");
        meter.CreateObservableCounter(
            "weir.cases.held_events", () => Measure(("held", desk()?.HeldEvents), ("dropped", desk()?.FallenEvents)),
            "{event}",
            "Handled events that open nothing because what they belong to is held or settles; dropped: thrown away by two "
                + "people, after a fortnight, or beyond the 50,000 that are kept of one network.");
        meter.CreateObservableGauge(
            "weir.cases.approvals_waiting", () => Approvals(desk()), "{request}",
            "What one person asked for and a second, in another role, has not given yet, by act.");
        meter.CreateObservableGauge(
            "weir.cases.vault_down", () => desk()?.IsVaultDown == true ? 1 : 0, null,
            "1 while the vault did not answer the case desk.");
    }

    private static IEnumerable<Measurement<long>> Measure(params (string Word, long? Count)[] counts) =>
        [.. counts.Select(row => new Measurement<long>(
            row.Count ?? 0, new KeyValuePair<string, object?>("reason", row.Word)))];

    private static IEnumerable<Measurement<long>> Each(IReadOnlyDictionary<string, long>? counts, string label) =>
        (counts ?? new Dictionary<string, long>())
            .Select(pair => new Measurement<long>(pair.Value, new KeyValuePair<string, object?>(label, pair.Key)));

    private static IEnumerable<Measurement<long>> Approvals(CaseHandler? desk) =>
        (desk?.Asked ?? []).CountBy(asked => asked.Deed).Select(act => new Measurement<long>(
            act.Value, new KeyValuePair<string, object?>("act", act.Key.ToString().ToLowerInvariant())));

    private static IEnumerable<Measurement<long>> Networks(CaseHandler? desk) =>
        (desk?.Networks ?? []).CountBy(row => row.State).Select(state => new Measurement<long>(
            state.Value, new KeyValuePair<string, object?>("state", state.Key.ToString().ToLowerInvariant())));

    private static IEnumerable<Measurement<long>> RefusedOrders(CaseHandler? desk) =>
        (desk?.Reports.Refused ?? []).Select(row => new Measurement<long>(
            row.Scopes, new("collector", row.Collector), new("code", row.Code)));

    private static IEnumerable<Measurement<long>> Files(CaseHandler? desk) =>
        (desk?.Index.Read(CaseTraitKind.State) ?? []).Select(state => new Measurement<long>(
            state.Runs.Count, new KeyValuePair<string, object?>("state", state.Trait.Word)));

    private static IEnumerable<Measurement<long>> Scopes(CaseHandler? desk) =>
        (desk?.Files ?? []).SelectMany(f => f.Scopes).CountBy(WordOf).Select(
            state => new Measurement<long>(state.Value, new KeyValuePair<string, object?>("state", state.Key)));

    /// <summary>One that nobody may read or act on is not counted as if anybody might.</summary>
    private static string WordOf(CaseScope held) =>
        held.State is ScopeState.Open or ScopeState.Ended && !held.MayAct
            ? "uncorroborated"
            : CaseStateMachine.ToName(held.State);
}
