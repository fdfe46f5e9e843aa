// SPDX-License-Identifier: Apache-2.0
//
// Who signs what (rules.md R23): one table, which code asks and documents print. Which two roles may is the table of
// roles' to say; where an act is carried out, its signatures are verified.
using System.Collections.Immutable;
using Weir.Contracts.Policy;

namespace Weir.Contracts.Approvals;

/// <summary>How many people an act needs.</summary>
public enum SignersNeeded : byte
{
    /// <summary>Nobody: the rules let it happen.</summary>
    None,

    /// <summary>One person, by role and session, without a signature.</summary>
    One,

    /// <summary>Two people in two roles, with two keys.</summary>
    Two,
}

/// <summary>One row of the table.</summary>
/// <param name="Act">What is done.</param>
/// <param name="Name">Its word in canonical texts.</param>
/// <param name="Needed">Who has to agree.</param>
/// <param name="Deed">The permission that says which roles; null where it needs none.</param>
/// <param name="VerifiedBy">Processes that look at the signatures themselves before they act.</param>
/// <param name="Beside">What else has to hold.</param>
public sealed record WhoSignsRow(
    ApprovalAct Act, string Name, SignersNeeded Needed, Permission? Deed, string VerifiedBy, string Beside);

/// <summary>The table.</summary>
public static class WhoSigns
{
    /// <summary>Every act, those of two people first.</summary>
    public static ImmutableArray<WhoSignsRow> Table { get; } =
    [
        new(ApprovalAct.Disclosure, "disclosure", SignersNeeded.Two, Permission.Disclose, "vault, desk",
            "a sealed case and the grounds of its scope"),
        new(ApprovalAct.EndpointBlock, "endpoint-block", SignersNeeded.Two, Permission.Block, "desk",
            "a list names it as a C&C"),
        new(ApprovalAct.LineRoute, "line-route", SignersNeeded.Two, Permission.Block, "vault, desk",
            "the grounds of the scope, and no more than they are about"),
        new(ApprovalAct.Promotion, "promotion", SignersNeeded.Two, Permission.Promote, "store, desk",
            "a comparison found it to be a candidate"),
        new(ApprovalAct.CandidateReview, "candidate-review", SignersNeeded.Two, Permission.ReviewCandidate, "desk",
            "the endpoint alone is shown, no subjects"),
        new(ApprovalAct.StrictGarden, "strict-garden", SignersNeeded.Two, Permission.StrictGarden, "vault, desk",
            "the grounds of the scope"),
        new(ApprovalAct.HeldRelease, "held-release", SignersNeeded.Two, Permission.ReleaseHeld, "vault, store, desk",
            "the brake holds that network, or what that edit brought (desk alone); for 30 days"),
        new(ApprovalAct.HeldDrop, "held-drop", SignersNeeded.Two, Permission.DropHeld, "vault, store, desk",
            "the brake holds that network, for 30 days, or what that edit brought (desk alone), while lists name it"),
        new(ApprovalAct.Governance, "governance", SignersNeeded.Two, null, "every process",
            "two people of the governance in force, one of them the privacy officer"),
        new(ApprovalAct.EndpointRelease, "endpoint-release", SignersNeeded.Two, Permission.ReleaseEndpoint, "desk",
            "one person held the endpoint; what lists say of it holds again"),
        new(ApprovalAct.LeakyGarden, "leaky-garden", SignersNeeded.One, Permission.Garden, "",
            "the grounds of the scope, verified by the vault"),
        new(ApprovalAct.Withdrawal, "withdrawal", SignersNeeded.One, Permission.Block, "", ""),
        new(ApprovalAct.Release, "release", SignersNeeded.One, Permission.Garden, "", ""),
        new(ApprovalAct.EmergencyStop, "emergency-stop", SignersNeeded.One, Permission.Block, "",
            "works without the vault"),
        new(ApprovalAct.AutomaticNotice, "automatic-notice", SignersNeeded.None, null, "",
            "the grounds of the scope, verified by the vault; limited per minute"),
        new(ApprovalAct.AutomaticBlock, "automatic-block", SignersNeeded.None, null, "",
            "a contact with a C&C as grounds, verified by the vault; limited per hour"),
    ];

    /// <summary>The row of an act.</summary>
    public static WhoSignsRow Of(ApprovalAct act) => Table.First(row => row.Act == act);

    /// <summary>The act of a word in a canonical text.</summary>
    public static bool TryParse(string name, out ApprovalAct act)
    {
        var row = Table.FirstOrDefault(one => one.Name == name);
        act = row?.Act ?? default;
        return row is not null;
    }

    /// <summary>The act behind a deed that needs two people.</summary>
    /// <param name="deed">What was asked for.</param>
    /// <param name="isForLine">A block is for the line of a scope, not for a class of customers.</param>
    public static ApprovalAct ActOf(Permission deed, bool isForLine) => deed switch
    {
        Permission.Disclose => ApprovalAct.Disclosure,
        Permission.Block => isForLine ? ApprovalAct.LineRoute : ApprovalAct.EndpointBlock,
        Permission.Promote => ApprovalAct.Promotion,
        Permission.ReviewCandidate => ApprovalAct.CandidateReview,
        Permission.StrictGarden => ApprovalAct.StrictGarden,
        Permission.ReleaseHeld => ApprovalAct.HeldRelease,
        Permission.DropHeld => ApprovalAct.HeldDrop,
        Permission.ReleaseEndpoint => ApprovalAct.EndpointRelease,
        _ => throw new ArgumentOutOfRangeException(nameof(deed), deed, "One person is enough for it."),
    };

    /// <summary>Pairs of roles that together may; none where two are not what it needs.</summary>
    public static IEnumerable<(Role One, Role Other)> Pairs(ApprovalAct act)
    {
        if (Of(act) is not { Needed: SignersNeeded.Two, Deed: { } deed })
        {
            yield break;
        }

        foreach (var one in Enum.GetValues<Role>())
        {
            foreach (var other in Enum.GetValues<Role>())
            {
                if (one < other && Roles.MayTogether(one, other, deed))
                {
                    yield return (one, other);
                }
            }
        }
    }

    /// <summary>Whether two roles together may.</summary>
    public static bool MayTogether(ApprovalAct act, Role one, Role other) =>
        Of(act).Deed is { } deed && Roles.NeedsTwo(deed) && Roles.MayTogether(one, other, deed);

    /// <summary>Roles that may have a part in it.</summary>
    public static IEnumerable<Role> RolesFor(ApprovalAct act) => Of(act).Deed is { } deed
        ? Enum.GetValues<Role>().Where(role => role != Role.Machine && Roles.May(role, deed))
        : [];
}
