// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Grounds;

/// <summary>Why a scope does not follow from its grounds.</summary>
public enum GroundsFault : byte
{
    /// <summary>It follows.</summary>
    None,

    /// <summary>There are no grounds, or more than <see cref="ScopeOrder.MaxGrounds"/>.</summary>
    NoGrounds,

    /// <summary>An envelope is not believed: unknown key, wrong role, wrong signature.</summary>
    NotSigned,

    /// <summary>A signed payload is not of its schema.</summary>
    Malformed,

    /// <summary>The grounds are about another subject.</summary>
    OtherSubject,

    /// <summary>The class is wider than the grounds', or another.</summary>
    OtherClass,

    /// <summary>The grounds do not allow this purpose, or are of two kinds.</summary>
    OtherPurpose,

    /// <summary>It begins before what the grounds allow.</summary>
    TooEarly,

    /// <summary>It ends after what the grounds allow.</summary>
    TooLate,

    /// <summary>It may last longer than any scope may.</summary>
    TooLong,

    /// <summary>It begins after it ends.</summary>
    Empty,
}

/// <summary>What came of checking grounds.</summary>
/// <param name="Fault">Why not; <see cref="GroundsFault.None"/> where it follows.</param>
/// <param name="Signature">Of <see cref="GroundsFault.NotSigned"/>: what is wrong with the envelope.</param>
/// <param name="Doubt">Of grounds from which it follows: why they are not corroborated. Such a scope is recorded and
/// sealed: nobody reads it, and nothing is done because of it (rules.md R21).</param>
public readonly record struct GroundsVerdict(
    GroundsFault Fault, EnvelopeFault Signature = EnvelopeFault.None, EvidenceDoubt Doubt = EvidenceDoubt.None)
{
    public bool Follows => Fault == GroundsFault.None;

    /// <summary>Whether it follows and something may come of it.</summary>
    public bool IsCorroborated => Follows && Doubt == EvidenceDoubt.None;

    /// <summary>The code, as counters and chains have it.</summary>
    public string Code =>
        Fault == GroundsFault.NotSigned ? EnvelopeFaults.Word(Signature) : GroundsFaults.ToCode(Fault);
}

/// <summary>Codes of faults.</summary>
public static class GroundsFaults
{
    public static string ToCode(GroundsFault fault) => fault switch
    {
        GroundsFault.None => "follows",
        GroundsFault.NoGrounds => "no-grounds",
        GroundsFault.NotSigned => "not-signed",
        GroundsFault.Malformed => "malformed-grounds",
        GroundsFault.OtherSubject => "other-subject",
        GroundsFault.OtherClass => "other-class",
        GroundsFault.OtherPurpose => "other-purpose",
        GroundsFault.TooEarly => "too-early",
        GroundsFault.TooLate => "too-late",
        GroundsFault.TooLong => "too-long",
        GroundsFault.Empty => "empty-scope",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a fault of grounds."),
    };
}
