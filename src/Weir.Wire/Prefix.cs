// SPDX-License-Identifier: Apache-2.0
//
// A network in CIDR notation (RFC 4632, RFC 4291 §2.3). Lengths are kept on the 128-bit scale, so 192.0.2.0/24 has
// length 120 inside and prints as /24.
using System.Globalization;

namespace Weir.Wire;

/// <summary>An IPv4 or IPv6 network.</summary>
/// <param name="Network">First address, host bits zero.</param>
/// <param name="Length">Prefix length on the 128-bit scale: an IPv4 /n is 96 + n.</param>
public readonly record struct Prefix(IpKey Network, int Length)
{
    public static UInt128 Mask(int length) => length <= 0 ? UInt128.Zero : UInt128.MaxValue << (128 - length);

    /// <summary>The network of <paramref name="length"/> bits (128-bit scale) that holds an address.</summary>
    public static Prefix From(IpKey address, int length) => new(new IpKey(address.Bits & Mask(length)), length);

    public bool IsV4 => Length >= 96 && Network.IsV4;

    /// <summary>The length as people write it: 0 to 32 for IPv4, 0 to 128 for IPv6.</summary>
    public int WrittenLength => IsV4 ? Length - 96 : Length;

    public bool Contains(IpKey address) => (address.Bits & Mask(Length)) == Network.Bits;

    public IpKey Last => new(Network.Bits | ~Mask(Length));

    /// <summary>Takes "address" or "address/length". Host bits that are set are refused when
    /// <paramref name="strict"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Prefix prefix, bool strict = false)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        if (!IpKey.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var v4 = address.IsV4 && !text.Contains(':');
        var widest = v4 ? 32 : 128;
        var length = widest;
        if (slash >= 0
            && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)
                || length > widest))
        {
            return false;
        }

        prefix = From(address, v4 ? length + 96 : length);
        return !strict || prefix.Network == address;
    }

    public static Prefix Parse(string text) =>
        TryParse(text, out var prefix)
            ? prefix
            : throw new FormatException($"'{text}' is not a network in CIDR notation");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Network}/{WrittenLength}");
}
