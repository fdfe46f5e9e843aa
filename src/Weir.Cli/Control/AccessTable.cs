// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Policy;

namespace Weir.Cli.Control;

/// <summary>Who has which role; one user, one role (checked when the configuration is read).</summary>
internal sealed class AccessTable(AccessSettings settings)
{
    private readonly Dictionary<string, Role> _roles = Of(settings);

    /// <summary>The user as an actor; null for one without a role.</summary>
    public Actor? Of(string user) => _roles.TryGetValue(user, out var role) ? new Actor(user, role) : null;

    private static Dictionary<string, Role> Of(AccessSettings settings)
    {
        var roles = new Dictionary<string, Role>(StringComparer.Ordinal);
        Add(settings.Analysts, Role.Analyst);
        Add(settings.Operators, Role.Operator);
        Add(settings.PrivacyOfficers, Role.PrivacyOfficer);
        Add(settings.Auditors, Role.Auditor);
        Add(settings.Administrators, Role.Administrator);
        return roles;

        void Add(IReadOnlyList<string> users, Role role)
        {
            foreach (var user in users)
            {
                if (!roles.TryAdd(user, role))
                {
                    throw new ArgumentException($"{user} stands in two roles of access; a user has one");
                }
            }
        }
    }
}
