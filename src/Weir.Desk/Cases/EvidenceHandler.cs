// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>What was read: rows inside the filter, or a refusal.</summary>
/// <param name="Filter">What was granted.</param>
/// <param name="Rows">Rows inside it.</param>
/// <param name="Total">How many there are, where not all are given.</param>
/// <param name="Refused">Why not, where it was refused.</param>
public sealed record EvidenceResult(
    RowFilter? Filter, IReadOnlyList<EvidenceRow> Rows, long Total, Decision.Deny? Refused);

/// <summary>Reads evidence: decided, read, recorded with count and digest, and only then given out (R12).</summary>
public sealed class EvidenceHandler(PolicyEngine engine, IScopeRegistry scopes, IEvidence evidence, IAuditLog audit)
{
    public const int MaxRows = 100_000;

    public async Task<EvidenceResult> ReadAsync(
        Actor actor, Request.ReadFlows request, int limit, CancellationToken cancel)
    {
        var decision = await engine.DecideAsync(actor, request, cancel);
        if (decision is not Decision.Allow { Filter: { } filter })
        {
            return new(null, [], 0, decision as Decision.Deny);
        }

        var rows = await evidence.ReadAsync(filter, Math.Clamp(limit, 1, MaxRows), cancel);
        var total = rows.Count < limit ? rows.Count : await evidence.CountAsync(filter, cancel);
        await audit.AppendAsync(EntryOf(actor, AuditActions.ReadEvidence, filter, rows.Count) with
        {
            ResultDigest = EvidenceDigest.Compute(rows)
        }, cancel);
        return new(filter, rows, total, null);
    }

    /// <summary>Whether a scope's class was seen, and how often; no rows.</summary>
    public async Task<EvidenceResult> CountAsync(Actor actor, Request.CountFlows request, CancellationToken cancel)
    {
        var decision = await engine.DecideAsync(actor, request, cancel);
        if (decision is not Decision.Allow { Filter: { } filter })
        {
            return new(null, [], 0, decision as Decision.Deny);
        }

        var total = await evidence.CountAsync(filter, cancel);
        await audit.AppendAsync(EntryOf(actor, request.Purpose == Purpose.RemediationCheck
            ? AuditActions.CheckRemediation
            : AuditActions.CountEvidence, filter, total), cancel);
        return new(filter, [], total, null);
    }

    private AuditEntry EntryOf(Actor actor, string act, RowFilter filter, long rows)
    {
        var scope = scopes.Find(filter.Scope)?.Scope;
        return new AuditEntry
        {
            Actor = actor.Name,
            Role = actor.RoleWord,
            Act = act,
            Outcome = AuditActions.Allow,
            Purpose = scope is null ? "" : Purposes.ToName(scope.Purpose),
            Case = scope?.Case.ToString() ?? "",
            Scope = filter.Scope.ToString(),
            Subject = scope?.Subject.ToString() ?? "",
            Rule = scope?.Trigger ?? "",
            PredicateDigest = CaseUnitOfWork.Digest(filter.Predicate.ToString()),
            Rows = rows,
        };
    }
}
