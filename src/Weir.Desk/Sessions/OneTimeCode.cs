// SPDX-License-Identifier: Apache-2.0
//
// Standards: RFC 6238 (TOTP) over RFC 4226 (HOTP), HMAC-SHA-1, 6 digits, 30 s: what every authenticator speaks.
// RFC 4648 (base32, without padding), for a person to type.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Weir.Desk.Sessions;

/// <summary>Codes of an authenticator that counts time.</summary>
internal static class OneTimeCode
{
    /// <summary>Seconds of one step (RFC 6238 5.2).</summary>
    public const int StepSeconds = 30;

    /// <summary>Octets of a key: as long as the HMAC (RFC 4226 4, R6).</summary>
    public const int KeyOctets = 20;

    public const int Digits = 6;

    /// <summary>Steps before and after now that count: for clocks that differ, and for who types slowly.</summary>
    public const int Drift = 1;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int CharacterBits = 5;
    private const uint TenToDigits = 1_000_000;

    /// <summary>The step of a time.</summary>
    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a step.</summary>
    /// <param name="key">Of <see cref="KeyOctets"/>.</param>
    /// <param name="step">Of <see cref="StepOf"/>.</param>
    public static string Of(ReadOnlySpan<byte> key, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238 and authenticators want HMAC-SHA-1, which rests on no collisions.
        _ = HMACSHA1.HashData(key, counter, mac);
#pragma warning restore CA5350
        var offset = mac[^1] & 0x0F;
        var number = (BinaryPrimitives.ReadUInt32BigEndian(mac[offset..]) & 0x7FFF_FFFF) % TenToDigits;
        return number.ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code somebody wrote, among those that count now and come after the last one that was
    /// used; null where there is none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="written">As it was typed; blanks do not count.</param>
    /// <param name="now">The time.</param>
    /// <param name="last">The last step that was used.</param>
    public static long? Find(ReadOnlySpan<byte> key, string written, DateTimeOffset now, long last)
    {
        var code = string.Concat(written.Where(c => !char.IsWhiteSpace(c)));
        long? found = null;
        for (var step = StepOf(now) - Drift; step <= StepOf(now) + Drift; step++)
        {
            // All are compared, each in the same time.
            if (SecretText.AreSame(Of(key, step), code) && step > last)
            {
                found ??= step;
            }
        }

        return found;
    }

    /// <summary>A key as people type it.</summary>
    public static string Write(ReadOnlySpan<byte> key)
    {
        var text = new char[((key.Length * 8) + CharacterBits - 1) / CharacterBits];
        for (var i = 0; i < text.Length; i++)
        {
            var value = 0;
            for (var bit = i * CharacterBits; bit < (i + 1) * CharacterBits; bit++)
            {
                value = (value << 1) | (bit / 8 < key.Length ? (key[bit / 8] >> (7 - (bit % 8))) & 1 : 0);
            }

            text[i] = Alphabet[value];
        }

        return new(text);
    }
}
