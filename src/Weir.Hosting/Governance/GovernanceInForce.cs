// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Hosting.Health;

namespace Weir.Hosting.Governance;

/// <summary>What a process goes by.</summary>
/// <param name="Document">Null where none is in force: nobody has a role, and nobody approves.</param>
/// <param name="People">Who may.</param>
/// <param name="Digest">SHA-256 of the octets in force; empty for none.</param>
/// <param name="SignedBy">Who signed it.</param>
/// <param name="Waits">Why what lies there is not in force, as a sentence; empty where it is.</param>
public sealed record GovernanceInForce(
    GovernanceDocument? Document, People People, string Digest, IReadOnlyList<string> SignedBy, string Waits)
{
    /// <summary>Public or self-made data.</summary>
    public static GovernanceInForce Lab { get; } = new(null, People.Lab, "", [], "");

    /// <summary>As health tells it.</summary>
    public ComponentHealth Health => Waits.Length == 0 ? ComponentHealth.Ok : ComponentHealth.Degraded(Waits);

    /// <summary>In one line, for records.</summary>
    public string Summary => Document is null
        ? "no governance"
        : $"{Document.Instance}, SHA-256 {Digest}, signed by {string.Join(" and ", SignedBy)}, keys "
            + string.Join(' ', People.All.SelectMany(person => person.AllKeys).Select(key => key.Fingerprint));

    internal static GovernanceInForce None(string why) => new(null, People.Nobody, "", [], why);
}
