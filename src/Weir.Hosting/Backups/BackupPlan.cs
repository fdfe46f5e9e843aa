// SPDX-License-Identifier: Apache-2.0
//
// What of a process's folder is in its backup, by name. What is not named is not in it: a file that somebody adds to a
// folder, a key above all, is left out until somebody decides otherwise. Keys of epochs, of the cohort's draw and of
// cases are never named: a copy that outlives the key would undo its erasure (docs/14-vault.md).
namespace Weir.Hosting.Backups;

/// <summary>How a part is copied and put back.</summary>
public enum BackupPartKind : byte
{
    /// <summary>A file, copied whole.</summary>
    File,

    /// <summary>Files of a folder and below.</summary>
    Folder,

    /// <summary>The same, put back only where the folder is not there: what is newer than the backup must not go
    /// back.</summary>
    FolderOnce,

    /// <summary>An SQLite file, copied as of one moment while it is written.</summary>
    Sqlite,

    /// <summary>Whole lines that are only ever added to. One that is there and begins as the copy does stays.</summary>
    Ledger,
}

/// <summary>A part of a process's state.</summary>
/// <param name="Name">Its name in the backup.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Kind">How it is copied.</param>
public sealed record BackupPart(string Name, string Path, BackupPartKind Kind)
{
    /// <summary>Of an SQLite file: the last step of its tables that this program knows.</summary>
    public int Version { get; init; }
}

/// <summary>What a backup does not hold.</summary>
/// <param name="What">The part, in words.</param>
/// <param name="Why">In words.</param>
public sealed record LeftOut(string What, string Why);

/// <summary>The backup of one process.</summary>
public sealed record BackupPlan
{
    /// <summary>The name under which a chain is in a backup.</summary>
    public const string Chain = "audit";

    public required string Process { get; init; }

    /// <summary>The process's own folder; its owner makes and restores the backup.</summary>
    public required string Folder { get; init; }

    /// <summary>Folder of the process's own chain.</summary>
    public required string Audit { get; init; }

    /// <summary>Where heads of the chain are copied to; null for nowhere.</summary>
    public string? Exported { get; init; }

    /// <summary>Parts beside the chain, in the order in which they are copied.</summary>
    public required IReadOnlyList<BackupPart> Parts { get; init; }

    public required IReadOnlyList<LeftOut> LeftOut { get; init; }

    /// <summary>Ends what was open in restored files, before they are put in place: given the path of a part's file,
    /// null where the backup has none. Returns what was voided, with how many.</summary>
    public Func<Func<string, string?>, Task<IReadOnlyList<VoidedRequests>>> Void { get; init; } =
        _ => Task.FromResult<IReadOnlyList<VoidedRequests>>([]);
}

/// <summary>Requests that a restore ended.</summary>
/// <param name="What">In words, such as <c>approvals that waited</c>.</param>
/// <param name="Count">How many.</param>
public sealed record VoidedRequests(string What, int Count);

/// <summary>A backup cannot be made, read or restored; the message names the file and the fix.</summary>
public sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);
