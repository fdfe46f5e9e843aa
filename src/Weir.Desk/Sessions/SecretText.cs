// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Desk.Sessions;

/// <summary>Texts that one holder knows. They are drawn here and kept as their digest alone, so that who reads this
/// process's memory or a copy of it later cannot sign in with what stands there.</summary>
internal static class SecretText
{
    private const int Octets = 32;

    /// <summary>A new one: 256 bits, 43 characters of base64url.</summary>
    public static string Draw() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Octets));

    /// <summary>Random octets, for keys and salts.</summary>
    public static byte[] DrawOctets(int count) => RandomNumberGenerator.GetBytes(count);

    /// <summary>SHA-256, hexadecimal.</summary>
    public static string Digest(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Whether two are the same, in a time that does not tell how far they are.</summary>
    public static bool AreSame(string one, string other) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
