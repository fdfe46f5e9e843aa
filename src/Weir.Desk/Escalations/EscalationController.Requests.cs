// SPDX-License-Identifier: Apache-2.0
//
// What people and customers ask of a ladder. The leaky garden and the way out are one person's to order, the strict
// garden two people's in different roles; a customer says "fixed" and appeals.
using Weir.Contracts.AccessControl;
using Weir.Contracts.Customers;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Escalations;

public sealed partial class EscalationController
{
    /// <summary>How long two people's leave holds.</summary>
    private static readonly TimeSpan ApprovalValidFor = TimeSpan.FromMinutes(15);

    private long _appeals;

    /// <summary>Orders a garden, or the way out. For the strict one the first call asks and another
    /// person's gives.</summary>
    public async Task<EscalationResult> GardenAsync(
        Actor actor, CaseId id, WalledGarden garden, string why, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        var request = new Request.Restrict(id, garden == WalledGarden.Strict, why);
        var waiting = garden == WalledGarden.Strict
            ? _parts.Cases.Asked.LastOrDefault(
                a => a.Deed == Permission.StrictGarden && a.Case == id && a.AskedBy != actor.Name)
            : null;
        if (waiting is not null)
        {
            return await ApproveAsync(actor, waiting, cancel);
        }

        var decision = await _parts.Cases.Engine.DecideAsync(actor, request, cancel);
        if (decision is not Decision.Allow allowed)
        {
            return new(null, null, (Decision.Deny)decision);
        }

        var step = garden switch
        {
            WalledGarden.Leaky => EscalationStep.EnterLeaky,
            WalledGarden.Strict => EscalationStep.EnterStrict,
            _ => EscalationStep.Release
        };
        if (Why(id, step) is { } wrong)
        {
            return new(
                Find(id), null,
                await _parts.Cases.RefuseAsync(actor, request, DenyCode.ActionNotAllowed, wrong, cancel));
        }

        if (garden == WalledGarden.Strict)
        {
            var asked = await _parts.Cases.RequestAsync(
                actor, Permission.StrictGarden,
                new(id, ScopeOf(_parts.Cases.Find(id)!, ScopeActions.Notify)?.Scope.Id ?? default, "strict garden"),
                why, cancel);
            return new(Find(id), asked.Asked, null);
        }

        return await OrderAsync(id, step, EscalationAuthorization.ByPerson(actor, allowed), why, cancel);
    }

    /// <summary>The customer, or a person for the customer, asks that what is in force be looked at again. For a
    /// protected line it ends until then.</summary>
    /// <param name="actor">The person.</param>
    /// <param name="id">The case.</param>
    /// <param name="why">As the customer says.</param>
    /// <param name="isProtected">The person knows that the line is one for life or limb.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<EscalationResult> AppealAsync(
        Actor actor, CaseId id, string why, bool isProtected, CancellationToken cancel) =>
        AppealAsync(actor, null, (id, why, isProtected), cancel);

    /// <summary>The customer's own appeal.</summary>
    /// <param name="act">As the vault signed it.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<EscalationResult> AppealAsync(CustomerAct act, CancellationToken cancel) =>
        AppealAsync(null, act, (act.Case, act.Words, false), cancel);

    private async Task<EscalationResult> AppealAsync(
        Actor? actor, CustomerAct? act, (CaseId Id, string Why, bool IsProtected) asked, CancellationToken cancel)
    {
        var (id, why, isProtected) = asked;
        using var turn = await LockAsync(cancel);
        var leave = EscalationAuthorization.ByCustomer;
        if (actor is not null)
        {
            var decision = await _parts.Cases.Engine.DecideAsync(actor, new Request.WorkOnCase(id, "appeal"), cancel);
            if (decision is not Decision.Allow allowed)
            {
                return new(null, null, (Decision.Deny)decision);
            }

            leave = EscalationAuthorization.ByPerson(actor, allowed);
        }

        if (Why(id, EscalationStep.Appeal) is { } wrong)
        {
            if (act is not null)
            {
                // Nothing is in force that could be looked at again; the words still reach who works on the case.
                await _parts.Cases.AppealOfCustomerAsync(act, cancel);
                return new(Find(id), null, null);
            }

            return new(Find(id), null, new(DenyCode.ActionNotAllowed, wrong));
        }

        var scope = ScopeOf(_parts.Cases.Find(id)!, ScopeActions.Notify)?.Scope.Id ?? default;
        var suspends = isProtected || await _parts.Protected.IsProtectedAsync(id, scope, cancel);
        if (act is not null)
        {
            // A customer's words stand with the case and go with it; the audit has that they came.
            await _parts.Cases.AppealOfCustomerAsync(act, cancel);
        }
        else
        {
            _ = await AuditAsync(
                AuditActions.Appeal, (id, scope), AuditActions.Allow,
                $"{(suspends ? "suspended until reviewed" : "to be reviewed")}: {Short(why)}", leave, cancel);
            await _parts.Cases.TouchAsync(id, cancel);
        }

        _ = Interlocked.Increment(ref _appeals);
        var ladder = await ApplyAsync(
            Find(id)!, suspends ? EscalationStep.Suspend : EscalationStep.Appeal, leave, suspends
                ? "appeal of a protected line: nothing is in force until it is reviewed"
                : "an appeal waits for review", cancel,
            l => suspends
                ? l with
                {
                    ReviewSince = Now, OrderedBy = leave.By, OrderedFor = "appeal",
                    PendingNotices = AddPending(l, NoticeStep.Released)
                }
                : l with { ReviewSince = Now });
        await EnforceAsync(_parts.Cases.Find(id)!, ladder, cancel);
        return new(Find(id), null, null);
    }

    /// <summary>A person reviewed an appeal and what was in force is right. A garden that was suspended has to be
    /// ordered anew.</summary>
    public async Task<EscalationResult> UpholdAsync(Actor actor, CaseId id, string why, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        var request = new Request.Restrict(id, IsStrict: false, why);
        var decision = await _parts.Cases.Engine.DecideAsync(actor, request, cancel);
        if (decision is not Decision.Allow allowed)
        {
            return new(null, null, (Decision.Deny)decision);
        }

        var wrong = Find(id)?.ReviewSince is null ? $"{id} has no appeal that waits." : Why(id, EscalationStep.Uphold);
        return wrong is not null
            ? new(Find(id), null, await _parts.Cases.RefuseAsync(
                actor, request, DenyCode.ActionNotAllowed, wrong, cancel))
            : await OrderAsync(
                id, EscalationStep.Uphold, EscalationAuthorization.ByPerson(actor, allowed), why, cancel);
    }

    /// <summary>A person says for the customer that it is fixed: a check begins.</summary>
    public Task<EscalationResult> FixedAsync(Actor actor, CaseId id, CancellationToken cancel) =>
        FixedAsync(actor, null, id, null, cancel);

    /// <summary>"I fixed it": a check begins. It lasts at least as long as silence has to be.</summary>
    /// <param name="act">As the vault signed it.</param>
    /// <param name="length">How long it lasts; null = as long as the policy says.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<EscalationResult> FixedAsync(CustomerAct act, TimeSpan? length, CancellationToken cancel) =>
        FixedAsync(null, act, act.Case, length, cancel);

    private async Task<EscalationResult> FixedAsync(
        Actor? actor, CustomerAct? act, CaseId id, TimeSpan? length, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        if (act is not null && Why(id, EscalationStep.Check) is { } wrong)
        {
            return new(Find(id), null, new(DenyCode.ActionNotAllowed, wrong));
        }

        var step = act is not null
            ? await _parts.Cases.FixedAsync(act, length is { } asked && _parts.Cases.Find(id) is { } file
                && asked < SilenceOf(file) ? SilenceOf(file) : length, cancel)
            : await _parts.Cases.RecheckAsync(actor!, id, cancel);
        if (step.Refused is { } refused)
        {
            return new(null, null, refused);
        }

        if (Find(id) is not { } ladder
            || EscalationStateMachine.Find(EscalationStep.Check, ladder.Rung, ladder.State) is null)
        {
            return new(Find(id), null, null);
        }

        var by = actor is null ? EscalationAuthorization.ByCustomer : EscalationAuthorization.ByPerson(
            actor, (Decision.Allow)await _parts.Cases.Engine.DecideAsync(actor, new Request.ShowCase(id), cancel));
        return new(
            await ApplyAsync(ladder, EscalationStep.Check, by, "said to be fixed; it is checked", cancel, l =>
                Checked(l, step.Case!)),
            null, null);
    }

    /// <summary>Where a case stands and how it came there, for a person.</summary>
    public async Task<(
        Escalation? Ladder, IReadOnlyList<EscalationStepRecord> Steps, Decision.Deny? Refused)> ShowAsync(
            Actor actor, CaseId id, CancellationToken cancel) =>
                await _parts.Cases.Engine.DecideAsync(actor, new Request.ShowCase(id), cancel) is Decision.Deny deny
                    ? (null, [], deny)
                    : (Find(id), await _parts.Records.StepsAsync(id, cancel), null);

    private async Task<EscalationResult> ApproveAsync(Actor actor, StoredApproval waiting, CancellationToken cancel)
    {
        if (Why(waiting.Case, EscalationStep.EnterStrict) is { } wrong)
        {
            return new(Find(waiting.Case), null, await _parts.Cases.RefuseAsync(
                actor, new Request.Restrict(waiting.Case, true, waiting.Reason), DenyCode.ActionNotAllowed,
                wrong, cancel));
        }

        var given = await _parts.Cases.ApproveAsync(
            actor, waiting.Number,
            asked => new Request.Restrict(asked.Case, true, asked.Reason, new Actor(asked.AskedBy, asked.AskedRole)),
            ApprovalValidFor, cancel);
        return given.Refused is { } refused ? new(Find(waiting.Case), null, refused)
            : await OrderAsync(
                waiting.Case, EscalationStep.EnterStrict, EscalationAuthorization.ByTwoPeople(given.Approval!, actor),
                waiting.Reason, cancel);
    }

    private async Task<EscalationResult> OrderAsync(
        CaseId id, EscalationStep step, EscalationAuthorization leave, string why, CancellationToken cancel)
    {
        await _parts.Cases.TouchAsync(id, cancel);
        var ladder = await ApplyAsync(
            Find(id)!, step, leave, Short(why), cancel,
            l => l with
            {
                // Who reviewed an appeal has ordered nothing: a garden that still waits keeps the names of
                // those who did.
                OrderedBy = step == EscalationStep.Uphold ? l.OrderedBy : leave.By,
                OrderedFor = step == EscalationStep.Uphold ? l.OrderedFor : Short(why),
                ReviewSince = null,
                ClearAt = Now,
                PendingNotices = step switch
                {
                    EscalationStep.EnterLeaky => AddPending(l, NoticeStep.LeakyGarden),
                    EscalationStep.EnterStrict => AddPending(l, NoticeStep.StrictGarden),
                    EscalationStep.Release => AddPending(l, NoticeStep.Released),
                    _ => l.PendingNotices,
                },
            });
        if (step == EscalationStep.Release)
        {
            await LetOutAsync(ladder, cancel);
        }

        await EnforceAsync(_parts.Cases.Find(id)!, ladder, cancel);
        return new(Find(id), null, null);
    }

    /// <inheritdoc/>
    public string? WhyNotForLine(CaseId id) => (Find(id)?.State, _parts.Cases.Find(id)) switch
    {
        (EscalationState.Suspended, _) => $"An appeal ended what was in force for the line of {id}, and waits for a "
            + $"review: weir case appeal {id} --uphold, or weir case garden {id} --release, comes first.",
        (EscalationState.Clean, _) => $"{id} was proved clean, so nothing is closed for its line until it comes back.",
        (EscalationState.Ended, _) or (_, null or
        {
            State: CaseState.Erased,
        } or
        {
            State: CaseState.Closed, Verdict: CaseClosureReason.FalsePositive or CaseClosureReason.Untouched,
        }) => $"{id} is over, so nothing is closed for its line; weir case show {id} tells why.",
        _ => null,
    };

    /// <summary>The refusal of a case that has no ladder: why, and what would begin one. Of a sealed one the code is that
    /// of its seal.</summary>
    /// <param name="id">The case.</param>
    /// <param name="round">How often cases are looked at.</param>
    public Decision.Deny RefuseLadder(CaseId id, TimeSpan round) => new(
        _parts.Cases.Find(id) is { TakesEvents: true } file && !file.Scopes.Any(s => s.MayAct)
            ? SealOf(file)?.Code ?? DenyCode.Unknown : DenyCode.Unknown,
        WhyNoLadder(id, round));

    private static Decision.Deny? SealOf(CaseFile file) =>
        file.Scopes.Select(scope => ScopeSeals.Of(scope.Standing)).FirstOrDefault(refusal => refusal is not null);

    /// <summary>Why a case has no ladder, and what would begin one.</summary>
    /// <param name="id">The case.</param>
    /// <param name="round">How often cases are looked at.</param>
    public string WhyNoLadder(CaseId id, TimeSpan round) => _parts.Cases.Find(id) switch
    {
        null => $"{id} does not exist, or is not yours.",
        { TakesEvents: false } => $"{id} has no ladder: it is over, or was closed before one began.",
        var file when !file.Scopes.Any(s => s.MayAct) && SealOf(file) is { } isSealed =>
            $"{id} has no ladder: {isSealed.Why}",
        _ when !_parts.Policy.Automatic.HasFlag(AutomaticActions.Notify) =>
            $"{id} has no ladder: the policy has nobody told by itself, and no person had; weir notify send does.",
        _ => FormattableString.Invariant(
            $"{id} has no ladder yet; one begins within {round.TotalSeconds:0} s of a case."),
    };

    /// <summary>Why a step may not be taken; null where it may.</summary>
    private string? Why(CaseId id, EscalationStep step) =>
        Find(id) is not { } ladder ? WhyNoLadder(id, EscalationsRegistration.Period)
        : EscalationStateMachine.Find(step, ladder.Rung, ladder.State) is not null ? null
        : $"{id} is at '{EscalationStateMachine.ToName(ladder.Rung)}', {EscalationStateMachine.ToName(ladder.State)}; "
            + $"{EscalationStateMachine.ToName(step)} does not follow that.";

    private static string Short(string text) =>
        text.Length <= CaseHandler.MaxTextLength ? text : text[..CaseHandler.MaxTextLength];
}
