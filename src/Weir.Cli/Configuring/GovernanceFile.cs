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
                ?? throw new OperatorException($"there is no {path}; docs/30-people-and-keys.md has one to begin with");
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

    public static string Describe(GovernanceDocument document)
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture,
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

        return text.ToString();
    }

    /// <summary>Who made a signature, in words.</summary>
    public static string SignerOf(SignedGovernance governance, GovernanceDocument document, SshSignature? signature) =>
        signature is null ? "no signature"
        : signature.Verify(governance.Octets.Span, SignatureNamespace.Governance) is not SshSignatureFault.None and var fault
            ? $"does not hold ({SshSignatureFaults.Word(fault)})"
        : document.ToPeople().TryFind(signature.Key, out var person) ? $"signed by {person.Name} ({person.RoleWord})"
        : $"signed with {signature.Key.Fingerprint}, which is nobody's in this file";

    /// <summary>The beginning of a fingerprint, for a file's name.</summary>
    public static string ShortOf(SshPublicKey key) =>
        string.Concat(key.Fingerprint["SHA256:".Length..].Where(char.IsAsciiLetterOrDigit).Take(ShortDigits));

    /// <summary>What differs, a line each.</summary>
    public static IEnumerable<string> Differences(GovernanceDocument before, GovernanceDocument after)
    {
        foreach (var name in ConfigurationDifference.Between(before, after)
            .Where(name => name != "people"))
        {
            yield return $"changed: {name}";
        }

        var old = before.ToPeople().All.ToDictionary(person => person.Name);
        var next = after.ToPeople().All.ToDictionary(person => person.Name);
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

    private static string Line(Person person) =>
        $"{person.Name}, {person.RoleWord}, user {person.User}, "
            + (person.Keys.IsEmpty ? "no key" : string.Join(' ', person.Keys.Select(key => key.Fingerprint)));
}
