// SPDX-License-Identifier: Apache-2.0
using System.Formats.Tar;
using System.IO.Compression;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Backups;
using Weir.Hosting.Sqlite;
using Weir.Tests.Auditing;

namespace Weir.Tests.Hosting.Backups;

/// <summary>A process's folder with one part of each kind and a chain, and a place for its backups.</summary>
internal sealed class BackupFolders : IDisposable
{
    private static readonly SqliteMigrations Tables = new(new Dictionary<int, string>
    {
        [1] = "CREATE TABLE kept (id INTEGER PRIMARY KEY)", [2] = "ALTER TABLE kept ADD COLUMN more TEXT",
    });

    private readonly string _root = Directory.CreateTempSubdirectory("weir-backup-").FullName;

    public WallClock Clock { get; } = new();

    public string Audit => At("desk/audit");

    public string Exported => At("elsewhere");

    public string Backup => At("monday.backup");

    public BackupPlan Plan => PlanOf("desk");

    public string At(string name) => Path.Combine(_root, name);

    /// <summary>The same parts in another folder, as on a new disk.</summary>
    public BackupPlan PlanOf(string folder, string process = "desk", int version = 2) => new()
    {
        Process = process,
        Folder = At(folder),
        Audit = At($"{folder}/audit"),
        Exported = Exported,
        Parts =
        [
            new("own.sqlite", At($"{folder}/own.sqlite"), BackupPartKind.Sqlite) { Version = version },
            new("own.key", At($"{folder}/own.key"), BackupPartKind.File),
            new("done", At($"{folder}/done"), BackupPartKind.Ledger),
            new("governed", At($"{folder}/governed"), BackupPartKind.FolderOnce),
            new("answers", At($"{folder}/answers"), BackupPartKind.Folder),
        ],
        LeftOut = [new("keys of epochs", "they are erased")],
    };

    public SqliteFile OpenTables(string folder = "desk") => SqliteFile.Open(new()
    {
        Path = At($"{folder}/own.sqlite"), Name = "the records", Migrations = Tables,
    });

    public FileAuditLog OpenChain(string folder = "desk") => FileAuditLog.Open(
        new() { Directory = At($"{folder}/audit"), ExportDirectory = Exported, Version = "test" }, Clock,
        NullLogger<FileAuditLog>.Instance);

    /// <summary>Two rows, two answers, a key, a ledger of one line and a chain that was closed.</summary>
    public async Task FillAsync()
    {
        using (var tables = OpenTables())
        {
            _ = tables.Write(() => tables.Run("INSERT INTO kept VALUES (1, 'a'), (2, 'b')"));
        }

        Directory.CreateDirectory(At("desk/answers/2026"));
        Directory.CreateDirectory(At("desk/governed"));
        File.WriteAllText(At("desk/own.key"), "secret");
        File.WriteAllText(At("desk/done"), "first\ntorn");
        File.WriteAllText(At("desk/answers/2026/one.json"), "{}");
        File.WriteAllText(At("desk/answers/.one.json.1.part"), "half");
        File.WriteAllText(At("desk/epoch-1.key"), "never");
        await AppendAsync(3);
    }

    public async Task AppendAsync(int entries, string folder = "desk")
    {
        await using var chain = OpenChain(folder);
        await AuditFixture.AppendAsync(chain, entries);
        Clock.Advance(TimeSpan.FromMinutes(1));
    }

    public BackupReceipt Write() => BackupWriter.Write(Plan, Backup, "0.1.0", Clock.GetUtcNow());

    public Task<RestoreReceipt> RestoreAsync(BackupPlan plan, string? lost = null, string? heads = null)
    {
        Clock.Advance(TimeSpan.FromHours(1));
        return BackupRestorer.RestoreAsync(
            new(plan, Backup, heads, lost, "0.1.0"), Clock, NullLogger<FileAuditLog>.Instance, CancellationToken.None);
    }

    public AuditEntry RestoreEntry(string folder) =>
        AuditReader.Entries(At($"{folder}/audit")).Last(record => record.Entry.Act == AuditActions.Restore).Entry;

    /// <summary>Names in a backup.</summary>
    public static List<string> Names(string backup)
    {
        using var gzip = new GZipStream(File.OpenRead(backup), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        List<string> names = [];
        while (tar.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
        }

        return names;
    }

    /// <summary>Writes the backup anew with each file as a function has it; null leaves it out.</summary>
    public void Rewrite(Func<string, byte[], byte[]?> change, params (string Name, byte[] Octets)[] more)
    {
        List<(string Name, byte[] Octets)> files = [];
        using (var gzip = new GZipStream(File.OpenRead(Backup), CompressionMode.Decompress))
        using (var tar = new TarReader(gzip))
        {
            while (tar.GetNextEntry() is { } entry)
            {
                using var octets = new MemoryStream();
                entry.DataStream?.CopyTo(octets);
                files.Add((entry.Name, octets.ToArray()));
            }
        }

        using var to = new GZipStream(File.Create(Backup), CompressionLevel.Fastest);
        using var written = new TarWriter(to, TarEntryFormat.Pax);
        foreach (var (name, octets) in files.Select(file => (file.Name, Octets: change(file.Name, file.Octets)))
            .Where(file => file.Octets is not null).Concat(more.Select(file => (file.Name, (byte[]?)file.Octets))))
        {
            written.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(octets!) });
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
