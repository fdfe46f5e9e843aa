// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.Files;

/// <summary>Addresses off ASCII text, without strings: the same language as <see cref="IpKey.TryParse"/>.</summary>
public static class TextAddress
{
    /// <summary>Dotted decimal without leading zeros, or RFC 4291 §2.2 text without scope.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out IpKey key)
    {
        if (text.IndexOf((byte)':') >= 0)
        {
            return TryV6(text, out key);
        }

        var parsed = TryV4(text, out var address);
        key = parsed ? IpKey.FromV4(address) : default;
        return parsed;
    }

    private static bool TryV4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        if (text.Length is < 7 or > 15)
        {
            return false;
        }

        uint part = 0;
        var digits = 0;
        var dots = 0;
        foreach (var letter in text)
        {
            var digit = (uint)(letter - '0');
            if (digit <= 9)
            {
                if (digits > 0 && part == 0)
                {
                    return false;
                }

                part = (part * 10) + digit;
                digits++;
                if (part > 255)
                {
                    return false;
                }
            }
            else if (letter == '.' && digits > 0 && dots < 3)
            {
                address = (address << 8) | part;
                part = 0;
                digits = 0;
                dots++;
            }
            else
            {
                return false;
            }
        }

        address = (address << 8) | part;
        return dots == 3 && digits > 0;
    }

    private static bool TryV6(ReadOnlySpan<byte> text, out IpKey key)
    {
        key = default;
        Span<ushort> groups = stackalloc ushort[8];
        var count = 0;
        var gap = -1;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            text = text[2..];
        }
        else if (text[0] == ':')
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            var colon = text.IndexOf((byte)':');
            if (!TryGroup(colon < 0 ? text : text[..colon], isLast: colon < 0, groups, ref count))
            {
                return false;
            }

            if (colon < 0)
            {
                break;
            }

            text = text[(colon + 1)..];
            if (text.IsEmpty)
            {
                return false;
            }

            if (text[0] == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = count;
                text = text[1..];
            }
        }

        if (gap < 0 ? count != 8 : count > 7)
        {
            return false;
        }

        key = Join(groups, count, gap < 0 ? count : gap);
        return true;
    }

    /// <summary>One group of hexadecimal digits, or the last two as an IPv4 address.</summary>
    private static bool TryGroup(ReadOnlySpan<byte> part, bool isLast, Span<ushort> groups, ref int count)
    {
        if (isLast && part.IndexOf((byte)'.') >= 0)
        {
            if (count > 6 || !TryV4(part, out var v4))
            {
                return false;
            }

            groups[count++] = (ushort)(v4 >> 16);
            groups[count++] = (ushort)v4;
            return true;
        }

        if (count == 8 || part.Length > 4 || !TextNumber.TryHex(part, out var group))
        {
            return false;
        }

        groups[count++] = (ushort)group;
        return true;
    }

    private static IpKey Join(ReadOnlySpan<ushort> groups, int count, int gap)
    {
        var bits = UInt128.Zero;
        for (var i = 0; i < 8; i++)
        {
            var from = i < gap ? i : i - (8 - count);
            bits = (bits << 16) | (i < gap || from >= gap ? groups[from] : (ushort)0);
        }

        return new(bits);
    }
}
