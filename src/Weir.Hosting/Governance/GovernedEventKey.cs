// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Weir.Contracts.Signing;

namespace Weir.Hosting.Governance;

/// <summary>A line that says whose key signs what happened: role, name, key, as <c>weir keys</c> prints it and as the
/// list of public keys has it.</summary>
public static class GovernedEventKey
{
    /// <summary>How one is written.</summary>
    public const string Form = "collector edge-1 ed25519:BASE64";

    private static readonly string[] Roles = ["collector", "store", "vault"];

    /// <summary>Reads a line; what follows # is for people.</summary>
    public static bool TryParse(
        string line, [NotNullWhen(true)] out KeyHolder? holder, [NotNullWhen(true)] out PublicKey? key)
    {
        (holder, key) = (null, null);
        if (line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var role, var name, var text]
            || !Roles.Contains(role) || !PublicKey.TryParse(text, out key))
        {
            return false;
        }

        holder = new(role, name);
        return true;
    }
}
