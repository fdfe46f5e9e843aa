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

    /// <summary>Looks at the signatures of a file.</summary>
    public GovernanceSigned Verify(SignedGovernance governance)
    {
        var signers = new Dictionary<string, Role>(StringComparer.Ordinal);
        var others = new List<string>();
        var isRecovery = false;
        foreach (var (file, signature) in governance.Signatures)
        {
            var fault = signature?.Verify(governance.Octets.Span, SignatureNamespace.Governance);
            if (fault is not SshSignatureFault.None)
            {
                others.Add($"{file} ({(fault is { } word ? SshSignatureFaults.Word(word) : "no signature")})");
            }
            else if (_people.TryFind(signature!.Key, out var person) && _counts(signature.Key))
            {
                signers[person.Name] = person.Role;
            }
            else if (_recovery.FirstOrDefault(one => one.Key.Equals(signature.Key)) is { Key: not null } offline)
            {
                signers[$"recovery key of {Actor.ToName(offline.Role)}"] = offline.Role;
                isRecovery = true;
            }
            else
            {
                others.Add($"{file} (a key that does not count: {signature.Key.Fingerprint})");
            }
        }

        var missing = signers.Count < 2 ? $"is signed by {(signers.Count == 0 ? "nobody" : string.Join(", ", signers.Keys))}"
                + " whose signature counts, and two people have to"
            : !signers.ContainsValue(Role.PrivacyOfficer) ? $"is signed by {string.Join(", ", signers.Keys)}, and one of "
                + "the two has to be the privacy officer"
            : "";
        return new(
            [.. signers.Keys],
            missing.Length > 0 && others.Count > 0 ? $"{missing}; not counted: {string.Join(", ", others)}" : missing,
            isRecovery);
    }
}
