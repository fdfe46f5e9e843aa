// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Configuring;
using Weir.Cli.Commands.Backups;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Desk.Mitigation;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Backups;
using Weir.Hosting.Files;
using Weir.Hosting.Sqlite;
using Weir.Tests.Blocking;
using Weir.Tests.Hosting.Backups;
using Weir.Tests.Support;

namespace Weir.Tests.Processes;

/// <summary>What each process's backup holds: never a key that is erased, never what is kept for days; and what a
/// restore of the desk ends.</summary>
public sealed class ProcessBackupsTests : IDisposable
{
    private static readonly string[] Everything =
    [
        "keys/epoch-1.key", "keys/cohort-1.key", "keys/noise-1.key", "keys/grant.key", "keys/lines.key", "keys/names.key",
        "cases/c-1.key", "cases/c-1.seal", "cases/c-1.grounds", "cases/c-1.routes", "cases/c-1.garden", "cases/c-1.acts",
        "consents/k-1.key", "links/l-1.key", "identity.db", "contacts.csv", "disclosed", "findings", "notified",
        "event.key", "own/found.json", "own/population/a.json", "own/comparisons/2026-11-22.json", "own/endpoint-figures.json", "own/erased-scopes", "flows/data/pairs", "templates",
        "governance/governance.yaml", "keys/erased", "approvals/1.json", "account", "clock", "lists/a.csv",
        "ring/.ring-1", "spool/ready/a.seg", "events/outbox/1", "tls/key.pem", "lock",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-backups-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(
        "vault", "disclosed findings governance/governance.yaml keys/erased keys/grant.key keys/lines.key "
            + "keys/names.key tls/key.pem")]
    [InlineData("store", "event.key governance/governance.yaml own/comparisons/2026-11-22.json own/endpoint-figures.json own/erased-scopes own/found.json own/population/a.json tls/key.pem")]
    [InlineData("collector", "event.key governance/governance.yaml lists/a.csv templates tls/key.pem")]
    [InlineData("desk", "governance/governance.yaml tls/key.pem")]
    public void No_key_that_is_erased_and_nothing_that_is_kept_for_days_is_in_a_backup(string process, string expected)
    {
        var folder = At(process);
        foreach (var name in Everything)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.WriteAllText(Path.Combine(folder, name), "x\n");
        }

        var plan = ProcessBackups.Create(process, Settings());
        _ = BackupWriter.Write(plan, At("a.backup"), "test", DateTimeOffset.UnixEpoch);

        Assert.Equal(
            expected.Split(' '),
            BackupFolders.Names(At("a.backup")).Where(name => name != "manifest.json").Order(StringComparer.Ordinal));
        Assert.NotEmpty(plan.LeftOut);
        var row = File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", "12-backup.md"))
            .Single(line => line.StartsWith($"| {process} |", StringComparison.Ordinal));
        Assert.All(plan.LeftOut, one => Assert.Contains(one.What, row, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_restored_desk_has_no_request_open_no_notice_waiting_and_no_block_standing()
    {
        var (plan, staged) = (ProcessBackups.Create("desk", Settings()), At("staged"));
        using (var records = RecordsFile.Open(Path.Combine(staged, "cases/records.sqlite")))
        {
            _ = await records.WriteAsync(file => file.Run(Request(1, null)) + file.Run(Request(2, 5)), default);
            foreach (var state in (NoticeState[])[NoticeState.Waiting, NoticeState.NoContact])
            {
                _ = await records.WriteAsync(file => file.Run(Notice(state)), default);
            }
        }

        using (var journal = MitigationJournal.Open(Path.Combine(staged, "cases/blocks.sqlite")))
        {
            await journal.WriteAsync(
                [
                    LeaseRow.From(MitigationSamples.Lease("blackhole 192.0.2.7/32", 1, LeaseState.Verified)),
                    LeaseRow.From(MitigationSamples.Lease("blackhole 192.0.2.8/32", 2, LeaseState.Planned)),
                    LeaseRow.From(MitigationSamples.Lease("blackhole 192.0.2.9/32", 3, LeaseState.Expired)),
                ],
                default);
        }

        var voided = await plan.Void(name => Path.Combine(staged, name));

        Assert.Equal([1, 1, 2], voided.Select(one => one.Count));
        using var after = SqliteFile.OpenReadOnly(Path.Combine(staged, "cases/records.sqlite"), "the records");
        Assert.Equal([2], after.Read("SELECT number FROM approvals", row => row.GetInt32(0)));
        Assert.Equal(
            [(int)NoticeState.NoContact, (int)NoticeState.Dropped],
            after.Read("SELECT state FROM notices ORDER BY state", row => row.GetInt32(0)));
        using var blocks = MitigationJournal.Open(Path.Combine(staged, "cases/blocks.sqlite"));
        Assert.Equal(
            [(1UL, LeaseState.Withdrawn), (2UL, LeaseState.Withdrawn), (3UL, LeaseState.Expired)],
            (await blocks.LoadAsync(DateTimeOffset.UnixEpoch, default)).Select(row => (row.Id, row.State)).Order());
    }

    [Theory]
    [InlineData("vault", "keys/grant.key", "keys/erased", "disclosed", "governance/governance.yaml")]
    [InlineData("store", "event.key", "own/found.json", "own/erased-scopes", "governance/governance.yaml")]
    [InlineData("collector", "event.key", "templates", "lists/a.csv", "governance/governance.yaml")]
    [InlineData("desk", "cases/records.sqlite", "cases/blocks.sqlite", "cases/promoted.csv", "reports/a.json")]
    public async Task Each_process_is_restored_into_an_empty_folder_and_again(string process, params string[] names)
    {
        var (folder, plan) = (At(process), ProcessBackups.Create(process, Settings()));
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            (name switch
            {
                "cases/records.sqlite" => () => RecordsFile.Open(Path.Combine(folder, name)).Dispose(),
                "cases/blocks.sqlite" => () => MitigationJournal.Open(Path.Combine(folder, name)).Dispose(),
                _ => (Action)(() => File.WriteAllText(Path.Combine(folder, name), "x\n")),
            })();
        }

        _ = BackupWriter.Write(plan, At("a.backup"), "test", DateTimeOffset.UnixEpoch);
        Directory.Delete(folder, recursive: true);
        KeyFile.Folder(folder);

        foreach (var instance in (int[])[1, 2])
        {
            var restored = await BackupRestorer.RestoreAsync(
                new(plan, At("a.backup"), null, null, "test"), TimeProvider.System,
                NullLogger<FileAuditLog>.Instance, default);
            Assert.Equal(instance, restored.Instance);
            Assert.All(names, name => Assert.True(File.Exists(Path.Combine(folder, name)), name));
        }
    }

    private static string Request(int number, long? given) =>
        "INSERT INTO approvals (number, deed, case_id, scope_id, target, asked_by, asked_role, reason, asked_ms, "
        + $"given_by, given_role, given_ms) VALUES ({number}, 1, 1, 1, '', 'ana', 1, 'why', 1, "
        + $"'{(given is null ? "" : "olaf")}', 2, {given?.ToString() ?? "NULL"})";

    private static string Notice(NoticeState state) =>
        "INSERT INTO notices (case_id, step, scope_id, state, by, planned_ms, due_ms, done, attempts, fault) "
        + $"VALUES ({(int)state}, 1, 1, {(int)state}, 'weir', 1, 1, '', 0, '')";

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private WeirConfiguration Settings() => new()
    {
        Processes = new() { Dir = _folder.FullName },
        Vault = new() { Dir = At("vault") },
        Decoding = new() { TemplateFile = At("collector/templates") },
        Auditing = new() { Directory = At("desk/audit") },
        Cases = new() { Dir = At("desk/cases") },
        Report = new() { Dir = At("desk/reports") },
    };
}
