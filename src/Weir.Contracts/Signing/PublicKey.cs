// SPDX-License-Identifier: Apache-2.0
//
// The public half of a key that signs envelopes, as configuration and governance write it: ed25519:BASE64.
//
// Standards: RFC 8032 (Ed25519), RFC 4648 section 4.
using System.Diagnostics.CodeAnalysis;
using NSec.Cryptography;
using RawKey = NSec.Cryptography.PublicKey;

namespace Weir.Contracts.Signing;

/// <summary>An Ed25519 public key. Immutable; equal where the 32 octets are.</summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    /// <summary>Length of the raw key.</summary>
    public const int Octets = 32;

    private const string Prefix = "ed25519:";

    private readonly RawKey _key;
    private readonly byte[] _raw;

    private PublicKey(RawKey key)
    {
        _key = key;
        _raw = key.Export(KeyBlobFormat.RawPublicKey);
        Id = KeyId.From(_raw);
    }

    /// <summary>What envelopes call this key by.</summary>
    public KeyId Id { get; }

    /// <summary>The raw key, 32 octets.</summary>
    public ReadOnlySpan<byte> Raw => _raw;

    /// <summary>Takes 32 raw octets.</summary>
    public static bool TryImport(ReadOnlySpan<byte> raw, [NotNullWhen(true)] out PublicKey? key)
    {
        key = RawKey.TryImport(SignatureAlgorithm.Ed25519, raw, KeyBlobFormat.RawPublicKey, out var found)
            ? new(found!)
            : null;
        return key is not null;
    }

    /// <summary>Reads <c>ed25519:BASE64</c>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        return text is not null
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && StrictBase64.TryDecode(text[Prefix.Length..], out var raw)
            && TryImport(raw, out key);
    }

    /// <inheritdoc/>
    public bool Equals(PublicKey? other) => other is not null && _raw.AsSpan().SequenceEqual(other._raw);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary><c>ed25519:BASE64</c>, as <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => Prefix + Convert.ToBase64String(_raw);

    internal static PublicKey From(RawKey key) => new(key);

    internal bool Verifies(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> signature) =>
        SignatureAlgorithm.Ed25519.Verify(_key, octets, signature);
}
