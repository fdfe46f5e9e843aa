// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Attributing;

/// <summary>One of the provider's own networks.</summary>
/// <param name="Prefix">Addresses inside are subjects.</param>
/// <param name="SubjectLength">IPv6 only: one subject is a prefix of this length, 1 to 128; IPv4 subjects are single addresses.</param>
/// <param name="AccessType">Code of the kind of line, access type and group together (<see cref="LineKinds"/>); 0 = not told apart.</param>
/// <param name="Excluded">Resolvers, mail relays, monitoring: neither case nor control (statistics.md B.1).</param>
public sealed record Network(Prefix Prefix, int SubjectLength = 64, byte AccessType = 0, bool Excluded = false)
{
    /// <summary>128-bit mask that cuts an address down to its subject.</summary>
    public UInt128 SubjectMask { get; } = Prefix.IsV4 ? UInt128.MaxValue : Prefix.Mask(SubjectLength);
}
