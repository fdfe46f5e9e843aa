// SPDX-License-Identifier: Apache-2.0
//
// What is to be done with what a FlowSpec rule matches, as extended communities of eight octets.
//
// Standards: RFC 8955 §7.1 (traffic-rate-bytes 0x8006: AS, then octets a second as IEEE 754 single; 0 = discard),
// §7.4 (rt-redirect: 0x8008 for a two-octet AS, 0x8208 for a four-octet one); the same for IPv6 by RFC 8956 §5.
using System.Buffers.Binary;
using Weir.Contracts.Mitigation;

namespace Weir.Hosting.GoBgp;

internal static class ExtendedCommunity
{
    /// <param name="asn">Who limits; informative, 0 where the AS needs four octets.</param>
    /// <param name="octetsPerSecond">0 discards everything.</param>
    public static ulong TrafficRate(uint asn, float octetsPerSecond) =>
        0x8006_0000_0000_0000UL | ((ulong)(asn <= ushort.MaxValue ? asn : 0) << 32)
        | BitConverter.SingleToUInt32Bits(octetsPerSecond);

    public static ulong Redirect(RouteTarget to) => to.Asn <= ushort.MaxValue
        ? 0x8008_0000_0000_0000UL | ((ulong)to.Asn << 32) | to.Number
        : 0x8208_0000_0000_0000UL | ((ulong)to.Asn << 16) | (ushort)to.Number;

    public static byte[] Octets(ulong community)
    {
        var octets = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, community);
        return octets;
    }
}
