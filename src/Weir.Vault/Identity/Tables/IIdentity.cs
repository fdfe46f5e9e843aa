// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <summary>What the vault's process asks of the identity tables. Safe for any thread.</summary>
public interface IIdentity
{
    /// <summary>Grows with every change of a row; a reader that knows it asks for what came later.</summary>
    long Version { get; }

    /// <summary>Which line had an address (and port, where lines share it) at a time.</summary>
    /// <param name="address">As seen from outside, or inside a carrier's NAT.</param>
    /// <param name="port">The source port; null where the asker has none.</param>
    /// <param name="atMs">Milliseconds since the UNIX epoch, UTC.</param>
    /// <param name="protocol">IANA number: a translator may give one port of TCP and of UDP to two lines. 0 where the
    /// asker has none, and then such a port names nobody.</param>
    IdentityAnswer WhoHad(IpKey address, ushort? port, long atMs, byte protocol = 0);

    /// <summary>Rows that changed after <paramref name="sinceVersion"/> (0 = all that are kept), a copy of one moment;
    /// the moment's version is <paramref name="version"/>.</summary>
    IEnumerable<IntakeRow> IntakeRows(long sinceVersion, out long version);

    /// <summary>Everything known of a line, by time: what the subject's own view shows (rules.md R19).</summary>
    IEnumerable<IntakeRow> HeldBy(SubscriberLineName line);
}
