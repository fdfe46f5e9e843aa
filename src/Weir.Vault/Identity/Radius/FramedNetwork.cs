// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>Attributes that give a line an address or a network.</summary>
internal static class FramedNetwork
{
    /// <summary>The same out of a detail file, where attributes stand by name and values as text; null where the name
    /// is of no such attribute.</summary>
    public static bool? TryReadText(string name, string value, out Prefix? network)
    {
        network = null;
        byte? type = name switch
        {
            "Framed-IP-Address" => 8,
            "Framed-Route" => 22,
            "Framed-IPv6-Prefix" => 97,
            "Delegated-IPv6-Prefix" => 123,
            "Framed-IPv6-Address" => 168,
            _ => null,
        };
        if (type is not { } known)
        {
            return null;
        }

        if (known == 22)
        {
            return TryRoute(Encoding.ASCII.GetBytes(value), out network);
        }

        if (!Prefix.TryParse(value, out var read, strict: true) || read.IsV4 != (known == 8))
        {
            return false;
        }

        network = read.IsV4 && !IsOwn(read.Network.V4) ? null : read;
        return true;
    }

    /// <summary>An address of the line's own: 0.0.0.0 and the two highest say that it has none (RFC 2865
    /// §5.8).</summary>
    private static bool IsOwn(uint address) => address is not (0 or 0xFFFF_FFFF or 0xFFFF_FFFE);

    /// <summary>False where the value lies about its form; true with null where it says "no address of its own"
    /// (RFC 2865 §5.8).</summary>
    public static bool TryRead(byte type, ReadOnlySpan<byte> value, out Prefix? network)
    {
        network = null;
        switch (type)
        {
            case 8:
                if (!BinaryPrimitives.TryReadUInt32BigEndian(value, out var address) || value.Length != 4)
                {
                    return false;
                }

                network = IsOwn(address) ? new Prefix(IpKey.FromV4(address), 128) : null;
                return true;
            case 22:
                return TryRoute(value, out network);
            case 168:
                if (value.Length != 16)
                {
                    return false;
                }

                network = new Prefix(IpKey.FromV6(value), 128);
                return true;
            default:
                return TryPrefix(value, out network);
        }
    }

    /// <summary>RFC 3162 §2.3: a reserved octet, the length, as many octets as the length needs; bits
    /// beyond it are zero.</summary>
    private static bool TryPrefix(ReadOnlySpan<byte> value, out Prefix? network)
    {
        network = null;
        if (value.Length is < 2 or > 18 || value[1] > 128 || value[1] == 0 || value.Length - 2 < (value[1] + 7) / 8)
        {
            return false;
        }

        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        value[2..].CopyTo(octets);
        var address = IpKey.FromV6(octets);
        var prefix = Prefix.From(address, value[1]);
        network = prefix.Network == address ? prefix : null;
        return network is not null;
    }

    /// <summary>Framed-Route (RFC 2865 §5.22): the network is the first word; a route to
    /// everywhere is nobody's.</summary>
    private static bool TryRoute(ReadOnlySpan<byte> value, out Prefix? network)
    {
        network = null;
        var text = Encoding.ASCII.GetString(value);
        var end = text.IndexOf(' ', StringComparison.Ordinal);
        if (!Prefix.TryParse(end < 0 ? text : text.AsSpan(0, end), out var route))
        {
            return false;
        }

        network = route.WrittenLength < 8 ? null : route;
        return true;
    }
}

/// <summary>Vendor-Specific (RFC 2865 §5.26) in the usual form of type, length, value.</summary>
internal static class VendorAttribute
{
    public static bool TryFind(ReadOnlySpan<byte> value, uint vendor, byte type, out ReadOnlySpan<byte> found)
    {
        found = default;
        if (!BinaryPrimitives.TryReadUInt32BigEndian(value, out var told) || told != vendor)
        {
            return false;
        }

        var rest = value[4..];
        while (rest.Length >= 2 && rest[1] >= 2 && rest[1] <= rest.Length)
        {
            if (rest[0] == type)
            {
                found = rest[2..rest[1]];
                return !found.IsEmpty;
            }

            rest = rest[rest[1]..];
        }

        return false;
    }
}
