// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;

namespace Weir.Desk.Escalations;

/// <summary>Leave for a step, as a value: no step without one that covers its row. Only what a decision stands
/// behind makes one.</summary>
internal sealed record EscalationAuthorization
{
    private EscalationAuthorization(ApprovalKind kind, string by, string role) => (Kind, By, Role) = (kind, by, role);

    public ApprovalKind Kind { get; }

    public string By { get; }

    public string Role { get; }

    /// <summary>The policy in force; for what the case file itself shows, too.</summary>
    public static EscalationAuthorization ByRules { get; } = new(
        ApprovalKind.Rules, Actor.Weir.Name, Actor.Weir.RoleWord);

    public static EscalationAuthorization ByCustomer { get; } = new(ApprovalKind.Customer, "customer", "customer");

    /// <summary>One person, whom the policy engine let.</summary>
    public static EscalationAuthorization ByPerson(Actor actor, Decision.Allow allowed) =>
        allowed is null || actor.Role == Weir.Contracts.Policy.Role.Machine
            ? throw new ArgumentException("A person's leave is a person's.", nameof(actor))
            : new(ApprovalKind.OnePerson, actor.Name, actor.RoleWord);

    /// <summary>Two people; an approval is made for no fewer.</summary>
    public static EscalationAuthorization ByTwoPeople(Approval approval, Actor second) =>
        new(ApprovalKind.TwoPeople, $"{approval.AskedBy}, {approval.GivenBy}", second.RoleWord);

    public bool Covers(ApprovalKind needed) => needed switch
    {
        ApprovalKind.TwoPeople => Kind == ApprovalKind.TwoPeople,
        ApprovalKind.OnePerson => Kind is ApprovalKind.OnePerson or ApprovalKind.TwoPeople,
        ApprovalKind.Customer => true,
        _ => Kind == ApprovalKind.Rules,
    };
}
