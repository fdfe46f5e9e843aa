// SPDX-License-Identifier: Apache-2.0
//
// A link's last part: who holds it sees one case's page and nothing else. 45 octets as base64url, so that no letter
// holds a bit that does not count: version, number of the case, end, and HMAC-SHA256 over them. No identity stands in
// it. Two keys are tried, always both, so that a key can be changed while links made under the former one are still
// out.
//
// Standards: RFC 2104 (HMAC), RFC 4648 section 5 (base64url).
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Scopes;

namespace Weir.Vault.Customers;

/// <summary>The keys links are signed under, 32 octets each.</summary>
/// <param name="Current">Signs, and is accepted.</param>
/// <param name="Former">Is accepted; null where there was none.</param>
internal sealed record LinkKeys(byte[] Current, byte[]? Former);

/// <summary>Signs links and forms, and tells the true from the others. Safe for many callers at once.</summary>
internal sealed class LinkSigner(LinkKeys keys)
{
    public const int KeyOctets = HMACSHA256.HashSizeInBytes;

    /// <summary>Letters of a link's last part.</summary>
    public const int Letters = 60;

    private const byte Version = 1;
    private const int Signed = 13;
    private const int Octets = Signed + HMACSHA256.HashSizeInBytes;
    private const int FormOctets = 4 + HMACSHA256.HashSizeInBytes;

    private static readonly byte[] LinkLabel = Encoding.ASCII.GetBytes("weir link of a case");
    private static readonly byte[] FormLabel = Encoding.ASCII.GetBytes("weir form of a case");

    private LinkKeys _keys = keys;

    /// <summary>From now on signs under another key.</summary>
    public void Use(LinkKeys next) => Volatile.Write(ref _keys, next);

    /// <summary>A link's last part: 60 letters of base64url.</summary>
    /// <param name="id">Whose page.</param>
    /// <param name="until">From then on it is refused; whole seconds, UTC, until the year 2106.</param>
    public string Sign(CaseId id, DateTimeOffset until)
    {
        Span<byte> octets = stackalloc byte[Octets];
        octets[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(octets[1..], id.Number);
        BinaryPrimitives.WriteUInt32BigEndian(
            octets[9..], (uint)Math.Clamp(until.ToUnixTimeSeconds(), 0, uint.MaxValue));
        Tag(Volatile.Read(ref _keys).Current, LinkLabel, octets[..Signed], octets[Signed..]);
        return Base64Url.EncodeToString(octets);
    }

    /// <summary>The case of a link that is true and not over. How long it takes tells nothing about
    /// the signature.</summary>
    public bool TryRead(string link, DateTimeOffset now, out CaseId id)
    {
        id = default;
        Span<byte> octets = stackalloc byte[Octets];
        if (!TryDecode(link, Letters, octets) || !IsTrue(LinkLabel, octets[..Signed], octets[Signed..]))
        {
            return false;
        }

        id = new CaseId(BinaryPrimitives.ReadUInt64BigEndian(octets[1..]));
        return octets[0] == Version && now.ToUnixTimeSeconds() < BinaryPrimitives.ReadUInt32BigEndian(octets[9..]);
    }

    /// <summary>What a form of a page carries, so that only the page's own form is taken.</summary>
    /// <param name="link">The page's link.</param>
    /// <param name="until">From then on the form is refused.</param>
    public string SignForm(string link, DateTimeOffset until)
    {
        Span<byte> octets = stackalloc byte[FormOctets];
        BinaryPrimitives.WriteUInt32BigEndian(octets, (uint)Math.Clamp(until.ToUnixTimeSeconds(), 0, uint.MaxValue));
        Tag(Volatile.Read(ref _keys).Current, FormLabel, FormText(octets[..4], link), octets[4..]);
        return Base64Url.EncodeToString(octets);
    }

    /// <summary>Whether a form comes from this link's page and is not over.</summary>
    public bool IsForm(string form, string link, DateTimeOffset now)
    {
        Span<byte> octets = stackalloc byte[FormOctets];
        return TryDecode(form, FormOctets / 3 * 4, octets)
            && IsTrue(FormLabel, FormText(octets[..4], link), octets[4..])
            && now.ToUnixTimeSeconds() < BinaryPrimitives.ReadUInt32BigEndian(octets);
    }

    private bool IsTrue(byte[] label, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> tag)
    {
        var keys = Volatile.Read(ref _keys);
        Span<byte> wanted = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Tag(keys.Current, label, signed, wanted);
        var current = CryptographicOperations.FixedTimeEquals(wanted, tag);
        Tag(keys.Former ?? keys.Current, label, signed, wanted);
        return current | CryptographicOperations.FixedTimeEquals(wanted, tag);
    }

    private static byte[] FormText(ReadOnlySpan<byte> until, string link) =>
        [.. until, .. Encoding.UTF8.GetBytes(link)];

    private static void Tag(byte[] key, byte[] label, ReadOnlySpan<byte> signed, Span<byte> tag)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(label);
        hash.AppendData(signed);
        hash.GetHashAndReset(tag);
    }

    /// <summary>Letters of base64url alone: what a lenient reader would skip is refused.</summary>
    private static bool TryDecode(string text, int letters, Span<byte> octets)
    {
        if (text.Length != letters || text.AsSpan().ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        return Base64Url.TryDecodeFromChars(text, octets, out var written) && written == octets.Length;
    }

    private static readonly System.Buffers.SearchValues<char> Alphabet =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
