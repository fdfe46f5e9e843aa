// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Hosting.Backups;
using Weir.Hosting.Files;

namespace Weir.Tests.Hosting.Backups;

/// <summary>What a backup holds, who can read it, and which one is refused.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly BackupFolders _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_backup_holds_what_is_named_and_nothing_else_and_is_its_owners_alone()
    {
        await _place.FillAsync();

        var made = _place.Write();

        var names = BackupFolders.Names(_place.Backup);
        Assert.Equal("manifest.json", names[0]);
        Assert.Equal(
            ["answers/2026/one.json", "done", "own.key", "own.sqlite"],
            names.Skip(1).Where(name => !name.StartsWith("audit/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
        Assert.Contains("audit/heads.jsonl", names);
        Assert.DoesNotContain(names, name => name.EndsWith("lock", StringComparison.Ordinal));
        Assert.Equal(names.Count - 1, made.Files);
        Assert.Equal(KeyFile.OwnerOnly, File.GetUnixFileMode(_place.Backup));
        Assert.Equal([_place.Backup], Directory.GetFileSystemEntries(_place.At(""), "monday*"));
        _ = Assert.Throws<BackupException>(() => _place.Write());
    }

    [Fact]
    public async Task A_folder_that_a_running_process_has_is_backed_up_without_its_lock_and_what_is_half_written()
    {
        await _place.FillAsync();
        using var running = DiskFolder.Open(_place.At("desk/answers"));
        File.WriteAllText(_place.At("desk/answers/lists"), "whole");
        File.WriteAllText(_place.At("desk/answers/lists.next"), "half");

        _ = _place.Write();

        Assert.Equal(
            ["answers/2026/one.json", "answers/lists"],
            BackupFolders.Names(_place.Backup).Where(name => name.StartsWith("answers/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_that_cannot_be_had_is_named_and_the_user_is_not_blamed()
    {
        await _place.FillAsync();
        using var taken = new FileStream(
            _place.At("desk/answers/taken"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var refused = Assert.Throws<BackupException>(() => _place.Write());

        Assert.Contains("desk/answers/taken", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("run it as the user", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_restored_in_a_new_place_is_what_was_there_when_it_was_made()
    {
        await _place.FillAsync();
        using var running = _place.OpenTables();
        await using (var chain = _place.OpenChain())
        {
            // While the process runs, with rows in the log beside the file.
            _ = running.Write(() => running.Run("INSERT INTO kept VALUES (3, 'c')"));
            _ = _place.Write();
            _ = running.Write(() => running.Run("INSERT INTO kept VALUES (4, 'd')"));
        }

        Directory.Delete(_place.Exported, recursive: true);
        var restored = await _place.RestoreAsync(_place.PlanOf("new"));

        using var tables = _place.OpenTables("new");
        Assert.Equal([1, 2, 3], tables.Read("SELECT id FROM kept", row => row.GetInt32(0)));
        Assert.Equal("secret", File.ReadAllText(_place.At("new/own.key")));
        Assert.Equal("first\n", File.ReadAllText(_place.At("new/done")));
        Assert.Equal("{}", File.ReadAllText(_place.At("new/answers/2026/one.json")));
        Assert.All(
            Directory.GetFiles(_place.At("new"), "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("instance")
                && !file.Contains("own.sqlite-", StringComparison.Ordinal)),
            file => Assert.Equal(KeyFile.OwnerOnly, File.GetUnixFileMode(file)));
        Assert.Equal(1, restored.Instance);
        Assert.False(Directory.Exists(_place.At("new/.restore")));
    }

    [Fact]
    public async Task A_backup_of_another_process_or_of_a_newer_weir_is_refused_by_name()
    {
        await _place.FillAsync();
        _ = _place.Write();

        await RefusedAsync(_place.PlanOf("new", "vault"), "is a backup of desk, not of vault");
        await RefusedAsync(_place.PlanOf("new", version: 1), "own.sqlite is of version 2, and this Weir knows 1");
        _place.Rewrite((name, octets) => name == "manifest.json"
            ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(octets).Replace("weir.backup/1", "weir.backup/2"))
            : octets);
        await RefusedAsync(_place.PlanOf("new"), "is of the form weir.backup/2, and this Weir knows weir.backup/1");
        Assert.False(File.Exists(_place.At("new/own.key")));
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_whole_and_its_file_is_named()
    {
        await _place.FillAsync();
        _ = _place.Write();
        var whole = File.ReadAllBytes(_place.Backup);

        _place.Rewrite((name, octets) => name == "own.key" ? "secreT"u8.ToArray() : octets);
        await RefusedAsync(_place.PlanOf("new"), "own.key is not what its sum is over");
        File.WriteAllBytes(_place.Backup, whole);
        _place.Rewrite((name, octets) => name == "done" ? null : octets);
        await RefusedAsync(_place.PlanOf("new"), "done is missing");
        File.WriteAllBytes(_place.Backup, whole);
        _place.Rewrite((_, octets) => octets, ("../outside", "x"u8.ToArray()));
        await RefusedAsync(_place.PlanOf("new"), "its manifest does not name ../outside");
        File.WriteAllBytes(_place.Backup, whole[..(whole.Length / 2)]);
        await RefusedAsync(_place.PlanOf("new"), "is damaged");
        File.WriteAllText(_place.Backup, "no backup at all");
        await RefusedAsync(_place.PlanOf("new"), "is no backup of Weir; name the file that weir backup desk --out wrote");
        Assert.False(File.Exists(_place.At("new/own.key")));
        Assert.False(File.Exists(_place.At("outside")));
    }

    [Fact]
    public async Task A_process_that_runs_is_not_restored()
    {
        await _place.FillAsync();
        _ = _place.Write();
        await using var running = _place.OpenChain();

        await RefusedAsync(_place.Plan, "weir desk is running; stop it first: systemctl stop weir-desk");
    }

    [Fact]
    public async Task A_ledger_that_went_on_since_stays_and_one_that_did_not_is_put_back()
    {
        await _place.FillAsync();
        _ = _place.Write();
        File.WriteAllText(_place.At("desk/done"), "first\nsecond\n");
        Assert.Contains("done", (await _place.RestoreAsync(_place.Plan)).Kept);
        Assert.Equal("first\nsecond\n", File.ReadAllText(_place.At("desk/done")));

        File.WriteAllText(_place.At("desk/done"), "other\n");
        Assert.Equal(2, (await _place.RestoreAsync(_place.Plan)).Instance);
        Assert.Equal("first\n", File.ReadAllText(_place.At("desk/done")));
    }

    [Fact]
    public async Task What_must_not_go_back_is_put_back_only_where_it_is_gone()
    {
        await _place.FillAsync();
        File.WriteAllText(_place.At("desk/governed/old"), "old");
        _ = _place.Write();
        File.Move(_place.At("desk/governed/old"), _place.At("desk/governed/new"));

        Assert.Contains("governed", (await _place.RestoreAsync(_place.Plan)).Kept);
        Assert.Equal([_place.At("desk/governed/new")], Directory.GetFiles(_place.At("desk/governed")));

        Directory.Delete(_place.At("desk/governed"), recursive: true);
        _ = await _place.RestoreAsync(_place.Plan);
        Assert.Equal([_place.At("desk/governed/old")], Directory.GetFiles(_place.At("desk/governed")));
    }

    [Fact]
    public async Task A_restore_that_was_cut_off_says_so_on_record_and_is_begun_again_with_the_same_command()
    {
        await _place.FillAsync();
        File.WriteAllText(_place.At("desk/governed/one"), "one");
        _ = _place.Write();
        Directory.CreateDirectory(_place.At("new/own.key")); // no file can be put there
        File.SetUnixFileMode(_place.At("new"), KeyFile.OwnerFolder);
        Directory.CreateDirectory(_place.At("new/governed.restored"));
        File.WriteAllText(_place.At("new/governed.restored/half"), "half");

        await RefusedAsync(_place.PlanOf("new"), "desk is not restored");
        var failed = _place.RestoreEntry("new");
        Assert.Equal(("failed", true), (failed.Outcome, failed.Reason.Length > 0));

        Directory.Delete(_place.At("new/own.key"));
        _ = await _place.RestoreAsync(_place.PlanOf("new"));
        Assert.Equal("secret", File.ReadAllText(_place.At("new/own.key")));
        Assert.Equal([_place.At("new/governed/one")], Directory.GetFiles(_place.At("new/governed")));
        Assert.Equal("allow", _place.RestoreEntry("new").Outcome);
    }

    private async Task RefusedAsync(BackupPlan plan, string words) => Assert.Contains(
        words, (await Assert.ThrowsAsync<BackupException>(() => _place.RestoreAsync(plan))).Message,
        StringComparison.Ordinal);
}
