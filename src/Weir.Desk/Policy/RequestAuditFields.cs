// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Policy;

/// <summary>What of a request stands in its audit entry. The text is digested, never kept: it may
/// name endpoints.</summary>
internal sealed record RequestAuditFields(
    Purpose? Purpose, CaseId? Case, ScopeId? Scope, SubjectKey? Subject, string Text, string Reason)
{
    public static RequestAuditFields From(Request request) => request switch
    {
        Request.ReadFlows r => new(r.Purpose, null, r.Scope, r.Subject, TextOf(r), ""),
        Request.CountFlows c => new(c.Purpose, null, c.Scope, null, "count", ""),
        Request.ActOnScope a => new(a.Purpose, null, a.Scope, null, $"{a.Action} {a.Target}", a.Second is null
            ? ""
            : $"second person {a.Second.Name}"),
        Request.Disclose d => new(null, null, d.Scope, null, "disclose", d.Reason),
        Request.ListOtherDestinations w => new(null, null, w.Scope, null, "where else", ""),
        Request.ListClients l => new(null, null, null, null, $"clients of {l.Endpoint}", ""),
        Request.ReadPopulationReport p => new(null, null, null, null, p.Name, ""),
        Request.Export e => new(null, null, null, null, e.Pairs ? "pairs" : "aggregates", e.Pairs
            ? "export of pairs"
            : "export of aggregates"),
        Request.WidenScope w => new(null, null, w.Scope, null, $"widen to {w.To}", ""),
        Request.OpenScope o => new(null, null, null, o.Subject, $"open {o.Class}", ""),
        Request.ShowCase s => new(null, s.Case, null, null, "", ""),
        Request.WorkOnCase w => new(null, w.Case, null, null, w.Step, w.Step),
        Request.ReviewScope r => new(null, null, r.Scope, null, "review", ""),
        Request.ReviewCandidate c =>
            new(null, null, null, null, c.Candidate, c.Second is null ? "" : $"second person {c.Second.Name}"),
        Request.Promote p => new(
            null, null, null, null, $"promote {p.Endpoint}", p.Second is null ? "" : $"second person {p.Second.Name}"),
        Request.DecideHeld h => new(
            null, null, null, null, h.Network,
            h.Second is null ? h.Network : $"{h.Network}, second person {h.Second.Name}"),
        Request.Demote d => new(null, null, null, null, $"demote {d.Endpoint}", d.Why),
        Request.AllowEndpoint a => new(null, null, null, null, $"allow {a.Endpoint}", a.Why),
        Request.HoldEndpoint h => new(null, null, null, null, $"hold {h.Endpoint}", h.Why),
        Request.ReleaseEndpoint r => new(
            null, null, null, null, $"release {r.Endpoint}", r.Second is null ? "" : $"second person {r.Second.Name}"),
        Request.RunLookBack l =>
            new(Weir.Contracts.Scopes.Purpose.CncContact, null, null, null, $"look back for {l.Endpoint}", l.Approval),
        Request.BlockEndpoint b =>
            new(null, b.Case, null, null, b.Target, b.Second is null ? "" : $"second person {b.Second.Name}"),
        Request.Restrict g => new(null, g.Case, null, null, g.IsStrict ? "strict garden" : "garden", g.Second is null
            ? g.Why
            : $"second person {g.Second.Name}: {g.Why}"),
        Request.UseConsent c => new(Weir.Contracts.Scopes.Purpose.CustomerDiagnosis, null, null, null, c.Digest, ""),
        Request.WithdrawBlocks w => new(null, null, null, null, w.What, w.Why),
        _ => new(null, null, null, null, request.GetType().Name, ""),
    };

    private static string TextOf(Request.ReadFlows read) => string.Create(
        CultureInfo.InvariantCulture,
        $"{read.Predicate?.ToString() ?? "whole scope"} {read.FromMs}..{read.UntilMs} "
            + $"{(int)read.Fields} {read.Uncollected}");
}
