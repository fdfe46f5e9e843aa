// SPDX-License-Identifier: Apache-2.0
//
// What the case desk keeps on disk. Plain rows, so that whoever keeps them can neither make a scope nor an approval.
using System.Collections.Immutable;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Policy;

namespace Weir.Desk.Cases.Records;

/// <summary>An event that was verified and waits to be handled, with the numbers its case and
/// scope will have.</summary>
/// <param name="Event">What it says.</param>
/// <param name="Case">The case it opens, where it opens one.</param>
/// <param name="Scope">The scope it opens, where it opens one.</param>
/// <param name="Envelope">The octets that were signed.</param>
public sealed record JournaledEvent(QualityEvent Event, CaseId Case, ScopeId Scope, Envelope Envelope);

/// <summary>A journaled event that is handled: to which case it came, or to none.</summary>
public sealed record HandledEvent(ScopeId Journaled, CaseId? Case);

/// <summary>A journaled event that waits with its network, or with what its edit brought.</summary>
public sealed record HeldEvent(ScopeId Journaled, HeldName With);

/// <summary>What a scope rests on from now on.</summary>
public sealed record StoredGrounds(ScopeId Scope, ImmutableArray<Envelope> Envelopes);

/// <summary>A scope's definition as it is kept; never changed and never deleted.</summary>
public sealed record StoredScope
{
    public required ScopeId Id { get; init; }

    public required CaseId Case { get; init; }

    public required SubjectKey Subject { get; init; }

    public required uint Epoch { get; init; }

    public required FlowPredicate Class { get; init; }

    public required Purpose Purpose { get; init; }

    public required ScopeFields Fields { get; init; }

    public required ScopeActions Actions { get; init; }

    public required string Trigger { get; init; }

    public required long FromMs { get; init; }

    public required long ExpiresMs { get; init; }

    public required ulong Event { get; init; }

    /// <summary>What its trigger told.</summary>
    public required TriggerFacts Facts { get; init; }

    /// <summary>What the event that opened it was found in.</summary>
    public EventOrigin Origin { get; init; }

    public ScopeId? Renews { get; init; }

    /// <summary>The edit of a list that brought what it is about; null where it is about no contact.</summary>
    public int? Edit { get; init; }
}

/// <summary>How a scope stood from a moment on; the latest mark counts.</summary>
public sealed record ScopeStateRecord(ScopeId Scope, ScopeState State, long LastMs, long UntilMs, DateTimeOffset At);

/// <summary>A case file without its scopes and comments.</summary>
public sealed record StoredCase
{
    public required CaseId Id { get; init; }

    public required SubjectKey Subject { get; init; }

    public required uint Epoch { get; init; }

    public required CaseState State { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required string Assignee { get; init; }

    public DateTimeOffset? SnoozedUntil { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public DateTimeOffset? ErasedAt { get; init; }

    public required CaseClosureReason Verdict { get; init; }

    public required bool IsSealed { get; init; }

    /// <summary>When a person last did something with it; 1970 for never.</summary>
    public DateTimeOffset TouchedAt { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>The vault's word of the subject's names, one for each epoch but the first.</summary>
    public ImmutableArray<Envelope> Reissues { get; init; } = [];
}

/// <summary>A line of a case file.</summary>
public sealed record StoredComment(CaseId Case, CaseComment Comment);

/// <summary>What is written together or not at all.</summary>
public sealed record CaseChanges
{
    public IReadOnlyCollection<StoredCase> Cases { get; init; } = [];

    /// <summary>New definitions.</summary>
    public IReadOnlyCollection<StoredScope> Scopes { get; init; } = [];

    public IReadOnlyCollection<ScopeStateRecord> Marks { get; init; } = [];

    /// <summary>Grounds of new scopes, and of those that rest on something else now.</summary>
    public IReadOnlyCollection<StoredGrounds> Grounds { get; init; } = [];

    public IReadOnlyCollection<StoredComment> Comments { get; init; } = [];

    public IReadOnlyCollection<StoredApproval> Approvals { get; init; } = [];

    /// <summary>Journaled events that are handled with this.</summary>
    public IReadOnlyCollection<HandledEvent> Handled { get; init; } = [];

    /// <summary>Journaled events that wait.</summary>
    public IReadOnlyCollection<HeldEvent> Held { get; init; } = [];

    /// <summary>How listed networks and edits stand.</summary>
    public IReadOnlyCollection<HeldNetwork> Networks { get; init; } = [];

    /// <summary>Networks and edits whose events go.</summary>
    public IReadOnlyCollection<HeldName> Fallen { get; init; } = [];

    /// <summary>Those that are known no more.</summary>
    public IReadOnlyCollection<HeldName> Forgotten { get; init; } = [];

    /// <summary>Cases whose subject, comments and events are forgotten.</summary>
    public IReadOnlyCollection<CaseId> Erased { get; init; } = [];
}

/// <summary>Everything as it was left.</summary>
public sealed record StoredCases(
    IReadOnlyList<StoredCase> Cases, IReadOnlyList<StoredScope> Scopes, IReadOnlyList<ScopeStateRecord> Marks,
    IReadOnlyList<StoredGrounds> Grounds, IReadOnlyList<StoredComment> Comments,
    IReadOnlyList<StoredApproval> Approvals, IReadOnlyList<JournaledEvent> Unhandled)
{
    /// <summary>Listed networks and edits that the brake knows.</summary>
    public IReadOnlyList<HeldNetwork> Networks { get; init; } = [];

    /// <summary>Events that wait until what an edit brought has settled.</summary>
    public IReadOnlyList<JournaledEvent> Settling { get; init; } = [];
}

/// <summary>The records of cases. Every method is durable when it returns.</summary>
public interface ICaseRecords : IRefusalLog
{
    /// <summary>Keeps events before anything is done about them, so that a stop in between loses none.</summary>
    /// <returns>Those whose envelope was not journaled before, in their order.</returns>
    Task<IReadOnlyList<JournaledEvent>> JournalAsync(
        IReadOnlyCollection<JournaledEvent> events, CancellationToken cancel);

    Task CommitAsync(CaseChanges changes, CancellationToken cancel);

    /// <summary>All cases but those erased before <paramref name="erasedSince"/>, and the events that
    /// were not handled.</summary>
    Task<StoredCases> LoadAsync(DateTimeOffset erasedSince, CancellationToken cancel);

    /// <summary>Events that wait with a network or an edit, oldest first.</summary>
    /// <param name="with">What they wait with.</param>
    /// <param name="most">No more than so many.</param>
    /// <param name="cancel">Gives up.</param>
    Task<IReadOnlyList<JournaledEvent>> LoadHeldAsync(HeldName with, int most, CancellationToken cancel);
}
