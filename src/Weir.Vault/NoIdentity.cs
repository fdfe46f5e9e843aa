// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity;
using Weir.Wire;

namespace Weir.Vault;

/// <summary>A provider whose addresses are all static: no leases are kept, so none are known.</summary>
public sealed class NoIdentity : IIdentity
{
    public long Version => 0;

    public IdentityAnswer WhoHad(IpKey address, ushort? port, long atMs) => new IdentityAnswer.None(Unattributable.NoLease);

    public IEnumerable<IntakeRow> IntakeRows(long sinceVersion, out long version)
    {
        version = 0;
        return [];
    }

    public IEnumerable<IntakeRow> HeldBy(LineName line) => [];
}
