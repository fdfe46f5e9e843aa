// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Contracts.Networks;

/// <summary>How an address of a network leads to its subscriber.</summary>
public enum SubscriberMapping : byte
{
    /// <summary>The address, or its IPv6 prefix, is the line's for good.</summary>
    Static,

    /// <summary>Addresses change hands: who had one when stands in leases.</summary>
    Leased,

    /// <summary>Lines share an address: who had which ports when stands in block logs.</summary>
    Cgnat,
}

/// <summary>One of the provider's own networks.</summary>
/// <param name="Prefix">Addresses inside are subjects.</param>
/// <param name="SubjectLength">IPv6 only: one subject is a prefix of this length, 1 to 128; IPv4 subjects are
/// single addresses.</param>
/// <param name="AccessType">Code of the kind of line, access type and group together
/// (<see cref="SubscriberLineKinds"/>); 0 = not told apart.</param>
/// <param name="Excluded">Resolvers, mail relays, monitoring: neither case nor control (statistics.md B.1).</param>
/// <param name="Attribution">What leads from an address to its line.</param>
/// <param name="Group">Name of the group whose floors of detecting are in force here; empty = none.</param>
/// <param name="LineRate">Bits a second of a line in it; 0 = not known.</param>
public sealed record Network(
    Prefix Prefix, int SubjectLength = 64, byte AccessType = 0, bool Excluded = false,
    SubscriberMapping Attribution = SubscriberMapping.Static, string Group = "", double LineRate = 0)
{
    /// <summary>128-bit mask that cuts an address down to its subject.</summary>
    public UInt128 SubjectMask { get; } = Prefix.IsV4 ? UInt128.MaxValue : Prefix.Mask(SubjectLength);
}
