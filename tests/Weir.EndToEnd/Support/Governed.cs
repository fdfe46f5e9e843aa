// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Support;

/// <summary>What is governed, for a test: people with keys of ssh-keygen's, signed by two of them. Every test outside
/// the lab that needs somebody with a role takes it from here.</summary>
internal sealed class Governed
{
    private const string Officer = "privacy-officer";
    private const string NoUser = "nobody-at-all";

    private const string Settings = "settings: |\n";

    /// <summary>A test's bots are a part of its lines that no provider has, and its lists are loaded for the first time
    /// when they are met: so the brake is far off and opens at once, unless a test says otherwise.</summary>
    private const string NoBrake = "  brake:\n    lines: 1000000\n    new-lines: 1000000\n    settles: 0s\n";

    /// <summary>Exporters are this machine, and what they tell counts at once: a test has no ten minutes.</summary>
    public const string Inputs = Settings + NoBrake + "  collecting:\n    corroborated-after: 0s\n    exporters:\n"
        + "      - network: 127.0.0.0/16\n";

    /// <summary>Somebody with a key, whom no governance names.</summary>
    public const string Stranger = NoUser + "-3";

    private readonly TempFolder _folder;
    private readonly string _place;
    private readonly (string User, string Role)[] _people;

    private Governed(TempFolder folder, string place, (string User, string Role)[] people) =>
        (_folder, _place, _people) = (folder, place, people);

    public string FilePath => _folder.At(Path.Combine(_place, "governance.yaml"));

    public string Anchor => _folder.At(Path.Combine(_place, "trust-anchor"));

    /// <summary>The section of a configuration that names it.</summary>
    public string Section => $"governance:\n  file: {FilePath}\n  anchor: {Anchor}\n";

    /// <summary>Writes and signs it.</summary>
    /// <param name="folder">Where all lies.</param>
    /// <param name="people">Users with their roles. Root reads, and has no key; an officer, and one beside, are added
    /// where they are missing, so that two sign.</param>
    public static Governed Write(TempFolder folder, params (string User, string Role)[] people) =>
        Write(folder, ".", people);

    /// <summary>The same in a folder below.</summary>
    public static Governed Write(TempFolder folder, string place, (string User, string Role)[] people)
    {
        Need.Programs("ssh-keygen");
        (string User, string Role)[] signers = [.. people.Where(one => HasKey(one.User))];
        var all = people.ToList();
        if (!Array.Exists(signers, one => one.Role == Officer))
        {
            all.Add(($"{NoUser}-1", Officer));
        }

        if (!Array.Exists(signers, one => one.Role != Officer))
        {
            all.Add(($"{NoUser}-2", "auditor"));
        }

        var made = new Governed(folder, place, [.. all]);
        made.WriteFile();
        made.SignFile();
        return made;
    }

    /// <summary>A person's private key, which that user may read.</summary>
    public string KeyOf(string user) => _folder.At(Path.Combine(_place, "people", user));

    /// <summary>A person's key, copied where another user may read it.</summary>
    public string KeyFor(string user, string whose)
    {
        if (user == whose)
        {
            return KeyOf(user);
        }

        if (whose == Stranger)
        {
            _ = MakeKey(Stranger);
        }

        var copy = KeyOf($"{whose}-for-{user}");
        File.Copy(KeyOf(whose), copy, overwrite: true);
        File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Run("chown", user, copy);
        return copy;
    }

    /// <summary>Whether ssh-keygen alone believes a signature.</summary>
    public static bool Verifies(string signers, string who, string forNamespace, string signature, string text)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "ssh-keygen", ["-Y", "verify", "-f", signers, "-I", who, "-n", forNamespace, "-s", signature])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>Signs a text as this user would.</summary>
    public string Sign(string user, string text, string forNamespace = "weir-approval")
    {
        var file = _folder.File(Path.Combine(_place, $"text-{Guid.NewGuid():N}"), text);
        Run("ssh-keygen", "-Y", "sign", "-q", "-f", KeyOf(user), "-n", forNamespace, file);
        return File.ReadAllText(file + ".sig");
    }

    /// <summary>Writes another in its place, which both signed or one alone.</summary>
    /// <param name="more">Further lines, before the people.</param>
    /// <param name="signers">How many of the two sign.</param>
    public void Change(string more, int signers)
    {
        WriteFile(more);
        SignFile(signers);
    }

    /// <summary>Gives a person a passkey for the vault's page; in force with the next <see cref="Change"/>.</summary>
    public void AddPasskey(string user, string line, bool isForConsole = false) =>
        _passkeys.Add((user, isForConsole ? "console-passkeys" : "passkeys", line));

    /// <summary>The line of a person's passkey for the vault's page.</summary>
    public string PasskeyOf(string user) => _passkeys.Find(one => one.User == user && one.Key == "passkeys").Line;

    private readonly List<(string User, string Key, string Line)> _passkeys = [];

    private static bool HasKey(string user) => user != "root";

    /// <summary>Whether somebody can log in as that; a person of the governance need not, on the machine of a test.
    /// </summary>
    private static bool IsUserHere(string user) =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith(user + ":", StringComparison.Ordinal));

    /// <summary>Digests of what lay there before, all of which the next may replace.</summary>
    private readonly List<string> _written = [];

    private void WriteFile(string more = "")
    {
        var folder = _folder.At(Path.Combine(_place, "people"));
        _ = Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_001_001);
        if (File.Exists(FilePath))
        {
            _written.Add(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(FilePath))));
        }

        var replaces = _written.Count == 0 ? "" : $"replaces: [{string.Join(", ", _written.Select(one => $"\"{one}\""))}]\n";
        more = !more.Contains(Settings, StringComparison.Ordinal) ? more + Inputs
            : more.Contains("  brake:", StringComparison.Ordinal) ? more
            : more.Replace(Settings, Settings + NoBrake, StringComparison.Ordinal);
        var text = $"instance: test-net\nprofile: us-provider\nseparation: off\n{replaces}{more}"
            + "people:\n";
        foreach (var (user, role) in _people)
        {
            text += $"  - name: {user}\n    role: {role}\n";
            if (HasKey(user))
            {
                text += $"    keys: [\"{MakeKey(user)}\"]\n";
            }

            foreach (var (_, key, line) in _passkeys.Where(one => one.User == user))
            {
                text += $"    {key}: [\"{line}\"]\n";
            }
        }

        _ = _folder.File(Path.Combine(_place, "governance.yaml"), text);
    }

    private string MakeKey(string user)
    {
        if (!File.Exists(KeyOf(user)))
        {
            Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", user, "-f", KeyOf(user));
            if (Environment.IsPrivilegedProcess && IsUserHere(user))
            {
                Run("chown", user, KeyOf(user));
            }
        }

        return File.ReadAllText(KeyOf(user) + ".pub").Trim();
    }

    /// <summary>The officer signs, and one beside.</summary>
    private void SignFile(int most = 2)
    {
        var keyed = _people.Where(one => HasKey(one.User)).ToList();
        string[] both = [keyed.Find(one => one.Role != Officer).User, keyed.Find(one => one.Role == Officer).User];
        var signatures = FilePath + ".d";
        _ = Directory.CreateDirectory(signatures);
        var prints = new List<string>();
        foreach (var user in both.Take(most))
        {
            Run("ssh-keygen", "-Y", "sign", "-q", "-f", KeyOf(user), "-n", "weir-governance", FilePath);
            File.Move(FilePath + ".sig", Path.Combine(signatures, user + ".sig"), overwrite: true);
            prints.Add(Run("ssh-keygen", "-l", "-f", KeyOf(user) + ".pub").Split(' ')[1]);
        }

        if (!File.Exists(Anchor))
        {
            File.WriteAllLines(Anchor, prints);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }
}
