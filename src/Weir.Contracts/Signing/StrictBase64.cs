// SPDX-License-Identifier: Apache-2.0
//
// Base64 with one text for each value: white space, missing padding and stray bits in the last digit are refused, so
// that no two texts stand for the same signed octets.
using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Weir.Contracts.Signing;

internal static class StrictBase64
{
    /// <summary>Decodes standard base64 (RFC 4648 section 4) with its padding.</summary>
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? octets)
    {
        octets = new byte[text.Length / 4 * 3];
        if (text.Length % 4 != 0 || !Convert.TryFromBase64String(text, octets, out var length))
        {
            octets = null;
            return false;
        }

        Array.Resize(ref octets, length);
        return Convert.ToBase64String(octets).Equals(text, StringComparison.Ordinal) || Fail(out octets);
    }

    /// <summary>Decodes base64url (RFC 4648 section 5) without padding.</summary>
    public static bool TryDecodeUrl(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? octets)
    {
        octets = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, octets, out _, out var length) != OperationStatus.Done)
        {
            return Fail(out octets);
        }

        Array.Resize(ref octets, length);
        return text.SequenceEqual(Base64Url.EncodeToString(octets)) || Fail(out octets);
    }

    private static bool Fail(out byte[]? octets)
    {
        octets = null;
        return false;
    }
}
