// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Clients;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Notices;

namespace Weir.Desk.Escalations;

/// <summary>Stands in where no vault is configured: nobody knows a line then.</summary>
internal sealed class NoLines : IAccessControlGateway
{
    private const string None = "no vault is configured, so no line is known; run `weir vault` and set vault.socket";

    public Task AnnounceAsync(LineRouteOrder order, CancellationToken cancel) => throw new VaultDownException(None);

    public Task WithdrawRouteAsync(CaseId id, LeaseId lease, CancellationToken cancel) =>
        throw new VaultDownException(None);

    public Task<IReadOnlyDictionary<LeaseId, LeaseStanding>> RoutesAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<LeaseId, LeaseStanding>>(new Dictionary<LeaseId, LeaseStanding>());

    public Task<bool> IsProtectedAsync(CaseId id, ScopeId scope, CancellationToken cancel) =>
        throw new VaultDownException(None);

    public Task<WalledGardenResult> GardenAsync(WalledGardenOrder order, CancellationToken cancel) =>
        throw new VaultDownException(None);
}

/// <summary>Lines for life or limb. The vault tells, and nobody keeps it; where it does not tell, the line is taken for
/// one.</summary>
internal sealed class VaultProtected(IAccessControlGateway lines) : IProtectedSubscriberLines
{
    public async Task<bool> IsProtectedAsync(CaseId id, ScopeId scope, CancellationToken cancel)
    {
        try
        {
            return await lines.IsProtectedAsync(id, scope, cancel);
        }
        catch (Exception unknown) when (unknown is VaultDownException or VaultRefusedException)
        {
            return true;
        }
    }
}

/// <summary>The notices' desk as the ladder orders of it.</summary>
internal sealed class DeskNotices(NoticeDispatcher desk) : INoticeScheduler
{
    public Task<Decision.Deny?> PlanAsync(
        Actor actor, CaseId id, ScopeId scope, NoticeStep step, IReadOnlyList<ActionTaken> done,
        CancellationToken cancel) =>
            desk.PlanAsync(actor, id, scope, step, done, cancel);

    public DateTimeOffset? DeliveredAt(CaseId id, NoticeStep step) =>
        desk.ForCase(id).FirstOrDefault(row => row.Step == step) is { State: NoticeState.Told, Proof: { } proof }
            ? proof.At
            : null;

    public bool? IsFoundDue(CaseId id) => desk.IsFoundDue(id);

    public bool IsTold(CaseId id, NoticeStep step) => desk.ForCase(id).Any(
        row => row.Step == step && row.State is (NoticeState.Waiting or NoticeState.Told));
}
