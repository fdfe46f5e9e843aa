// SPDX-License-Identifier: Apache-2.0
//
// What of the store is in its backup: its key, what it published and its chain. Flows are not: pairs go after seven
// days, evidence with its scope, and a copy would keep both.
using Weir.Hosting.Backups;

namespace Weir.Store;

/// <summary>The store's backup.</summary>
public static class StoreBackup
{
    /// <param name="folder">The store's own folder.</param>
    public static BackupPlan Create(string folder) => new()
    {
        Process = "store",
        Folder = folder,
        Audit = Path.Combine(folder, "audit"),
        Parts =
        [
            new("event.key", Path.Combine(folder, "event.key"), BackupPartKind.File),
            new("own/found.json", Path.Combine(folder, "own", "found.json"), BackupPartKind.File),
            new("own/erased-scopes", Path.Combine(folder, "own", "erased-scopes"), BackupPartKind.File),
            new("own/comparisons", Path.Combine(folder, "own", "comparisons"), BackupPartKind.Folder),
            new("own/endpoint-figures.json", Path.Combine(folder, "own", "endpoint-figures.json"), BackupPartKind.File),
            new("own/population", Path.Combine(folder, "own", "population"), BackupPartKind.Folder),
            new("governance", Path.Combine(folder, "governance"), BackupPartKind.FolderOnce),
            new("tls", Path.Combine(folder, "tls"), BackupPartKind.Folder),
        ],
        LeftOut =
        [
            new("pairs, sightings and coverage", "kept for days alone; the next days' traffic makes them again"),
            new("evidence", "it is erased with its scope, and a copy would undo that"),
        ],
    };
}
