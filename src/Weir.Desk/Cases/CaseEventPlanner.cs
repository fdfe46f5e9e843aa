// SPDX-License-Identifier: Apache-2.0
//
// What an event does to the case files (rules.md R2 to R5). Fresh evidence inside an open scope of the same rule moves
// its end; anything else opens a further scope, never a wider one. An attack that hops ports gets a scope a hop, then
// one of at most eight ports, then one of the victim's address alone (worked example 14).
using System.Collections.Immutable;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Records;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>An event, the class it opens, and the envelopes from which that class follows.</summary>
internal readonly record struct EventGrounds(
    JournaledEvent Journaled, TrafficClass Class, IReadOnlyList<Envelope> Grounds);

/// <summary>A scope that is to open: its definition, how it stands, and what it rests on.</summary>
internal sealed record ScopePlan(StoredScope Row, long LastMs, long UntilMs, ImmutableArray<Envelope> Envelopes);

/// <summary>Plans; nothing happens here.</summary>
/// <param name="policy">In force.</param>
/// <param name="isAllowed">Whether a list allows an endpoint now.</param>
internal sealed class CaseEventPlanner(PolicyProfile policy, CaseEventPlanner.Allows isAllowed)
{
    /// <summary>What the record says of a contact that opens nothing.</summary>
    public const string AllowedEndpoint = "endpoint-allowed";

    /// <summary>An end is moved in steps of this, so that a long event does not fill the audit; it always lies
    /// further ahead.</summary>
    private const long SlideStepMs = 5 * 60_000;

    private readonly long _beforeMs = policy.ScopeBeforeMinutes * 60_000L;
    private readonly long _afterMs = policy.ScopeAfterMinutes * 60_000L;
    private readonly long _capMs = policy.ScopeCapHours * 3_600_000L;

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
        if (file is not null && Covering(file, quality, named) is { } scope)
        {
            draft.Handle(journaled, file.Id);
            Slide(draft, file, scope, journaled);
            return;
        }

        file ??= OpenCase(draft, journaled);
        draft.Handle(journaled, file.Id);
        var (asked, grounds, superseded) = Hopped(file, journaled, named);
        Open(draft, file, new(journaled, asked, grounds), quality.FromMs, renews: null);
        foreach (var old in superseded)
        {
            End(draft, draft.Get(file.Id)!, old, $"taken over by {journaled.Scope}");
        }
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

    private static CaseScope? Covering(CaseFile file, QualityEvent quality, TrafficClass named) =>
        file.Scopes.FirstOrDefault(s =>
            s.State is ScopeState.Open or ScopeState.Sealed
            && IsOfRule(s, quality.Rule)
            && named.Predicate.IsWithin(s.Scope.Class.Predicate)
            && quality.FromMs >= s.Scope.FromMs
            && (s.Doubt == EvidenceDoubt.None || quality.Doubt != EvidenceDoubt.None || quality.Number == s.Event)
            && (quality.FromMs <= s.UntilMs || quality.Number == s.Event));

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

    private void Open(CaseUnitOfWork draft, CaseFile file, EventGrounds because, long firstMs, ScopeId? renews)
    {
        var (journaled, asked, grounds) = because;
        var quality = journaled.Event;
        firstMs = quality.UntilMs - firstMs >= _capMs ? quality.UntilMs : firstMs;
        var row = new StoredScope
        {
            Id = journaled.Scope,
            Case = file.Id,
            Subject = quality.Subject,
            Epoch = Epochs.At(quality.FromMs),
            Class = asked.Predicate,
            Purpose = DetectionRules.Get(quality.Rule).Purpose,
            Fields = ScopeFields.All,
            Actions = DetectionRules.Get(quality.Rule).Actions
                & (asked.Predicate.MayRestrict ? (ScopeActions)byte.MaxValue : ~ScopeActions.Block),
            Trigger = quality.Trigger,
            FromMs = renews is null ? firstMs - _beforeMs : firstMs,
            ExpiresMs = firstMs + _capMs,
            Event = quality.Number,
            Facts = MeasuredTrigger.From(quality),
            Origin = quality.Origin,
            Renews = renews,
        };
        var lastMs = LastOf(quality);
        var untilMs = Math.Min(lastMs + _afterMs, row.ExpiresMs);
        Open(draft, file, new(row, lastMs, untilMs, [.. GroundsSelection.Select(row.Class, grounds)]));
    }

    /// <summary>Puts a scope into its file: in force, or sealed behind the subject's full
    /// number of others (R4).</summary>
    public void Open(CaseUnitOfWork draft, CaseFile file, ScopePlan plan)
    {
        var (row, lastMs, untilMs, envelopes) = plan;
        var open = file.Scopes.Count(s => s.State == ScopeState.Open && s.Doubt == EvidenceDoubt.None
            && (s.Scope.Actions & ScopeActions.Read) != 0);
        var waits = (row.Actions & ScopeActions.Read) != 0 && open >= policy.MaxOpenScopes;
        var scope = CaseHandler.FileOf(
            row, new ScopeStateRecord(row.Id, waits ? ScopeState.Sealed : ScopeState.Open, lastMs, untilMs, draft.Now),
            envelopes);
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
            waits || scope.Doubt != EvidenceDoubt.None ? AuditActions.SealScope : AuditActions.OpenScope,
            AuditActions.Allow, file, scope,
            TriggerText.Format(row.Facts, row.Origin)
                + (scope.Doubt == EvidenceDoubt.None ? "" : $"; sealed: {EvidenceDoubts.ToSentence(scope.Doubt)}"));
        draft.Open(file, row, scope);
    }

    private void Slide(CaseUnitOfWork draft, CaseFile file, CaseScope scope, JournaledEvent journaled)
    {
        var quality = journaled.Event;
        var lastMs = scope.Doubt == EvidenceDoubt.None ? quality.CorroboratedMs : LastOf(quality);
        if (lastMs >= scope.Scope.ExpiresMs)
        {
            Renew(draft, file, scope, journaled);
            return;
        }

        var next = scope.On([.. GroundsSelection.Select(
            scope.Scope.Class.Predicate, [.. scope.Envelopes, journaled.Envelope])]);
        var moved = lastMs - scope.LastMs;
        if (moved < SlideStepMs && !(quality.Phase == EventPhase.Closed && moved > 0) && next.Doubt == scope.Doubt)
        {
            return;
        }

        next = next with { LastMs = Math.Max(lastMs, scope.LastMs) };
        next = next with { UntilMs = Math.Max(scope.UntilMs, Math.Min(lastMs + _afterMs, scope.Scope.ExpiresMs)) };
        draft.Audit(
            next.Doubt == EvidenceDoubt.None ? AuditActions.RenewScope
                : AuditActions.SealScope, AuditActions.Allow, file,
            next,
            WordsOf(quality)
                + (next.Doubt == EvidenceDoubt.None ? "" : $"; sealed: {EvidenceDoubts.ToSentence(next.Doubt)}"));
        draft.Mark(file, next);
    }

    /// <summary>Fresh evidence moves a scope's end as far as it is corroborated; that of a sealed scope as far as it
    /// goes.</summary>
    private static long LastOf(QualityEvent quality) =>
        quality.CorroboratedMs > 0 ? quality.CorroboratedMs : quality.UntilMs;

    /// <summary>The cap is reached and the event lasts: the scope ends, and fresh evidence opens the next of the
    /// same class (R5).</summary>
    private void Renew(CaseUnitOfWork draft, CaseFile file, CaseScope scope, JournaledEvent journaled)
    {
        IReadOnlyList<Envelope> grounds = [.. scope.Envelopes, journaled.Envelope];
        var last = scope with
        {
            LastMs = scope.Scope.ExpiresMs,
            UntilMs = scope.Scope.ExpiresMs,
            Envelopes = [.. GroundsSelection.Select(scope.Scope.Class.Predicate, grounds)],
        };
        End(draft, file, last, "its time is up while its event lasts");
        var from = Math.Max(scope.Scope.ExpiresMs, journaled.Event.UntilMs - _beforeMs);
        Open(draft, draft.Get(file.Id)!, new(journaled, scope.Scope.Class, grounds), from, scope.Scope.Id);
    }

    /// <summary>The class of a hop, the events it follows from, and the port sets it takes over from.</summary>
    private static (TrafficClass Class, IReadOnlyList<Envelope> Grounds, List<CaseScope> Superseded) Hopped(
        CaseFile file, JournaledEvent journaled, TrafficClass named)
    {
        var asked = named.Predicate;
        var hops = file.Scopes.Where(s =>
            s.State == ScopeState.Open && IsOfRule(s, journaled.Event.Rule)
            && (s.Doubt == EvidenceDoubt.None) == (journaled.Event.Doubt == EvidenceDoubt.None)
            && ScopeGrounds.AreHops(s.Scope.Class.Predicate, asked)).ToList();
        var ports = hops.SelectMany(s => s.Scope.Class.Predicate.RemotePorts)
            .Concat(asked.RemotePorts).ToHashSet();
        return hops.Count == 0 || ports.Count <= ScopeGrounds.SingleHops ? (named, [journaled.Envelope], [])
            : (
                new TrafficClass(ScopeGrounds.Hopped(ports, asked)),
                [.. hops.SelectMany(s => s.Envelopes).Distinct(), journaled.Envelope],
                hops.FindAll(s => s.Scope.Class.Predicate.RemotePorts.Length > ScopeGrounds.SingleHops));
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
