// SPDX-License-Identifier: Apache-2.0
//
// Scopes that no event of a rule opens: after a clean-up a check that counts and shows no rows (R5), and what a grant
// of the vault allows, as for an authenticated complaint (R2, worked example 12).
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

public sealed partial class CaseHandler
{
    /// <summary>Opens the scope that a grant of the vault allows, unless one of its number is known.</summary>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault cannot be asked for its word.</exception>
    internal Task<ScopeId> OpenOnceAsync(Grant wanted, GrantedScope granted, CancellationToken cancel) =>
        _book.Scope(granted.Id) is { } open
            ? Task.FromResult(open.Scope.Id)
            : OpenAsync(wanted, granted, cancel);

    /// <summary>Opens the scope that a grant of the vault allows, in the subject's case or a new one.</summary>
    private async Task<ScopeId> OpenAsync(Grant wanted, GrantedScope granted, CancellationToken cancel)
    {
        var (subject, fromMs, untilMs) = (wanted.Subject, wanted.FromMs, wanted.UntilMs);
        var grant = await _parts.Grants.GrantAsync(wanted, cancel);
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
                        Epoch = wanted.Epoch,
                        State = CaseState.Open,
                        OpenedAt = draft.Now
                    };
                    draft.Audit(
                        AuditActions.OpenCase, AuditActions.Allow, file, null, $"first trigger {granted.Trigger}");
                    draft.Put(file);
                }

                var row = RowOf(file, wanted.Class!, granted, fromMs, untilMs);
                _plan.Open(draft, file, new(row, untilMs, untilMs, [grant], EvidenceDoubt.None));
            },
            cancel);
        return granted.Id;
    }

    /// <summary>For each class of a fixed case that a count can tell clean, the same class, counted for fourteen days
    /// from when all that was on its way has come (worked example 13).</summary>
    private void BeginChecks(CaseUnitOfWork draft, CaseId id, TimeSpan? length = null)
    {
        var from = (draft.Now + _parts.CheckSettles).ToUnixTimeMilliseconds();
        var until = from + Math.Min(
            _parts.Policy.RemediationDays * 86_400_000L, (long)(length?.TotalMilliseconds ?? double.MaxValue));
        foreach (var same in draft.Get(id)!.Scopes
            .Where(IsChecked).GroupBy(s => s.Scope.Class.ToString()).Select(same => same.Last()).ToList())
        {
            var file = draft.Get(id)!;
            var check = new GrantedScope(
                new ScopeId(FreshNumber()), Purpose.RemediationCheck, ScopeActions.Count, "remediation/1",
                new CleanUpTrigger());

            // It rests on what the scope rests on; an exporter whose clock is ahead is waited for.
            var begins = Math.Max(from, same.Scope.FromMs + 1);
            var row = RowOf(file, same.Scope.Class.Predicate, check, begins, begins + until - from);
            var doubt = ScopeGrounds.DoubtOf(row.Class, same.Envelopes);
            _plan.Open(draft, file, new(row, row.FromMs, row.ExpiresMs, same.Envelopes, doubt));
        }
    }

    private static StoredScope RowOf(
        CaseFile file, FlowPredicate named, GrantedScope granted, long fromMs, long untilMs) => new()
    {
        Id = granted.Id,
        Case = file.Id,
        Subject = file.Subject,
        Epoch = file.Epoch,
        Class = named,
        Purpose = granted.Purpose,
        Fields = ScopeFields.All,
        Actions = granted.Actions,
        Trigger = granted.Trigger,
        FromMs = fromMs,
        ExpiresMs = untilMs,
        Event = 0,
        Facts = granted.Facts,
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A scope that no event of a rule opens.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Purpose">Why somebody looks.</param>
/// <param name="Actions">What may be done because of it.</param>
/// <param name="Trigger">What opened it, as scopes name it.</param>
/// <param name="Facts">What the trigger told.</param>
internal sealed record GrantedScope(
    ScopeId Id, Purpose Purpose, ScopeActions Actions, string Trigger, TriggerFacts Facts);
