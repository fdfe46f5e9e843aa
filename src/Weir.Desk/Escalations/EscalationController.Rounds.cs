// SPDX-License-Identifier: Apache-2.0
//
// What the rules do without a person, round after round: tell, remind, close an endpoint for one line, know clean from
// relapse. Each is a row of the table whose leave is the rules'; a garden is none of them.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Escalations;

public sealed partial class EscalationController
{
    /// <summary>What collectors wrote down of the silence's end may come so much later; until then nobody is told that
    /// it is missing.</summary>
    private static readonly TimeSpan CoverageOnTheWay = TimeSpan.FromMinutes(5);

    private readonly Dictionary<CaseId, DateTimeOffset> _countedAt = [];

    /// <summary>One round over all cases. What fails for one case is told and tried again at the next;
    /// the others go on.</summary>
    /// <exception cref="AuditException">Nothing can be recorded, so nothing is done.</exception>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        foreach (var file in _parts.Cases.Files.ToList())
        {
            if (Find(file.Id) is not { } ladder)
            {
                if (!file.TakesEvents)
                {
                    continue;
                }

                ladder = new Escalation { Case = file.Id, Since = Now, ClearAt = Now };
            }

            ladder = await FollowAsync(file, ladder, cancel);
            ladder = await NotifyAsync(file, ladder, cancel);
            ladder = await CheckAsync(file, ladder, cancel);
            ladder = await BlockAsync(file, ladder, cancel);
            await EnforceAsync(file, ladder, cancel);
        }

        await RouteLinesAsync(cancel);
    }

    /// <summary>What people and events did to the case file itself.</summary>
    private async Task<Escalation> FollowAsync(CaseFile file, Escalation ladder, CancellationToken cancel)
    {
        if (file.State == CaseState.Erased
            || file is
            {
                State: CaseState.Closed, Verdict: CaseClosureReason.FalsePositive or CaseClosureReason.Untouched,
            })
        {
            return ladder.State == EscalationState.Ended ? ladder : await ApplyAsync(
                ladder, EscalationStep.End, EscalationAuthorization.ByRules,
                file.State == CaseState.Erased ? "the case is erased"
                    : file.Verdict == CaseClosureReason.Untouched ? "nobody touched its case" : "it was a false alarm",
                cancel);
        }

        if (file.State == CaseState.Closed
            && EscalationStateMachine.Find(EscalationStep.Check, ladder.Rung, ladder.State) is not null
            && ladder.State != EscalationState.Checking)
        {
            return await ApplyAsync(
                ladder, EscalationStep.Check, EscalationAuthorization.ByRules, "the case was closed as fixed", cancel,
                l => Checked(l, file));
        }

        return file.TakesEvents && ladder.State == EscalationState.Clean
            ? await RelapseAsync(ladder, "an event came back within the check", cancel)
            : ladder;
    }

    private async Task<Escalation> NotifyAsync(CaseFile file, Escalation ladder, CancellationToken cancel)
    {
        var mayTell = _parts.Policy.Automatic.HasFlag(AutomaticActions.Notify);
        if (file.TakesEvents && EscalationStateMachine.Find(EscalationStep.Tell, ladder.Rung, ladder.State) is not null
            && ScopeOf(file, ScopeActions.Notify) is not null
            && (mayTell || _parts.Notices.DeliveredAt(file.Id, NoticeStep.Found) is not null))
        {
            return await ApplyAsync(
                ladder, EscalationStep.Tell, EscalationAuthorization.ByRules, "an event opened the case", cancel,
                l => l with { ToldAt = Now, PendingNotices = AddPending(l, NoticeStep.Found) });
        }

        return mayTell && file.TakesEvents
            && EscalationStateMachine.Find(EscalationStep.Remind, ladder.Rung, ladder.State) is not null
            && ladder.ToldAt is { } told && Now - told >= _parts.Options.RemindAfter && CaseHandler.IsFresh(file, told)
            ? await ApplyAsync(
                ladder, EscalationStep.Remind, EscalationAuthorization.ByRules, "it goes on after the notice", cancel,
                l => l with { PendingNotices = AddPending(l, NoticeStep.Reminder) })
            : ladder;
    }

    /// <summary>Counts a running check when it is due: something seen is a relapse, silence for its
    /// time is clean.</summary>
    private async Task<Escalation> CheckAsync(CaseFile file, Escalation ladder, CancellationToken cancel)
    {
        if (ladder is not { State: EscalationState.Checking or EscalationState.Clean, CheckAt: { } since }
            || Now < since)
        {
            return ladder;
        }

        var silence = SilenceOf(file);
        var isOver = ladder.State == EscalationState.Checking && Now >= since + silence + _parts.Options.Settles;
        var isDue = isOver && ladder.UnknownSince is null;
        if (!isDue && _countedAt.TryGetValue(file.Id, out var at)
            && Now - at < _parts.Options.PollInterval && !CaseHandler.IsFresh(file, since))
        {
            return ladder;
        }

        _countedAt[file.Id] = Now;
        var seen = await _parts.Cases.SeenAsync(file.Id, since, cancel);
        if (seen.IsBack)
        {
            await _parts.Cases.ReopenAsync(file.Id, "relapse: its class was seen within its check", cancel);
            return await RelapseAsync(ladder, seen.Count > 0
                ? string.Create(CultureInfo.InvariantCulture, $"its class was seen {seen.Count} times within the check")
                : "a rule told of it again within the check", cancel);
        }

        if (!isOver)
        {
            return ladder;
        }

        // Silence alone proves nothing: what exporters delivered and whether the line was active does (worked
        // example 19).
        var verdict = seen.IsUncounted ? new(since, since, [new(DoubtKind.NotCounted)])
            : await _parts.Cases.JudgeAsync(file.Id, since, silence, cancel);
        if (!verdict.IsProven)
        {
            var isOnTheWay = verdict.IsEarly && Now < since + silence + _parts.Options.Settles + CoverageOnTheWay;
            return isOnTheWay ? ladder : await DoubtAsync(ladder, verdict, cancel);
        }

        var why = string.Create(
            CultureInfo.InvariantCulture,
            $"nothing was seen for {silence.TotalDays:0.##} d, all of it watched, and the line was active");
        var clean = await ApplyAsync(ladder, EscalationStep.Prove, EscalationAuthorization.ByRules, why, cancel, l =>
            l with
            {
                PendingNotices = AddPending(l, NoticeStep.Clean), ReviewSince = null, UnknownSince = null,
            });
        await _parts.Cases.CloseCleanAsync(file.Id, why, cancel);
        return clean;
    }

    /// <summary>It cannot be told: the case stays as it is, the customer is told nothing, and the desk why.</summary>
    private async Task<Escalation> DoubtAsync(
        Escalation ladder, RemediationVerdict verdict, CancellationToken cancel)
    {
        var why = $"whether it is clean cannot be told yet: {verdict}";
        if (ladder.UnknownSince is not null && ladder.Why == why)
        {
            return ladder;
        }

        if (ladder.UnknownSince is null)
        {
            await AuditAsync(
                AuditActions.EditCase, (ladder.Case, default), AuditActions.Allow, why,
                EscalationAuthorization.ByRules, cancel);
        }

        _parts.Log.NotKnown(ladder.Case, verdict.ToString());
        return await SaveAsync(
            ladder with { UnknownSince = ladder.UnknownSince ?? Now, Why = why }, null, cancel);
    }

    private async Task<Escalation> RelapseAsync(Escalation ladder, string why, CancellationToken cancel)
    {
        await AuditAsync(
            AuditActions.EditCase, (ladder.Case, default), AuditActions.Allow, $"relapse: {why}",
            EscalationAuthorization.ByRules, cancel);
        return await ApplyAsync(ladder, EscalationStep.Relapse, EscalationAuthorization.ByRules, why, cancel, l =>
            l with
            {
                ClearAt = Now, CheckAt = null, UnknownSince = null,
                PendingNotices = AddPending(l, NoticeStep.Relapsed),
            });
    }

    private Escalation Checked(Escalation ladder, CaseFile file)
    {
        _ = _countedAt.Remove(file.Id);
        return ladder with { CheckAt = Now + _parts.Options.Settles, UnknownSince = null };
    }

    /// <summary>The longest of the case's purposes, within the policy's check.</summary>
    private TimeSpan SilenceOf(CaseFile file)
    {
        var longest = file.Scopes.Where(s => s.Scope.Purpose != Purpose.RemediationCheck)
            .Select(s => _parts.Options.SilenceOf(s.Scope.Purpose))
            .DefaultIfEmpty(_parts.Options.Silence).Max();
        var most = TimeSpan.FromDays(_parts.Policy.RemediationDays);
        return longest < most ? longest : most;
    }

    private Task<AuditReceipt> AuditAsync(
        string act, (CaseId Case, ScopeId Scope) about, string outcome, string reason, EscalationAuthorization by,
        CancellationToken cancel) =>
        _parts.Audit.AppendAsync(
            new AuditEntry
            {
                Actor = by.By,
                Role = by.Role,
                Act = act,
                Outcome = outcome,
                Case = about.Case.ToString(),
                Scope = about.Scope.Number == 0 ? "" : about.Scope.ToString(),
                Reason = reason,
                Subject =
                    _parts.Cases.Find(about.Case) is { State: not CaseState.Erased } file ? file.Subject.ToString()
                        : "",
            },
            cancel);
}
