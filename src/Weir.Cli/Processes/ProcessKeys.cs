// SPDX-License-Identifier: Apache-2.0
//
// The keys that processes sign with: the private half in a file of the process's own folder, the public halves in one
// list that every process reads.
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Customers;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;
using Weir.Desk.Reporting;
using Weir.Hosting.Files;
using Weir.Hosting.Governance;

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
            var octets = KeyFile.Kept(path, SigningKey.Octets, use: null);
            var isKey = SigningKey.TryImport(octets, out var key);
            CryptographicOperations.ZeroMemory(octets);
            return isKey ? key! : throw new OperatorException(
                $"{path}: holds no key; take it away, and list the new one that is made then");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new OperatorException(
                $"{path}: the key cannot be had: {fault.Message.TrimEnd('.')}; it lies under processes.dir (the "
                + "vault's under vault.dir), which the process's own user alone enters: run this as that user, or name "
                + "a folder of your own there",
                ExitCode.Failed);
        }
    }

    /// <summary>A process's key at its start. Where the process has a record already, one that is gone is not made
    /// anew: nobody would believe what it signs until somebody lists it.</summary>
    /// <exception cref="OperatorException">It is gone, damaged, or others may read it.</exception>
    public static SigningKey OpenAtStart(string path) => IsGone(path)
        ? throw new OperatorException(Gone(path), ExitCode.Failed) : Open(path);

    /// <summary>What is wrong with a process's key, as far as this user may see it; empty where nothing is. Makes
    /// none.</summary>
    /// <param name="path">The key.</param>
    /// <param name="role">What its holder is.</param>
    /// <param name="name">Of its holder.</param>
    /// <param name="list">The list of public keys; what is not there is not compared with.</param>
    /// <exception cref="OperatorException">The key or the list cannot be read.</exception>
    public static string FaultOf(string path, string role, string name, string list)
    {
        if (IsGone(path))
        {
            return Gone(path);
        }

        if (!File.Exists(path) || !File.Exists(list))
        {
            return "";
        }

        using var key = Open(path);
        var line = LineOf(role, name, key.Public);
        var proof = ReadRing(list).Verify(key.Sign(EventDocument.Type, EventDocument.Version, "{}"u8));
        return proof.Signer == new KeyHolder(role, name) ? ""
            : $"{path}: this key is not on {list}; add `{line}` there, and reload who reads it";
    }

    private static bool IsGone(string path) =>
        !File.Exists(path) && File.Exists(Path.Combine(FolderOf(path), "audit", "heads.jsonl"));

    /// <summary>The process's folder: the vault's key lies among its others.</summary>
    private static string FolderOf(string path) =>
        Path.GetDirectoryName(path)! is var folder && Path.GetFileName(folder) == ProcessPlaces.VaultKeys
            ? Path.GetDirectoryName(folder)! : folder;

    private static string Gone(string path) =>
        $"{path}: the key is not there, and {FolderOf(path)} holds the record of what it signed; put it "
        + "back from a backup with `weir restore` (docs/12-backup.md), or make another with `weir keys` and put its "
        + "line into the list of public keys";

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

        return RingOf(lines, $"processes.public-keys: {path}");
    }

    /// <summary>The keys of some lines.</summary>
    /// <param name="lines">As `weir keys` prints them; empty ones and what follows # are for people.</param>
    /// <param name="where">Where they stand, for who is told of a fault.</param>
    /// <exception cref="OperatorException">One is no key, or stands there twice.</exception>
    public static PublicKeyRing RingOf(IReadOnlyList<string> lines, string where)
    {
        var keys = new List<(KeyHolder, PublicKey)>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Split('#')[0].Trim().Length > 0)
            {
                keys.Add(GovernedEventKey.TryParse(lines[i], out var holder, out var key)
                    ? (holder, key)
                    : throw new OperatorException($"{where}:{i + 1}: is no key; write `{GovernedEventKey.Form}`, with "
                        + "the role collector, store or vault"));
            }
        }

        try
        {
            return new PublicKeyRing([.. ScopeGrounds.Kinds, CustomerActDocument.Kind], keys);
        }
        catch (ArgumentException fault)
        {
            throw new OperatorException($"{where}: {fault.Message}");
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
