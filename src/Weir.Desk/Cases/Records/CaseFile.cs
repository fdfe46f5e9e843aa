// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Policy;

namespace Weir.Desk.Cases.Records;

/// <summary>A scope in its case file: what was opened, and how it stands. Times are milliseconds since the
/// UNIX epoch, UTC.</summary>
public sealed record CaseScope
{
    public required Scope Scope { get; init; }

    public required ScopeState State { get; init; }

    /// <summary>Epoch of the scope's pseudonym.</summary>
    public required uint Epoch { get; init; }

    /// <summary>Last evidence that was recorded.</summary>
    public required long LastMs { get; init; }

    /// <summary>First flow start that is not inside; slides, and never passes the scope's expiry.</summary>
    public required long UntilMs { get; init; }

    /// <summary>The event that opened it; 0 = a complaint, a consent, a check.</summary>
    public ulong Event { get; init; }

    /// <summary>What was measured against which threshold: the proof that looking was not
    /// random (glossary.md S8).</summary>
    public required TriggerFacts Facts { get; init; }

    /// <summary>What it rests on: events of collectors and the store, or a grant of the vault.</summary>
    public ImmutableArray<Envelope> Envelopes { get; init; } = [];

    /// <summary>Why what it rests on is not corroborated: then it is recorded and sealed (rules.md R21). Read once for
    /// the envelopes it has.</summary>
    public EvidenceDoubt Doubt { get; init; }

    /// <summary>The edit of a list that brought what it is about, as it was when it opened; null where it is about no
    /// contact, or that was not kept.</summary>
    public int? Edit { get; init; }

    /// <summary>The brake holds the listed network that it is about (rules.md R21).</summary>
    public bool IsBraked { get; init; }

    /// <summary>Whether people may read it, and something may be done because of it.</summary>
    public bool MayAct => State is ScopeState.Open or ScopeState.Ended && Doubt == EvidenceDoubt.None && !IsBraked;

    /// <summary>Sealed until somebody reviews it, or until what it rests on is corroborated.</summary>
    internal bool WaitsForReview => State == ScopeState.Sealed
        || (State == ScopeState.Open && Doubt != EvidenceDoubt.None);

    /// <summary>The same scope on these grounds.</summary>
    internal CaseScope On(ImmutableArray<Envelope> envelopes) =>
        this with { Envelopes = envelopes, Doubt = ScopeGrounds.DoubtOf(Scope.Class.Predicate, envelopes) };

    /// <summary>What the event that opened it was found in.</summary>
    public EventOrigin Origin { get; init; }

    /// <summary>The scope whose time ran out while its event lasted; null where none did.</summary>
    public ScopeId? Renews { get; init; }

    /// <summary>Opened by looking back: its flows were never kept.</summary>
    public bool IsFromDigests => Origin == EventOrigin.Digests;

    public ScopeStatus Standing => new(Scope, State, UntilMs) { Doubt = Doubt, IsBraked = IsBraked };
}

/// <summary>A line that somebody wrote into a case file.</summary>
public sealed record CaseComment(DateTimeOffset At, string By, string Text);

/// <summary>One case file: a subject, the scopes its events opened, what people did. Never changes; a step
/// makes the next.</summary>
public sealed record CaseFile
{
    public required CaseId Id { get; init; }

    /// <summary>Pseudonym of <see cref="Epoch"/>; nothing once the case is erased.</summary>
    public required SubjectKey Subject { get; init; }

    /// <summary>The epoch whose pseudonym the case goes by now.</summary>
    public required uint Epoch { get; init; }

    public required CaseState State { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Whose it is; empty = nobody's yet.</summary>
    public string Assignee { get; init; } = "";

    public DateTimeOffset? SnoozedUntil { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public DateTimeOffset? ErasedAt { get; init; }

    public CaseClosureReason Verdict { get; init; }

    /// <summary>When a person last did something with it, or a scope opened in it; 1970 for never.</summary>
    public DateTimeOffset TouchedAt { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>When anything last happened to it: it was opened, a flow was evidence, a check ended or will, a person
    /// did something.</summary>
    public DateTimeOffset LastAt => Scopes.Select(scope => DateTimeOffset.FromUnixTimeMilliseconds(
            scope.Scope.Purpose == Purpose.RemediationCheck ? scope.UntilMs : scope.LastMs))
        .Append(OpenedAt).Append(TouchedAt).Max();

    /// <summary>The vault holds the subject under the case's own key.</summary>
    public bool IsSealed { get; init; }

    /// <summary>The vault's word of the subject's names, one for each epoch but the first, oldest first.</summary>
    public ImmutableArray<Envelope> Reissues { get; init; } = [];

    public ImmutableArray<CaseScope> Scopes { get; init; } = [];

    public ImmutableArray<CaseComment> Comments { get; init; } = [];

    /// <summary>Events of the subject still come to this file.</summary>
    public bool TakesEvents => State is CaseState.Open or CaseState.Assigned or CaseState.Snoozed;

    internal CaseFile With(CaseScope scope)
    {
        var at = -1;
        for (var i = 0; i < Scopes.Length && at < 0; i++)
        {
            at = Scopes[i].Scope.Id == scope.Scope.Id ? i : -1;
        }

        return this with { Scopes = at < 0 ? Scopes.Add(scope) : Scopes.SetItem(at, scope) };
    }
}
