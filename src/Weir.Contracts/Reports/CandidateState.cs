// SPDX-License-Identifier: Apache-2.0
//
// What becomes of an endpoint that a comparison found (statistics.md B.4.8 to 10), as one table: what is no row cannot
// happen. Statistics bring it to `replicated` and no further; what comes after is two people's.
namespace Weir.Contracts.Reports;

/// <summary>How far an endpoint is.</summary>
public enum CandidateState : byte
{
    /// <summary>One window found it.</summary>
    Candidate,

    /// <summary>A later window, which had no part in finding it, confirmed it.</summary>
    Replicated,

    /// <summary>One person asked to promote it, and a second one has not decided.</summary>
    InReview,

    /// <summary>Two people promoted it: it is on our own list.</summary>
    Confirmed,

    /// <summary>A person turned it down or took it back.</summary>
    Rejected,

    /// <summary>No evidence for as long as an entry lasts.</summary>
    Expired,
}

/// <summary>What may happen to it.</summary>
public enum CandidateStep : byte
{
    /// <summary>A window found it.</summary>
    Found,

    /// <summary>It held in a window that had no part in finding it.</summary>
    HeldLater,

    /// <summary>One person asked.</summary>
    Asked,

    /// <summary>A second person gave.</summary>
    Given,

    /// <summary>A person turned it down, took back what was asked, or demoted it.</summary>
    TurnedDown,

    /// <summary>Its time is up.</summary>
    TimeOver,
}

/// <summary>The table.</summary>
public static class CandidateStates
{
    private static readonly (CandidateState State, string Name)[] Names =
    [
        (CandidateState.Candidate, "candidate"), (CandidateState.Replicated, "replicated"),
        (CandidateState.InReview, "in review"), (CandidateState.Confirmed, "confirmed"),
        (CandidateState.Rejected, "rejected"), (CandidateState.Expired, "expired"),
    ];

    private static readonly Dictionary<(CandidateState? From, CandidateStep Step), CandidateState> Rows = new()
    {
        [(null, CandidateStep.Found)] = CandidateState.Candidate,
        [(CandidateState.Candidate, CandidateStep.Found)] = CandidateState.Candidate,
        [(CandidateState.Candidate, CandidateStep.HeldLater)] = CandidateState.Replicated,
        [(CandidateState.Candidate, CandidateStep.Asked)] = CandidateState.InReview,
        [(CandidateState.Candidate, CandidateStep.TurnedDown)] = CandidateState.Rejected,
        [(CandidateState.Candidate, CandidateStep.TimeOver)] = CandidateState.Expired,
        [(CandidateState.Replicated, CandidateStep.Found)] = CandidateState.Replicated,
        [(CandidateState.Replicated, CandidateStep.HeldLater)] = CandidateState.Replicated,
        [(CandidateState.Replicated, CandidateStep.Asked)] = CandidateState.InReview,
        [(CandidateState.Replicated, CandidateStep.TurnedDown)] = CandidateState.Rejected,
        [(CandidateState.Replicated, CandidateStep.TimeOver)] = CandidateState.Expired,
        [(CandidateState.InReview, CandidateStep.Found)] = CandidateState.InReview,
        [(CandidateState.InReview, CandidateStep.HeldLater)] = CandidateState.InReview,
        [(CandidateState.InReview, CandidateStep.Given)] = CandidateState.Confirmed,
        [(CandidateState.InReview, CandidateStep.TurnedDown)] = CandidateState.Rejected,
        [(CandidateState.InReview, CandidateStep.TimeOver)] = CandidateState.Expired,
        [(CandidateState.Confirmed, CandidateStep.TurnedDown)] = CandidateState.Rejected,
        [(CandidateState.Confirmed, CandidateStep.TimeOver)] = CandidateState.Expired,
        [(CandidateState.Expired, CandidateStep.Found)] = CandidateState.Candidate,
    };

    /// <summary>The state after a step; null where it cannot happen. Null before it: nothing is known of the
    /// endpoint.</summary>
    public static CandidateState? Next(CandidateState? state, CandidateStep step) =>
        Rows.TryGetValue((state, step), out var next) ? next : null;

    public static string ToName(CandidateState state) => Array.Find(Names, one => one.State == state).Name;

    public static bool TryParse(string name, out CandidateState state)
    {
        var at = Array.FindIndex(Names, one => one.Name == name);
        state = at < 0 ? default : Names[at].State;
        return at >= 0;
    }
}
