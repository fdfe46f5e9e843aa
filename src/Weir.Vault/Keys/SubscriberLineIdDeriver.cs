// SPDX-License-Identifier: Apache-2.0
//
// A line's number is HMAC-SHA256 of its name under a key that only the vault has, cut to 112 bits: the same line has
// the same number in every epoch and on every address, no table is kept, and without the key nobody can try names.
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Networks;
using Weir.Hosting.Files;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Keys;

/// <summary>Numbers lines. Safe for any thread.</summary>
/// <param name="key">32 octets.</param>
internal sealed class SubscriberLineIdDeriver(byte[] key)
{
    public const int KeyOctets = 32;

    /// <summary>With the key in a file, made on first use.</summary>
    /// <param name="folder">Of the keys.</param>
    /// <param name="use">What was made under it; null for nothing.</param>
    /// <exception cref="InvalidDataException">The file is not a key, is lost, or others may read it.</exception>
    public static SubscriberLineIdDeriver In(string folder, KeyUse? use) =>
        new(KeyFile.Kept(Path.Combine(folder, "lines.key"), KeyOctets, use));

    public IpKey Compute(SubscriberLineName line)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(line.Text), digest);
        return SubscriberLineId.From(digest);
    }
}
