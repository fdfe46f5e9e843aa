// SPDX-License-Identifier: Apache-2.0
//
// How a line gets its name from what a record says. A User-Name is what a person logs in with, so it is kept as a keyed
// digest under the vault's salt: the same name is the same line, and who reads the tables learns no login. Names that
// are the provider's own (Class, circuit id, customer number) stay as they are, for disclosure must be of use.
using System.Security.Cryptography;
using System.Text;

namespace Weir.Vault.Identity.Records;

/// <summary>Makes line names.</summary>
public sealed class SubscriberLineNamer
{
    private readonly byte[] _salt;

    /// <param name="salt">At least 16 octets that only the vault knows.</param>
    public SubscriberLineNamer(ReadOnlySpan<byte> salt)
    {
        if (salt.Length < 16)
        {
            throw new ArgumentException("the salt of line names has at least 16 octets", nameof(salt));
        }

        _salt = salt.ToArray();
    }

    /// <summary>A name that is kept as a keyed digest (HMAC-SHA-256, 128 bits of it).</summary>
    public SubscriberLineName Hidden(string sort, ReadOnlySpan<byte> value)
    {
        Span<byte> digest = stackalloc byte[32];
        var prefixed = new byte[sort.Length + 1 + value.Length];
        Encoding.ASCII.GetBytes(sort, prefixed);
        value.CopyTo(prefixed.AsSpan(sort.Length + 1));
        HMACSHA256.HashData(_salt, prefixed, digest);
        return new SubscriberLineName($"{sort}:{Convert.ToHexStringLower(digest[..16])}");
    }

    /// <summary>A name that is kept as it is: printable text as text, anything else in hexadecimal.</summary>
    public SubscriberLineName Plain(string sort, ReadOnlySpan<byte> value)
    {
        var printable = !value.IsEmpty && !value.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E);
        var longest = SubscriberLineName.MaxCharacters - sort.Length - 1;
        return value.Length > (printable ? longest : longest / 2)
            ? Hidden(sort, value)
            : new SubscriberLineName(
                $"{sort}:{(printable ? Encoding.ASCII.GetString(value) : Convert.ToHexStringLower(value))}");
    }

    public SubscriberLineName Plain(string sort, string value) => Plain(sort, Encoding.UTF8.GetBytes(value));
}
