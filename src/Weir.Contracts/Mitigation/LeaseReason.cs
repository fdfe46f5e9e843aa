// SPDX-License-Identifier: Apache-2.0
//
// Why a lease stands as it does, or why it ended, as a value: journals, the API and decisions carry the code; words are
// made by LeaseReasonText where people read.
namespace Weir.Contracts.Mitigation;

/// <summary>Why.</summary>
public enum LeaseReasonCode : byte
{
    /// <summary>As it should be; nothing to say.</summary>
    None,

    /// <summary>Nothing is announced under dry run.</summary>
    DryRun,

    /// <summary>The other end does not hold it.</summary>
    NotHeld,

    /// <summary>The other end will not take it; the detail is its word.</summary>
    NotTaken,

    /// <summary>The router holds it and sends it to no neighbour.</summary>
    NoNeighbour,

    /// <summary>What should hold it does not answer.</summary>
    NoAnswer,

    /// <summary>What should hold it was not asked yet.</summary>
    NotAsked,

    /// <summary>No router of lines is configured.</summary>
    NoRouter,

    /// <summary>The line shares its address with others.</summary>
    SharedAddress,

    /// <summary>The line has no address now.</summary>
    NoAddress,

    /// <summary>Not every resolver has the zone.</summary>
    NotEverywhere,

    /// <summary>Its time is over.</summary>
    TimeOver,

    /// <summary>Nobody tried to reach what is blocked any more.</summary>
    EvidenceStopped,

    /// <summary>Everything was stopped at once; the detail is a person's word.</summary>
    EmergencyStop,

    /// <summary>Taken back by a person; the detail is that person's word.</summary>
    Ordered,

    /// <summary>The customer appealed.</summary>
    Appeal,

    /// <summary>The line is clean.</summary>
    Clean,

    /// <summary>The case is over.</summary>
    CaseOver,

    /// <summary>The line was let out; the detail is who did.</summary>
    LetOut,

    /// <summary>The vault does not announce it; the detail is its word.</summary>
    VaultRefused,
}

/// <summary>A reason.</summary>
/// <param name="Code">What it is; whoever decides looks at this alone.</param>
/// <param name="Detail">The word of a person, a router or the vault, for people; empty for none.</param>
public sealed record LeaseReason(LeaseReasonCode Code, string Detail)
{
    private static readonly (LeaseReasonCode Code, string Name)[] Names =
    [
        (LeaseReasonCode.None, ""), (LeaseReasonCode.DryRun, "dry-run"), (LeaseReasonCode.NotHeld, "not-held"),
        (LeaseReasonCode.NotTaken, "not-taken"), (LeaseReasonCode.NoNeighbour, "no-neighbour"),
        (LeaseReasonCode.NoAnswer, "no-answer"), (LeaseReasonCode.NotAsked, "not-asked"),
        (LeaseReasonCode.NoRouter, "no-router"), (LeaseReasonCode.SharedAddress, "shared-address"),
        (LeaseReasonCode.NoAddress, "no-address"), (LeaseReasonCode.NotEverywhere, "not-everywhere"),
        (LeaseReasonCode.TimeOver, "time-over"), (LeaseReasonCode.EvidenceStopped, "evidence-stopped"),
        (LeaseReasonCode.EmergencyStop, "emergency-stop"), (LeaseReasonCode.Ordered, "ordered"),
        (LeaseReasonCode.Appeal, "appeal"), (LeaseReasonCode.Clean, "clean"), (LeaseReasonCode.CaseOver, "case-over"),
        (LeaseReasonCode.LetOut, "let-out"), (LeaseReasonCode.VaultRefused, "vault-refused"),
    ];

    /// <summary>A reason that its code says whole.</summary>
    public static implicit operator LeaseReason(LeaseReasonCode code) => new(code, "");

    /// <summary>The name of a code, as journals and the API write it; empty for
    /// <see cref="LeaseReasonCode.None"/>.</summary>
    public static string ToName(LeaseReasonCode code) => Array.Find(Names, one => one.Code == code).Name
        ?? throw new ArgumentOutOfRangeException(nameof(code), code, "Not a reason of a lease.");

    /// <summary>Reads the name of a code.</summary>
    public static bool TryParse(string name, out LeaseReasonCode code)
    {
        var at = Array.FindIndex(Names, one => one.Name == name);
        code = at < 0 ? LeaseReasonCode.None : Names[at].Code;
        return at >= 0;
    }
}
