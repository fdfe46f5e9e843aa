// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Escalations;

/// <summary>Where one case stands on the ladder. Never changes; a step makes the next. Times UTC.</summary>
public sealed record Escalation
{
    public required CaseId Case { get; init; }

    public EscalationLevel Rung { get; init; }

    public EscalationState State { get; init; } = EscalationState.Standing;

    /// <summary>Since when it stands so.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>From when on Weir may restrict by itself: the begin, and after each relapse or review anew. A block
    /// that a person took back after it is not put back.</summary>
    public required DateTimeOffset ClearAt { get; init; }

    /// <summary>When the customer's notice was ordered.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>When the check began that runs, or that proved it clean.</summary>
    public DateTimeOffset? CheckAt { get; init; }

    /// <summary>Since when the silence of the check is long enough, and whether it means clean cannot be told: not all
    /// of it was watched. Null while it is short, and once it is known.</summary>
    public DateTimeOffset? UnknownSince { get; init; }

    /// <summary>Since when an appeal waits for a person.</summary>
    public DateTimeOffset? ReviewSince { get; init; }

    /// <summary>The garden that the line should be in.</summary>
    public WalledGarden Wanted => Restricts ? EscalationStateMachine.GardenOf(Rung) : WalledGarden.None;

    /// <summary>Whether what the rung says is to be in force.</summary>
    public bool Restricts => State is EscalationState.Standing or EscalationState.Checking;

    /// <summary>The garden that the access system confirmed last.</summary>
    public WalledGarden Confirmed { get; init; }

    /// <summary>Who ordered it: one person, or two.</summary>
    public string OrderedBy { get; init; } = "";

    /// <summary>As they said.</summary>
    public string OrderedFor { get; init; } = "";

    /// <summary>Steps that the customer is still to be told of.</summary>
    public ImmutableArray<NoticeStep> PendingNotices { get; init; } = [];

    /// <summary>Why it stands so, and no higher.</summary>
    public string Why { get; init; } = "";
}

/// <summary>A step that was taken, for the record of the case.</summary>
/// <param name="Case">Whose.</param>
/// <param name="At">When.</param>
/// <param name="Step">Which.</param>
/// <param name="Rung">Where it led.</param>
/// <param name="By">Who: <c>weir</c>, <c>customer</c>, one person or two.</param>
/// <param name="Why">As the ladder says.</param>
public sealed record EscalationStepRecord(
    CaseId Case, DateTimeOffset At, EscalationStep Step, EscalationLevel Rung, string By, string Why);

/// <summary>Where ladders are kept. Every method is durable when it returns.</summary>
public interface IEscalationRecords
{
    /// <summary>Writes how a ladder stands and, with it or not at all, the step that led there.</summary>
    Task WriteAsync(Escalation ladder, EscalationStepRecord? mark, CancellationToken cancel);

    /// <summary>All ladders that are not ended.</summary>
    Task<IReadOnlyList<Escalation>> LoadAsync(CancellationToken cancel);

    /// <summary>The steps of a case, first to last.</summary>
    Task<IReadOnlyList<EscalationStepRecord>> StepsAsync(CaseId id, CancellationToken cancel);
}
