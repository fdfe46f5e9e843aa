// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation.GoBgp;
using Weir.Desk.Mitigation.Rpz;

namespace Weir.Desk.Mitigation.Enforcing;

/// <summary>What blocking counts. Read when asked.</summary>
public sealed class MitigationMetrics
{
    public MitigationMetrics(
        IMeterFactory meters, Func<MitigationController?> desk, Func<RouterStatus?> router, Func<ZoneStatus?> zone)
    {
        var meter = meters.Create("Weir.Blocking");
        meter.CreateObservableGauge(
            "weir.blocking.leases", () => PerState(desk()), "{lease}",
            "Blocks by state; those that are over for 90 d. Only verified ones are in force: a router or resolver answered "
            + "that it holds them.");
        meter.CreateObservableGauge(
            "weir.blocking.leases_not_in_force", () => desk()?.Active.Count(l => l.State != LeaseState.Verified) ?? 0,
            "{lease}", "Blocks that should be in force and that no router or resolver confirmed.");
        meter.CreateObservableCounter(
            "weir.blocking.refused_requests", () => desk()?.Refused ?? 0, "{request}",
            "Plans and orders that a guardrail refused.");
        meter.CreateObservableGauge(
            "weir.blocking.journal_lost", () => desk() is { Lost.Length: > 0 } ? 1 : 0, null,
            "1 once the journal of blocks was lost: nothing is blocked until a restart.");
        meter.CreateObservableGauge(
            "weir.blocking.router_reachable", () => router() is { IsReachable: true } ? 1 : 0, null,
            "1 while GoBGP answers and takes what it is told.");
        meter.CreateObservableGauge(
            "weir.blocking.router_sessions", () => router()?.Peers.Count(p => p.IsEstablished) ?? 0, "{session}",
            "BGP sessions that stand between GoBGP and the provider's routers.");
        meter.CreateObservableGauge(
            "weir.blocking.routes_planned", () => router()?.Planned ?? 0, "{route}", "Routes that GoBGP should hold.");
        meter.CreateObservableGauge(
            "weir.blocking.routes_held", () => router()?.Held ?? 0, "{route}",
            "Routes of ours that GoBGP holds as planned, read back from it.");
        meter.CreateObservableCounter(
            "weir.blocking.routes_announced", () => router()?.Announced ?? 0, "{route}", "Routes put into GoBGP.");
        meter.CreateObservableCounter(
            "weir.blocking.routes_withdrawn", () => router()?.Withdrawn ?? 0, "{route}",
            "Routes taken out of GoBGP, orphans among them.");
        meter.CreateObservableGauge(
            "weir.blocking.resolvers_behind", () => zone() is { } z ? z.Resolvers.Count(r => r.Serial != z.Serial) : 0,
            "{resolver}", "Resolvers that do not have the policy zone in force.");
    }

    private static IEnumerable<Measurement<long>> PerState(MitigationController? desk) =>
        from state in Enum.GetValues<LeaseState>()
        select new Measurement<long>(desk?.Leases.Count(l => l.State == state) ?? 0, new KeyValuePair<string, object?>(
            "state", LeaseStateMachine.ToName(state)));
}
