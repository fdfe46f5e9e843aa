// SPDX-License-Identifier: Apache-2.0
//
// What governance.yaml says (trust.md R24). It is read as strictly as weir.yaml is; its exact octets are what people
// sign.
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;
using Weir.Hosting.Configuration;
using Weir.Hosting.Sections;

namespace Weir.Hosting.Governance;

/// <summary>Whether the four processes must be four users.</summary>
public enum Separation
{
    Required,
    Off,
}

/// <summary>The whole file.</summary>
public sealed record GovernanceDocument : ISection
{
    [Setting("Name of this Weir: stands in every text that people sign, so that none counts elsewhere.", Required = true,
        Example = "example-net")]
    public string Instance { get; init; } = "";

    [Setting("Policy profile; the configuration must have the same.")]
    public Profile Profile { get; init; } = Profile.UsProvider;

    [Setting("`off` lets `weir serve` run the four processes as one user, who then reads what all four keep.")]
    public Separation Separation { get; init; } = Separation.Required;

    [Setting("SHA-256 of a policy file that loosens rules; without it none may. `sha256sum policy.yaml` prints it.",
        Example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public string? Policy { get; init; }

    [Setting("Everybody who has a role.")]
    public IReadOnlyList<GovernedPerson> People { get; init; } = [];

    [Setting("Keys that lie offline, one a role: two of them replace lost ones, after 72 hours in which everybody is "
        + "told.")]
    public IReadOnlyList<RecoveryKey> Recovery { get; init; } = [];

    public void Validate(SectionFaults faults)
    {
        if (string.IsNullOrWhiteSpace(Instance) && faults.IsWritten("instance"))
        {
            faults.Add("instance", "is empty; write a name");
        }

        if (Profile == Profile.Lab)
        {
            faults.Add("profile", "is lab, which needs no governance; write us-provider or eu-provider");
        }

        if (Policy is { } digest && (digest.Length != 64 || !digest.All(char.IsAsciiHexDigitLower)))
        {
            faults.Add("policy", "is no SHA-256: 64 hexadecimal digits, lower case, as sha256sum prints");
        }

        try
        {
            _ = ToPeople();
        }
        catch (ArgumentException twice)
        {
            faults.Add("people", $"cannot be: {twice.Message}");
        }
        catch (FormatException)
        {
            // Said at the key itself.
        }
    }

    /// <summary>The people as a value.</summary>
    /// <exception cref="ArgumentException">Two share what two people may not.</exception>
    /// <exception cref="FormatException">A key is none.</exception>
    public People ToPeople() => new(Instance, People.Select(person => person.ToPerson()));
}

/// <summary>One of them.</summary>
public sealed record GovernedPerson : ISection
{
    [Setting("How texts and records call them.", Required = true, Example = "ana")]
    public string Name { get; init; } = "";

    [Setting("User of the operating system whom they read as; their name unless set.", Example = "ana")]
    public string? User { get; init; }

    [Setting("Their one role.", Required = true, Example = "analyst")]
    public Role Role { get; init; } = Role.Auditor;

    [Setting("Public keys as in a .pub file: ssh-ed25519, ecdsa-sha2-nistp256, or those of security keys (sk-…). Who "
        + "has none reads, and approves nothing.", Example = "ssh-ed25519 AAAA… ana@desk")]
    public IReadOnlyList<string> Keys { get; init; } = [];

    public void Validate(SectionFaults faults)
    {
        if (Name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == ','))
        {
            faults.Add("name", "has spaces or commas; write one word");
        }

        if (Role == Role.Machine)
        {
            faults.Add("role", "is machine, which is nobody's; write analyst, operator, privacy-officer, auditor or "
                + "administrator");
        }

        if (Keys.Count > 0 && (User ?? Name) is var user && (user == "root" || user.StartsWith("weir-",
            StringComparison.Ordinal)))
        {
            faults.Add("user", $"is {user}: root and users of services are nobody's person; name the user whom the "
                + "person logs in as");
        }

        for (var i = 0; i < Keys.Count; i++)
        {
            if (!SshPublicKey.TryParse(Keys[i], out _))
            {
                faults.Add($"keys[{i}]", $"is no public key of {SshKeyTypes.Names}; copy the line of the .pub file");
            }
        }
    }

    internal Person ToPerson() => new(Name, User ?? Name, Role, [.. Keys.Select(RecoveryKey.Read)]);
}

/// <summary>A key that lies offline.</summary>
public sealed record RecoveryKey : ISection
{
    [Setting("For which role it stands in.", Required = true, Example = "privacy-officer")]
    public Role Role { get; init; } = Role.Auditor;

    [Setting("Public key as in a .pub file.", Required = true, Example = "ssh-ed25519 AAAA… safe")]
    public string Key { get; init; } = "";

    public void Validate(SectionFaults faults)
    {
        if (!SshPublicKey.TryParse(Key, out _))
        {
            faults.Add("key", $"is no public key of {SshKeyTypes.Names}; copy the line of the .pub file");
        }
    }

    internal static SshPublicKey Read(string line) =>
        SshPublicKey.TryParse(line, out var key) ? key : throw new FormatException($"'{line}' is no public key");
}
