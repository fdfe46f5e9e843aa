// SPDX-License-Identifier: Apache-2.0
//
// What people do with case files. Each step is decided, audited and written before it is seen; a step that the table of
// states does not know is a sentence for who asked, not an exception.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Reports;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>What came of a step: the case as it stands now, or a refusal.</summary>
public sealed record CaseStepResult(CaseFile? Case, Decision.Deny? Refused)
{
    /// <summary>Somebody changed the case since the caller read it; nothing was done.</summary>
    public bool IsStale { get; init; }
}

/// <summary>What came of allowing an endpoint.</summary>
/// <param name="Closed">Cases that rested on it alone, and are closed; null where it was refused.</param>
/// <param name="Refused">Why not.</param>
public readonly record struct AllowResult(int? Closed, Decision.Deny? Refused);

public sealed partial class CaseHandler
{
    public const int MaxTextLength = 2_000;

    /// <summary>One case file for a person.</summary>
    public async Task<CaseStepResult> ShowAsync(Actor actor, CaseId id, CancellationToken cancel) =>
        await Engine.DecideAsync(actor, new Request.ShowCase(id), cancel) is Decision.Deny deny
            ? new(null, deny)
            : new(Find(id), null);

    /// <summary>Gives a case to somebody who works on cases; an empty name gives it back to all. Given to nobody it
    /// would be hidden from everybody.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The case.</param>
    /// <param name="to">A user; empty for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="known">The version the caller read (<see cref="CaseVersion"/>); null for whatever it is
    /// now.</param>
    public async Task<CaseStepResult> AssignAsync(
        Actor actor, CaseId id, string to, CancellationToken cancel, string? known = null)
    {
        if (to.Length > 0 && _parts.People.Current is { NeedsKeys: true } people
            && (people.FindUser(to) is not { } person || !Roles.May(person.Role, Permission.WorkOnCase)))
        {
            return new(null, await RefuseAsync(
                actor, new Request.WorkOnCase(id, "assign"), DenyCode.Unknown,
                $"{to} is nobody of the governance in force who works on cases; weir governance show names everybody.",
                cancel));
        }

        var state = to.Length > 0 ? CaseState.Assigned : CaseState.Open;
        return await StepAsync(
            actor, id, new("assign", $"to {to}") { To = state, Known = known },
            file => file with { Assignee = to, SnoozedUntil = null }, cancel);
    }

    /// <summary>Writes a line into a case. No name of a customer belongs there.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The case.</param>
    /// <param name="text">The line; cut at <see cref="MaxTextLength"/> characters.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="known">The version the caller read; null for whatever it is now.</param>
    public Task<CaseStepResult> CommentAsync(
        Actor actor, CaseId id, string text, CancellationToken cancel, string? known = null)
    {
        var comment = new CaseComment(
            _parts.Time.GetUtcNow(), actor.Name, text.Length <= MaxTextLength ? text : text[..MaxTextLength]);
        return StepAsync(
            actor, id, new("comment") { Comment = comment, Known = known },
            file => file with { Comments = file.Comments.Add(comment) }, cancel);
    }

    /// <summary>Puts a case aside until a time that is to come.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The case.</param>
    /// <param name="until">Until then; what is past is refused.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="known">The version the caller read; null for whatever it is now.</param>
    public async Task<CaseStepResult> SnoozeAsync(
        Actor actor, CaseId id, DateTimeOffset until, CancellationToken cancel, string? known = null)
    {
        if (until <= _parts.Time.GetUtcNow())
        {
            return new(null, await RefuseAsync(
                actor, new Request.WorkOnCase(id, "snooze"), DenyCode.ActionNotAllowed,
                string.Create(CultureInfo.InvariantCulture, $"{until:u} is past; snooze {id} until a time to come."),
                cancel));
        }

        var note = string.Create(CultureInfo.InvariantCulture, $"until {until:u}");
        return await StepAsync(
            actor, id, new("snooze", note) { To = CaseState.Snoozed, Known = known }, file =>
                file with { SnoozedUntil = until },
            cancel);
    }

    /// <summary>Closes a case. Fixed: its scopes end and a check begins that counts only. A false alarm: what was
    /// listed is allowed, for this case and all others it opened.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The case.</param>
    /// <param name="verdict">As what.</param>
    /// <param name="reason">Why; stands on record and beside what is allowed.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="known">The version the caller read; null for whatever it is now.</param>
    public async Task<CaseStepResult> CloseAsync(
        Actor actor, CaseId id, CaseClosureReason verdict, string reason, CancellationToken cancel,
        string? known = null)
    {
        if (verdict == CaseClosureReason.FalsePositive && await RefuseManyAsync(actor, id, cancel) is { } many)
        {
            return new(null, many);
        }

        var step = await StepAsync(
            actor, id,
            new("close", $"{CaseStateMachine.ToName(verdict)}: {reason}") { To = CaseState.Closed, Known = known },
            file => file with { Verdict = verdict }, cancel);
        if (step.Case is not { } closed)
        {
            return step;
        }

        if (verdict == CaseClosureReason.FalsePositive)
        {
            await AllowAsync(actor, closed, reason);
        }
        else
        {
            await ActAsync(draft => BeginChecks(draft, closed.Id), cancel);
        }

        return new(Find(id), null);
    }

    /// <summary>Lets a scope in force that waited behind five others (R4); its evidence may be
    /// read from then on.</summary>
    public async Task<CaseStepResult> ReviewScopeAsync(Actor actor, ScopeId id, CancellationToken cancel)
    {
        if (await Engine.DecideAsync(actor, new Request.ReviewScope(id), cancel) is Decision.Deny deny)
        {
            return new(null, deny);
        }

        var file = Find(_book.Scope(id)!.Scope.Case)!;
        if (_book.Scope(id)!.State != ScopeState.Sealed)
        {
            return new(null, await RefuseAsync(
                actor, new Request.ReviewScope(id), DenyCode.ActionNotAllowed,
                ScopeSeals.Of(_book.Scope(id)!.Standing)?.Why ?? $"{id} is not sealed, so there is nothing to review.",
                cancel));
        }

        await ActAsync(
            draft =>
            {
                draft.Mark(
                    draft.Get(file.Id)!,
                    draft.Get(file.Id)!.Scopes.First(s => s.Scope.Id == id) with { State = ScopeState.Open });
                draft.Touch(file.Id);
            },
            cancel);
        return new(Find(file.Id), null);
    }

    /// <summary>A person did something about a case elsewhere than in its file.</summary>
    internal Task TouchAsync(CaseId id, CancellationToken cancel) => ActAsync(draft => draft.Touch(id), cancel);

    private async Task<CaseStepResult> StepAsync(
        Actor actor, CaseId id, Step step, Func<CaseFile, CaseFile> change, CancellationToken cancel)
    {
        var (to, request) = (step.To, new Request.WorkOnCase(id, step.Word));
        if (await Engine.DecideAsync(actor, request, cancel) is Decision.Deny deny)
        {
            return new(null, deny);
        }

        var (wrong, isStale) = ("", false);
        await ActAsync(
            draft =>
            {
                // Compared where it is changed: nobody comes between.
                var file = draft.Get(id)!;
                if (step.Known is { } known && known != CaseVersion.Of(file))
                {
                    isStale = true;
                    return;
                }

                if (!file.TakesEvents || (to is { } next && !CaseStateMachine.MayGo(file.State, next)))
                {
                    wrong = $"{id} is {CaseStateMachine.ToName(file.State)}; it cannot be "
                        + $"{(to is { } wanted ? CaseStateMachine.ToName(wanted) : "commented")} from there.";
                    return;
                }

                var changed = change(file) with { State = to ?? file.State, TouchedAt = draft.Now };
                changed = to == CaseState.Closed ? changed with { ClosedAt = draft.Now } : changed;
                draft.Entries.Add(EntryOf(actor, request.Act, changed, step.ToString()));
                draft.Put(changed);
                if (step.Comment is { } comment)
                {
                    draft.Comment(id, comment);
                }

                if (to == CaseState.Closed)
                {
                    EndAll(draft, id, "its case is closed");
                }
            },
            cancel);
        return isStale ? new(null, null) { IsStale = true }
            : wrong.Length > 0
            ? new(null, await RefuseAsync(actor, request, DenyCode.ActionNotAllowed, wrong, cancel))
            : new(Find(id), null);
    }

    /// <summary>One thing that a person does with a case.</summary>
    /// <param name="Word">As the API and the audit call it.</param>
    /// <param name="Reason">More of it, for the audit.</param>
    private sealed record Step(string Word, string Reason = "")
    {
        /// <summary>The state that it leads to; null where it stays.</summary>
        public CaseState? To { get; init; }

        public CaseComment? Comment { get; init; }

        /// <summary>The version it is meant for; null for any.</summary>
        public string? Known { get; init; }

        public override string ToString() => Reason.Length > 0 ? $"{Word} {Reason}" : Word;
    }

    private static void EndAll(CaseUnitOfWork draft, CaseId id, string why)
    {
        foreach (var scope in draft.Get(id)!.Scopes
            .Where(s => s.State is ScopeState.Open or ScopeState.Sealed && s.Scope.Purpose != Purpose.RemediationCheck))
        {
            CaseEventPlanner.End(draft, draft.Get(id)!, scope, why);
        }
    }

    /// <summary>Open cases that a contact with an endpoint opened.</summary>
    public int OpenCasesOf(Endpoint endpoint) =>
        Files.Count(file => file.TakesEvents && EndpointsOf(file).Any(other => Covers(endpoint, other)));

    /// <summary>Allows an endpoint, and closes what rests on it alone.</summary>
    /// <param name="actor">Who says so.</param>
    /// <param name="endpoint">Which.</param>
    /// <param name="reason">Why; stands in the audit and beside what is allowed.</param>
    /// <param name="mostCases">So many open cases may rest on it for one person to say so.</param>
    /// <param name="cancel">Gives up before it begins.</param>
    /// <exception cref="IOException">The list could not be written.</exception>
    public async Task<AllowResult> AllowEndpointAsync(
        Actor actor, Endpoint endpoint, string reason, int mostCases, CancellationToken cancel)
    {
        var request = new Request.AllowEndpoint(endpoint, reason);
        if (OpenCasesOf(endpoint) is var open && open > mostCases && Roles.May(actor.Role, Permission.WorkOnCase))
        {
            return new(null, await RefuseManyAsync(actor, request, (open, mostCases), cancel));
        }

        return await Engine.DecideAsync(actor, request, cancel) is Decision.Deny deny
            ? new(null, deny)
            : new(await AllowAsync(actor, [endpoint], endpoint.ToString(), reason), null);
    }

    /// <summary>Why one person may not close a case as a false alarm: more rest on its endpoints than one may allow.
    /// </summary>
    private async Task<Decision.Deny?> RefuseManyAsync(Actor actor, CaseId id, CancellationToken cancel)
    {
        if (Find(id) is not { } file || !Roles.May(actor.Role, Permission.WorkOnCase))
        {
            return null;
        }

        var most = Math.Max(_parts.Policy.K, ReportKAnonymity.Default.K);
        foreach (var endpoint in EndpointsOf(file))
        {
            if (OpenCasesOf(endpoint) is var open && open > most)
            {
                return await RefuseManyAsync(
                    actor, new Request.AllowEndpoint(endpoint, "as a false alarm"), (open, most), cancel);
            }
        }

        return null;
    }

    private Task<Decision.Deny> RefuseManyAsync(
        Actor actor, Request.AllowEndpoint request, (int Open, int Most) cases, CancellationToken cancel) => RefuseAsync(
            actor, request, DenyCode.SecondPersonNeeded, string.Create(
                CultureInfo.InvariantCulture,
                $"{cases.Open} open cases rest on {request.Endpoint}, and one person allows up to {cases.Most}: two people ")
                + "sign it into matching.allow of the governance; until then it can be held.", cancel);

    /// <summary>The endpoints of the contacts that opened the case are allowed, and other cases that only they opened
    /// are closed alike.</summary>
    private async Task AllowAsync(Actor actor, CaseFile closed, string reason)
    {
        var endpoints = EndpointsOf(closed);
        if (endpoints.Count > 0)
        {
            _ = await AllowAsync(actor, endpoints, closed.Id.ToString(), reason);
        }
    }

    /// <summary>Once it is on the list it is done whole.</summary>
    /// <returns>How many cases were closed.</returns>
    private async Task<int> AllowAsync(Actor actor, List<Endpoint> endpoints, string why, string reason)
    {
        await _parts.Allow.AllowAsync(endpoints, $"{why}: {reason}", CancellationToken.None);
        var closed = 0;
        await ActAsync(
            draft =>
            {
                foreach (var other in Files.Where(
                    f => f.TakesEvents && f.Scopes.Length > 0
                        && f.Scopes.All(s => s.Scope.Purpose == Purpose.CncContact)
                        && EndpointsOf(f).All(one =>
                            endpoints.Exists(allowed => Covers(allowed, one)) || _parts.Allow.IsFalseAlarm(one)))
                    .ToList())
                {
                    EndAll(draft, other.Id, $"false alarm, as {why}");
                    var next = draft.Get(other.Id)! with
                    {
                        State = CaseState.Closed,
                        Verdict = CaseClosureReason.FalsePositive,
                        ClosedAt = draft.Now
                    };
                    draft.Entries.Add(EntryOf(actor, AuditActions.CloseCase, next, $"close false-positive: as {why}"));
                    draft.Put(next);
                    closed++;
                }
            },
            CancellationToken.None);
        return closed;
    }

    /// <summary>An endpoint without a port is all of its address.</summary>
    private static bool Covers(Endpoint allowed, Endpoint one) =>
        allowed.Address == one.Address
            && (allowed.Port == 0 || (allowed.Port, allowed.Protocol) == (one.Port, one.Protocol));

    private static List<Endpoint> EndpointsOf(CaseFile file) =>
    [
        .. file.Scopes.Where(scope => scope.Scope.Purpose == Purpose.CncContact)
            .SelectMany(scope => CaseEventPlanner.EndpointsOf(scope.Scope.Class.Predicate)),
    ];

    private static AuditEntry EntryOf(Actor actor, string act, CaseFile file, string reason) => new()
    {
        Actor = actor.Name,
        Role = actor.RoleWord,
        Act = act,
        Outcome = AuditActions.Allow,
        Case = file.Id.ToString(),
        Subject = file.Subject.ToString(),
        Reason = reason,
    };
}
