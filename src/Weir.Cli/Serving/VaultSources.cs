// SPDX-License-Identifier: Apache-2.0
using Weir.Auditing;
using Weir.Cli.Configuring;
using Weir.Vault;
using Weir.Vault.Serving;
using Weir.Vault.Subjects;

namespace Weir.Cli.Serving;

/// <summary>What the vault's process is given: who had an address, its own record, the desk's records.</summary>
internal static class VaultSources
{
    public static VaultSurroundings Open(WeirConfiguration settings, IAuditLog record)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(new NoIdentity(), record, new NoSubjectRecords());
    }
}
