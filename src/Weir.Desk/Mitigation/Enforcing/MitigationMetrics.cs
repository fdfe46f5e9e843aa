// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Blocking;

namespace Weir.Desk.Mitigation.Enforcing;

/// <summary>What blocking counts, the same for every backend. Read when asked.</summary>
public sealed class MitigationMetrics
{
    /// <summary>How the vault's routes of lines are told beside the backends.</summary>
    private const string Lines = "vault";

    private readonly Func<MitigationController?> _desk;
    private readonly Func<IReadOnlyList<MitigationReconciler>> _keepers;

    public MitigationMetrics(
        IMeterFactory meters, Func<MitigationController?> desk, Func<IReadOnlyList<MitigationReconciler>> keepers)
    {
        (_desk, _keepers) = (desk, keepers);
        var meter = meters.Create("Weir.Blocking");
        meter.CreateObservableGauge(
            "weir.blocking.leases", () => PerState(desk()), "{lease}",
            "Blocks by state; those that are over for 90 d. Only verified ones are in force: a router or resolver "
            + "answered that it holds them.");
        meter.CreateObservableGauge(
            "weir.blocking.leases_not_in_force", () => desk()?.Ordered.Count(l => l.State != LeaseState.Verified) ?? 0,
            "{lease}", "Blocks that should be in force and that no router or resolver confirmed.");
        meter.CreateObservableGauge(
            "weir.blocking.leases_held_in_part", () => desk()?.HeldInPart ?? 0, "{lease}",
            "Blocks in force that some neighbour or resolver does not hold.");
        meter.CreateObservableCounter(
            "weir.blocking.refused_requests", () => desk()?.Refused ?? 0, "{request}",
            "Plans and orders that a guardrail refused.");
        meter.CreateObservableGauge(
            "weir.blocking.journal_lost", () => desk() is { Lost.Length: > 0 } ? 1 : 0, null,
            "1 while the journal of blocks is lost: nothing is blocked until it can be used again, which is tried by "
                + "itself.");
        meter.CreateObservableGauge(
            "weir.blocking.backend_reachable", () => Per(status => status.IsReachable ? 1 : 0), null,
            "1 while a backend, router or zone, answers and takes what it is told.");
        meter.CreateObservableGauge(
            "weir.blocking.peers", () => Per(status => status.Reached.Sound), "{peer}",
            "Neighbours with a session that stands, and resolvers with the zone in force.");
        meter.CreateObservableGauge(
            "weir.blocking.peers_behind", () => Per(status => status.Reached.Asked - status.Reached.Current), "{peer}",
            "Neighbours and resolvers that do not have all that is in force.");
        meter.CreateObservableGauge(
            "weir.blocking.entries_planned", () => Per(status => status.Planned), "{entry}",
            "Routes and records that a backend should hold.");
        meter.CreateObservableGauge(
            "weir.blocking.entries_held", () => Per(status => status.Held), "{entry}",
            "Routes and records that a backend holds as planned, read back from it.");
        meter.CreateObservableCounter(
            "weir.blocking.entries_announced", () => Per(status => status.Announced), "{entry}",
            "Routes and records put into a backend.");
        meter.CreateObservableCounter(
            "weir.blocking.entries_withdrawn", () => Per(status => status.Withdrawn), "{entry}",
            "Routes and records taken out of a backend, orphans among them.");
    }

    private IEnumerable<Measurement<long>> Per(Func<MitigationStatus, long> value) =>
        from backend in _keepers().Select(keeper => (keeper.Backend.Name, keeper.Status))
            .Concat(_desk()?.LineStatus is { } lines ? [(Lines, lines)] : [])
        select new Measurement<long>(
            value(backend.Status), new KeyValuePair<string, object?>("backend", backend.Name));

    private static IEnumerable<Measurement<long>> PerState(MitigationController? desk) =>
        from state in Enum.GetValues<LeaseState>()
        select new Measurement<long>(desk?.Leases.Count(l => l.State == state) ?? 0, new KeyValuePair<string, object?>(
            "state", LeaseStateMachine.ToName(state)));
}
