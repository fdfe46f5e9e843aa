// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Weir.Wire;

namespace Weir.Contracts.Networks;

/// <summary>
/// The 128-bit number that stands for a line whose address changes or is shared (rules.md R8). Its first 16 bits are
/// those of 0100::/16, of which RFC 6666 uses 100::/64 to discard and nobody anything else: a line number is never an
/// address.
/// </summary>
public static class SubscriberLineId
{
    /// <summary>Octets of a line's own in its number.</summary>
    public const int OwnOctets = 14;

    private const ulong Tag = 0x0100UL << 48;

    /// <summary>The number of 14 octets.</summary>
    public static IpKey From(ReadOnlySpan<byte> own)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(octets, Tag);
        own[..OwnOctets].CopyTo(octets[2..]);
        return IpKey.FromV6(octets);
    }

    public static bool IsLine(IpKey subject) => subject.Upper >> 48 == Tag >> 48;
}
