// SPDX-License-Identifier: Apache-2.0
//
// What an envelope and a log call a key by: short, stable, made from the key itself.
using System.Globalization;
using System.Security.Cryptography;

namespace Weir.Contracts.Signing;

/// <summary>Identifier of a public key: the first 16 hexadecimal digits, lower case, of SHA-256 over its 32
/// octets.</summary>
public readonly record struct KeyId
{
    private const int Digits = 16;

    private readonly ulong _value;

    private KeyId(ulong value) => _value = value;

    /// <summary>The identifier of a raw public key.</summary>
    public static KeyId From(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(publicKey, digest);
        return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(digest));
    }

    /// <summary>Reads 16 lower-case hexadecimal digits and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out KeyId id)
    {
        id = default;
        if (text.Length != Digits || !IsLowerHex(text))
        {
            return false;
        }

        id = new(ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>The 16 digits.</summary>
    public override string ToString() => _value.ToString("x16", CultureInfo.InvariantCulture);

    private static bool IsLowerHex(ReadOnlySpan<char> text)
    {
        foreach (var digit in text)
        {
            if (!char.IsAsciiHexDigitLower(digit))
            {
                return false;
            }
        }

        return true;
    }
}
