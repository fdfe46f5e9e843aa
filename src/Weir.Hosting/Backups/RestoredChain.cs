// SPDX-License-Identifier: Apache-2.0
//
// Which chain a restored process goes on with. One that is there and holds what the backup's holds is kept: nothing is
// set back then. Either is held against the heads that were copied elsewhere: where those cover entries that the chain
// lacks, the record of what was done is gone, and the restore is refused unless somebody says why; then the chain
// itself says what is missing.
using System.Globalization;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Hosting.Backups;

/// <summary>What a restore does about the chain.</summary>
/// <param name="Keeps">The chain that is there goes on; else the backup's is put in its place.</param>
/// <param name="Sequence">Of its last entry; 0 for none.</param>
/// <param name="Compared">Heads elsewhere that it was held against; 0 where there were none.</param>
/// <param name="Lost">The newest head elsewhere that covers entries which are gone; null where nothing is.</param>
internal sealed record RestoredChain(bool Keeps, long Sequence, long Compared, TreeHead? Lost)
{
    /// <summary>How many entries are known to be gone.</summary>
    public long LostEntries => Lost is null ? 0 : Math.Max(0, Lost.Size - Sequence);

    /// <summary>What the entry of the restore says.</summary>
    public string Words => Compared == 0 ? "no heads kept elsewhere were there to compare with"
        : Lost is null ? string.Create(
            CultureInfo.InvariantCulture, $"{Compared} heads kept elsewhere are this chain's")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"head {Lost.Number} of {AuditRecord.TimeText(Lost.At)}, kept elsewhere, covers {Lost.Size} entries: "
                + $"{LostEntries} entries after {Sequence} are lost");

    /// <summary>Decides.</summary>
    /// <param name="plan">Whose chain.</param>
    /// <param name="archive">The backup.</param>
    /// <param name="heads">Heads kept elsewhere; null for those of the plan.</param>
    /// <param name="isLossSaid">Whether somebody gave a reason for going back.</param>
    /// <exception cref="BackupException">It may not be.</exception>
    public static RestoredChain Decide(BackupPlan plan, BackupArchive archive, string? heads, bool isLossSaid)
    {
        var backedUp = Path.Combine(archive.Folder, BackupPlan.Chain);
        var keeps = new AuditFolder(plan.Audit).HasLog && KeepsOwn(plan, archive, isLossSaid);
        var chosen = keeps ? plan.Audit : backedUp;
        if (!new AuditFolder(chosen).HasLog)
        {
            return new(keeps, 0, 0, null);
        }

        if (!keeps && AuditVerifier.Verify(chosen) is { IsSound: false } verdict)
        {
            throw new BackupException($"the chain in the backup does not hold: {verdict.Faults[0]}; take another backup");
        }

        var copied = heads ?? (plan.Exported is { } folder
            ? Path.Combine(folder, new AuditFolder(chosen).CopyName) : null);
        return Compare(chosen, copied, keeps, isLossSaid, heads is not null);
    }

    private static bool KeepsOwn(BackupPlan plan, BackupArchive archive, bool isLossSaid)
    {
        var verdict = AuditVerifier.Verify(plan.Audit);
        var chain = archive.Manifest.Chain;
        if (verdict.IsSound && (chain is null || AuditReader.Entries(plan.Audit).Any(
            record => record.Sequence == chain.Sequence && record.Hash == chain.Hash)))
        {
            return true;
        }

        return isLossSaid ? false : throw new BackupException(
            $"the chain in {plan.Audit} {(verdict.IsSound ? "is not the one that was backed up" : "does not hold")}; it is "
                + "evidence and is not replaced without a reason: say it with --lost REASON, and the folder is set aside");
    }

    private static RestoredChain Compare(string chain, string? copied, bool keeps, bool isLossSaid, bool isNamed)
    {
        var last = AuditReader.Bounds(chain)?.Last.Sequence ?? 0;
        // What Weir copies begins as an empty file.
        if (copied is null || new FileInfo(copied) is not { Exists: true } file || (!isNamed && file.Length == 0))
        {
            return isNamed
                ? throw new BackupException($"{copied} is not there; name the heads that were kept elsewhere")
                : new(keeps, last, 0, null);
        }

        var verdict = AuditVerifier.Verify(chain, copied);
        var lost = verdict.Beyond;
        if (verdict.Faults.FirstOrDefault(fault => lost is null || fault.Sequence != lost.Number) is { } other)
        {
            throw new BackupException(
                $"{copied} is not the chain's: {other.What}; this is another log, or one was written anew");
        }

        return lost is null || isLossSaid ? new(keeps, last, verdict.Compared, lost) : throw new BackupException(string.Create(
            CultureInfo.InvariantCulture,
            $"the chain would go back behind head {lost.Number} of {AuditRecord.TimeText(lost.At)} in {copied}, which "
                + $"covers {lost.Size} entries, {lost.Size - last} more than there are; take a newer backup, or say "
                + $"why they are lost with --lost REASON, which goes on record"));
    }
}
