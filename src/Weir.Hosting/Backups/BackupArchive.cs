// SPDX-License-Identifier: Apache-2.0
//
// Reads a backup before anything is believed of it: the manifest first, then every file against its length and sum.
// Names that lead out of the folder, files that the manifest does not name and such that are missing are refused.
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Weir.Hosting.Files;

namespace Weir.Hosting.Backups;

/// <summary>A backup that was unpacked and holds together.</summary>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Folder">Where its files lie, owner-only.</param>
internal sealed record BackupArchive(BackupManifest Manifest, string Folder)
{
    private const int MostManifestOctets = 64 << 20;

    /// <summary>Unpacks a backup and checks it against a plan.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="plan">Whose it must be.</param>
    /// <param name="folder">An empty folder, or one to be made.</param>
    /// <exception cref="BackupException">It is damaged, another process's or of a newer Weir.</exception>
    public static BackupArchive Unpack(string file, BackupPlan plan, string folder)
    {
        try
        {
            KeyFile.Folder(folder);
            using var octets = File.OpenRead(file);
            if (octets.ReadByte() != 0x1F || octets.ReadByte() != 0x8B)
            {
                throw new BackupException(
                    $"{file} is no backup of Weir; name the file that weir backup {plan.Process} --out wrote");
            }

            octets.Position = 0;
            using var gzip = new GZipStream(octets, CompressionMode.Decompress);
            using var tar = new TarReader(gzip);
            var manifest = ReadManifest(tar, file);
            Check(manifest, plan, file);
            Extract(tar, manifest, folder, file);
            return new(manifest, folder);
        }
        catch (Exception fault)
            when (fault is InvalidDataException or JsonException or EndOfStreamException or FormatException)
        {
            throw Damaged(file, fault.Message, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{file} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Where a file of a part lies; null where the backup has none.</summary>
    public string? Find(string name) => Path.Combine(Folder, name) is var path && File.Exists(path) ? path : null;

    private static BackupManifest ReadManifest(TarReader tar, string file)
    {
        if (tar.GetNextEntry() is not { Name: BackupManifest.FileName, DataStream: { } content,
            Length: <= MostManifestOctets })
        {
            throw Damaged(file, "it does not begin with its manifest");
        }

        // The form first: a newer one may have members that this program does not know.
        using var document = JsonDocument.Parse(content);
        var form = document.RootElement.TryGetProperty("schema", out var schema) ? schema.GetString() : null;
        return form == BackupManifest.Form
            ? document.Deserialize(BackupJson.Default.BackupManifest)!
            : throw (form?.StartsWith("weir.backup/", StringComparison.Ordinal) == true
                ? new BackupException($"{file} is of the form {form}, and this Weir knows {BackupManifest.Form}; "
                    + "restore it with the newer Weir that made it")
                : Damaged(file, "its manifest is none of Weir's"));
    }

    private static void Check(BackupManifest manifest, BackupPlan plan, string file)
    {
        if (manifest.Process != plan.Process)
        {
            throw new BackupException(
                $"{file} is a backup of {manifest.Process}, not of {plan.Process}; name the right file or process");
        }

        foreach (var tables in manifest.Tables)
        {
            var known = plan.Parts.FirstOrDefault(part => part.Name == tables.Name)?.Version ?? 0;
            if (tables.Version > known)
            {
                throw new BackupException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file}: {tables.Name} is of version {tables.Version}, and this Weir "
                        + $"knows {known}; restore it with {manifest.Program} or a newer one"));
            }
        }
    }

    private static void Extract(TarReader tar, BackupManifest manifest, string folder, string file)
    {
        var awaited = manifest.Files.ToDictionary(one => one.Name, StringComparer.Ordinal);
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        while (tar.GetNextEntry() is { } entry)
        {
            var path = Path.GetFullPath(Path.Combine(root, entry.Name));
            if (!awaited.Remove(entry.Name, out var told) || entry.EntryType != TarEntryType.RegularFile
                || !path.StartsWith(root, StringComparison.Ordinal))
            {
                throw Damaged(file, $"its manifest does not name {entry.Name}");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!, KeyFile.OwnerFolder);
            using (var to = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = KeyFile.OwnerOnly,
            }))
            {
                entry.DataStream?.CopyTo(to);
            }

            using var written = File.OpenRead(path);
            if (written.Length != told.Octets || Convert.ToHexStringLower(SHA256.HashData(written)) != told.Sha256)
            {
                throw Damaged(file, $"{entry.Name} is not what its sum is over");
            }
        }

        if (awaited.Count > 0)
        {
            throw Damaged(file, $"{awaited.Keys.First()} is missing");
        }
    }

    private static BackupException Damaged(string file, string what, Exception? inner = null) =>
        new($"{file} is damaged: {what}; take another backup", inner);
}
