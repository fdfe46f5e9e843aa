// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Peers;

namespace Weir.Cli.Processes;

/// <summary>Users of a door.</summary>
internal static class PeerUsers
{
    /// <summary>One who stands for several processes has the roles of all: then separation is off.</summary>
    public static Dictionary<string, PeerRoles> Of(params (string User, PeerRoles Roles)[] users)
    {
        var all = new Dictionary<string, PeerRoles>(StringComparer.Ordinal);
        foreach (var (user, roles) in users)
        {
            all[user] = all.TryGetValue(user, out var had) ? had | roles : roles;
        }

        return all;
    }
}
