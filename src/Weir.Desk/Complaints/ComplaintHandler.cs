// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Cases;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Complaints;

/// <summary>Complaints to case files: what is authenticated, attributed and narrow opens a scope; everything else is
/// recorded with why (rules.md R2, R13).</summary>
public sealed class ComplaintHandler(ComplaintIntake intake, CaseHandler desk, IAuditLog audit) : IDisposable
{
    /// <summary>Tells refusals together that repeat, whoever they are of: who complains names itself as it likes. Each
    /// stands on record by itself where there is none.</summary>
    internal RepeatedRefusals? Repeated { get; init; }

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Takes a file; when it returns, every complaint in it has its scope or its entry. A repeated one has
    /// had it before.</summary>
    /// <exception cref="Weir.Hosting.Auditing.AuditException">The audit cannot be written: what was not opened may
    /// be sent again.</exception>
    public async Task<ComplaintReceipt> ReceiveAsync(ComplaintFile file, CancellationToken cancel)
    {
        // One after the other: the same complaint by two ways opens one scope.
        await _one.WaitAsync(cancel);
        try
        {
            var receipt = await intake.ReceiveAsync(file, cancel);
            foreach (var outcome in receipt.Outcomes.Where(o => !o.IsRepeated))
            {
                if (outcome.Refusal is not null && Repeated is { } together)
                {
                    _ = await together.NoteAsync(EntryOf(receipt, outcome), cancel);
                }
                else if (await OpenAsync(desk, audit, receipt, outcome, cancel) is not null)
                {
                    intake.Opened(receipt, outcome.Complaint!);
                }
            }

            return receipt;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Takes what an intake made of a complaint: opens its scope, or records why none opens.</summary>
    /// <returns>The scope; null where none opens.</returns>
    public static async Task<ScopeId?> OpenAsync(
        CaseHandler desk, IAuditLog audit, ComplaintReceipt receipt, ComplaintOutcome outcome, CancellationToken cancel)
    {
        await audit.AppendAsync(EntryOf(receipt, outcome), cancel);
        return outcome.Trigger is { } trigger ? await OpenAsync(desk, trigger, cancel) : null;
    }

    private static AuditEntry EntryOf(ComplaintReceipt receipt, ComplaintOutcome outcome) => new()
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
    };

    /// <summary>Opens a scope to confirm or refute a complaint: its class, five minutes around its time. Its number
    /// comes from the complaint, so the same one opens no second scope, whatever was forgotten in between.</summary>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault cannot be asked for its word.</exception>
    public static Task<ScopeId> OpenAsync(CaseHandler desk, ComplaintTrigger trigger, CancellationToken cancel) =>
        desk.OpenOnceAsync(
            new Grant(
                GrantKind.Complaint, trigger.Scope.ToString(), trigger.Subject,
                Epochs.At(trigger.Complaint.At.ToUnixTimeMilliseconds()), trigger.Class.Predicate,
                trigger.FromMs, trigger.UntilMs),
            new GrantedScope(
                trigger.Scope, ComplaintTrigger.Purpose, ComplaintTrigger.Actions | ScopeActions.Count, trigger.Rule,
                new ReportedTrigger(trigger.Complaint.Kind, trigger.Reporter.ToString(), trigger.Proof.ToString())),
            cancel);

    public void Dispose() => _one.Dispose();
}
