// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Links;
using Weir.Desk.Mitigation;
using Weir.Wire;

namespace Weir.Cli.Web.SelfService;

/// <summary>Blocks as routers and resolvers hold them: what is only planned or approved was not done, and a dry
/// run did nothing.</summary>
internal sealed class MitigationMeasures(MitigationController desk, TimeProvider time) : IActiveMeasures
{
    public IReadOnlyList<ActiveMeasure> GetActive(CaseFile file, CaseScope scope)
    {
        var now = time.GetUtcNow();
        return [.. desk.Leases.Where(l => l.State is LeaseState.Announced or LeaseState.Verified
            && l.IsActiveAt(now) && IsAbout(l, file, scope)).Select(ToCaseDoing)];
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

    private static ActiveMeasure ToCaseDoing(Lease lease)
    {
        var target = lease.Target;
        var kind = target.IsForOneLine ? MeasureKind.BlockedForLine
            : target.Kind is MitigationKind.Name or MitigationKind.Answer ? MeasureKind.NameBlocked
            : MeasureKind.BlockedForAll;
        var remote = target.Remote is { } prefix
            ? prefix.Length == 128 ? prefix.Network.ToString() : prefix.ToString()
            : target.Domain;
        var protocol = target.Protocol == 0 ? "" : $" {Protocols.ToName(target.Protocol)}";
        return new(kind, string.Create(
            CultureInfo.InvariantCulture,
            $"{remote}{protocol}{(target.Ports.IsEmpty ? "" : $" {string.Join(',', target.Ports)}")}")
            .Trim(), lease.EndsAt);
    }
}
