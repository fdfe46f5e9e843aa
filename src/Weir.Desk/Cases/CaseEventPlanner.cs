// SPDX-License-Identifier: Apache-2.0
//
// What an event does to the case files (rules.md R2 to R5). Which scope it lets go on or opens is judged as the
// collector judges it (EventScopes); whether there is a case for it, and what stands on record, is decided here.
using System.Collections.Immutable;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>A scope that is to open: its definition, how it stands, what it rests on, and how far that is in
/// doubt.</summary>
internal sealed record ScopePlan(
    StoredScope Row, long LastMs, long UntilMs, ImmutableArray<Envelope> Envelopes, EvidenceDoubt Doubt);

/// <summary>Plans; nothing happens here.</summary>
/// <param name="policy">In force.</param>
/// <param name="isAllowed">Whether a list allows an endpoint now.</param>
/// <param name="edits">Which edit of a list brought an endpoint.</param>
internal sealed class CaseEventPlanner(PolicyProfile policy, CaseEventPlanner.Allows isAllowed, IListEdits edits)
{
    /// <summary>What the record says of a contact that opens nothing.</summary>
    public const string AllowedEndpoint = "endpoint-allowed";

    private readonly EventScopes _scopes = new(policy.ScopeLimits);

    /// <summary>Whether a list allows an endpoint now.</summary>
    internal delegate bool Allows(in Endpoint endpoint);

    public void Add(CaseUnitOfWork draft, JournaledEvent journaled)
    {
        var quality = journaled.Event;
        if (quality.Class is not { } named)
        {
            draft.Handle(journaled, null);
            draft.Entries.Add(CreateEntryOfNothing(quality, DenyCodes.ToName(DenyCode.Unattributable)));
            return;
        }

        if (draft.Closed(quality.Subject).FirstOrDefault(file => IsFalseAlarm(file, quality)) is { } mistaken)
        {
            draft.Handle(journaled, mistaken.Id);
            return;
        }

        if (DetectionRules.Get(quality.Rule).IsContact && EndpointsOf(named.Predicate).All(endpoint => isAllowed(endpoint)))
        {
            draft.Handle(journaled, null);
            draft.Entries.Add(CreateEntryOfNothing(quality, AllowedEndpoint));
            return;
        }

        if (quality.Origin == EventOrigin.Digests && Known(draft, quality, named) is { } known)
        {
            draft.Handle(journaled, known.Scope.Case);
            return;
        }

        var file = draft.Taking(quality.Subject) ?? Back(draft, quality, named);
        var step = _scopes.Next(file is null ? [] : Standing(file), quality, journaled.Envelope);
        file ??= OpenCase(draft, journaled);
        draft.Handle(journaled, file.Id);
        Take(draft, file, step, journaled);
    }

    /// <summary>A case that is closed is open again: what was fixed came back.</summary>
    public static CaseFile Reopen(CaseUnitOfWork draft, CaseFile file, string why)
    {
        var next = file with
        {
            State = file.Assignee.Length > 0 ? CaseState.Assigned : CaseState.Open,
            Verdict = CaseClosureReason.None,
            ClosedAt = null
        };
        draft.Audit(AuditActions.ReopenCase, AuditActions.Allow, next, null, why);
        draft.Put(next);
        return next;
    }

    /// <summary>Far ends that a class of contacts names.</summary>
    public static IEnumerable<Endpoint> EndpointsOf(FlowPredicate named) =>
        from remote in named.Remotes
        from port in named.RemotePorts.DefaultIfEmpty()
        select new Endpoint(remote, port, named.Protocol);

    /// <summary>Ends a scope; what it holds stays until its case is erased.</summary>
    public static void End(CaseUnitOfWork draft, CaseFile file, CaseScope scope, string why)
    {
        draft.Audit(AuditActions.ExpireScope, AuditActions.Allow, file, scope, why);
        draft.Mark(file, scope with { State = ScopeState.Ended });
    }

    /// <summary>A person found the event itself to be a false alarm: what is told later of the same event is none
    /// either.</summary>
    private static bool IsFalseAlarm(CaseFile file, QualityEvent quality) =>
        file.Verdict == CaseClosureReason.FalsePositive
        && file.Scopes.Any(s => s.Event == quality.Number && IsOfRule(s, quality.Rule));

    /// <summary>Whoever has a scope about it in that time is left alone: a second look back opens nothing
    /// twice.</summary>
    private static CaseScope? Known(CaseUnitOfWork draft, QualityEvent quality, TrafficClass named) =>
        draft.GetScopes(quality.Subject).FirstOrDefault(s =>
            s.State != ScopeState.Erased && s.Scope.Purpose == DetectionRules.Get(quality.Rule).Purpose
            && named.Predicate.IsWithin(s.Scope.Class.Predicate)
            && s.Scope.FromMs <= quality.UntilMs && s.UntilMs >= quality.FromMs);

    /// <summary>The subject's case that was closed as fixed and knew this: open again where the evidence began within
    /// its check, or within as long where a count can check nothing.</summary>
    private CaseFile? Back(CaseUnitOfWork draft, QualityEvent quality, TrafficClass named)
    {
        var known = draft.Closed(quality.Subject).FirstOrDefault(file =>
            file.Verdict == CaseClosureReason.Fixed && file.ClosedAt is { } closed
            && draft.Now - closed < TimeSpan.FromDays(policy.RemediationDays)
            && file.Scopes.Any(s =>
                named.Predicate.IsWithin(s.Scope.Class.Predicate)
                && (s.Scope.Purpose == Purpose.RemediationCheck
                    ? s.State == ScopeState.Open && quality.UntilMs > s.Scope.FromMs
                    : IsOfRule(s, quality.Rule) && quality.FromMs > closed.ToUnixTimeMilliseconds())));
        return known is null ? null : Reopen(draft, known, $"relapse: {quality.Trigger} within its check");
    }

    private static bool IsOfRule(CaseScope scope, string rule) => DetectionRules.IdOf(scope.Scope.Trigger) == rule;

    private CaseFile OpenCase(CaseUnitOfWork draft, JournaledEvent journaled)
    {
        var file = new CaseFile
        {
            Id = journaled.Case,
            Subject = journaled.Event.Subject,
            Epoch = Epochs.At(journaled.Event.FromMs),
            State = CaseState.Open,
            OpenedAt = draft.Now,
        };
        draft.Audit(AuditActions.OpenCase, AuditActions.Allow, file, null, $"first event {journaled.Event.Trigger}");
        draft.Put(file);
        return file;
    }

    /// <summary>Scopes that events may belong to; a check after a clean-up is of no rule of theirs.</summary>
    private static IEnumerable<EventScope> Standing(CaseFile file) =>
        file.Scopes.Where(scope => scope.State != ScopeState.Erased).Select(scope => new EventScope
        {
            Id = scope.Scope.Id,
            Rule = DetectionRules.IdOf(scope.Scope.Trigger),
            Event = scope.Event,
            Class = scope.Scope.Class.Predicate,
            FromMs = scope.Scope.FromMs,
            LastMs = scope.LastMs,
            UntilMs = scope.UntilMs,
            ExpiresMs = scope.Scope.ExpiresMs,
            Doubt = scope.Doubt,
            Grounds = scope.Envelopes,
            IsOver = scope.State == ScopeState.Ended,
        });

    private void Take(CaseUnitOfWork draft, CaseFile file, EventStep step, JournaledEvent journaled)
    {
        switch (step)
        {
            case EventStep.Slides { IsMoved: true, Scope: var scope }:
                Slide(draft, file, scope, journaled.Event);
                break;
            case EventStep.Renews(var ended, var opened):
                var last = ScopeOf(file, ended.Id);
                if (last.State != ScopeState.Ended)
                {
                    End(
                        draft, file,
                        last with { LastMs = ended.LastMs, UntilMs = ended.UntilMs, Envelopes = [.. ended.Grounds] },
                        "its time is up while its event lasts");
                }

                _ = Open(draft, draft.Get(file.Id)!, opened, journaled, ended.Id);
                break;
            case EventStep.Opens(var opened, var takesOver):
                var id = Open(draft, file, opened, journaled, renews: null);
                foreach (var old in takesOver)
                {
                    End(draft, draft.Get(file.Id)!, ScopeOf(file, old.Id), $"taken over by {id}");
                }

                break;
            default:
                break;
        }
    }

    private static CaseScope ScopeOf(CaseFile file, ScopeId id) => file.Scopes.First(scope => scope.Scope.Id == id);

    private ScopeId Open(
        CaseUnitOfWork draft, CaseFile file, EventScope opened, JournaledEvent journaled, ScopeId? renews)
    {
        var quality = journaled.Event;
        var row = new StoredScope
        {
            Id = IsFree(draft, opened) ? opened.Id : journaled.Scope,
            Case = file.Id,
            Subject = quality.Subject,
            Epoch = Epochs.At(quality.FromMs),
            Class = opened.Class,
            Purpose = DetectionRules.Get(quality.Rule).Purpose,
            Fields = ScopeFields.All,
            Actions = DetectionRules.Get(quality.Rule).Actions
                & (opened.Class.MayRestrict ? (ScopeActions)byte.MaxValue : ~ScopeActions.Block),
            Trigger = quality.Trigger,
            FromMs = opened.FromMs,
            ExpiresMs = opened.ExpiresMs,
            Event = quality.Number,
            Facts = MeasuredTrigger.From(quality),
            Origin = quality.Origin,
            Renews = renews,
            Edit = DetectionRules.Get(quality.Rule).IsContact ? EditOf(file, opened, renews) : null,
        };
        Open(draft, file, new(row, opened.LastMs, opened.UntilMs, [.. opened.Grounds], opened.Doubt));
        return row.Id;
    }

    /// <summary>The edit that brought what a scope of contacts is about; where no list names it any more, that of the
    /// scope that it goes on for.</summary>
    private int? EditOf(CaseFile file, EventScope opened, ScopeId? renews)
    {
        var listed = EndpointsOf(opened.Class).Select(endpoint => edits.Of(endpoint)).DefaultIfEmpty().Min();
        return listed == ListEdit.Unlisted && renews is { } last ? ScopeOf(file, last).Edit : listed;
    }

    /// <summary>Whether a scope may have the number that its grounds give. What an event opens again, after its case
    /// was closed or erased, has another; how long what is erased is known bounds how long ago it may begin.</summary>
    private static bool IsFree(CaseUnitOfWork draft, EventScope opened) =>
        !draft.IsKnown(opened.Id)
        && draft.Now - DateTimeOffset.FromUnixTimeMilliseconds(opened.FromMs) < CaseHandler.ErasedKnown;

    /// <summary>Puts a scope into its file: in force, or sealed behind the subject's full
    /// number of others (R4).</summary>
    public void Open(CaseUnitOfWork draft, CaseFile file, ScopePlan plan)
    {
        var (row, lastMs, untilMs, envelopes, doubt) = plan;
        var state = StateOf(file, row.Actions);
        var scope = CaseHandler.FileOf(
            row, new ScopeStateRecord(row.Id, state, lastMs, untilMs, draft.Now), envelopes, doubt);
        file = file with { TouchedAt = draft.Now };
        if (file.State == CaseState.Snoozed)
        {
            file = file with
            {
                State = file.Assignee.Length > 0 ? CaseState.Assigned : CaseState.Open,
                SnoozedUntil = null
            };
        }

        draft.Audit(
            state == ScopeState.Sealed || scope.Doubt != EvidenceDoubt.None
                ? AuditActions.SealScope : AuditActions.OpenScope,
            AuditActions.Allow, file, scope,
            TriggerText.Format(row.Facts, row.Origin)
                + (scope.Doubt == EvidenceDoubt.None ? "" : $"; sealed: {EvidenceDoubts.ToSentence(scope.Doubt)}"));
        draft.Open(file, row, scope);
    }

    /// <summary>Fresh evidence moves a scope's end. One that ended meanwhile, because it was told late, goes on, and
    /// waits behind the subject's full number of others as a new one does.</summary>
    private void Slide(CaseUnitOfWork draft, CaseFile file, EventScope slid, QualityEvent quality)
    {
        var scope = ScopeOf(file, slid.Id);
        var next = scope.On([.. slid.Grounds]) with
        {
            LastMs = slid.LastMs,
            UntilMs = slid.UntilMs,
            State = scope.State == ScopeState.Ended ? StateOf(file, scope.Scope.Actions) : scope.State,
        };
        draft.Audit(
            next.Doubt == EvidenceDoubt.None ? AuditActions.RenewScope
                : AuditActions.SealScope, AuditActions.Allow, file,
            next,
            WordsOf(quality)
                + (next.Doubt == EvidenceDoubt.None ? "" : $"; sealed: {EvidenceDoubts.ToSentence(next.Doubt)}"));
        draft.Mark(file, next);
    }

    /// <summary>In force, or sealed behind the subject's full number of others (R4).</summary>
    private ScopeState StateOf(CaseFile file, ScopeActions actions)
    {
        var open = file.Scopes.Count(s => s.State == ScopeState.Open && s.Doubt == EvidenceDoubt.None
            && (s.Scope.Actions & ScopeActions.Read) != 0);
        return (actions & ScopeActions.Read) != 0 && open >= policy.MaxOpenScopes
            ? ScopeState.Sealed : ScopeState.Open;
    }

    private static string WordsOf(QualityEvent quality) =>
        TriggerText.Format(MeasuredTrigger.From(quality), quality.Origin);

    /// <summary>A source that is no subject's, and a contact with what a list allows by now, is recorded and opens
    /// nothing.</summary>
    private static AuditEntry CreateEntryOfNothing(QualityEvent quality, string why) => new()
    {
        Actor = Actor.Weir.Name,
        Role = Actor.Weir.RoleWord,
        Act = AuditActions.OpenScope,
        Outcome = why,
        Purpose = Purposes.ToName(DetectionRules.Get(quality.Rule).Purpose),
        Rule = quality.Trigger,
        Reason = WordsOf(quality),
    };
}
