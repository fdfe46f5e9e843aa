// SPDX-License-Identifier: Apache-2.0
//
// From "I fixed it" to clean, or back: checks begin, are counted, and end a case or open it again. What a check learns
// is a count (rules.md R5, worked example 13). Also the leave of the rules for what happens without a person.
using Weir.Contracts.Customers;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>What the checks of a case have seen.</summary>
/// <param name="From">Flow starts from here are counted; null where no check is open.</param>
/// <param name="Count">Flows of the classes that are checked.</param>
/// <param name="IsFresh">A rule of the case told of it again after that.</param>
public sealed record RemediationCheckResult(DateTimeOffset? From, long Count, bool IsFresh)
{
    /// <summary>A check is not counted any more, as when it is long over: what was not counted is not nought.</summary>
    public bool IsUncounted { get; init; }

    /// <summary>It came back.</summary>
    public bool IsBack => Count > 0 || IsFresh;
}

public sealed partial class CaseHandler
{
    /// <summary>The customer says that it is fixed: checks begin anew, the case stays as it is.</summary>
    /// <param name="act">The act, as the vault signed it.</param>
    /// <param name="length">How long they last; null = as long as the policy says, and never longer.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<CaseStepResult> FixedAsync(CustomerAct act, TimeSpan? length, CancellationToken cancel)
    {
        var id = act.Case;
        if (Find(id) is not { State: not CaseState.Erased })
        {
            return new(null, new(DenyCode.Unknown, $"{id} does not exist, or is erased."));
        }

        await ActAsync(
            draft => CheckAnew(
                draft, id, CreateCustomerEntry(AuditActions.EditCase, draft.Get(id)!, act, "says that it is fixed"),
                length),
            cancel);
        return new(Find(id), null);
    }

    /// <summary>A person has it checked again.</summary>
    public async Task<CaseStepResult> RecheckAsync(Actor actor, CaseId id, CancellationToken cancel)
    {
        var request = new Request.WorkOnCase(id, "recheck");
        if (await Engine.DecideAsync(actor, request, cancel) is Decision.Deny deny)
        {
            return new(null, deny);
        }

        if (Find(id)!.State == CaseState.Erased)
        {
            return new(null, await RefuseAsync(
                actor, request, DenyCode.Expired, $"{id} is erased; there is nothing to check.", cancel));
        }

        await ActAsync(
            draft => CheckAnew(draft, id, EntryOf(actor, AuditActions.EditCase, draft.Get(id)!, "recheck")), cancel);
        return new(Find(id), null);
    }

    /// <summary>What was seen of a case since its checks began. Each count is decided and recorded.</summary>
    /// <param name="id">The case.</param>
    /// <param name="since">Where a rule's fresh evidence counts from.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<RemediationCheckResult> SeenAsync(CaseId id, DateTimeOffset since, CancellationToken cancel)
    {
        if (Find(id) is not { } file)
        {
            return new(null, 0, false);
        }

        var (count, isUncounted) = (0L, false);
        var checks = LatestChecks(file);
        foreach (var check in checks.Where(IsCounted))
        {
            var counted = await Engine.DecideAsync(
                Actor.Weir, new Request.CountFlows(Purpose.RemediationCheck, check.Scope.Id), cancel)
                is Decision.Allow { Filter: { } filter } ? await CountAsync(filter, cancel) : null;
            (count, isUncounted) = (count + (counted ?? 0), isUncounted || counted is null);
        }

        return new(
            checks.Count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(checks.Min(c => c.Scope.FromMs)), count,
            IsFresh(file, since)) { IsUncounted = isUncounted };
    }

    /// <summary>Whether the silence of a case since a time means clean: its exporters delivered, and its line was
    /// active (worked example 19).</summary>
    /// <param name="id">The case.</param>
    /// <param name="since">Begin of the silence.</param>
    /// <param name="length">How long it has to be.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<RemediationVerdict> JudgeAsync(
        CaseId id, DateTimeOffset since, TimeSpan length, CancellationToken cancel)
    {
        if (Find(id) is not { } file || LatestChecks(file) is not [var check, ..])
        {
            return new(since, since, [new(DoubtKind.LineNotActive)]);
        }

        var (now, end) = (_parts.Time.GetUtcNow(), DateTimeOffset.FromUnixTimeMilliseconds(check.UntilMs));
        return await _parts.Judge.JudgeAsync(new(file, check, since, now < end ? now : end, length), cancel);
    }

    /// <summary>Whether a rule told of a case again after a time; asked of the case file alone.</summary>
    public static bool IsFresh(CaseFile file, DateTimeOffset since) =>
        file.Scopes.Any(s => s.Scope.Purpose != Purpose.RemediationCheck && s.LastMs > since.ToUnixTimeMilliseconds());

    /// <summary>A case that was silent for its time is closed as fixed. Its check goes on to its own end,
    /// for the record.</summary>
    public Task CloseCleanAsync(CaseId id, string why, CancellationToken cancel) => ActAsync(
        draft =>
        {
            if (draft.Get(id) is { TakesEvents: true } file)
            {
                var closed = file with
                {
                    State = CaseState.Closed,
                    Verdict = CaseClosureReason.Fixed,
                    ClosedAt = draft.Now,
                    SnoozedUntil = null
                };
                draft.Entries.Add(EntryOf(Actor.Weir, AuditActions.CloseCase, closed, $"close fixed: {why}"));
                draft.Put(closed);
                EndAll(draft, id, "its case is closed");
            }
        },
        cancel);

    /// <summary>A case that came back within its check is open again.</summary>
    public Task ReopenAsync(CaseId id, string why, CancellationToken cancel) => ActAsync(
        draft =>
        {
            if (draft.Get(id) is { State: CaseState.Closed } file)
            {
                CaseEventPlanner.Reopen(draft, file, why);
            }
        },
        cancel);

    /// <summary>Leave of the rules to close what a scope's class names, where the policy in force says so.</summary>
    /// <returns>The leave, or why not; a refusal is recorded.</returns>
    public async Task<(AutomaticAuthorization? Leave, Decision.Deny? Refused)> LeaveToBlockAsync(
        CaseScope scope, FlowPredicate target, string grounds, TimeSpan length, CancellationToken cancel)
    {
        var request = new Request.ActOnScope(scope.Scope.Purpose, scope.Scope.Id, ScopeActions.Block, target);
        if (!_parts.Policy.Automatic.HasFlag(AutomaticActions.BlockDedicated))
        {
            return (null, await RefuseAsync(
                Actor.Weir, request, DenyCode.ActionNotAllowed,
                "The policy in force blocks nothing without a person.", cancel));
        }

        return await Engine.DecideAsync(Actor.Weir, request, cancel) is Decision.Deny deny
            ? (null, deny)
            : (
                new AutomaticAuthorization(
                    scope.Scope.Case, scope.Scope.Id, ScopeActions.Block, target, grounds,
                    _parts.Time.GetUtcNow() + length),
                null);
    }

    /// <summary>Which classes a count can tell clean: those that name addresses. Of mail or a scan only the rule itself
    /// can tell, since a clean line sends mail too; its check records nothing, and asks whether the line is active.
    /// </summary>
    private static bool IsCounted(CaseScope scope) => !scope.Scope.Class.Predicate.Remotes.IsEmpty;

    /// <summary>Which scopes are checked: what the line itself does wrong, as an event told.</summary>
    private static bool IsChecked(CaseScope scope) => scope.Scope.Purpose
        is Purpose.CncContact or Purpose.DdosSource or Purpose.SpamSource or Purpose.ScanSource;

    private static IEnumerable<CaseScope> OpenChecks(CaseFile file) =>
        file.Scopes.Where(s => s.State == ScopeState.Open && s.Scope.Purpose == Purpose.RemediationCheck);

    /// <summary>The checks that began together last, those that are over too.</summary>
    private static List<CaseScope> LatestChecks(CaseFile file)
    {
        var all = file.Scopes
            .Where(s => s.Scope.Purpose == Purpose.RemediationCheck && s.State is ScopeState.Open or ScopeState.Ended)
            .ToList();
        return all.Count == 0 ? all : all.FindAll(s => s.Scope.FromMs == all.Max(other => other.Scope.FromMs));
    }

    private void CheckAnew(CaseUnitOfWork draft, CaseId id, AuditEntry entry, TimeSpan? length = null)
    {
        draft.Entries.Add(entry);
        draft.Touch(id);
        foreach (var check in OpenChecks(draft.Get(id)!).ToList())
        {
            CaseEventPlanner.End(draft, draft.Get(id)!, check, "it is checked anew");
        }

        BeginChecks(draft, id, length);
    }
}
