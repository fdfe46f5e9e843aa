// SPDX-License-Identifier: Apache-2.0
//
// The rules of looking, one small function a check, in the order in which they are asked: is this anybody's to ask, may
// the role, is there a scope, is what is asked inside it. Worked examples of rules.md section 3 by number
// where they bind.
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Reporting;

namespace Weir.Desk.Policy;

/// <summary>Judges a request against the scopes there are. Pure but for the book it reads; the only maker of a
/// <see cref="RowFilter"/>.</summary>
internal sealed class PolicyEvaluator(IScopeRegistry scopes, PolicyProfile policy)
{
    private const int MinReasonLength = 20;
    private const int MaxReasonLength = 2_000;

    private static readonly Decision Granted = new Decision.Allow(null);

    public Decision Evaluate(Actor actor, Request request) => request switch
    {
        Request.ReadFlows read => Read(actor, read),
        Request.CountFlows count => Count(actor, count),
        Request.ActOnScope act => Act(actor, act),
        Request.Disclose disclose => Disclose(actor, disclose),
        Request.LookUpSubject => Deny(DenyCode.NoTrigger, "A subject is opened by an event, not by a name or an "
            + "address; whoever is meant, there is nothing to look up."),
        Request.ListOtherDestinations => Deny(DenyCode.PopulationPlaneOnly, "Where else a subject goes is asked by the "
            + "comparison alone, of all cases at once, and answered with endpoints."),
        Request.ListClients => Deny(
            DenyCode.PopulationPlaneOnly,
            "Who talks to an endpoint is not shown; once it is promoted, its contacts become events."),
        Request.Compare => Role(actor, Permission.Compare) ?? Granted,
        Request.StartComparison => Role(actor, Permission.StartComparison) ?? Granted,
        Request.ReadReports => Role(actor, Permission.ReadReports) ?? Granted,
        Request.ReadPopulationReport report => Report(actor, report),
        Request.Export export => export.Pairs
            ? Deny(
                DenyCode.AggregatesOnly,
                "Pairs of subject and endpoint leave the population plane for nobody; aggregates may.")
            : Role(actor, Permission.ExportAggregates) ?? Granted,
        Request.AuthorityRequest => Deny(DenyCode.LegalProcess, "Weir has no way for requests of authorities; the "
            + "provider's legal process answers them on its own systems."),
        Request.WidenScope widen => Widen(widen),
        Request.OpenScope open => Open(open),
        Request.ShowCase show =>
            Role(actor, Permission.ListCases) ?? (show.Case is { } id ? Known(actor, id) : null) ?? Granted,
        Request.WorkOnCase work => Role(actor, Permission.WorkOnCase) ?? Known(actor, work.Case) ?? Granted,
        Request.ReviewScope review => Role(actor, Permission.ReviewScope)
            ?? (scopes.Find(review.Scope) is null ? NotThere(review.Scope.ToString()) : Granted),
        Request.ReviewCandidate review => Role(actor, Permission.ReviewCandidate)
            ?? Together(actor, review.Second, Permission.ReviewCandidate) ?? Granted,
        Request.Promote promote =>
            Role(actor, Permission.Promote) ?? Together(actor, promote.Second, Permission.Promote) ?? Granted,
        Request.DecideHeld held => Role(actor, held.Deed) ?? Together(actor, held.Second, held.Deed) ?? Granted,
        Request.Demote => Role(actor, Permission.Promote) ?? Granted,
        Request.AllowEndpoint or Request.HoldEndpoint => Role(actor, Permission.WorkOnCase) ?? Granted,
        Request.ReleaseEndpoint release => Role(actor, Permission.ReleaseEndpoint)
            ?? Together(actor, release.Second, Permission.ReleaseEndpoint) ?? Granted,
        Request.RunLookBack => Roles.May(actor.Role, Permission.LookBack) ? Granted : Deny(
            DenyCode.PopulationPlaneOnly,
            "Who met an endpoint is looked up by Weir alone, after two people promoted it, and becomes events."),
        Request.BlockEndpoint block => Role(actor, Permission.Block) ?? (block.Case is { } id ? Known(actor, id) : null)
            ?? (block.Second is null ? null : Together(actor, block.Second, Permission.Block)) ?? Granted,
        Request.Restrict garden =>
            Role(actor, garden.IsStrict ? Permission.StrictGarden : Permission.Garden) ?? Known(actor, garden.Case)
            ?? (garden.Second is null ? null : Together(actor, garden.Second, Permission.StrictGarden)) ?? Granted,
        Request.UseConsent => Role(actor, Permission.TakeConsent) ?? InPolicy(Purpose.CustomerDiagnosis) ?? Granted,
        Request.WithdrawBlocks => Role(actor, Permission.Block) ?? Granted,
        _ => throw new ArgumentOutOfRangeException(
            nameof(request), request.GetType().Name, "Not a request that the rules know."),
    };

    /// <summary>Examples 1 to 5, 9, 15, 18.</summary>
    private Decision Read(Actor actor, Request.ReadFlows read) =>
        Role(actor, Permission.ReadEvidence)
        ?? Named(read.Purpose)
        ?? Collected(read.Uncollected)
        ?? (read.Scope is { } scope ? ReadScope(actor, scope, read) : ReadSubject(actor, read));

    private Decision ReadSubject(Actor actor, Request.ReadFlows read)
    {
        var standing = read.Subject is { } subject
            ? scopes.GetScopes(subject).Where(s => MayKnow(actor, s.Scope.Case)).ToList()
            : [];
        if (standing.Count == 0)
        {
            return Deny(DenyCode.NoTrigger, "No event and no complaint opened a scope on this subject.");
        }

        var answers = standing.Select(s => ReadScope(actor, s.Scope.Id, read)).ToList();
        return answers.OfType<Decision.Allow>().FirstOrDefault() as Decision ?? answers[0];
    }

    private Decision ReadScope(Actor actor, ScopeId id, Request.ReadFlows read)
    {
        if (Usable(actor, id, read.Purpose, ScopeActions.Read, out var found) is { } refusal)
        {
            return refusal;
        }

        var scope = found!.Scope;
        var asked = read.Predicate is { } narrower
            ? narrower with { Trait = scope.Class.Predicate.Trait } : scope.Class.Predicate;
        var (from, until) = (read.FromMs ?? scope.FromMs, read.UntilMs ?? found.UntilMs);
        return asked.IsWithin(scope.Class.Predicate) && from >= scope.FromMs
            && until <= Math.Min(found.UntilMs, scope.ExpiresMs) && from <= until
            ? new Decision.Allow(new RowFilter(id, asked, from, until, read.Fields & scope.Fields))
            : Deny(DenyCode.OutOfScope, $"The scope is {scope.Class}, and what is asked lies outside it; a further "
                + "event would open a further scope.");
    }

    /// <summary>Example 13: a boolean and a count, and rows only where the scope allows reading.</summary>
    private Decision Count(Actor actor, Request.CountFlows count)
    {
        var refusal = Role(actor, Permission.CountEvidence) ?? Named(count.Purpose);
        refusal ??= Usable(actor, count.Scope, count.Purpose, ScopeActions.Count | ScopeActions.Read, out _);
        if (refusal is not null)
        {
            return refusal;
        }

        var scope = scopes.Find(count.Scope)!;
        return new Decision.Allow(new RowFilter(
            count.Scope, scope.Scope.Class.Predicate, scope.Scope.FromMs, scope.UntilMs, ScopeFields.None));
    }

    /// <summary>Examples 1 and 5: only what the scope's class names is told of or closed.</summary>
    private Decision Act(Actor actor, Request.ActOnScope act)
    {
        var deed = act.Action == ScopeActions.Block ? Permission.Block : Permission.Notify;
        return Role(actor, deed)
            ?? Named(act.Purpose)
            ?? Usable(actor, act.Scope, act.Purpose, act.Action, out _)
            ?? (IsWithinTrait(act.Target, scopes.Find(act.Scope)!.Scope.Class.Predicate)
                ? null
                : Deny(DenyCode.OutOfScope, "Only what the scope's class names may be closed."))
            ?? (Roles.NeedsTwo(deed) && actor.Role != Weir.Contracts.Policy.Role.Machine
                ? Together(actor, act.Second, Permission.Block)
                : null)
            ?? Granted;
    }

    /// <summary>What is closed is told by ports and addresses; the trait of the class stays the class's.</summary>
    private static bool IsWithinTrait(FlowPredicate target, FlowPredicate named) =>
        (target with { Trait = named.Trait }).IsWithin(named);

    /// <summary>R9: analyst and privacy officer together, for a reason, behind a scope.</summary>
    private Decision Disclose(Actor actor, Request.Disclose disclose) =>
        Role(actor, Permission.Disclose)
        ?? Usable(actor, disclose.Scope, null, ScopeActions.Disclose, out _)
        ?? (disclose.Reason.Trim().Length is < MinReasonLength or > MaxReasonLength
            ? Deny(DenyCode.ActionNotAllowed, $"A disclosure needs a reason of {MinReasonLength} to {MaxReasonLength} "
                + "characters: write what is to be done with the name.")
            : null)
        ?? (disclose.Second is null ? null : Together(actor, disclose.Second, Permission.Disclose))
        ?? Granted;

    /// <summary>Examples 10 and 11. The lab profile hides nothing.</summary>
    private Decision Report(Actor actor, Request.ReadPopulationReport report) =>
        Role(actor, Permission.ReadReports)
        ?? (policy.ShowsSubjects ? Granted
            : report.Base < policy.BaseMinimum
                ? Deny(DenyCode.PopulationTooSmall, $"A report rests on at least {policy.BaseMinimum} subjects.")
            : report.OnlyCell < policy.K ? Deny(DenyCode.BelowK, $"Counts below {policy.K} subjects are not shown.")
            : Granted);

    /// <summary>Example 14: a wider class comes by a further event, and any/any by none.</summary>
    private Decision.Deny Widen(Request.WidenScope widen) =>
        scopes.Find(widen.Scope) is null ? NotThere(widen.Scope.ToString())
        : TrafficClass.Fault(widen.To) is { } fault ? Deny(DenyCode.TooWide, fault)
        : Deny(DenyCode.OutOfScope, "A scope is never widened; a further event opens a further scope.");

    /// <summary>R2: nobody's interest opens a scope.</summary>
    private static Decision.Deny Open(Request.OpenScope open) =>
        TrafficClass.Fault(open.Class) is { } fault ? Deny(DenyCode.TooWide, fault)
        : Deny(
            DenyCode.NoTrigger,
            "A scope is opened by a signed event or an authenticated complaint, never by a wish to look.");

    /// <summary>Whether a scope is there, is this actor's, is for this purpose and allows any of the actions.</summary>
    private Decision.Deny? Usable(Actor actor, ScopeId id, Purpose? purpose, ScopeActions any, out ScopeStatus? found)
    {
        found = scopes.Find(id);
        return found is null || !MayKnow(actor, found.Scope.Case) ? NotThere(id.ToString())
            : found.State == ScopeState.Erased
                ? Deny(DenyCode.Expired, "The scope is over and its evidence erased for good.")
            : ScopeSeals.Of(found) is { } isSealed ? isSealed
            : purpose is { } p && p != found.Scope.Purpose
                ? Deny(DenyCode.OutOfScope, $"The scope is for {Purposes.ToName(found.Scope.Purpose)}; what it holds "
                    + "is not read for another purpose.")
            : (found.Scope.Actions & any) == 0
                ? Deny(DenyCode.ActionNotAllowed, $"The scope allows {found.Scope.Actions}, and nothing else.")
            : null;
    }

    private Decision.Deny? Known(Actor actor, CaseId id) => MayKnow(actor, id) ? null : NotThere(id.ToString());

    /// <summary>A case without assignee is everybody's whose role may; an assigned one its assignee's, the privacy
    /// officer's and the auditor's.</summary>
    private bool MayKnow(Actor actor, CaseId id) =>
        scopes.FindCase(id) is { } found
        && (found.Assignee.Length == 0 || found.Assignee == actor.Name
            || actor.Role is Weir.Contracts.Policy.Role.Machine
                or Weir.Contracts.Policy.Role.PrivacyOfficer or Weir.Contracts.Policy.Role.Auditor);

    private static Decision.Deny? Named(Purpose purpose) =>
        Enum.IsDefined(purpose)
            ? null
            : Deny(DenyCode.ActionNotAllowed, $"A read names one of the purposes {string.Join(", ", Purposes.All)}.");

    private Decision.Deny? InPolicy(Purpose purpose) =>
        policy.Purposes.Contains(purpose) ? null : Deny(
            DenyCode.ActionNotAllowed, $"The policy in force does not name the purpose {Purposes.ToName(purpose)}.");

    private static Decision.Deny? Collected(string uncollected) =>
        uncollected.Length == 0
            ? null
            : Deny(DenyCode.NotCollected, $"{uncollected} is never collected: no payload, no names, no URLs.");

    private static Decision.Deny? Role(Actor actor, Permission deed) =>
        Roles.May(actor.Role, deed) ? null : Deny(DenyCode.RoleMayNot, $"The role {actor.RoleWord} may not.");

    private static Decision.Deny? Together(Actor actor, Actor? second, Permission deed) =>
        second is null ? Deny(DenyCode.SecondPersonNeeded, "This needs a second person in another role.")
        : second.Name == actor.Name
            ? Deny(DenyCode.SecondPersonNeeded, "The second person must be another user than the first.")
        : Roles.MayTogether(actor.Role, second.Role, deed) ? null
        : Deny(
            DenyCode.SecondPersonNeeded,
            $"{actor.RoleWord} and {second.RoleWord} together may not; the roles must be the two that the rules name.");

    private static Decision.Deny NotThere(string what) =>
        Deny(DenyCode.Unknown, $"{what} does not exist, or is not yours.");

    private static Decision.Deny Deny(DenyCode code, string why) => new(code, why);
}
