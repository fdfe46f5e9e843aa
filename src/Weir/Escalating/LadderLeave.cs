// SPDX-License-Identifier: Apache-2.0
using Weir.Cases;
using Weir.Deciding;

namespace Weir.Escalating;

/// <summary>Leave for a step, as a value: no step without one that covers its row. Only what a decision stands behind makes one.</summary>
internal sealed record LadderLeave
{
    private LadderLeave(Leave kind, string by, string role) => (Kind, By, Role) = (kind, by, role);

    public Leave Kind { get; }

    public string By { get; }

    public string Role { get; }

    /// <summary>The policy in force; for what the case file itself shows, too.</summary>
    public static LadderLeave OfRules { get; } = new(Leave.Rules, Actor.Weir.Name, Actor.Weir.RoleWord);

    public static LadderLeave OfCustomer { get; } = new(Leave.Customer, "customer", "customer");

    /// <summary>One person, whom the policy engine let.</summary>
    public static LadderLeave OfPerson(Actor actor, Decision.Allow allowed) =>
        allowed is null || actor.Role == Deciding.Role.Machine ? throw new ArgumentException("A person's leave is a person's.", nameof(actor)) : new(Leave.OnePerson, actor.Name, actor.RoleWord);

    /// <summary>Two people; an approval is made for no fewer.</summary>
    public static LadderLeave OfTwo(Approval approval, Actor second) => new(Leave.TwoPeople, $"{approval.AskedBy}, {approval.GivenBy}", second.RoleWord);

    public bool Covers(Leave needed) => needed switch
    {
        Leave.TwoPeople => Kind == Leave.TwoPeople,
        Leave.OnePerson => Kind is Leave.OnePerson or Leave.TwoPeople,
        Leave.Customer => true,
        _ => Kind == Leave.Rules,
    };
}
