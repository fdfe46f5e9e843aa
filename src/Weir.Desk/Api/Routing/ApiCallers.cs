// SPDX-License-Identifier: Apache-2.0
//
// Who asks: the user at the other end of the socket, as the kernel knows it (unix(7), SO_PEERCRED), and the one role
// the configuration gives that user. What a peer says of itself counts for nothing.
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Hosting.Posix;
using Weir.Hosting.Sections;

namespace Weir.Desk.Api.Routing;

/// <summary>Users of the operating system and their roles.</summary>
internal sealed class ApiCallers
{
    private readonly Dictionary<string, Role> _roles = new(StringComparer.Ordinal);
    private CurrentPeople? _people;

    /// <param name="people">Users by role; a user has one.</param>
    /// <exception cref="ArgumentException">A user stands in two roles.</exception>
    public ApiCallers(IEnumerable<(Role Role, IReadOnlyList<string> Users)> people)
    {
        foreach (var (role, users) in people)
        {
            foreach (var user in users)
            {
                if (!_roles.TryAdd(user, role))
                {
                    throw new ArgumentException($"{user} stands in two roles of access; a user has one");
                }
            }
        }
    }

    /// <summary>The people of the governance in force; in a lab, those of the section <c>access</c>.</summary>
    public static ApiCallers From(AccessOptions access, CurrentPeople people)
    {
        (Role, IReadOnlyList<string>)[] users =
        [
            (Role.Analyst, access.Analysts), (Role.Operator, access.Operators),
            (Role.PrivacyOfficer, access.PrivacyOfficers), (Role.Auditor, access.Auditors),
            (Role.Administrator, access.Administrators),
        ];
        return new(users) { _people = people };
    }

    /// <summary>The caller's name, and who that is for a route of these roles; null for one without a role.</summary>
    public (string User, Actor? Actor) Identify(HttpContext context, RouteRoles roles)
    {
        if (context.Features.Get<LocalCaller>() is { User: var signedIn })
        {
            return (signedIn, RoleOf(signedIn) is { } held && roles.People.Count > 0 ? new Actor(signedIn, held)
                : null);
        }

        var connection = context.Features.Get<IConnectionSocketFeature>()
            ?? throw new IOException("the connection is no socket, so nobody knows who is at its other end");
        var uid = SocketPeer.Get(connection.Socket).User;
        var user = OsUsers.NameOf(uid);
        if (roles.IsForOwnUser && uid == OsUsers.Own)
        {
            return (user, new Actor(user, Role.Machine));
        }

        return (user, RoleOf(user) is { } role && roles.People.Count > 0 ? new Actor(user, role) : null);
    }

    /// <summary>A user by name, with the role of this moment; null for one who has none, or none any more.</summary>
    public Actor? Find(string user) => RoleOf(user) is { } role ? new Actor(user, role) : null;

    /// <summary>Whether a user of the system has a role here, or runs this process.</summary>
    public bool IsKnown(uint uid) => uid == OsUsers.Own || RoleOf(OsUsers.NameOf(uid)) is not null;

    private Role? RoleOf(string user) => _people?.Current is { NeedsKeys: true } governed
        ? governed.FindUser(user)?.Role
        : _roles.TryGetValue(user, out var role) ? role : null;
}
