// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Vault.Chain;

/// <summary>Who asks, and under which number: what every entry on the vault's chain begins with. The number stands on
/// the asker's chain as well, so that whoever verifies joins them.</summary>
/// <param name="Name">User or certificate at the other end.</param>
/// <param name="Number">The request's; empty where the vault acts by itself.</param>
internal readonly record struct Asker(string Name, string Number = "")
{
    /// <summary>The vault itself: a new session, a round of the clock.</summary>
    public static Asker Itself { get; } = new(Actor.Weir.Name);

    /// <summary>An entry of something that happens next.</summary>
    public AuditEntry Entry(string act, string words = "") => new()
    {
        Actor = Name,
        Role = Actor.ToName(Role.Machine),
        Act = act,
        Outcome = AuditActions.Allow,
        Reason = words,
        Request = Number,
    };
}
