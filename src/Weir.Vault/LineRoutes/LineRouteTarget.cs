// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Mitigation;

namespace Weir.Vault.LineRoutes;

/// <summary>Whether what a route stops lies within what its grounds are about (rules.md R14, R22). Pure.</summary>
internal static class LineRouteTarget
{
    /// <summary>What is wrong with it; null where nothing is.</summary>
    public static string? Fault(MitigationTarget target, ScopeOrder order)
    {
        var named = order.Class;
        return target is not { Kind: MitigationKind.FlowSpec, IsForOneLine: true, Line: null }
                ? "a route of a line is a rule for one line, without its address"
            : target.Action != MitigationAction.Discard
                ? "a route of a line discards what its grounds are about; it slows nothing and sends nothing elsewhere"
            : target.Protocol != named.Protocol ? "the protocol is not the scope's"
            : !named.RemotePorts.IsEmpty && (target.Ports.IsEmpty || target.Ports.Any(
                port => !named.RemotePorts.Contains(port))) ? "the ports are not the scope's"
            : target.LinePort != named.SubjectPort && named.SubjectPort != 0 ? "the line's port is not the scope's"
            : !IsWithin(target, order) ? "the far end is not the scope's"
            : null;
    }

    /// <summary>A far end that the scope names; without one only mail may be stopped, whose ports are the trait.
    /// </summary>
    private static bool IsWithin(MitigationTarget target, ScopeOrder order) => target.Remote is { } remote
        ? order.Class.Remotes.Contains(remote.Network) && remote.Length == 128
        : order.Class.Remotes.IsEmpty && order.Class.Trait == FlowTrait.Mail && !target.Ports.IsEmpty;
}
