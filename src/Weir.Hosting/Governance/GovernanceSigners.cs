// SPDX-License-Identifier: Apache-2.0
//
// Who may change what is governed: two people of the governance in force, one of them the privacy officer; or, where
// keys were lost, two of its recovery keys, one of them the privacy officer's. Pure.
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;

namespace Weir.Hosting.Governance;

/// <summary>What came of looking at a file's signatures.</summary>
/// <param name="Names">Who signed, those that count.</param>
/// <param name="Fault">What is missing, as the rest of a sentence; empty where nothing is.</param>
/// <param name="IsRecovery">A recovery key was needed.</param>
public sealed record GovernanceSigned(IReadOnlyList<string> Names, string Fault, bool IsRecovery);

/// <summary>Whose signatures count for a governance.</summary>
public sealed class GovernanceSigners
{
    private readonly People _people;
    private readonly Func<SshPublicKey, bool> _counts;
    private readonly IReadOnlyList<(Role Role, SshPublicKey Key)> _recovery;

    private GovernanceSigners(
        People people, Func<SshPublicKey, bool> counts, IReadOnlyList<(Role Role, SshPublicKey Key)> recovery) =>
        (_people, _counts, _recovery) = (people, counts, recovery);

    /// <summary>Those of the governance in force.</summary>
    public static GovernanceSigners Of(GovernanceDocument inForce) => new(
        inForce.ToPeople(), _ => true, [.. inForce.Recovery.Select(one => (one.Role, RecoveryKey.Read(one.Key)))]);

    /// <summary>At the first start: people of the file itself whose keys the anchor names.</summary>
    public static GovernanceSigners Of(GovernanceDocument first, IReadOnlySet<string> anchor) =>
        new(first.ToPeople(), key => anchor.Contains(key.Fingerprint), []);

    /// <summary>Looks at the signatures of a file. Recovery keys count only where people alone do not suffice, and then
    /// for roles in which nobody signed: a key in a safe stands for a person, never beside that person.</summary>
    public GovernanceSigned Verify(SignedGovernance governance)
    {
        var people = new Dictionary<string, Role>(StringComparer.Ordinal);
        var offline = new HashSet<Role>();
        var others = new List<string>();
        foreach (var (file, signature) in governance.Signatures)
        {
            var fault = signature?.Verify(governance.Octets.Span, SignatureNamespace.Governance);
            if (fault is not SshSignatureFault.None)
            {
                others.Add($"{file} ({(fault is { } word ? SshSignatureFaults.Word(word) : "no signature")})");
            }
            else if (_people.TryFind(signature!.Key, out var person) && _counts(signature.Key))
            {
                people[person.Name] = person.Role;
            }
            else if (_recovery.FirstOrDefault(one => one.Key.Equals(signature.Key)) is { Key: not null } found)
            {
                offline.Add(found.Role);
            }
            else
            {
                others.Add($"{file} (a key that does not count: {signature.Key.Fingerprint})");
            }
        }

        var alone = Missing(people);
        if (alone.Length == 0 || offline.Count == 0)
        {
            return new([.. people.Keys], Told(alone, others), IsRecovery: false);
        }

        var signers = new Dictionary<string, Role>(people, StringComparer.Ordinal);
        foreach (var role in offline.Except(people.Values))
        {
            signers[$"recovery key of {Actor.ToName(role)}"] = role;
        }

        return new([.. signers.Keys], Told(Missing(signers), others), IsRecovery: signers.Count > people.Count);
    }

    /// <summary>What is missing of two people, one of them the privacy officer; empty where nothing is.</summary>
    private static string Missing(Dictionary<string, Role> signers) =>
        signers.Count < 2 ? $"is signed by {(signers.Count == 0 ? "nobody" : string.Join(", ", signers.Keys))}"
            + " whose signature counts, and two people have to"
        : !signers.ContainsValue(Role.PrivacyOfficer) ? $"is signed by {string.Join(", ", signers.Keys)}, and one of "
            + "the two has to be the privacy officer"
        : "";

    private static string Told(string missing, List<string> others) =>
        missing.Length > 0 && others.Count > 0 ? $"{missing}; not counted: {string.Join(", ", others)}" : missing;
}
