// SPDX-License-Identifier: Apache-2.0
//
// Blocks for one line. The vault announces them by a router of its own and says whether they are held; where the line
// is never comes here.
using Weir.Contracts.AccessControl;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;

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
