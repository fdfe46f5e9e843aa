// SPDX-License-Identifier: Apache-2.0
//
// The keys that processes sign with: the private half in a file of the process's own folder, the public halves in one
// list that every process reads.
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Customers;
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;
using Weir.Desk.Reporting;
using Weir.Hosting.Files;

namespace Weir.Cli.Processes;

/// <summary>Reads and makes keys.</summary>
internal static class ProcessKeys
{
    /// <summary>A process's key, made where there is none.</summary>
    /// <exception cref="OperatorException">The file is damaged, or others may read it.</exception>
    public static SigningKey Open(string path)
    {
        try
        {
            var octets = KeyFile.Kept(path, SigningKey.Octets);
            var isKey = SigningKey.TryImport(octets, out var key);
            CryptographicOperations.ZeroMemory(octets);
            return isKey ? key! : throw new OperatorException(
                $"{path}: holds no key; take it away, and list the new one that is made then");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new OperatorException($"{path}: the key cannot be had: {fault.Message}", ExitCode.Failed);
        }
    }

    /// <summary>A line of the list.</summary>
    public static string LineOf(string role, string name, PublicKey key) => $"{role} {name} {key}";

    /// <summary>The list of public keys.</summary>
    /// <exception cref="OperatorException">It cannot be read; the message names the line and the fix.</exception>
    public static PublicKeyRing ReadRing(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"processes.public-keys: {path} cannot be read: {fault.Message}; put there what `weir keys` prints for "
                + "each process", ExitCode.Unreadable);
        }

        var keys = new List<(KeyHolder, PublicKey)>();
        for (var i = 0; i < lines.Length; i++)
        {
            var words = lines[i].Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            keys.Add(words is [var role, var name, var text] && PublicKey.TryParse(text, out var key)
                && role is ProcessNames.Collector or ProcessNames.Store or ProcessNames.Vault
                ? (new(role, name), key)
                : throw new OperatorException(
                    $"processes.public-keys: {path}:{i + 1}: is no key; write `collector edge-1 ed25519:BASE64`, with "
                    + "the role collector, store or vault"));
        }

        try
        {
            return new PublicKeyRing([.. ScopeGrounds.Kinds, CustomerActDocument.Kind], keys);
        }
        catch (ArgumentException fault)
        {
            throw new OperatorException($"processes.public-keys: {path}: {fault.Message}");
        }
    }

    /// <summary>Writes the list of one machine's processes.</summary>
    public static void WriteRing(string path, IEnumerable<string> lines)
    {
        var text = new StringBuilder("# public keys of this Weir's processes; weir serve writes this file\n");
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }

        if (!File.Exists(path) || File.ReadAllText(path) != text.ToString())
        {
            AtomicFile.Write(path, text.ToString());
        }
    }
}
