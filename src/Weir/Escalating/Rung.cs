// SPDX-License-Identifier: Apache-2.0
//
// The ladder as one table (house convention C13, rules.md R14): what is not a row cannot happen. Each row says whose leave
// it takes; no row leads into a garden by leave of the rules alone (GDPR Art 22).
using System.Collections.Immutable;

namespace Weir.Escalating;

/// <summary>How far a case has come.</summary>
public enum Rung : byte
{
    /// <summary>Nothing was done.</summary>
    Ground = 0,

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
public enum LadderState : byte
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
public enum LadderStep : byte
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
public sealed record LadderRow(LadderStep Step, LadderState From, Rung Least, Rung Most, Rung? To, LadderState Next, ApprovalKind Leave);

/// <summary>The table.</summary>
public static class LadderRules
{
    public static readonly ImmutableArray<LadderRow> Table =
    [
        new(LadderStep.Tell, LadderState.Standing, Rung.Ground, Rung.Ground, Rung.Told, LadderState.Standing, ApprovalKind.Rules),
        new(LadderStep.Remind, LadderState.Standing, Rung.Told, Rung.Told, Rung.Reminded, LadderState.Standing, ApprovalKind.Rules),
        new(LadderStep.Block, LadderState.Standing, Rung.Told, Rung.Reminded, Rung.Blocked, LadderState.Standing, ApprovalKind.Rules),
        new(LadderStep.Block, LadderState.Standing, Rung.Blocked, Rung.Strict, null, LadderState.Standing, ApprovalKind.Rules),
        new(LadderStep.EnterLeaky, LadderState.Standing, Rung.Told, Rung.Strict, Rung.Leaky, LadderState.Standing, ApprovalKind.OnePerson),
        new(LadderStep.EnterLeaky, LadderState.Released, Rung.Told, Rung.Told, Rung.Leaky, LadderState.Standing, ApprovalKind.OnePerson),
        new(LadderStep.EnterLeaky, LadderState.Suspended, Rung.Told, Rung.Strict, Rung.Leaky, LadderState.Standing, ApprovalKind.OnePerson),
        new(LadderStep.EnterStrict, LadderState.Standing, Rung.Told, Rung.Leaky, Rung.Strict, LadderState.Standing, ApprovalKind.TwoPeople),
        new(LadderStep.EnterStrict, LadderState.Released, Rung.Told, Rung.Told, Rung.Strict, LadderState.Standing, ApprovalKind.TwoPeople),
        new(LadderStep.EnterStrict, LadderState.Suspended, Rung.Told, Rung.Strict, Rung.Strict, LadderState.Standing, ApprovalKind.TwoPeople),
        new(LadderStep.Release, LadderState.Standing, Rung.Blocked, Rung.Strict, Rung.Told, LadderState.Released, ApprovalKind.OnePerson),
        new(LadderStep.Release, LadderState.Checking, Rung.Blocked, Rung.Strict, Rung.Told, LadderState.Checking, ApprovalKind.OnePerson),
        new(LadderStep.Release, LadderState.Suspended, Rung.Blocked, Rung.Strict, Rung.Told, LadderState.Released, ApprovalKind.OnePerson),
        new(LadderStep.Check, LadderState.Standing, Rung.Ground, Rung.Strict, null, LadderState.Checking, ApprovalKind.Customer),
        new(LadderStep.Check, LadderState.Released, Rung.Told, Rung.Told, null, LadderState.Checking, ApprovalKind.Customer),
        new(LadderStep.Check, LadderState.Checking, Rung.Ground, Rung.Strict, null, LadderState.Checking, ApprovalKind.Customer),
        new(LadderStep.Check, LadderState.Suspended, Rung.Ground, Rung.Blocked, null, LadderState.Checking, ApprovalKind.Customer),
        new(LadderStep.Check, LadderState.Suspended, Rung.Leaky, Rung.Strict, Rung.Blocked, LadderState.Checking, ApprovalKind.Customer),
        new(LadderStep.Prove, LadderState.Checking, Rung.Ground, Rung.Strict, null, LadderState.Clean, ApprovalKind.Rules),
        new(LadderStep.Relapse, LadderState.Checking, Rung.Ground, Rung.Strict, null, LadderState.Standing, ApprovalKind.Rules),
        new(LadderStep.Relapse, LadderState.Clean, Rung.Ground, Rung.Blocked, null, LadderState.Standing, ApprovalKind.Rules),
        new(LadderStep.Relapse, LadderState.Clean, Rung.Leaky, Rung.Strict, Rung.Blocked, LadderState.Standing, ApprovalKind.Rules),
        new(LadderStep.Appeal, LadderState.Standing, Rung.Blocked, Rung.Strict, null, LadderState.Standing, ApprovalKind.Customer),
        new(LadderStep.Appeal, LadderState.Checking, Rung.Blocked, Rung.Strict, null, LadderState.Checking, ApprovalKind.Customer),
        new(LadderStep.Suspend, LadderState.Standing, Rung.Blocked, Rung.Strict, null, LadderState.Suspended, ApprovalKind.Customer),
        new(LadderStep.Suspend, LadderState.Checking, Rung.Blocked, Rung.Strict, null, LadderState.Suspended, ApprovalKind.Customer),
        new(LadderStep.Uphold, LadderState.Standing, Rung.Blocked, Rung.Strict, null, LadderState.Standing, ApprovalKind.OnePerson),
        new(LadderStep.Uphold, LadderState.Checking, Rung.Blocked, Rung.Strict, null, LadderState.Checking, ApprovalKind.OnePerson),
        new(LadderStep.Uphold, LadderState.Suspended, Rung.Ground, Rung.Blocked, null, LadderState.Standing, ApprovalKind.OnePerson),
        new(LadderStep.Uphold, LadderState.Suspended, Rung.Leaky, Rung.Strict, Rung.Blocked, LadderState.Standing, ApprovalKind.OnePerson),
        .. from state in Enum.GetValues<LadderState>()
           where state != LadderState.Ended
           select new LadderRow(LadderStep.End, state, Rung.Ground, Rung.Strict, null, LadderState.Ended, ApprovalKind.Rules),
    ];

    /// <summary>The row by which a step may be taken from there; null where it may not.</summary>
    public static LadderRow? Find(LadderStep step, Rung rung, LadderState state)
    {
        foreach (var row in Table)
        {
            if (row.Step == step && row.From == state && row.Least <= rung && rung <= row.Most)
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>The garden that a rung is.</summary>
    public static Garden GardenOf(Rung rung) => rung switch { Rung.Leaky => Garden.Leaky, Rung.Strict => Garden.Strict, _ => Garden.None };

    /// <summary>The word of a rung, as listings write it.</summary>
    public static string Word(Rung rung) => rung switch
    {
        Rung.Ground => "nothing done",
        Rung.Told => "told",
        Rung.Reminded => "reminded",
        Rung.Blocked => "endpoint blocked",
        Rung.Leaky => "leaky garden",
        Rung.Strict => "strict garden",
        _ => throw new ArgumentOutOfRangeException(nameof(rung), rung, "Not a rung."),
    };

    /// <summary>The word of a state.</summary>
    public static string Word(LadderState state) => state switch
    {
        LadderState.Standing => "standing",
        LadderState.Released => "released",
        LadderState.Checking => "checking",
        LadderState.Suspended => "suspended",
        LadderState.Clean => "clean",
        LadderState.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state of a ladder."),
    };

    /// <summary>The word of a step.</summary>
    public static string Word(LadderStep step) => step switch
    {
        LadderStep.EnterLeaky => "leaky",
        LadderStep.EnterStrict => "strict",
        _ => step.ToString().ToLowerInvariant(),
    };
}
