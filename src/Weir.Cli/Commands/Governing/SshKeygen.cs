// SPDX-License-Identifier: Apache-2.0
//
// Signing with a person's own key: OpenSSH's program does it, with the key's file or, for a .pub file, with the agent
// that has the private half. The key never comes into this program; a passphrase or a touch is asked for on the
// terminal.
using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Weir.Contracts.Ssh;

namespace Weir.Cli.Commands.Governing;

/// <summary>Asks ssh-keygen to sign.</summary>
internal static class SshKeygen
{
    private const string Program = "ssh-keygen";

    /// <summary>Whose key signs, as every command that signs asks for it.</summary>
    public static Option<string?> KeyOption() => new("--key")
    {
        Description =
            "Your key, or its .pub file where ssh-agent or a security key has it; ~/.ssh/id_ed25519 unless given.",
        HelpName = "FILE",
    };

    /// <summary>The key that is named, or the one that a person has by default.</summary>
    public static string KeyOf(ParseResult parsed, Option<string?> key) => parsed.GetValue(key) ?? Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "id_ed25519");

    /// <summary>Signs octets for a purpose.</summary>
    /// <param name="octets">Exactly what is signed.</param>
    /// <param name="key">A private key, or a public one whose private half an agent or a security key has.</param>
    /// <param name="forNamespace">What it is for.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="OperatorException">It could not be signed.</exception>
    public static async Task<SshSignature> SignAsync(
        ReadOnlyMemory<byte> octets, string key, string forNamespace, CancellationToken cancel)
    {
        if (!File.Exists(key))
        {
            throw new OperatorException(
                $"there is no key {key}; name yours with --key (a .pub file where an agent has it), or make one: "
                    + "ssh-keygen -t ed25519");
        }

        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(
                Program, ["-Y", "sign", "-q", "-f", key, "-n", forNamespace])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true,
            })!;
        }
        catch (Win32Exception missing)
        {
            throw new OperatorException(
                $"{Program} cannot be run ({missing.Message}); install OpenSSH's client", ExitCode.Failed);
        }

        using (process)
        {
            await process.StandardInput.BaseStream.WriteAsync(octets, cancel);
            process.StandardInput.Close();
            var armored = await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return process.ExitCode == 0 && SshSignature.TryParse(armored, out var signature)
                ? signature
                : throw new OperatorException(
                    $"{Program} did not sign with {key}; it takes {SshKeyTypes.Names}", ExitCode.Failed);
        }
    }
}
