// SPDX-License-Identifier: Apache-2.0
//
// The steps of a case file and of a scope, each as one table (house convention C13). What is not listed cannot happen.
using Weir.Desk.Policy;

namespace Weir.Desk.Cases.Records;

/// <summary>How a case file stands.</summary>
public enum CaseState : byte
{
    /// <summary>Nobody has taken it.</summary>
    Open = 1,

    /// <summary>Somebody works on it.</summary>
    Assigned,

    /// <summary>Put aside until a time, or until fresh evidence comes.</summary>
    Snoozed,

    /// <summary>Over: fixed, or a false alarm. Its evidence waits for its time.</summary>
    Closed,

    /// <summary>Evidence, subject and comments are gone for good; the record that there was a case stays.</summary>
    Erased,
}

/// <summary>Why a case was closed.</summary>
public enum CaseClosureReason : byte
{
    None = 0,

    /// <summary>The customer cleaned up, or the cause ended.</summary>
    Fixed,

    /// <summary>It was none: what was listed should not have been.</summary>
    FalsePositive,

    /// <summary>Nobody touched it and no event came for so long that it closed itself.</summary>
    Untouched,
}

/// <summary>The tables.</summary>
public static class CaseStateMachine
{
    /// <summary>Every step a case may take.</summary>
    public static bool MayGo(CaseState from, CaseState to) => (from, to) switch
    {
        (CaseState.Open, CaseState.Assigned or CaseState.Snoozed or CaseState.Closed) => true,
        (CaseState.Assigned, CaseState.Open or CaseState.Assigned or CaseState.Snoozed or CaseState.Closed) => true,
        (CaseState.Snoozed, CaseState.Open or CaseState.Assigned or CaseState.Snoozed or CaseState.Closed) => true,
        (CaseState.Closed, CaseState.Open or CaseState.Erased) => true,
        _ => false,
    };

    /// <summary>Every step a scope may take.</summary>
    public static bool MayGo(ScopeState from, ScopeState to) => (from, to) switch
    {
        (ScopeState.Open, ScopeState.Open or ScopeState.Ended) => true,
        (ScopeState.Sealed, ScopeState.Sealed or ScopeState.Open or ScopeState.Ended or ScopeState.Erased) => true,
        (ScopeState.Ended, ScopeState.Erased) => true,
        _ => false,
    };

    /// <summary>The word of a state, as listings write it.</summary>
    public static string ToName(CaseState state) => state switch
    {
        CaseState.Open => "open",
        CaseState.Assigned => "assigned",
        CaseState.Snoozed => "snoozed",
        CaseState.Closed => "closed",
        CaseState.Erased => "erased",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state of a case."),
    };

    /// <summary>The word of a scope's state.</summary>
    public static string ToName(ScopeState state) => state switch
    {
        ScopeState.Open => "open",
        ScopeState.Sealed => "sealed",
        ScopeState.Ended => "ended",
        ScopeState.Erased => "erased",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state of a scope."),
    };

    /// <summary>The word of a verdict; empty where there is none.</summary>
    public static string ToName(CaseClosureReason verdict) => verdict switch
    {
        CaseClosureReason.None => "",
        CaseClosureReason.Fixed => "fixed",
        CaseClosureReason.FalsePositive => "false-positive",
        CaseClosureReason.Untouched => "untouched",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "Not a verdict."),
    };
}
