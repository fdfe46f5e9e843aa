// SPDX-License-Identifier: Apache-2.0
//
// A spoofed source names nobody. What is known is the line it came in by, so that line stands in the subject's place:
// the exporter's address and the interface's index under 100::/64, the prefix that no packet ever has (RFC 6666).
using Weir.Wire;

namespace Weir.Collector.Attributing;

/// <summary>The line behind an interface, written as an address of the discard-only prefix.</summary>
public static class InterfaceSubscriberLines
{
    private const ulong DiscardOnly = 0x0100_0000_0000_0000;

    /// <summary>32 bits of the exporter (its IPv4 address, or a hash of its IPv6 one) and the index.</summary>
    public static IpKey From(IpKey exporter, uint interfaceIndex) =>
        new(new UInt128(DiscardOnly, ((ulong)(exporter.IsV4 ? exporter.V4 : Fold(exporter)) << 32) | interfaceIndex));

    public static bool Is(IpKey subject) => subject.Upper == DiscardOnly;

    public static uint InterfaceOf(IpKey line) => (uint)line.Lower;

    private static uint Fold(IpKey address) =>
        (uint)((((address.Upper * 0x9E3779B97F4A7C15UL) ^ address.Lower) * 0xD6E8FEB86659FD93UL) >> 32);
}
