// SPDX-License-Identifier: Apache-2.0
//
// Puts a backup back: everything is unpacked and checked beside its place first; then the chain, with an entry that
// says so; then the files, each there whole or not at all. A restore that was cut off is begun again. What was open is
// void: nobody acts on a request of before, and nothing that was taken back comes back by itself.
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Auditing;
using Weir.Hosting.Files;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Backups;

/// <summary>What is to be restored.</summary>
/// <param name="Plan">Whose state.</param>
/// <param name="File">The backup.</param>
/// <param name="Heads">Heads of the chain kept elsewhere; null for those of the plan.</param>
/// <param name="Lost">Why entries of the chain are lost; null where none may be.</param>
/// <param name="Program">Version of this program.</param>
public sealed record RestoreRequest(BackupPlan Plan, string File, string? Heads, string? Lost, string Program);

/// <summary>What was restored.</summary>
/// <param name="At">When the backup was made.</param>
/// <param name="Instance">Number of the new instance.</param>
/// <param name="Files">How many files were put in place.</param>
/// <param name="Kept">Ledgers that were there and go on.</param>
/// <param name="Voided">What was open.</param>
/// <param name="Chain">What became of the chain, in words.</param>
/// <param name="LeftOut">What the backup does not hold.</param>
public sealed record RestoreReceipt(
    DateTimeOffset At, int Instance, int Files, IReadOnlyList<string> Kept, IReadOnlyList<VoidedRequests> Voided,
    string Chain, IReadOnlyList<LeftOut> LeftOut);

/// <summary>Restores one process's state.</summary>
public sealed class BackupRestorer
{
    private readonly RestoreRequest _request;
    private readonly BackupArchive _archive;
    private readonly List<string> _kept = [];
    private int _files;

    private BackupRestorer(RestoreRequest request, BackupArchive archive) =>
        (_request, _archive) = (request, archive);

    private BackupPlan Plan => _request.Plan;

    /// <summary>Restores.</summary>
    /// <exception cref="BackupException">It is refused, or failed; the message names the file and the fix.</exception>
    public static async Task<RestoreReceipt> RestoreAsync(
        RestoreRequest request, TimeProvider time, ILogger<FileAuditLog> log, CancellationToken cancel)
    {
        var staging = Path.Combine(request.Plan.Folder, ".restore");
        try
        {
            KeyFile.Folder(request.Plan.Folder);
            RequireStopped(request.Plan);
            Remove(staging);
            var restorer = new BackupRestorer(request, BackupArchive.Unpack(request.File, request.Plan, staging));
            return await restorer.RunAsync(time, log, cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException
            or AuditException)
        {
            throw new BackupException($"{request.Plan.Process} is not restored: {fault.Message}", fault);
        }
        finally
        {
            Remove(staging);
        }
    }

    private async Task<RestoreReceipt> RunAsync(
        TimeProvider time, ILogger<FileAuditLog> log, CancellationToken cancel)
    {
        var chain = RestoredChain.Decide(Plan, _archive, _request.Heads, _request.Lost is not null);
        var voided = await Plan.Void(_archive.Find);
        var instance = Math.Max(InstanceFile.Read(Plan.Folder), _archive.Manifest.Instance) + 1;
        PutChain(chain, time);
        await RecordAsync(chain, voided, instance, time, log, cancel);
        try
        {
            Plan.Parts.ToList().ForEach(Put);
            InstanceFile.Write(Plan.Folder, instance);
            FolderSync.Flush(Plan.Folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await AppendAsync(Entry("failed") with { Reason = fault.Message }, time, log, cancel);
            throw;
        }

        return new(
            _archive.Manifest.At, instance, _files, _kept, voided,
            chain.Keeps ? "the chain that was there goes on; " + chain.Words : chain.Words, _archive.Manifest.LeftOut);
    }

    /// <summary>The entry is durable before a file is put in place.</summary>
    private async Task RecordAsync(
        RestoredChain chain, IReadOnlyList<VoidedRequests> voided, int instance, TimeProvider time,
        ILogger<FileAuditLog> log, CancellationToken cancel)
    {
        using var backup = File.OpenRead(_request.File);
        var made = AuditRecord.TimeText(_archive.Manifest.At);
        var ended = string.Join(", ", voided.Select(one => string.Create(
            CultureInfo.InvariantCulture, $"{one.Count} {one.What}")));
        await AppendAsync(
            Entry(AuditActions.Allow) with
            {
                Rows = chain.LostEntries,
                ResultDigest = Convert.ToHexStringLower(await SHA256.HashDataAsync(backup, cancel)),
                Result = chain.Lost is null ? AuditActions.RestoredWhole : AuditActions.RestoredWithLoss,
                Reason = string.Create(
                    CultureInfo.InvariantCulture,
                    $"backup of {made}; instance {instance}; {chain.Words}{(_request.Lost is { } why ? $" ({why})" : "")}")
                    + (ended.Length > 0 ? $"; void: {ended}" : ""),
            },
            time, log, cancel);
    }

    private static AuditEntry Entry(string outcome) => new()
    {
        Actor = OsUsers.NameOf(OsUsers.Own), Role = "machine", Act = AuditActions.Restore, Outcome = outcome,
    };

    private async Task AppendAsync(
        AuditEntry entry, TimeProvider time, ILogger<FileAuditLog> log, CancellationToken cancel)
    {
        await using var audit = FileAuditLog.Open(
            new() { Directory = Plan.Audit, ExportDirectory = Plan.Exported, Version = _request.Program }, time, log);
        _ = await audit.AppendAsync(entry, cancel);
    }

    /// <summary>A chain that does not go on is set aside, never erased: it is evidence.</summary>
    private void PutChain(RestoredChain chain, TimeProvider time)
    {
        if (!chain.Keeps)
        {
            ReplaceChain(time);
        }

        if (chain.Lost is not null)
        {
            new AuditFolder(Plan.Audit).BeginCopy();
        }
    }

    private void ReplaceChain(TimeProvider time)
    {
        if (Directory.Exists(Plan.Audit))
        {
            Directory.Move(Plan.Audit, string.Create(
                CultureInfo.InvariantCulture, $"{Plan.Audit}.before-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}"));
        }

        PutWhole(BackupPlan.Chain, Plan.Audit);
    }

    private void Put(BackupPart part)
    {
        if (part.Kind == BackupPartKind.FolderOnce && Directory.Exists(part.Path))
        {
            _kept.Add(part.Name);
        }
        else if (part.Kind == BackupPartKind.FolderOnce)
        {
            PutWhole(part.Name, part.Path);
        }
        else if (part.Kind == BackupPartKind.Folder)
        {
            PutFolder(part.Name, part.Path);
        }
        else if (_archive.Find(part.Name) is { } file)
        {
            if (part.Kind == BackupPartKind.Ledger && BeginsAs(part.Path, file))
            {
                _kept.Add(part.Name);
                return;
            }

            // A log of another file would be played into the one that is put here.
            Directory.CreateDirectory(Path.GetDirectoryName(part.Path)!, KeyFile.OwnerFolder);
            File.Delete(part.Path + "-wal");
            File.Delete(part.Path + "-shm");
            PutFile(file, part.Path);
        }
    }

    /// <summary>A folder that is never put over one that is there: it is there whole or not at all, so that a restore
    /// that was cut off does not take a half for the whole.</summary>
    private void PutWhole(string name, string to)
    {
        var beside = to + ".restored";
        Remove(beside);
        PutFolder(name, beside);
        if (Directory.Exists(beside))
        {
            Directory.Move(beside, to);
            FolderSync.Flush(Path.GetDirectoryName(to)!);
        }
    }

    private void PutFolder(string name, string to)
    {
        var from = Path.Combine(_archive.Folder, name);
        foreach (var file in FilesOf(name))
        {
            PutFile(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    private static bool BeginsAs(string path, string file) =>
        File.Exists(path) && File.ReadAllBytes(path).AsSpan().StartsWith(File.ReadAllBytes(file));

    private void PutFile(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!, KeyFile.OwnerFolder);
        var beside = to + ".restored";
        File.Copy(from, beside, overwrite: true);
        using (var written = new FileStream(beside, FileMode.Open, FileAccess.ReadWrite))
        {
            written.Flush(flushToDisk: true);
        }

        File.SetUnixFileMode(beside, KeyFile.OwnerOnly);
        File.Move(beside, to, overwrite: true);
        FolderSync.Flush(Path.GetDirectoryName(to)!);
        _files++;
    }

    private string[] FilesOf(string name) => Path.Combine(_archive.Folder, name) is var folder
        && Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>A process that runs holds the lock of its chain.</summary>
    private static void RequireStopped(BackupPlan plan)
    {
        var path = new AuditFolder(plan.Audit).LockFile;
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new BackupException($"weir {plan.Process} is running; stop it first: systemctl stop weir-{plan.Process}");
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
