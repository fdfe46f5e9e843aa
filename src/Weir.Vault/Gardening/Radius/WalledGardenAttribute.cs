// SPDX-License-Identifier: Apache-2.0
//
// Attributes as an operator writes them: `Filter-Id=weir-leaky`, by number `11=weir-leaky`, vendor's
// `26.VENDOR.TYPE=value` (RFC 2865 §5.26). A value is text, `0x…` for octets, `int:N` for four octets, `ip:192.0.2.1`
// for an address.
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Weir.Vault.Identity.Radius;

namespace Weir.Vault.Gardening.Radius;

/// <summary>One attribute that a garden sets.</summary>
/// <param name="Octets">Type, length and value as they go into a packet.</param>
internal sealed record WalledGardenAttribute(byte[] Octets)
{
    private const byte VendorSpecific = 26;
    private const int MaxValueOctets = 253;

    private static readonly Dictionary<string, (byte Type, bool IsNumber)> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Filter-Id"] = (11, false),
        ["Reply-Message"] = (18, false),
        ["Framed-Route"] = (22, false),
        ["Class"] = (25, false),
        ["Session-Timeout"] = (27, true),
        ["Idle-Timeout"] = (28, true),
        ["Termination-Action"] = (29, true),
        ["Framed-Pool"] = (88, false),
        ["NAS-Filter-Rule"] = (92, false),
        ["Framed-IPv6-Pool"] = (100, false),
        ["Delegated-IPv6-Prefix-Pool"] = (171, false),
        ["Egress-VLAN-Name"] = (58, false),
        ["Tunnel-Private-Group-Id"] = (81, false),
    };

    /// <summary>Attributes that the request sets itself: a garden's may not contradict them.</summary>
    private static readonly HashSet<byte> Own = [.. SessionIdentification.Kept, 24, 33, 55, 80, 101];

    /// <exception cref="ArgumentException">It is none; the message says why and the mend.</exception>
    public static WalledGardenAttribute Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1 || equals == text.Length - 1)
        {
            throw new ArgumentException(
                $"'{text}' is no attribute; write `Filter-Id=weir-leaky`, `11=weir-leaky` or `26.VENDOR.TYPE=value`");
        }

        var (name, written) = (text[..equals].Trim(), text[(equals + 1)..].Trim());
        if (name.Split('.') is [_, var vendor, var inner])
        {
            return name.StartsWith("26.", StringComparison.Ordinal)
                && uint.TryParse(vendor, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number is > 0 and <= 0xFF_FFFF
                && byte.TryParse(inner, NumberStyles.None, CultureInfo.InvariantCulture, out var type) && type > 0
                ? Vendor(text, number, type, Value(text, written, isNumber: false))
                : throw new ArgumentException($"'{text}' is no vendor's attribute; write `26.VENDOR.TYPE=value`, the "
                    + "vendor by its enterprise number, the type from 1 to 255");
        }

        var (kind, isNumber) = Names.TryGetValue(name, out var known) ? known
            : byte.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var plain)
                && plain is > 0 and not VendorSpecific
                ? (plain, false)
            : throw new ArgumentException($"'{name}' is not among the attributes known by name "
                + $"({string.Join(", ", Names.Keys.Order(StringComparer.Ordinal))}); write its number, `{11}=value`");
        if (Own.Contains(kind))
        {
            throw new ArgumentException($"'{text}' sets an attribute that names the session or guards the packet; "
                + "take it out, it is sent by itself");
        }

        return new(Framed(text, kind, Value(text, written, isNumber)));
    }

    private static WalledGardenAttribute Vendor(string text, uint vendor, byte type, byte[] value)
    {
        if (value.Length > MaxValueOctets - 6)
        {
            throw new ArgumentException(
                $"'{text}': the value has {value.Length} octets, a vendor's attribute holds {MaxValueOctets - 6}");
        }

        var inner = new byte[6 + value.Length];
        BinaryPrimitives.WriteUInt32BigEndian(inner, vendor);
        (inner[4], inner[5]) = (type, (byte)(value.Length + 2));
        value.CopyTo(inner, 6);
        return new(Framed(text, VendorSpecific, inner));
    }

    private static byte[] Framed(string text, byte type, byte[] value) => value.Length is 0 or > MaxValueOctets
        ? throw new ArgumentException(
            $"'{text}': the value has {value.Length} octets, an attribute holds 1 to {MaxValueOctets}")
        : [type, (byte)(value.Length + 2), .. value];

    private static byte[] Value(string text, string written, bool isNumber)
    {
        var number = isNumber ? written : written.StartsWith("int:", StringComparison.Ordinal) ? written[4..] : null;
        if (number is not null)
        {
            var octets = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(
                octets,
                uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                    ? value
                    : throw new ArgumentException($"'{text}': {number} is no number from 0 to {uint.MaxValue}"));
            return octets;
        }

        if (written.StartsWith("ip:", StringComparison.Ordinal))
        {
            return IPAddress.TryParse(written[3..], out var address)
                ? address.GetAddressBytes()
                : throw new ArgumentException($"'{text}': {written[3..]} is no address");
        }

        if (!written.StartsWith("0x", StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetBytes(written);
        }

        try
        {
            return Convert.FromHexString(written[2..]);
        }
        catch (FormatException)
        {
            throw new ArgumentException($"'{text}': {written} is not a whole number of octets in hexadecimal");
        }
    }
}
