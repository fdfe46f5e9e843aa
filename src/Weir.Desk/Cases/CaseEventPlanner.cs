// SPDX-License-Identifier: Apache-2.0
//
// What an event does to the case files (rules.md R2 to R5). Fresh evidence inside an open scope of the same rule moves
// its end; anything else opens a further scope, never a wider one. An attack that hops ports gets a scope a hop, then
// one of at most eight ports, then one of the victim's address alone (worked example 14).
using System.Globalization;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>Plans; nothing happens here.</summary>
internal sealed class CaseEventPlanner(PolicyProfile policy)
{
    /// <summary>Hops that get a scope of their own.</summary>
    private const int SingleHops = 3;

    /// <summary>An end is moved in steps of this, so that a long event does not fill the audit; it always lies
    /// further ahead.</summary>
    private const long SlideStepMs = 5 * 60_000;

    private readonly long _beforeMs = policy.ScopeBeforeMinutes * 60_000L;
    private readonly long _afterMs = policy.ScopeAfterMinutes * 60_000L;
    private readonly long _capMs = policy.ScopeCapHours * 3_600_000L;

    public void Add(CaseUnitOfWork draft, JournaledEvent journaled)
    {
        var quality = journaled.Event;
        draft.Handle(journaled.Scope);
        if (quality.Class is not { } named)
        {
            draft.Entries.Add(CreateUnattributedEntry(quality));
            return;
        }

        var file = draft.Taking(quality.Subject) ?? Back(draft, quality, named);
        if (file is not null && Covering(file, quality, named) is { } scope)
        {
            Slide(draft, file, scope, journaled);
            return;
        }

        file ??= OpenCase(draft, journaled);
        var (asked, superseded) = Hopped(file, quality, named);
        Open(draft, file, journaled, asked, quality.FromMs, renews: null);
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

    /// <summary>Ends a scope; what it holds stays until its case is erased.</summary>
    public static void End(CaseUnitOfWork draft, CaseFile file, CaseScope scope, string why)
    {
        draft.Audit(AuditActions.ExpireScope, AuditActions.Allow, file, scope, why);
        draft.Mark(file, scope with { State = ScopeState.Ended });
    }

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
            && (quality.FromMs <= s.UntilMs || quality.Number == s.Event));

    private static bool IsOfRule(CaseScope scope, string rule) =>
        scope.Scope.Trigger.Length > rule.Length && scope.Scope.Trigger[rule.Length] == '/'
        && scope.Scope.Trigger.StartsWith(rule, StringComparison.Ordinal);

    private CaseFile OpenCase(CaseUnitOfWork draft, JournaledEvent journaled)
    {
        var file = new CaseFile
        {
            Id = journaled.Case,
            Subject = journaled.Event.Subject,
            Epoch = EventScopePolicy.EpochOf(journaled.Event.FromMs),
            State = CaseState.Open,
            OpenedAt = draft.Now,
        };
        draft.Audit(AuditActions.OpenCase, AuditActions.Allow, file, null, $"first event {journaled.Event.Trigger}");
        draft.Put(file);
        return file;
    }

    private void Open(
        CaseUnitOfWork draft, CaseFile file, JournaledEvent journaled, TrafficClass asked, long firstMs,
        ScopeId? renews)
    {
        var quality = journaled.Event;
        firstMs = quality.UntilMs - firstMs >= _capMs ? quality.UntilMs : firstMs;
        var row = new StoredScope
        {
            Id = journaled.Scope,
            Case = file.Id,
            Subject = quality.Subject,
            Epoch = EventScopePolicy.EpochOf(quality.FromMs),
            Class = asked.Predicate,
            Purpose = EventScopePolicy.PurposeOf(quality.Rule),
            Fields = ScopeFields.All,
            Actions = EventScopePolicy.ActionsOf(quality.Rule),
            Trigger = quality.Trigger,
            FromMs = renews is null ? firstMs - _beforeMs : firstMs,
            ExpiresMs = firstMs + _capMs,
            Event = quality.Number,
            Grounds = GroundsOf(quality),
            Renews = renews,
        };
        Open(draft, file, row, quality.UntilMs, Math.Min(quality.UntilMs + _afterMs, row.ExpiresMs));
    }

    /// <summary>Puts a scope into its file: in force, or sealed behind the subject's full
    /// number of others (R4).</summary>
    public void Open(CaseUnitOfWork draft, CaseFile file, StoredScope row, long lastMs, long untilMs)
    {
        var open = file.Scopes.Count(s => s.State == ScopeState.Open && (s.Scope.Actions & ScopeActions.Read) != 0);
        var waits = (row.Actions & ScopeActions.Read) != 0 && open >= policy.MaxOpenScopes;
        var scope = CaseHandler.FileOf(
            row, new ScopeStateRecord(row.Id, waits ? ScopeState.Sealed : ScopeState.Open, lastMs, untilMs, draft.Now));
        if (file.State == CaseState.Snoozed)
        {
            file = file with
            {
                State = file.Assignee.Length > 0 ? CaseState.Assigned : CaseState.Open,
                SnoozedUntil = null
            };
        }

        draft.Audit(
            waits ? AuditActions.SealScope : AuditActions.OpenScope, AuditActions.Allow, file, scope, row.Grounds);
        draft.Open(file, row, scope);
    }

    private void Slide(CaseUnitOfWork draft, CaseFile file, CaseScope scope, JournaledEvent journaled)
    {
        var quality = journaled.Event;
        if (quality.UntilMs >= scope.Scope.ExpiresMs)
        {
            Renew(draft, file, scope, journaled);
            return;
        }

        var moved = quality.UntilMs - scope.LastMs;
        if (moved < SlideStepMs && !(quality.Phase == EventPhase.Closed && moved > 0))
        {
            return;
        }

        var next = scope with
        {
            LastMs = quality.UntilMs,
            UntilMs = Math.Min(quality.UntilMs + _afterMs, scope.Scope.ExpiresMs)
        };
        draft.Audit(AuditActions.RenewScope, AuditActions.Allow, file, next, GroundsOf(quality));
        draft.Mark(file, next);
    }

    /// <summary>The cap is reached and the event lasts: the scope ends, and fresh evidence opens the next of the
    /// same class (R5).</summary>
    private void Renew(CaseUnitOfWork draft, CaseFile file, CaseScope scope, JournaledEvent journaled)
    {
        End(
            draft, file, scope with { LastMs = scope.Scope.ExpiresMs, UntilMs = scope.Scope.ExpiresMs },
            "its time is up while its event lasts");
        var from = Math.Max(scope.Scope.ExpiresMs, journaled.Event.UntilMs - _beforeMs);
        Open(draft, draft.Get(file.Id)!, journaled, scope.Scope.Class, from, scope.Scope.Id);
    }

    /// <summary>The class of a hop, and the port sets it takes over from.</summary>
    private static (TrafficClass Class, List<CaseScope> Superseded) Hopped(
        CaseFile file, QualityEvent quality, TrafficClass named)
    {
        var asked = named.Predicate;
        var hops = file.Scopes.Where(s =>
            s.State == ScopeState.Open && IsOfRule(s, quality.Rule)
            && s.Scope.Class.Predicate is { RemotePorts.IsEmpty: false, Remotes.IsEmpty: false } other
            && asked is { RemotePorts.IsEmpty: false, Remotes.IsEmpty: false }
            && (other.Direction, other.Protocol, other.SubjectPort) == (
                asked.Direction, asked.Protocol, asked.SubjectPort)
            && other.Remotes.SequenceEqual(asked.Remotes)).ToList();
        var ports = hops.SelectMany(s => s.Scope.Class.Predicate.RemotePorts)
            .Concat(asked.RemotePorts).Distinct().ToList();
        return hops.Count == 0 || ports.Count <= SingleHops ? (named, [])
            : (
                new TrafficClass(asked with { RemotePorts = ports.Count <= TrafficClass.MaxPorts ? [.. ports] : [] }),
                hops.FindAll(s => s.Scope.Class.Predicate.RemotePorts.Length > SingleHops));
    }

    private static string GroundsOf(QualityEvent quality) => string.Create(
        CultureInfo.InvariantCulture,
        $"{quality.Measured:0.##} {quality.Unit} against {quality.Threshold:0.##} in {quality.WindowSeconds} s, one in "
            + $"{quality.SamplingInterval}, told by "
            + $"{quality.Exporter}{(quality.Detail.Length > 0 ? $"; {quality.Detail}" : "")}");

    /// <summary>A source that is no subject's is recorded and opens nothing.</summary>
    private static AuditEntry CreateUnattributedEntry(QualityEvent quality) => new()
    {
        Actor = Actor.Weir.Name,
        Role = Actor.Weir.RoleWord,
        Act = AuditActions.OpenScope,
        Outcome = DenyCodes.ToName(DenyCode.Unattributable),
        Purpose = Purposes.ToName(EventScopePolicy.PurposeOf(quality.Rule)),
        Rule = quality.Trigger,
        Reason = GroundsOf(quality),
    };
}
