// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;
using Weir.Desk.Mitigation;

namespace Weir.Desk.Customers;

/// <summary>What stands because of a scope: blocks as routers and resolvers answered that they hold them, and the
/// garden that the access system confirmed. What is only planned, approved or announced was not done.</summary>
/// <param name="blocks">Blocks.</param>
/// <param name="ladders">The ladder of a case; null where it has none.</param>
/// <param name="time">Tells now.</param>
internal sealed class ScopeMeasures(
    MitigationController blocks, Func<CaseId, Escalation?> ladders, TimeProvider time)
{
    public IReadOnlyList<ActionTaken> GetActive(CaseFile file, CaseScope scope)
    {
        var now = time.GetUtcNow();
        return
        [
            .. blocks.Leases.Where(l => l.IsInForceAt(now) && IsAbout(l, file, scope))
                .Select(ToAction).Distinct(),
            .. ladders(file.Id) is { } ladder && ladder.Confirmed != WalledGarden.None
                ? [new ActionTaken(
                    ladder.Confirmed == WalledGarden.Strict ? ActionKind.StrictGarden : ActionKind.LeakyGarden, "",
                    ladder.Since)]
                : Array.Empty<ActionTaken>(),
        ];
    }

    private static bool IsAbout(Lease lease, CaseFile file, CaseScope scope)
    {
        var named = scope.Scope.Class.Predicate;
        var target = lease.Target;
        if (target.Action == MitigationAction.Pass || (target.IsForOneLine && lease.Case != file.Id))
        {
            return false;
        }

        return target.Remote is not { } remote
            ? lease.Case == file.Id
            : named.Remotes.Any(remote.Contains)
                && (target.Protocol == 0 || target.Protocol == named.Protocol)
                && (target.Ports.IsEmpty || named.RemotePorts.IsEmpty
                    || target.Ports.Intersect(named.RemotePorts).Any());
    }

    private static ActionTaken ToAction(Lease lease)
    {
        var target = lease.Target;
        var isName = target.Kind is MitigationKind.Name or MitigationKind.Answer;
        return new(
            target.IsForOneLine ? ActionKind.ClosedForLine : isName ? ActionKind.NameClosed : ActionKind.ClosedForAll,
            isName && target.Domain.Length > 0 ? target.Domain : EscalationController.EndpointOf(target), lease.EndsAt);
    }
}
