// SPDX-License-Identifier: Apache-2.0
//
// What governance.yaml says (rules.md R24). It is read as strictly as weir.yaml is; its exact octets are what people
// sign.
using Weir.Contracts.Approvals;
using Weir.Contracts.Passkeys;
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
    [Setting("Name of this Weir: stands in every text that people sign, so that none counts elsewhere.",
        Required = true,
        Example = "example-net")]
    public string Instance { get; init; } = "";

    [Setting("SHA-256 of the governance that this one replaces, and of those before it for processes that were away; "
        + "none in the first. `weir governance new --replaces FILE` writes it.",
        Example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public IReadOnlyList<string> Replaces { get; init; } = [];

    [Setting("Policy profile; the configuration must have the same.")]
    public Profile Profile { get; init; } = Profile.UsProvider;

    [Setting("`off` lets `weir serve` run the four processes as one user, who then reads what all four keep.")]
    public Separation Separation { get; init; } = Separation.Required;

    [Setting("SHA-256 of a policy file that loosens rules; without it none may. `sha256sum policy.yaml` prints it.",
        Example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public string? Policy { get; init; }

    [Setting("Public keys that processes sign events with, a line each as `weir keys` prints it. Where any stand here, "
        + "`processes.public-keys` counts for nothing.", Example = "collector edge-1 ed25519:AAAA…")]
    public IReadOnlyList<string> EventKeys { get; init; } = [];

    [Setting("Sections of weir.yaml that two people answer for, as a block: lists, exporters, reporters, retention. "
        + "What stands here may not stand there.", Example = "|")]
    public string Settings { get; init; } = "";

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

        for (var i = 0; i < Replaces.Count; i++)
        {
            if (!IsDigest(Replaces[i]))
            {
                faults.Add($"replaces[{i}]", "is no SHA-256: 64 hexadecimal digits, lower case, as sha256sum prints");
            }
        }

        if (Profile == Profile.Lab)
        {
            faults.Add("profile", "is lab, which needs no governance; write us-provider or eu-provider");
        }

        if (Policy is { } digest && !IsDigest(digest))
        {
            faults.Add("policy", "is no SHA-256: 64 hexadecimal digits, lower case, as sha256sum prints");
        }

        for (var i = 0; i < EventKeys.Count; i++)
        {
            if (!GovernedEventKey.TryParse(EventKeys[i], out _, out _))
            {
                faults.Add($"event-keys[{i}]", $"is no key; write `{GovernedEventKey.Form}`, as weir keys prints it");
            }
        }

        foreach (var sentence in GovernedSettings.Faults(Settings))
        {
            faults.Add("settings", sentence);
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

    /// <summary>Why it may not follow the governance of a digest, as the rest of a sentence; empty where it may. An old
    /// one that a process never had names none of later.</summary>
    public string FaultAfter(string digest) => Replaces.Contains(digest) ? ""
        : $"does not say that it replaces the one in force; write `replaces: [\"{digest}\"]` into it, and have it signed anew";

    private static bool IsDigest(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

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

    [Setting("Passkeys by which they approve on the vault's page, a line each as the page /enrol of `vault.approvals` "
        + "prints it.", Example = Passkey.Form)]
    public IReadOnlyList<string> Passkeys { get; init; } = [];

    [Setting("Passkeys by which they sign in at the console, a line each as its page /sign-in/new prints it. They "
        + "approve nothing.", Example = Passkey.Form)]
    public IReadOnlyList<string> ConsolePasskeys { get; init; } = [];

    [Setting("Who they are at the identity service that `console.oidc` names: what its claim says. It signs them in at "
        + "the console and approves nothing.", Example = "ana@example.net")]
    public string? Oidc { get; init; }

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

        if (User is { } own && own.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || char.GetUnicodeCategory(c)
            == System.Globalization.UnicodeCategory.Format))
        {
            faults.Add("user", "has characters that no user's name has; write the name that the person logs in as");
        }

        if (Keys.Count + Passkeys.Count + ConsolePasskeys.Count > 0 && (User ?? Name) is var user && (user == "root" || user.StartsWith("weir-",
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

        CheckPasskeys(faults, "passkeys", Passkeys, "the vault's page /enrol");
        CheckPasskeys(faults, "console-passkeys", ConsolePasskeys, "the console's page /sign-in/new");
    }

    internal Person ToPerson() => new(Name, User ?? Name, Role, [.. Keys.Select(RecoveryKey.Read)])
    {
        Oidc = Oidc ?? "",
        Passkeys = [.. Passkeys.Select(ReadPasskey)], ConsolePasskeys = [.. ConsolePasskeys.Select(ReadPasskey)],
    };

    private static void CheckPasskeys(SectionFaults faults, string key, IReadOnlyList<string> lines, string page)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (!Passkey.TryParse(lines[i], out _))
            {
                faults.Add($"{key}[{i}]", $"is no passkey; copy the line that {page} prints: `{Passkey.Form}`");
            }
        }
    }

    private static Passkey ReadPasskey(string line) =>
        Passkey.TryParse(line, out var passkey) ? passkey : throw new FormatException($"'{line}' is no passkey");
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
