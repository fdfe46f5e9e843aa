// SPDX-License-Identifier: Apache-2.0
//
// An address as a value. IPv4 is kept in its mapped form (RFC 4291 §2.5.5.2), so one type is the key of every table.
// Text follows RFC 5952 for IPv6 and dotted decimal for IPv4; a form with leading zeros, ports or scopes is refused.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Weir.Wire;

/// <summary>An IPv4 or IPv6 address without a heap object; IPv4 in its mapped form (RFC 4291 §2.5.5.2).</summary>
/// <param name="Bits">The 128 bits in network order: the first octet is the most significant.</param>
public readonly record struct IpKey(UInt128 Bits) : IComparable<IpKey>
{
    private const ulong MappedPrefix = 0xFFFF_0000_0000UL;

    public static IpKey FromV4(uint address) => new(new UInt128(0, MappedPrefix | address));

    /// <summary>Takes 16 octets in network order.</summary>
    public static IpKey FromV6(ReadOnlySpan<byte> octets) =>
        new(new UInt128(
            BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..])));

    public bool IsV4 => Upper == 0 && Lower >> 32 == 0xFFFF;

    /// <summary>The 32 bits of an IPv4 address; meaningful only where <see cref="IsV4"/>.</summary>
    public uint V4 => (uint)Lower;

    public ulong Upper => (ulong)(Bits >> 64);

    public ulong Lower => (ulong)Bits;

    /// <summary>Writes 16 octets in network order.</summary>
    public void WriteTo(Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt64BigEndian(octets, Upper);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], Lower);
    }

    public static IpKey From(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        return address.TryWriteBytes(octets, out var written) && written == 4
            ? FromV4(BinaryPrimitives.ReadUInt32BigEndian(octets))
            : FromV6(octets);
    }

    /// <summary>Strict: dotted decimal with four parts and no leading zeros, or RFC 4291 §2.2 text
    /// without scope.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpKey key)
    {
        key = default;
        if (text.IsEmpty)
        {
            return false;
        }

        if (!text.Contains(':'))
        {
            return TryParseV4(text, out key);
        }

        if (text.ContainsAny('%', '[') || !IPAddress.TryParse(text, out var address)
            || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        key = From(address);
        return true;
    }

    public static IpKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException($"'{text}' is not an IP address");

    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        WriteTo(octets);
        return IsV4 ? new IPAddress(octets[12..]) : new IPAddress(octets);
    }

    public int CompareTo(IpKey other) => Bits.CompareTo(other.Bits);

    public override string ToString() => ToIPAddress().ToString();

    private static bool TryParseV4(ReadOnlySpan<char> text, out IpKey key)
    {
        key = default;
        uint value = 0;
        var parts = 0;
        var at = 0;
        while (at < text.Length && parts < 4)
        {
            var start = at;
            uint part = 0;
            while (at < text.Length && char.IsAsciiDigit(text[at]) && at - start < 3)
            {
                part = (part * 10) + (uint)(text[at++] - '0');
            }

            if (at == start || part > 255 || (at - start > 1 && text[start] == '0'))
            {
                return false;
            }

            value = (value << 8) | part;
            parts++;
            if (parts < 4)
            {
                if (at >= text.Length || text[at++] != '.')
                {
                    return false;
                }
            }
        }

        if (parts != 4 || at != text.Length)
        {
            return false;
        }

        key = FromV4(value);
        return true;
    }
}
