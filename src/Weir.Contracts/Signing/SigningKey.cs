// SPDX-License-Identifier: Apache-2.0
//
// A key that signs envelopes: a collector's or the store's event key, or the vault's grant key. It is never printed and
// never serialised; its 32 octets leave on demand only, for the file that keeps them.
//
// Standards: RFC 8032 (Ed25519).
using System.Diagnostics.CodeAnalysis;
using NSec.Cryptography;

namespace Weir.Contracts.Signing;

/// <summary>An Ed25519 private key. Safe for any thread; wiped from memory when disposed.</summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>Length of the exported key.</summary>
    public const int Octets = 32;

    private readonly Key _key;

    private SigningKey(Key key)
    {
        _key = key;
        Public = PublicKey.From(key.PublicKey);
    }

    /// <summary>The half that others may know.</summary>
    public PublicKey Public { get; }

    /// <summary>A new key from the system's randomness.</summary>
    public static SigningKey Create() => new(Key.Create(SignatureAlgorithm.Ed25519, Parameters()));

    /// <summary>Takes the 32 octets of <see cref="Export"/>: a kept key, or a simulation's seed.</summary>
    public static bool TryImport(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out SigningKey? key)
    {
        var format = KeyBlobFormat.RawPrivateKey;
        key = Key.TryImport(SignatureAlgorithm.Ed25519, octets, format, out var found, Parameters()) ? new(found!)
            : null;
        return key is not null;
    }

    /// <summary>The 32 secret octets, for the file that keeps them. The caller clears the array.</summary>
    public byte[] Export() => _key.Export(KeyBlobFormat.RawPrivateKey);

    /// <summary>Puts a payload into an envelope that says it comes from this key's holder.</summary>
    /// <param name="type">What the payload is: see <see cref="Envelope.IsType"/>.</param>
    /// <param name="version">Version of the payload's schema, 1 to 65,535.</param>
    /// <param name="payload">At most <see cref="Envelope.MaxPayloadOctets"/>; copied.</param>
    /// <exception cref="ArgumentException">The type, the version or the payload's length is none.</exception>
    public Envelope Sign(string type, int version, ReadOnlySpan<byte> payload)
    {
        if (!Envelope.IsType(type) || version is < 1 or > Envelope.NewestVersion)
        {
            throw new ArgumentException($"'{type}' version {version} is no type of envelope");
        }

        if (payload.Length > Envelope.MaxPayloadOctets)
        {
            throw new ArgumentException($"{payload.Length} octets are too many for an envelope", nameof(payload));
        }

        var octets = CanonicalOctets.Create(type, version, Public.Id, payload);
        var signature = SignatureAlgorithm.Ed25519.Sign(_key, octets);
        return new Envelope(type, version, Public.Id, payload.ToArray(), signature);
    }

    /// <summary>A bare signature, 64 octets, for a form of octets that brings its own domain.</summary>
    internal byte[] SignBare(ReadOnlySpan<byte> octets) => SignatureAlgorithm.Ed25519.Sign(_key, octets);

    /// <summary>Wipes the key.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>Names the key without giving it.</summary>
    public override string ToString() => $"private key {Public.Id}";

    private static KeyCreationParameters Parameters() =>
        new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
}
