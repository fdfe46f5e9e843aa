// SPDX-License-Identifier: Apache-2.0
//
// Writes a backup while the process runs: tables as of one moment each, files whole, ledgers and the chain up to their
// last whole line. Tables come before the chain: what the tables say was done has its entry in the copy.
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Files;
using Weir.Hosting.Posix;
using Weir.Hosting.Sqlite;

namespace Weir.Hosting.Backups;

/// <summary>A backup that was made.</summary>
/// <param name="Files">How many files are in it.</param>
/// <param name="Octets">Its own length.</param>
/// <param name="Sha256">Of the whole backup, lower-case hexadecimal.</param>
/// <param name="LeftOut">What is not in it.</param>
public sealed record BackupReceipt(int Files, long Octets, string Sha256, IReadOnlyList<LeftOut> LeftOut);

/// <summary>Makes one backup.</summary>
public sealed class BackupWriter
{
    private readonly BackupPlan _plan;
    private readonly string _staging;
    private readonly List<BackedUpFile> _files = [];
    private readonly List<BackedUpTables> _tables = [];

    private BackupWriter(BackupPlan plan, string staging) => (_plan, _staging) = (plan, staging);

    /// <summary>Writes a file of mode 0600 that is there whole or not at all.</summary>
    /// <param name="plan">What is in it.</param>
    /// <param name="to">The file; it must not be there.</param>
    /// <param name="program">Version of this program.</param>
    /// <param name="at">Now.</param>
    /// <exception cref="BackupException">It cannot be made.</exception>
    public static BackupReceipt Write(BackupPlan plan, string to, string program, DateTimeOffset at)
    {
        to = Path.GetFullPath(to);
        if (File.Exists(to))
        {
            throw new BackupException($"{to} is there already; name another file, or take it away");
        }

        var (staging, fresh) = ($"{to}.{Environment.ProcessId}.d", $"{to}.{Environment.ProcessId}.part");
        try
        {
            KeyFile.Folder(staging);
            var writer = new BackupWriter(plan, staging);
            writer.Copy();
            writer.Pack(fresh, program, at);
            File.Move(fresh, to);
            FolderSync.Flush(Path.GetDirectoryName(to)!);
            using var read = File.OpenRead(to);
            return new(
                writer._files.Count, read.Length, Convert.ToHexStringLower(SHA256.HashData(read)), plan.LeftOut);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(
                $"the backup of {plan.Process} cannot be written to {to}: {fault.Message}; " + (
                    fault is UnauthorizedAccessException
                        ? $"run it as the user of {plan.Folder}, to a folder that this user may write"
                        : "see that file, and whether the disk has room"), fault);
        }
        finally
        {
            File.Delete(fresh);
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

    private void Copy()
    {
        foreach (var part in _plan.Parts)
        {
            switch (part.Kind)
            {
                case BackupPartKind.Folder or BackupPartKind.FolderOnce:
                    CopyFolder(part.Name, part.Path);
                    break;
                case BackupPartKind.Sqlite when File.Exists(part.Path):
                    _tables.Add(new(part.Name, CopyTables(part)));
                    Note(part.Name);
                    break;
                case BackupPartKind.Ledger when File.Exists(part.Path):
                    CopyLines(part.Name, part.Path);
                    break;
                case BackupPartKind.File when File.Exists(part.Path):
                    CopyWhole(part.Name, part.Path);
                    break;
            }
        }

        CopyChain();
    }

    private void CopyFolder(string name, string folder)
    {
        var files = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            : Enumerable.Empty<string>();
        foreach (var file in files.Where(file => Path.GetFileName(file) != DiskFolder.LockName && !IsHalfWritten(file)))
        {
            try
            {
                CopyWhole($"{name}/{Path.GetRelativePath(folder, file)}", file);
            }
            catch (FileNotFoundException)
            {
                // Retention or a newer copy took it away between the listing and now.
            }
        }
    }

    private static bool IsHalfWritten(string file) =>
        Path.GetFileName(file).StartsWith('.') || file.EndsWith(".part", StringComparison.Ordinal)
        || file.EndsWith(".new", StringComparison.Ordinal) || file.EndsWith(".next", StringComparison.Ordinal);

    private int CopyTables(BackupPart part)
    {
        using var tables = SqliteFile.OpenReadOnly(part.Path, part.Name);
        return tables.CopyTo(At(part.Name));
    }

    /// <summary>Heads first, so that the copy holds every entry that they cover.</summary>
    private void CopyChain()
    {
        var folder = new AuditFolder(_plan.Audit);
        if (!folder.HasLog)
        {
            return;
        }

        string[] whole = [folder.KeyFile, folder.PublicKeyFile, folder.CopiesFile];
        CopyLines(NameOf(folder.HeadsFile), folder.HeadsFile);
        foreach (var segment in folder.Segments())
        {
            CopyLines(NameOf(segment.Path), segment.Path);
        }

        foreach (var file in whole.Where(File.Exists))
        {
            CopyWhole(NameOf(file), file);
        }

        static string NameOf(string file) => $"{BackupPlan.Chain}/{Path.GetFileName(file)}";
    }

    private void CopyWhole(string name, string from)
    {
        using (var source =
            new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        using (var target = Create(name))
        {
            source.CopyTo(target);
        }

        Note(name);
    }

    private void CopyLines(string name, string from)
    {
        using (var target = Create(name))
        {
            foreach (var line in TextLineFile.Read(from).TakeWhile(line => line.IsWhole))
            {
                target.Write(line.Octets.Span);
                target.WriteByte((byte)'\n');
            }
        }

        Note(name);
    }

    private FileStream Create(string name)
    {
        var path = At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, KeyFile.OwnerFolder);
        return new(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = KeyFile.OwnerOnly,
        });
    }

    private void Note(string name)
    {
        using var read = File.OpenRead(At(name));
        _files.Add(new(name, read.Length, Convert.ToHexStringLower(SHA256.HashData(read))));
    }

    private void Pack(string fresh, string program, DateTimeOffset at)
    {
        var last = AuditReader.Bounds(At(BackupPlan.Chain))?.Last;
        var manifest = new BackupManifest
        {
            Schema = BackupManifest.Form, Process = _plan.Process, Program = program, At = at,
            Instance = InstanceFile.Read(_plan.Folder), Chain = last is null ? null : new(last.Sequence, last.Hash),
            Tables = _tables, Files = _files, LeftOut = _plan.LeftOut,
        };
        File.WriteAllBytes(
            At(BackupManifest.FileName),
            JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest));
        using var file = new FileStream(fresh, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = KeyFile.OwnerOnly,
        });
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var name in _files.Select(one => one.Name).Prepend(BackupManifest.FileName))
            {
                using var content = File.OpenRead(At(name));
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = content, Mode = KeyFile.OwnerOnly, ModificationTime = at,
                });
            }
        }

        file.Flush(flushToDisk: true);
    }

    private string At(string name) => Path.Combine(_staging, name);
}
