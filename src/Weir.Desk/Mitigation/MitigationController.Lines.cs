// SPDX-License-Identifier: Apache-2.0
//
// Blocks for one line. The vault announces them by a router of its own and says whether they are held; where the line
// is never comes here.
using Weir.Contracts.AccessControl;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Blocking;

namespace Weir.Desk.Mitigation;

public sealed partial class MitigationController
{
    /// <summary>When everything was last stopped; null where it was not within the time that leases
    /// are remembered.</summary>
    public DateTimeOffset? StoppedAt => Leases
        .Where(l => l.Reason.Code == LeaseReasonCode.EmergencyStop)
        .Select(l => (DateTimeOffset?)l.StateAt).Max();

    /// <summary>Blocks of a case's line, those that are over too.</summary>
    public IReadOnlyList<Lease> ForLine(CaseId id) => [.. Leases.Where(l => l.Case == id && l.Target.IsForOneLine)];

    /// <summary>Blocks of lines that the vault should have announced, for any case.</summary>
    public IReadOnlyList<Lease> LineRoutes => !_options.Enforce || Lost.Length > 0
        ? []
        : [.. Leases.Where(l => l.Target.IsForOneLine && l.State != LeaseState.Planned
            && !LeaseStateMachine.IsOver(l.State) && _time.GetUtcNow() < l.EndsAt)];

    /// <summary>Every block that should be in force now: those of routers and resolvers, and those that the vault
    /// announces for lines.</summary>
    public IReadOnlyList<Lease> Ordered => [.. Active.Where(l => !l.Target.IsForOneLine), .. LineRoutes];

    /// <summary>Blocks in force that not everybody who should hold them holds.</summary>
    public int HeldInPart => Ordered.Count(l => l.IsInForceAt(Now) && l.Confirmed.Held < l.Confirmed.Asked);

    /// <summary>Routes of lines as the vault answered last, told as backends are; null where there are none. Who its
    /// neighbours are the vault alone knows: the desk knows how many were asked, and how many of them hold the route
    /// that fewest hold.</summary>
    public MitigationStatus? LineStatus
    {
        get
        {
            var routes = LineRoutes;
            if (routes.Count == 0)
            {
                return null;
            }

            var (asked, held) = (routes.Max(l => l.Confirmed.Asked), routes.Min(l => l.Confirmed.Held));
            return new(routes.Any(l => l.Reason.Code != LeaseReasonCode.NoAnswer), Now, "the vault does not answer")
            {
                Planned = routes.Count,
                Held = routes.Count(l => l.State is LeaseState.Announced or LeaseState.Verified),
                Reached = new(asked, held, held),
            };
        }
    }

    /// <summary>Takes blocks back that a review or an appeal found not to be kept.</summary>
    /// <returns>How many were not over.</returns>
    public async Task<int> OverturnAsync(
        IReadOnlyCollection<LeaseId> ids, LeaseReason why, string actor, string role, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        var ended = await EndAsync(
            [.. ids.Select(Find).OfType<Lease>()], new(LeaseState.Withdrawn, why, AuditActions.OverturnBlock), actor,
            role, cancel);
        Changed?.Invoke();
        return ended;
    }
}
