// SPDX-License-Identifier: Apache-2.0
//
// What a plan would send, before it is planned: rules as text. Whom it would hit is counted with the plan alone, since
// each count is a figure (rules.md R11, R15).
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Export;
using Weir.Desk.Policy;
using Weir.Hosting.GoBgp;

namespace Weir.Desk.Api.Blocks;

/// <summary>Writes rules.</summary>
/// <param name="blocks">How routes are written.</param>
/// <param name="cases">Knows what a scope names.</param>
internal sealed class BlockPreview(MitigationController blocks, CaseHandler cases)
{
    private static readonly string[] Dialects = ["bird", "junos", "ios-xr"];

    /// <exception cref="ApiRefusalException">The query names neither a target nor a scope that names one.</exception>
    public BlockPreviewResponse Write(ApiCall call)
    {
        if (call.Query("scope") is { } named)
        {
            var held = ScopeId.TryParse(named, out var id) ? cases.Scopes.Find(id) : null;
            IReadOnlyList<MitigationTarget> targets = held is { State: ScopeState.Open or ScopeState.Ended }
                && (held.Scope.Actions & ScopeActions.Block) != 0 ? MitigationTarget.ForLineOf(held.Scope) : [];
            return targets.Count == 0
                ? throw ApiRefusalException.BadRequest($"{named} names nothing that its line sends and that may be closed")
                : new([.. targets.Select(target => new RulePreview(target.Shown, []))]);
        }

        return MitigationTarget.TryParse(call.Query("target") ?? "", out var one, out var fault)
            ? new([Rule(one!)]) : throw ApiRefusalException.BadRequest(fault);
    }

    private RulePreview Rule(MitigationTarget target)
    {
        if (!target.IsRoute || target.IsForOneLine)
        {
            return new(target.Shown, []);
        }

        var now = blocks.Now;
        var plan = RoutePlan.Create(
            [
                new Lease
                {
                    Id = new(1), Target = target, Justification = new("", "", "", null), State = LeaseState.Approved,
                    PlannedBy = "", PlannedAt = now, EndsAt = now.AddDays(1), StateAt = now, EvidenceAt = now,
                },
            ],
            blocks.Routes, now);
        return new(target.Shown, [.. Dialects.Select(dialect => new RuleText(
            dialect, RouterText.Write(RouterText.Dialects[dialect], plan, blocks.Routes)))]);
    }
}
