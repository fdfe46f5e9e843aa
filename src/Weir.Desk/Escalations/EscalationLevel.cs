// SPDX-License-Identifier: Apache-2.0
//
// The ladder as one table (house convention C13, rules.md R14): what is not a row cannot happen. Each row says whose
// leave it takes; no row leads into a garden by leave of the rules alone (GDPR Art 22).
using System.Collections.Immutable;
using Weir.Contracts.AccessControl;
using Weir.Desk.Reporting.Html;

namespace Weir.Desk.Escalations;

/// <summary>How far a case has come.</summary>
public enum EscalationLevel : byte
{
    /// <summary>Nothing was done.</summary>
    None = 0,

    /// <summary>The customer is told.</summary>
    Told,

    /// <summary>And reminded.</summary>
    Reminded,

    /// <summary>One endpoint is closed for the line.</summary>
    Blocked,

    /// <summary>The line is in the leaky garden.</summary>
    Leaky,

    /// <summary>The line is in the strict garden.</summary>
    Strict,
}

/// <summary>How a ladder stands.</summary>
public enum EscalationState : byte
{
    /// <summary>It goes up as the rules and people let it.</summary>
    Standing = 1,

    /// <summary>A person let the line out; Weir restricts nothing by itself until it comes back.</summary>
    Released,

    /// <summary>It is said to be fixed; what is in force stays until it is known.</summary>
    Checking,

    /// <summary>An appeal ended what was in force until it is reviewed.</summary>
    Suspended,

    /// <summary>Silent for its time; nothing is in force.</summary>
    Clean,

    /// <summary>It was a false alarm, or the case is erased.</summary>
    Ended,
}

/// <summary>What can happen to a ladder.</summary>
public enum EscalationStep : byte
{
    Tell = 1,
    Remind,
    Block,
    EnterLeaky,
    EnterStrict,
    Release,
    Check,
    Prove,
    Relapse,

    /// <summary>An appeal of a line that is not protected: what is in force stays, and is reviewed at once.</summary>
    Appeal,

    /// <summary>An appeal of a protected line: what is in force ends until it is reviewed.</summary>
    Suspend,

    /// <summary>The review found that what was in force is right.</summary>
    Uphold,
    End,
}

/// <summary>Whose leave a step takes.</summary>
public enum ApprovalKind : byte
{
    /// <summary>The policy in force, through the policy engine.</summary>
    Rules = 1,

    /// <summary>The customer, or a person for the customer.</summary>
    Customer,

    /// <summary>One person whose role may.</summary>
    OnePerson,

    /// <summary>An analyst and an operator.</summary>
    TwoPeople,
}

/// <summary>One row: from where a step may be taken and where it leads. No rung = it stays.</summary>
public sealed record EscalationTransition(
    EscalationStep Step, EscalationState From, EscalationLevel Min, EscalationLevel Max, EscalationLevel? To,
    EscalationState Next, ApprovalKind Leave);

/// <summary>The table.</summary>
public static class EscalationStateMachine
{
    public static readonly ImmutableArray<EscalationTransition> Table =
    [
        new(
            EscalationStep.Tell, EscalationState.Standing, EscalationLevel.None, EscalationLevel.None,
            EscalationLevel.Told, EscalationState.Standing, ApprovalKind.Rules),
        new(
            EscalationStep.Remind, EscalationState.Standing, EscalationLevel.Told, EscalationLevel.Told,
            EscalationLevel.Reminded, EscalationState.Standing, ApprovalKind.Rules),
        new(
            EscalationStep.Block, EscalationState.Standing, EscalationLevel.Told, EscalationLevel.Reminded,
            EscalationLevel.Blocked, EscalationState.Standing, ApprovalKind.Rules),
        new(
            EscalationStep.Block, EscalationState.Standing, EscalationLevel.Blocked, EscalationLevel.Strict, null,
            EscalationState.Standing, ApprovalKind.Rules),
        new(
            EscalationStep.EnterLeaky, EscalationState.Standing, EscalationLevel.Told, EscalationLevel.Strict,
            EscalationLevel.Leaky, EscalationState.Standing, ApprovalKind.OnePerson),
        new(
            EscalationStep.EnterLeaky, EscalationState.Released, EscalationLevel.Told, EscalationLevel.Told,
            EscalationLevel.Leaky, EscalationState.Standing, ApprovalKind.OnePerson),
        new(
            EscalationStep.EnterLeaky, EscalationState.Suspended, EscalationLevel.Told, EscalationLevel.Strict,
            EscalationLevel.Leaky, EscalationState.Standing, ApprovalKind.OnePerson),
        new(
            EscalationStep.EnterStrict, EscalationState.Standing, EscalationLevel.Told, EscalationLevel.Leaky,
            EscalationLevel.Strict, EscalationState.Standing, ApprovalKind.TwoPeople),
        new(
            EscalationStep.EnterStrict, EscalationState.Released, EscalationLevel.Told, EscalationLevel.Told,
            EscalationLevel.Strict, EscalationState.Standing, ApprovalKind.TwoPeople),
        new(
            EscalationStep.EnterStrict, EscalationState.Suspended, EscalationLevel.Told, EscalationLevel.Strict,
            EscalationLevel.Strict, EscalationState.Standing, ApprovalKind.TwoPeople),
        new(
            EscalationStep.Release, EscalationState.Standing, EscalationLevel.Blocked, EscalationLevel.Strict,
            EscalationLevel.Told, EscalationState.Released, ApprovalKind.OnePerson),
        new(
            EscalationStep.Release, EscalationState.Checking, EscalationLevel.Blocked, EscalationLevel.Strict,
            EscalationLevel.Told, EscalationState.Checking, ApprovalKind.OnePerson),
        new(
            EscalationStep.Release, EscalationState.Suspended, EscalationLevel.Blocked, EscalationLevel.Strict,
            EscalationLevel.Told, EscalationState.Released, ApprovalKind.OnePerson),
        new(
            EscalationStep.Check, EscalationState.Standing, EscalationLevel.None, EscalationLevel.Strict, null,
            EscalationState.Checking, ApprovalKind.Customer),
        new(
            EscalationStep.Check, EscalationState.Released, EscalationLevel.Told, EscalationLevel.Told, null,
            EscalationState.Checking, ApprovalKind.Customer),
        new(
            EscalationStep.Check, EscalationState.Checking, EscalationLevel.None, EscalationLevel.Strict, null,
            EscalationState.Checking, ApprovalKind.Customer),
        new(
            EscalationStep.Check, EscalationState.Suspended, EscalationLevel.None, EscalationLevel.Blocked, null,
            EscalationState.Checking, ApprovalKind.Customer),
        new(
            EscalationStep.Check, EscalationState.Suspended, EscalationLevel.Leaky, EscalationLevel.Strict,
            EscalationLevel.Blocked, EscalationState.Checking, ApprovalKind.Customer),
        new(
            EscalationStep.Prove, EscalationState.Checking, EscalationLevel.None, EscalationLevel.Strict, null,
            EscalationState.Clean, ApprovalKind.Rules),
        new(
            EscalationStep.Relapse, EscalationState.Checking, EscalationLevel.None, EscalationLevel.Strict, null,
            EscalationState.Standing, ApprovalKind.Rules),
        new(
            EscalationStep.Relapse, EscalationState.Clean, EscalationLevel.None, EscalationLevel.Blocked, null,
            EscalationState.Standing, ApprovalKind.Rules),
        new(
            EscalationStep.Relapse, EscalationState.Clean, EscalationLevel.Leaky, EscalationLevel.Strict,
            EscalationLevel.Blocked, EscalationState.Standing, ApprovalKind.Rules),
        new(
            EscalationStep.Appeal, EscalationState.Standing, EscalationLevel.Blocked, EscalationLevel.Strict, null,
            EscalationState.Standing, ApprovalKind.Customer),
        new(
            EscalationStep.Appeal, EscalationState.Checking, EscalationLevel.Blocked, EscalationLevel.Strict, null,
            EscalationState.Checking, ApprovalKind.Customer),
        new(
            EscalationStep.Suspend, EscalationState.Standing, EscalationLevel.Blocked, EscalationLevel.Strict, null,
            EscalationState.Suspended, ApprovalKind.Customer),
        new(
            EscalationStep.Suspend, EscalationState.Checking, EscalationLevel.Blocked, EscalationLevel.Strict, null,
            EscalationState.Suspended, ApprovalKind.Customer),
        new(
            EscalationStep.Uphold, EscalationState.Standing, EscalationLevel.Blocked, EscalationLevel.Strict, null,
            EscalationState.Standing, ApprovalKind.OnePerson),
        new(
            EscalationStep.Uphold, EscalationState.Checking, EscalationLevel.Blocked, EscalationLevel.Strict, null,
            EscalationState.Checking, ApprovalKind.OnePerson),
        new(
            EscalationStep.Uphold, EscalationState.Suspended, EscalationLevel.None, EscalationLevel.Blocked, null,
            EscalationState.Standing, ApprovalKind.OnePerson),
        new(
            EscalationStep.Uphold, EscalationState.Suspended, EscalationLevel.Leaky, EscalationLevel.Strict,
            EscalationLevel.Blocked, EscalationState.Standing, ApprovalKind.OnePerson),
        .. from state in Enum.GetValues<EscalationState>()
           where state != EscalationState.Ended
           select new EscalationTransition(
               EscalationStep.End, state, EscalationLevel.None, EscalationLevel.Strict, null, EscalationState.Ended,
               ApprovalKind.Rules),
    ];

    /// <summary>The row by which a step may be taken from there; null where it may not.</summary>
    public static EscalationTransition? Find(EscalationStep step, EscalationLevel rung, EscalationState state)
    {
        foreach (var row in Table)
        {
            if (row.Step == step && row.From == state && row.Min <= rung && rung <= row.Max)
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>The garden that a rung is.</summary>
    public static WalledGarden GardenOf(EscalationLevel rung) => rung switch
    {
        EscalationLevel.Leaky => WalledGarden.Leaky,
        EscalationLevel.Strict => WalledGarden.Strict,
        _ => WalledGarden.None
    };

    /// <summary>The word of a rung, as listings write it.</summary>
    public static string ToName(EscalationLevel rung) => rung switch
    {
        EscalationLevel.None => "nothing done",
        EscalationLevel.Told => "told",
        EscalationLevel.Reminded => "reminded",
        EscalationLevel.Blocked => "endpoint blocked",
        EscalationLevel.Leaky => "leaky garden",
        EscalationLevel.Strict => "strict garden",
        _ => throw new ArgumentOutOfRangeException(nameof(rung), rung, "Not a rung."),
    };

    /// <summary>The word of a state.</summary>
    public static string ToName(EscalationState state) => state switch
    {
        EscalationState.Standing => "standing",
        EscalationState.Released => "released",
        EscalationState.Checking => "checking",
        EscalationState.Suspended => "suspended",
        EscalationState.Clean => "clean",
        EscalationState.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state of a ladder."),
    };

    /// <summary>The word of a step.</summary>
    public static string ToName(EscalationStep step) => step switch
    {
        EscalationStep.EnterLeaky => "leaky",
        EscalationStep.EnterStrict => "strict",
        _ => step.ToString().ToLowerInvariant(),
    };
}
