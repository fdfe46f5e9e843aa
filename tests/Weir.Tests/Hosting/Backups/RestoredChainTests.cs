// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Backups;
using Weir.Hosting.Files;

namespace Weir.Tests.Hosting.Backups;

/// <summary>A restore and the record of who did what: it is an entry, it hides nothing that heads kept elsewhere
/// cover.</summary>
public sealed class RestoredChainTests : IDisposable
{
    private readonly BackupFolders _place = new();

    public void Dispose() => _place.Dispose();

    private string Heads => Path.Combine(_place.Exported, "heads.jsonl");

    [Fact]
    public async Task A_restore_stands_in_the_chain_with_the_backup_and_the_heads_it_was_held_against()
    {
        await _place.FillAsync();
        var made = _place.Write();

        _ = await _place.RestoreAsync(_place.PlanOf("new"));

        var entry = _place.RestoreEntry("new");
        Assert.Equal((made.Sha256, "whole", 0), (entry.ResultDigest, entry.Result, entry.Rows));
        Assert.Contains("instance 1; 2 heads kept elsewhere are this chain's", entry.Reason, StringComparison.Ordinal);
        Assert.True(AuditVerifier.Verify(_place.At("new/audit"), Heads).IsSound);
    }

    [Fact]
    public async Task Without_heads_elsewhere_the_entry_says_that_nothing_was_compared()
    {
        await _place.FillAsync();
        _ = _place.Write();
        Directory.Delete(_place.Exported, recursive: true);

        _ = await _place.RestoreAsync(_place.PlanOf("new"));

        Assert.Contains(
            "no heads kept elsewhere were there", _place.RestoreEntry("new").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_of_heads_that_was_only_begun_is_none_and_a_file_without_heads_that_is_named_is_refused()
    {
        await _place.FillAsync();
        _ = _place.Write();
        File.WriteAllBytes(Heads, []);

        var refused = await Assert.ThrowsAsync<BackupException>(
            () => _place.RestoreAsync(_place.PlanOf("new"), null, Heads));
        Assert.Contains("no head of any record", refused.Message, StringComparison.Ordinal);

        _ = await _place.RestoreAsync(_place.PlanOf("new"));
        Assert.Contains(
            "no heads kept elsewhere were there", _place.RestoreEntry("new").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_that_would_go_back_behind_a_head_kept_elsewhere_is_refused_without_a_reason()
    {
        await _place.FillAsync();
        _ = _place.Write();
        await _place.AppendAsync(5);

        var refused = await Assert.ThrowsAsync<BackupException>(() => _place.RestoreAsync(_place.PlanOf("new")));

        Assert.Contains("the chain would go back behind head 4", refused.Message, StringComparison.Ordinal);
        Assert.Contains("covers 12 entries, 7 more than there are", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_place.At("new/audit")));
    }

    [Fact]
    public async Task With_a_reason_the_loss_is_on_record_and_is_found_by_whoever_verifies()
    {
        await _place.FillAsync();
        _ = _place.Write();
        await _place.AppendAsync(5);

        _ = await _place.RestoreAsync(_place.PlanOf("new"), "the disk burnt");
        await _place.AppendAsync(2, "new");

        var entry = _place.RestoreEntry("new");
        Assert.Equal((7, "entries-lost"), (entry.Rows, entry.Result));
        Assert.Contains("(the disk burnt)", entry.Reason, StringComparison.Ordinal);
        Assert.True(AuditVerifier.Verify(_place.At("new/audit")).IsSound);
        var fault = Assert.Single(AuditVerifier.Verify(_place.At("new/audit"), Heads).Faults);
        Assert.Contains("they are lost, and entry 7, a restore on", fault.What, StringComparison.Ordinal);
        // Heads go on beside the old ones, which nobody touches, and hold.
        Assert.True(AuditVerifier.Verify(
            _place.At("new/audit"), Path.Combine(_place.Exported, "heads-2.jsonl")).IsSound);
    }

    [Fact]
    public async Task A_chain_that_is_there_and_goes_on_from_the_backup_is_kept()
    {
        await _place.FillAsync();
        _ = _place.Write();
        await _place.AppendAsync(5);

        var restored = await _place.RestoreAsync(_place.Plan);

        Assert.StartsWith("the chain that was there goes on", restored.Chain, StringComparison.Ordinal);
        Assert.Equal("whole", _place.RestoreEntry("desk").Result);
        Assert.Equal(5 + 3, AuditReader.Entries(_place.Audit)
            .Count(record => record.Entry.Act == AuditActions.ReadEvidence));
        Assert.True(AuditVerifier.Verify(_place.Audit, Heads).IsSound);
    }

    [Fact]
    public async Task Another_chain_that_is_there_is_replaced_with_a_reason_alone_and_then_set_aside()
    {
        await _place.FillAsync();
        _ = _place.Write();
        Directory.Delete(_place.Exported, recursive: true);
        KeyFile.Folder(_place.At("new"));
        await _place.AppendAsync(1, "new");
        Directory.Delete(_place.Exported, recursive: true);

        var refused = await Assert.ThrowsAsync<BackupException>(() => _place.RestoreAsync(_place.PlanOf("new")));
        Assert.Contains("is not the one that was backed up", refused.Message, StringComparison.Ordinal);

        _ = await _place.RestoreAsync(_place.PlanOf("new"), "a start on an empty disk");
        Assert.True(AuditVerifier.Verify(_place.At("new/audit")).IsSound);
        var aside = Assert.Single(Directory.GetDirectories(_place.At("new"), "audit.before-*"));
        Assert.True(AuditVerifier.Verify(aside).IsSound);
    }

    [Fact]
    public async Task Heads_of_another_log_are_refused_whatever_the_reason()
    {
        await _place.FillAsync();
        _ = _place.Write();
        Directory.Delete(_place.Exported, recursive: true);
        await _place.AppendAsync(1, "other");

        var refused = await Assert.ThrowsAsync<BackupException>(
            () => _place.RestoreAsync(_place.PlanOf("new"), "it burnt", Heads));

        Assert.Contains("is not the chain's", refused.Message, StringComparison.Ordinal);
    }
}
