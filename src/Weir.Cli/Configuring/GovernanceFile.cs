// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;

namespace Weir.Cli.Configuring;

/// <summary>The file as commands read and describe it.</summary>
internal static class GovernanceFile
{
    private const int ShortDigits = 8;

    /// <exception cref="OperatorException">It cannot be read, or is not sound; every fault is listed.</exception>
    public static (SignedGovernance Governance, GovernanceDocument Document) Read(string path)
    {
        try
        {
            var governance = SignedGovernance.Read(path)
                ?? throw new OperatorException($"there is no {path}; docs/32-people-and-keys.md has one to begin with");
            var reading = governance.Parse();
            return reading.IsSound
                ? (governance, reading.Value)
                : throw new OperatorException(string.Join("\nweir: ", reading.Faults.Select(fault => fault.At(path))));
        }
        catch (InvalidDataException refused)
        {
            throw new OperatorException(refused.Message);
        }
    }

    /// <summary>The keys of a file as ssh-keygen reads them, for each purpose that a person's key may have.</summary>
    public static string AllowedSigners(GovernanceDocument document) => string.Concat(
        from person in document.ToPeople().All
        from key in person.Keys
        select $"{person.Name} namespaces=\"{SignatureNamespace.All}\" {key}\n");

    /// <summary>The text itself, a line each, in which every character shows itself, and what the keys are called.
    /// </summary>
    public static string Describe(SignedGovernance governance, GovernanceDocument document)
    {
        var text = new StringBuilder();
        foreach (var line in GovernanceDifference.LinesOf(governance))
        {
            text.Append("    ").Append(line).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture,
                $"instance {document.Instance}, profile {Schema.Kebab(document.Profile.ToString())}, ")
            .Append(CultureInfo.InvariantCulture,
                $"separation {document.Separation.ToString().ToLowerInvariant()}\n");
        foreach (var person in document.ToPeople().All)
        {
            text.Append(Line(person)).Append('\n');
        }

        foreach (var one in document.Recovery)
        {
            text.Append("recovery key of ").Append(Actor.ToName(one.Role)).Append(": ")
                .Append(RecoveryKey.Read(one.Key).Fingerprint).Append('\n');
        }

        return text.Append("SHA-256 ").Append(governance.Digest).Append('\n').ToString();
    }

    /// <summary>Who made a signature, in words.</summary>
    public static string SignerOf(SignedGovernance governance, GovernanceDocument document, SshSignature? signature) =>
        signature is null ? "no signature"
        : signature.Verify(governance.Octets.Span,
            SignatureNamespace.Governance) is not SshSignatureFault.None and var fault
            ? $"does not hold ({SshSignatureFaults.Word(fault)})"
        : document.ToPeople().TryFind(signature.Key, out var person) ? $"signed by {person.Name} ({person.RoleWord})"
        : document.Recovery.FirstOrDefault(one => RecoveryKey.Read(one.Key).Equals(signature.Key)) is { } offline
            ? $"signed with the recovery key of {Actor.ToName(offline.Role)}"
        : $"signed with {signature.Key.Fingerprint}, which is nobody's in this file";

    /// <summary>The beginning of a fingerprint, for a file's name.</summary>
    public static string ShortOf(SshPublicKey key) =>
        string.Concat(key.Fingerprint["SHA256:".Length..].Where(char.IsAsciiLetterOrDigit).Take(ShortDigits));

    /// <summary>What differs: lines of the texts that go (<c>-</c>) and come (<c>+</c>), in their order, and whose keys
    /// change.</summary>
    public static IEnumerable<string> Differences(
        (SignedGovernance Governance, GovernanceDocument Document) before,
        (SignedGovernance Governance, GovernanceDocument Document) after)
    {
        foreach (var line in GovernanceDifference.Between(before.Governance, after.Governance))
        {
            yield return line;
        }

        var old = before.Document.ToPeople().All.ToDictionary(person => person.Name);
        var next = after.Document.ToPeople().All.ToDictionary(person => person.Name);
        foreach (var person in old.Values.Where(person => !next.ContainsKey(person.Name)))
        {
            yield return $"goes: {Line(person)}";
        }

        foreach (var person in next.Values)
        {
            if (!old.TryGetValue(person.Name, out var had))
            {
                yield return $"comes: {Line(person)}";
            }
            else if (Line(had) != Line(person))
            {
                yield return $"was: {Line(had)}";
                yield return $"is: {Line(person)}";
            }
        }
    }

    private static string Line(Person person) => $"{person.Name}, {person.RoleWord}, user {person.User}, "
        + (person.AllKeys.Any() ? string.Join(' ', person.Keys.Select(key => key.Fingerprint)
            .Concat(person.Passkeys.Select(one => $"passkey of {one.Host} {one.Key.Fingerprint}"))
            .Concat(person.ConsolePasskeys.Select(one => $"sign-in at {one.Host} {one.Key.Fingerprint}")))
            : "no key") + (person.Oidc.Length > 0 ? $", at the identity service {person.Oidc}" : "");
}
