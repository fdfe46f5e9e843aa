// SPDX-License-Identifier: Apache-2.0
//
// Scopes that no event of a rule opens: after a clean-up a check that counts and shows no rows (R5), for an
// authenticated complaint what it speaks of (R2, worked example 12).
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Complaints;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

public sealed partial class CaseHandler
{
    /// <summary>Opens a scope to confirm or refute a complaint: its class, five minutes around its time. Its number
    /// comes from the complaint, so the same one opens no second scope, whatever was forgotten in between.</summary>
    public Task<ScopeId> OpenForComplaintAsync(ComplaintTrigger complaint, CancellationToken cancel) =>
        _book.Scope(complaint.Scope) is { } open ? Task.FromResult(open.Scope.Id) : OpenAsync(
            complaint.Subject, complaint.Class, ComplaintTrigger.Purpose, ComplaintTrigger.Actions | ScopeActions.Count,
            complaint.Rule, complaint.FromMs, complaint.UntilMs, complaint.UntilMs,
            $"{complaint.Complaint.Kind}, told by {complaint.Reporter}, {complaint.Proof}", cancel, complaint.Scope);

    /// <summary>Takes what an intake made of a complaint: opens its scope, or records why none opens.</summary>
    public async Task<ScopeId?> HandleComplaintAsync(
        ComplaintReceipt receipt, ComplaintOutcome outcome, CancellationToken cancel)
    {
        await _parts.Audit.AppendAsync(
            new AuditEntry
            {
                Actor = Actor.Weir.Name,
                Role = Actor.Weir.RoleWord,
                Act = AuditActions.Complaint,
                Outcome = outcome.Refusal is { } code ? DenyCodes.ToName(code) : AuditActions.Allow,
                Purpose = Purposes.ToName(ComplaintTrigger.Purpose),
                Subject = outcome.Trigger?.Subject.ToString() ?? "",
                Rule = outcome.Trigger?.Rule ?? "complaint",
                Reason = $"{receipt.Reporter} {receipt.Proof}: "
                    + $"{(outcome.Why.Length > 0 ? outcome.Why : outcome.Complaint?.Kind)}",
            },
            cancel);
        return outcome.Trigger is { } trigger ? await OpenForComplaintAsync(trigger, cancel) : null;
    }

    private async Task<ScopeId> OpenAsync(
        SubjectKey subject, TrafficClass named, Purpose purpose, ScopeActions actions, string trigger, long fromMs,
        long untilMs, long lastMs, string grounds, CancellationToken cancel, ScopeId? number = null)
    {
        var id = number ?? new ScopeId(FreshNumber());
        var fresh = new CaseId(FreshNumber());
        await ActAsync(
            draft =>
            {
                var file = draft.Taking(subject);
                if (file is null)
                {
                    file = new CaseFile
                    {
                        Id = fresh,
                        Subject = subject,
                        Epoch = EventScopePolicy.EpochOf(fromMs),
                        State = CaseState.Open,
                        OpenedAt = draft.Now
                    };
                    draft.Audit(AuditActions.OpenCase, AuditActions.Allow, file, null, $"first trigger {trigger}");
                    draft.Put(file);
                }

                _plan.Open(
                    draft, file, RowOf(id, file, named.Predicate, purpose, actions, trigger, fromMs, untilMs, grounds),
                    lastMs, untilMs);
            },
            cancel);
        return id;
    }

    /// <summary>For each class of a fixed case that a count can tell clean, the same class, counted for fourteen days
    /// from when all that was on its way has come (worked example 13).</summary>
    private void BeginChecks(CaseUnitOfWork draft, CaseId id, TimeSpan? length = null)
    {
        var file = draft.Get(id)!;
        var from = (draft.Now + _parts.CheckSettles).ToUnixTimeMilliseconds();
        var until = from + Math.Min(
            _parts.Policy.RemediationDays * 86_400_000L, (long)(length?.TotalMilliseconds ?? double.MaxValue));
        foreach (var named in file.Scopes
            .Where(IsCounted).Select(s => s.Scope.Class).DistinctBy(c => c.ToString()).ToList())
        {
            var row = RowOf(
                new ScopeId(FreshNumber()), file, named.Predicate, Purpose.RemediationCheck, ScopeActions.Count,
                "remediation/1", from, until, "after a clean-up");
            _plan.Open(draft, draft.Get(id)!, row with { Subject = file.Subject, Epoch = file.Epoch }, from, until);
        }
    }

    private static StoredScope RowOf(
        ScopeId id, CaseFile file, FlowPredicate named, Purpose purpose, ScopeActions actions, string trigger,
        long fromMs, long untilMs, string grounds) =>
        new()
        {
            Id = id,
            Case = file.Id,
            Subject = file.Subject,
            Epoch = file.Epoch,
            Class = named,
            Purpose = purpose,
            Fields = ScopeFields.All,
            Actions = actions,
            Trigger = trigger,
            FromMs = fromMs,
            ExpiresMs = untilMs,
            Event = 0,
            Grounds = grounds,
        };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
