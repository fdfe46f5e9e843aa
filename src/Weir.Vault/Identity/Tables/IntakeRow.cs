// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <summary>
/// One row of the lanes' intake table (rules.md R7), with the line still by name: the vault writes a line number or a
/// pseudonym in its place before the row leaves the process.
/// </summary>
/// <param name="Id">A later row with the same id replaces this one; where that one's <paramref name="UntilMs"/> is not
/// after its <paramref name="FromMs"/>, the row is withdrawn.</param>
/// <param name="Network">An address (a network of full length) or a prefix.</param>
/// <param name="PortFrom">First source port of the line's block, 0 where the whole address is the line's.</param>
/// <param name="PortTo">Last source port, inclusive; 65535 where the whole address is the line's.</param>
/// <param name="FromMs">Since when, milliseconds since the UNIX epoch, UTC.</param>
/// <param name="UntilMs">Until when, exclusive; a line that goes on sends the row again with a later end.</param>
/// <param name="Line">Whose it is.</param>
/// <param name="Protocol">IANA number of whose ports; 0 = of every protocol.</param>
public readonly record struct IntakeRow(
    UInt128 Id, Prefix Network, ushort PortFrom, ushort PortTo, long FromMs, long UntilMs, SubscriberLineName Line,
    byte Protocol = 0);
