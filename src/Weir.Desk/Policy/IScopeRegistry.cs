// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Policy;

/// <summary>How a scope stands.</summary>
public enum ScopeState : byte
{
    /// <summary>In force: evidence is written.</summary>
    Open = 1,

    /// <summary>Recorded behind five others: waits for review, nothing may be read (R4).</summary>
    Sealed,

    /// <summary>Over; its evidence stays until the case's is erased.</summary>
    Ended,

    /// <summary>Its evidence is gone for good.</summary>
    Erased,
}

/// <summary>A scope as it stands now.</summary>
/// <param name="Scope">What was opened; never changes.</param>
/// <param name="State">How it stands.</param>
/// <param name="UntilMs">First flow start that is not inside: slides while the event lasts, never beyond the
/// scope's expiry.</param>
public sealed record ScopeStatus(Scope Scope, ScopeState State, long UntilMs)
{
    /// <summary>Why its grounds are not corroborated; then nothing of it is read, and nothing done.</summary>
    public EvidenceDoubt Doubt { get; init; }

    /// <summary>The brake holds the listed network that it is about; then nothing of it is read, and nothing
    /// done.</summary>
    public bool IsBraked { get; init; }
}

/// <summary>A case as the policy engine needs to see it.</summary>
/// <param name="Case">Its number.</param>
/// <param name="Assignee">Whose it is; empty = everybody's who may.</param>
/// <param name="IsErased">Nothing but its record is left.</param>
public sealed record CaseStatus(CaseId Case, string Assignee, bool IsErased);

/// <summary>The scopes there are, as the case desk keeps them. Knows nothing of flows.</summary>
public interface IScopeRegistry
{
    ScopeStatus? Find(ScopeId scope);

    /// <summary>All scopes of a subject that are not erased.</summary>
    IReadOnlyList<ScopeStatus> GetScopes(SubjectKey subject);

    CaseStatus? FindCase(CaseId id);
}

/// <summary>Keeps count of refusals (R13).</summary>
public interface IRefusalLog
{
    /// <summary>Records one, or what is told together, and tells how many this actor had since then, these included.
    /// Earlier ones may go.</summary>
    Task<int> AddAsync(PolicyRefusal refusal, DateTimeOffset since, CancellationToken cancel);
}

/// <summary>One refusal, without the subject.</summary>
public sealed record PolicyRefusal(DateTimeOffset At, string Actor, string Role, string Act, DenyCode Code)
{
    /// <summary>How many it stands for.</summary>
    public int Times { get; init; } = 1;
}

/// <summary>The privacy officer's bell.</summary>
public interface IPrivacyOfficerNotifier
{
    /// <summary>Somebody was refused often. No subject stands in it.</summary>
    void Notify(string actor, string role, int refusals);
}
