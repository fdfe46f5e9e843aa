// SPDX-License-Identifier: Apache-2.0
//
// What of a collector is in its backup: its key, templates of its exporters, lists in force, what is governed and its
// chain. No flow is.
using Weir.Hosting.Backups;

namespace Weir.Collector.Composing;

/// <summary>A collector's backup.</summary>
public static class CollectorBackup
{
    /// <param name="folder">The collector's own folder.</param>
    /// <param name="templates">File of templates.</param>
    public static BackupPlan Create(string folder, string templates) => new()
    {
        Process = "collector",
        Folder = folder,
        Audit = Path.Combine(folder, "audit"),
        Parts =
        [
            new("event.key", Path.Combine(folder, "event.key"), BackupPartKind.File),
            new("templates", Path.GetFullPath(templates), BackupPartKind.File),
            new("lists", Path.Combine(folder, "lists"), BackupPartKind.Folder),
            new("governance", Path.Combine(folder, "governance"), BackupPartKind.FolderOnce),
            new("tls", Path.Combine(folder, "tls"), BackupPartKind.Folder),
        ],
        LeftOut =
        [
            new("the ring of raw flows", "minutes old at most, and read by scopes alone"),
            new("counts that go on over restarts", "they are of the disk's own traffic"),
            new("segments and events that wait to be sent", "on their way; sent again they could count twice"),
        ],
    };
}
