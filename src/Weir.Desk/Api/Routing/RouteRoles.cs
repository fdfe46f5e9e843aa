// SPDX-License-Identifier: Apache-2.0
//
// Who may call a route. A set is never empty, so that no route can be written that nobody may call, and there is no
// set of anybody at all.
using Weir.Contracts.Policy;

namespace Weir.Desk.Api.Routing;

/// <summary>Roles of people, and the user that is no person. Immutable.</summary>
internal sealed class RouteRoles
{
    private static readonly Role[] EveryPerson =
        [.. Enum.GetValues<Role>().Where(role => role != Role.Machine)];

    private RouteRoles(IEnumerable<Role> people) => People = [.. people.Order()];

    /// <summary>Everybody who has a role.</summary>
    public static RouteRoles Everyone { get; } = new(EveryPerson);

    /// <summary>People of these roles.</summary>
    public IReadOnlyList<Role> People { get; }

    /// <summary>Whether the user that runs this process may.</summary>
    public bool IsForOwnUser { get; private init; }

    /// <summary>As documents and refusals write it.</summary>
    public string Words => string.Join(", ", Names);

    /// <summary>Each of them by name.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. People.Select(Actor.ToName), .. IsForOwnUser ? ["Weir's own user"] : Array.Empty<string>(),
    ];

    /// <summary>Those who may have a part in a deed.</summary>
    public static RouteRoles For(Permission deed) => From(EveryPerson.Where(role => Roles.May(role, deed)));

    public static RouteRoles From(params IEnumerable<Role> people)
    {
        var set = new RouteRoles(people);
        return set.People.Count > 0 && !set.People.Contains(Role.Machine)
            ? set
            : throw new ArgumentException("a route is for one role of people at least", nameof(people));
    }

    /// <summary>And for the user that runs this process, who is no person.</summary>
    public RouteRoles OrOwnUser() => new(People) { IsForOwnUser = true };

    /// <summary>Whether somebody who was identified for this set may call.</summary>
    public bool Allows(Role role) => role == Role.Machine ? IsForOwnUser : People.Contains(role);
}
