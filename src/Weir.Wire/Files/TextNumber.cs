// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;

namespace Weir.Wire.Files;

/// <summary>Numbers off ASCII text, without strings. False on anything that is not wholly a number.</summary>
public static class TextNumber
{
    /// <summary>Digits only, within 64 bits.</summary>
    public static bool TryUnsigned(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > 20)
        {
            return false;
        }

        foreach (var letter in text)
        {
            var digit = (uint)(letter - '0');
            if (digit > 9 || value > (ulong.MaxValue - digit) / 10)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        return true;
    }

    /// <summary>As <see cref="TryUnsigned"/>, but a fraction such as <c>.0</c> is allowed and dropped.</summary>
    public static bool TryCount(ReadOnlySpan<byte> text, out ulong value)
    {
        var point = text.IndexOf((byte)'.');
        return point < 0
            ? TryUnsigned(text, out value)
            : TryUnsigned(text[..point], out value) && (point + 1 == text.Length || AreDigits(text[(point + 1)..]));
    }

    /// <summary>A decimal number times 1,000 and rounded down: seconds to milliseconds. A sign is allowed.</summary>
    public static bool TryThousands(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IndexOfAny((byte)'e', (byte)'E') >= 0)
        {
            // Small numbers in JSON: 9.5e-07.
            var read = Utf8Parser.TryParse(text, out double number, out var used)
                && used == text.Length && Math.Abs(number) < 1e15;
            value = read ? (long)Math.Floor(number * 1_000) : 0;
            return read;
        }

        var negative = !text.IsEmpty && text[0] == '-';
        text = negative ? text[1..] : text;
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        if (!TryUnsigned(whole, out var units) || units > long.MaxValue / 1_000 - 1)
        {
            return false;
        }

        value = (long)units * 1_000;
        if (point >= 0)
        {
            if (!TryMilliseconds(text[(point + 1)..], out var thousandths))
            {
                return false;
            }

            value += thousandths;
        }

        value = negative ? -value : value;
        return true;
    }

    /// <summary>The digits after a decimal point as thousandths, rounded down; none at all are 0.</summary>
    public static bool TryMilliseconds(ReadOnlySpan<byte> fraction, out int thousandths)
    {
        thousandths = 0;
        if (!AreDigits(fraction))
        {
            return false;
        }

        for (var i = 0; i < 3; i++)
        {
            thousandths = (thousandths * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        }

        return true;
    }

    /// <summary>Hexadecimal digits without prefix, at most eight.</summary>
    public static bool TryHex(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > 8)
        {
            return false;
        }

        foreach (var letter in text)
        {
            var digit = letter switch
            {
                >= (byte)'0' and <= (byte)'9' => letter - '0',
                >= (byte)'a' and <= (byte)'f' => letter - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => letter - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
            {
                return false;
            }

            value = (value << 4) | (uint)digit;
        }

        return true;
    }

    private static bool AreDigits(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
