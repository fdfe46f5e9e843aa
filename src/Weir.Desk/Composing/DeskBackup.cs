// SPDX-License-Identifier: Apache-2.0
//
// What of the desk is in its backup, and what a restore ends: nobody gives leave to what was asked before, no customer
// is told what waited, and a block that may have been taken back since is not announced again.
using Weir.Contracts.Mitigation;
using Weir.Desk.Alerts;
using Weir.Desk.Mitigation;
using Weir.Desk.Records;
using Weir.Hosting.Backups;
using Weir.Hosting.Sqlite;

namespace Weir.Desk.Composing;

/// <summary>The desk's backup.</summary>
internal static class DeskBackup
{
    private const string Records = "cases/records.sqlite";
    private const string Blocks = "cases/blocks.sqlite";

    /// <param name="settings">Where its files lie.</param>
    /// <param name="folder">The desk's own folder.</param>
    public static BackupPlan Create(IDeskConfiguration settings, string folder)
    {
        var cases = Path.GetFullPath(settings.Cases.Dir);
        return new()
        {
            Process = "desk",
            Folder = folder,
            Audit = Path.GetFullPath(settings.Auditing.Directory),
            Exported = settings.Auditing.ExportDirectory,
            Parts =
            [
                new(Records, Path.Combine(cases, RecordsRegistration.FileName), BackupPartKind.Sqlite)
                {
                    Version = SqliteMigrations.Beside<RecordsFile>().Version,
                },
                new(Blocks, Path.Combine(cases, "blocks.sqlite"), BackupPartKind.Sqlite)
                {
                    Version = SqliteMigrations.Beside<MitigationJournal>().Version,
                },
                new("cases/alerts.sqlite", Path.Combine(cases, "alerts.sqlite"), BackupPartKind.Sqlite)
                {
                    Version = SqliteMigrations.Beside<AlertJournal>().Version,
                },
                new("cases/promoted.csv", Path.Combine(cases, "promoted.csv"), BackupPartKind.File),
                new("cases/false-positives.txt", Path.Combine(cases, "false-positives.txt"), BackupPartKind.File),
                new("cases/listed-entries.txt", Path.Combine(cases, "listed-entries.txt"), BackupPartKind.File),
                new("cases/held-endpoints.json", Path.Combine(cases, "held-endpoints.json"), BackupPartKind.File),
                new("cases/lists", Path.Combine(cases, "lists"), BackupPartKind.Folder),
                new("reports", Path.GetFullPath(settings.Report.Dir), BackupPartKind.Folder),
                new("governance", Path.Combine(folder, "governance"), BackupPartKind.FolderOnce),
                new("tls", Path.Combine(folder, "tls"), BackupPartKind.Folder),
            ],
            LeftOut =
            [
                new("the configuration and the list of public keys", "they are root's, in /etc/weir"),
                new("tokens of scripts, passwords for the console, and what passkeys counted",
                    "an old copy would bring back what was ended; they are made anew"),
            ],
            Void = VoidAsync,
        };
    }

    private static async Task<IReadOnlyList<VoidedRequests>> VoidAsync(Func<string, string?> pathOf) =>
    [
        .. pathOf(Records) is { } records ? await VoidRecordsAsync(records) : [],
        .. pathOf(Blocks) is { } blocks ? [await VoidBlocksAsync(blocks)] : Array.Empty<VoidedRequests>(),
    ];

    private static async Task<IReadOnlyList<VoidedRequests>> VoidRecordsAsync(string path)
    {
        using var records = RecordsFile.Open(path);
        return await records.WriteAsync<IReadOnlyList<VoidedRequests>>(
            file =>
            [
                new("requests that waited for a second person",
                    file.Run("DELETE FROM approvals WHERE given_ms IS NULL")),
                new("notices that waited", file.Run("UPDATE notices SET state = $1, fault = $2 WHERE state = $3",
                    (int)Contracts.Notices.NoticeState.Dropped, "void by a restore from a backup",
                    (int)Contracts.Notices.NoticeState.Waiting)),
            ],
            CancellationToken.None);
    }

    /// <summary>Blocks that stood or waited: whether they still should, two people say anew.</summary>
    private static async Task<VoidedRequests> VoidBlocksAsync(string path)
    {
        using var journal = MitigationJournal.Open(path);
        var open = (await journal.LoadAsync(DateTimeOffset.MaxValue, CancellationToken.None))
            .Where(row => !LeaseStateMachine.IsOver(row.State)).ToList();
        await journal.WriteAsync(
            [.. open.Select(row => row with
            {
                State = LeaseState.Withdrawn,
                Target = MitigationTarget.Parse(row.Target).WithoutLine().ToString(),
                Reason = LeaseReason.ToName(LeaseReasonCode.Ordered),
                ReasonDetail = "a restore from a backup: whether it still should stand is to be decided anew",
            })],
            CancellationToken.None);
        return new("blocks and plans of blocks", open.Count);
    }
}
