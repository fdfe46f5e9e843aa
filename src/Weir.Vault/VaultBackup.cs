// SPDX-License-Identifier: Apache-2.0
//
// What of the vault is in its backup: what it signs with and numbers lines by, what it carried out, its chain. Whatever
// leads from a name to a person, or would be erased in days, is not.
using Weir.Hosting.Backups;

namespace Weir.Vault;

/// <summary>The vault's backup.</summary>
public static class VaultBackup
{
    /// <param name="options">Where it lies.</param>
    public static BackupPlan Create(VaultOptions options)
    {
        var folder = Path.GetFullPath(options.Dir);
        return new()
        {
            Process = "vault",
            Folder = folder,
            Audit = Path.Combine(folder, "audit"),
            Parts =
            [
                new("keys/grant.key", At("keys/grant.key"), BackupPartKind.File),
                new("keys/lines.key", At("keys/lines.key"), BackupPartKind.File),
                new("keys/names.key", At("keys/names.key"), BackupPartKind.File),
                new("keys/erased", At("keys/erased"), BackupPartKind.Ledger),
                new("disclosed", At("disclosed"), BackupPartKind.Ledger),
                new("findings", At("findings"), BackupPartKind.Ledger),
                new("governance", At("governance"), BackupPartKind.FolderOnce),
                new("tls", At("tls"), BackupPartKind.Folder),
            ],
            LeftOut =
            [
                new("keys of epochs, of the cohort's draw and of noise",
                    "a copy that outlives the key undoes its erasure"),
                new("sealed cases and their keys", "a copy that outlives the case undoes its erasure"),
                new("who had which address", "kept for seven days; its sources tell it again"),
                new("requests that wait for two signatures",
                    "a restore voids what was open; they are good for a day, and asked and signed anew"),
                new("consents and their keys", "an old copy would let a consent be used twice; customers consent anew"),
                new("keys of links", "links of before end; new notices carry new ones"),
                new("what passkeys counted", "a copy of a passkey is seen when both were used again"),
                new("deliveries of notices", "a mail server's reply may name a customer; the desk keeps the proof"),
                new("contacts", "they are yours, in the file that vault.contacts names"),
            ],
        };

        string At(string name) => Path.Combine(folder, name);
    }
}
