// SPDX-License-Identifier: Apache-2.0
//
// A signed thing travels and is stored as the exact octets that were signed: the payload is kept as it came and never
// written anew. An envelope as such is not believed; PublicKeyRing says who signed it.
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Weir.Contracts.Signing;

/// <summary>A payload with its type, schema version, key and Ed25519 signature. Immutable; equal by content.</summary>
[JsonConverter(typeof(EnvelopeConverter))]
public sealed class Envelope : IEquatable<Envelope>
{
    /// <summary>Most octets of any payload; a type may allow fewer.</summary>
    public const int MaxPayloadOctets = 1 << 20;

    /// <summary>Length of a signature.</summary>
    public const int SignatureOctets = 64;

    /// <summary>Highest schema version that can be written.</summary>
    public const int NewestVersion = ushort.MaxValue;

    private const int LongestType = 64;

    private readonly byte[] _payload;
    private readonly byte[] _signature;

    internal Envelope(string type, int version, KeyId key, byte[] payload, byte[] signature) =>
        (Type, Version, Key, _payload, _signature) = (type, version, key, payload, signature);

    /// <summary>What the payload is, such as <c>event</c>.</summary>
    public string Type { get; }

    /// <summary>Version of the payload's schema, from 1.</summary>
    public int Version { get; }

    /// <summary>The key that is said to have signed.</summary>
    public KeyId Key { get; }

    /// <summary>The signed octets, as they came.</summary>
    public ReadOnlyMemory<byte> Payload => _payload;

    /// <summary>64 octets.</summary>
    public ReadOnlySpan<byte> Signature => _signature;

    /// <summary>True for 1 to 64 lower-case letters, digits and hyphens that begin with a letter.</summary>
    public static bool IsType([NotNullWhen(true)] string? type) =>
        type is { Length: > 0 and <= LongestType }
        && type[0] is >= 'a' and <= 'z'
        && type.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Puts parts from outside together; says what is wrong with them otherwise. Copies nothing.</summary>
    /// <returns><see cref="EnvelopeFault.None"/>, <see cref="EnvelopeFault.Malformed"/> or
    /// <see cref="EnvelopeFault.TooLarge"/>.</returns>
    public static EnvelopeFault TryCreate(
        string? type, int version, KeyId key, byte[]? payload, byte[]? signature, out Envelope? envelope)
    {
        envelope = null;
        if (!IsType(type) || version is < 1 or > NewestVersion
            || payload is null || signature is not { Length: SignatureOctets })
        {
            return EnvelopeFault.Malformed;
        }

        if (payload.Length > MaxPayloadOctets)
        {
            return EnvelopeFault.TooLarge;
        }

        envelope = new(type, version, key, payload, signature);
        return EnvelopeFault.None;
    }

    /// <summary>What the signature covers.</summary>
    public byte[] SignedOctets() => CanonicalOctets.Create(Type, Version, Key, _payload);

    /// <inheritdoc/>
    public bool Equals(Envelope? other) =>
        other is not null && Type == other.Type && Version == other.Version && Key == other.Key
        && _payload.AsSpan().SequenceEqual(other._payload) && _signature.AsSpan().SequenceEqual(other._signature);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Envelope);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_signature);

    /// <summary>Names it in a log: type, version, key and length, never the payload.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Type}/{Version} of key {Key}, {_payload.Length} octets");
}
