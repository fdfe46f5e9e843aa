// SPDX-License-Identifier: Apache-2.0
//
// Who may do what, as one table (rules.md section 3; house convention C13). What is not listed here nobody may. The
// administrator keeps the program running: no scope, no evidence, no case. The auditor sees what was done, never flows.
namespace Weir.Contracts.Policy;

/// <summary>What a person or the machine may want to do.</summary>
public enum Permission : byte
{
    ListCases = 1,
    ReadEvidence,
    CountEvidence,

    /// <summary>Assign, comment, snooze, close.</summary>
    WorkOnCase,

    /// <summary>Let a scope in force that waits behind five others.</summary>
    ReviewScope,
    Notify,
    Block,
    Disclose,
    Promote,
    ReviewCandidate,

    /// <summary>The run itself; who may have it started is <see cref="StartComparison"/>.</summary>
    Compare,
    StartComparison,
    ReadReports,
    ExportAggregates,
    VerifyAudit,

    /// <summary>Put a line into the leaky garden, or let it out.</summary>
    Garden,

    /// <summary>Put a line into the strict garden: two people (R14).</summary>
    StrictGarden,

    /// <summary>Looking back for contacts with a promoted endpoint; the machine's alone.</summary>
    LookBack,

    /// <summary>Bring a customer's consent to the desk (R20); only the vault can make one.</summary>
    TakeConsent,

    /// <summary>What the brake holds becomes cases: two people (R21).</summary>
    ReleaseHeld,

    /// <summary>What the brake holds is thrown away: two people.</summary>
    DropHeld,

    /// <summary>An endpoint that one person held makes events again: two people (R23).</summary>
    ReleaseEndpoint,
}

/// <summary>The table of roles, and of pairs of roles where an act needs two people.</summary>
public static class Roles
{
    /// <summary>Whether a role may have a part in a deed; for one that needs two people, see
    /// <see cref="MayTogether"/> too.</summary>
    public static bool May(Role role, Permission deed) => (role, deed) switch
    {
        (Role.Machine, Permission.ReadEvidence or Permission.CountEvidence or Permission.Notify
            or Permission.Block or Permission.Compare or Permission.LookBack) => true,
        (Role.Analyst, Permission.ListCases or Permission.ReadEvidence or Permission.CountEvidence
            or Permission.WorkOnCase or Permission.Notify or Permission.Block or Permission.Disclose
            or Permission.Promote or Permission.ReviewCandidate or Permission.StartComparison or Permission.ReadReports
            or Permission.ExportAggregates or Permission.Garden or Permission.StrictGarden or Permission.TakeConsent
            or Permission.ReleaseHeld or Permission.DropHeld or Permission.ReleaseEndpoint) => true,
        (Role.Operator, Permission.ListCases or Permission.ReadEvidence or Permission.CountEvidence
            or Permission.WorkOnCase or Permission.Notify or Permission.Block
            or Permission.Promote or Permission.ReviewCandidate or Permission.StartComparison or Permission.ReadReports
            or Permission.ExportAggregates or Permission.Garden or Permission.StrictGarden
            or Permission.ReleaseHeld or Permission.DropHeld or Permission.ReleaseEndpoint) => true,
        (Role.PrivacyOfficer, Permission.ListCases or Permission.ReadEvidence or Permission.CountEvidence
            or Permission.WorkOnCase or Permission.ReviewScope or Permission.Disclose
            or Permission.ReviewCandidate or Permission.ReadReports
            or Permission.ExportAggregates or Permission.VerifyAudit
            or Permission.ReleaseHeld or Permission.DropHeld or Permission.ReleaseEndpoint) => true,
        (Role.Auditor, Permission.ListCases or Permission.ReadReports or Permission.VerifyAudit) => true,
        (Role.Administrator, Permission.VerifyAudit) => true,
        _ => false,
    };

    /// <summary>Whether a deed of a person needs a second one (R9, R11).</summary>
    public static bool NeedsTwo(Permission deed) => deed is Permission.Block or Permission.Disclose
        or Permission.Promote or Permission.ReviewCandidate or Permission.StrictGarden or Permission.ReleaseHeld
        or Permission.DropHeld or Permission.ReleaseEndpoint;

    /// <summary>Whether two roles together may: always different ones.</summary>
    public static bool MayTogether(Role one, Role other, Permission deed)
    {
        if (one == other || !May(one, deed) || !May(other, deed))
        {
            return false;
        }

        return deed switch
        {
            Permission.Disclose => Pair(one, other, Role.Analyst, Role.PrivacyOfficer),
            Permission.Block or Permission.Promote or Permission.StrictGarden =>
                Pair(one, other, Role.Analyst, Role.Operator),
            Permission.ReviewCandidate or Permission.ReleaseHeld or Permission.DropHeld or Permission.ReleaseEndpoint =>
                one != Role.Machine && other != Role.Machine,
            _ => false,
        };
    }

    private static bool Pair(Role one, Role other, Role first, Role second) =>
        (one == first && other == second) || (one == second && other == first);
}
