// SPDX-License-Identifier: Apache-2.0
//
// What routers and resolvers tell the desk, and what the desk lets them do.
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Auditing;
using Weir.Hosting.Blocking;
using Weir.Wire;

namespace Weir.Desk.Mitigation;

public sealed partial class MitigationController
{
    /// <inheritdoc/>
    public DateTimeOffset? NextEnd => !_options.Enforce || Lost.Length > 0
        ? null
        : Leases.Where(l => !LeaseStateMachine.IsOver(l.State) && l.State != LeaseState.Planned)
            .Min(l => (DateTimeOffset?)l.EndsAt);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Lease>> TakeActiveAsync(CancellationToken cancel)
    {
        try
        {
            await ExpireAsync(cancel);
        }
        catch (Exception fault) when (fault is AuditException or MitigationJournalException)
        {
            _log.NotEnded(fault.Message);
        }

        return Active;
    }

    /// <summary>Asked before leases are put in force. Their record was made when they were approved; those that were
    /// approved under dry run get it now.</summary>
    /// <exception cref="MitigationLedgerException">It could not be recorded; nothing may be announced.</exception>
    public async Task BeginAsync(IReadOnlyCollection<LeaseId> ids, string where, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        await RecordAsync(
            ids.Select(Find).OfType<Lease>().Where(l => l.Reason.Code == LeaseReasonCode.DryRun)
                .Select(l => MitigationAuditEntries.Entry(
                    l, AuditActions.Block, AuditActions.Allow, $"the dry run is over; to {where}")),
            cancel);
    }

    /// <summary>Takes what was read back: how each lease stands where it should be held. Only changes are written; that
    /// one is in force for the first time is on record.</summary>
    /// <exception cref="MitigationLedgerException">It could not be recorded or written; it is tried again at the next
    /// round.</exception>
    public async Task SeenAsync(IReadOnlyDictionary<LeaseId, LeaseStanding> seen, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        var now = _time.GetUtcNow();
        var changed = (
            from pair in seen
            let lease = Find(pair.Key)
            where lease is not null && !LeaseStateMachine.IsOver(lease.State) && lease.State != LeaseState.Planned
            let next = pair.Value
            where lease.State != next.State || lease.Reason != next.Reason || lease.Confirmed != next.Confirmed
            from step in Steps(lease, next.State).TakeLast(1)
            select lease with
            {
                State = step,
                Reason = next.Reason,
                StateAt = lease.State == step ? lease.StateAt : now,
                Confirmed = next.Confirmed,
                ConfirmedAt = step == LeaseState.Verified ? lease.ConfirmedAt ?? now : lease.ConfirmedAt,
            }).ToList();
        await RecordAsync(
            changed.Where(lease => lease.ConfirmedAt is not null && Find(lease.Id)!.ConfirmedAt is null)
                .Select(lease => MitigationAuditEntries.Entry(
                    lease, AuditActions.BlockInForce, AuditActions.Allow, $"{lease.Confirmed} hold it")),
            cancel);
        await SaveAsync(changed, cancel);
    }

    /// <summary>Somebody tried to reach an endpoint: evidence that blocks of it are still needed. Attempts count as
    /// much as exchanges.</summary>
    public async Task SawAsync(IReadOnlyCollection<Endpoint> endpoints, DateTimeOffset at, CancellationToken cancel)
    {
        var met = Leases.Where(l => !LeaseStateMachine.IsOver(l.State) && at - l.EvidenceAt >= EvidenceGrain
            && endpoints.Any(e => Covers(l.Target, e))).Select(l => l.Id).ToList();
        if (met.Count == 0)
        {
            return;
        }

        using var turn = await LockAsync(cancel);
        await SaveAsync(
            [.. met.Select(Find).OfType<Lease>().Where(l => !LeaseStateMachine.IsOver(l.State) && at > l.EvidenceAt)
                .Select(l => l with { EvidenceAt = at })],
            cancel);
    }

    private async Task RecordAsync(IEnumerable<AuditEntry> entries, CancellationToken cancel)
    {
        try
        {
            _ = await AuditAsync(entries, cancel);
        }
        catch (AuditException fault)
        {
            throw new MitigationLedgerException(fault.Message, fault);
        }
    }

    private static bool Covers(MitigationTarget target, Endpoint endpoint) =>
        target.Remote is { } remote && remote.Contains(endpoint.Address)
        && (target.Protocol == 0 || target.Protocol == endpoint.Protocol)
        && (target.Ports.IsEmpty || target.Ports.Contains(endpoint.Port));

    /// <summary>The way from one standing to another, by the table; empty where there is none.</summary>
    private static LeaseState[] Steps(Lease lease, LeaseState to) =>
        lease.State == to || LeaseStateMachine.MayGo(lease.State, to) ? [to]
        : LeaseStateMachine.MayGo(lease.State, LeaseState.Announced)
            && LeaseStateMachine.MayGo(LeaseState.Announced, to)
            ? [LeaseState.Announced, to]
        : [];
}
