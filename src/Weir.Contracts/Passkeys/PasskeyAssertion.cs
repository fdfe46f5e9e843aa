// SPDX-License-Identifier: Apache-2.0
//
// What an authenticator answers to a challenge, with the octets that its signature covers. It is looked at without
// anything but the passkey and the challenge, so that it is looked at again from a record alone.
//
// Standards: W3C Web Authentication Level 3, sections 5.8.1 (client data), 6.1 (authenticator data), 6.5.5 (signature
// formats), 7.2 (verifying an assertion).
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Passkeys;

/// <summary>An assertion. Immutable.</summary>
public sealed class PasskeyAssertion
{
    /// <summary>Longest text that is read, characters.</summary>
    public const int MaxText = 16 << 10;

    private const string Form = "webauthn";
    private const int FlagsAt = SHA256.HashSizeInBytes;
    private const int CounterAt = FlagsAt + 1;
    private const int HeadOctets = CounterAt + sizeof(uint);
    private const byte UserPresent = 1;
    private const byte UserVerified = 4;
    private const byte BackupEligible = 8;
    private const byte BackedUp = 16;
    private const byte HasExtensions = 128;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly byte[] _data;
    private readonly byte[] _client;
    private readonly byte[] _signature;

    private PasskeyAssertion(string credential, byte[] data, byte[] client, byte[] signature) =>
        (Credential, _data, _client, _signature) = (credential, data, client, signature);

    /// <summary>Which passkey it says made it, base64url.</summary>
    public string Credential { get; }

    /// <summary>What the authenticator counted; 0 of one that does not count.</summary>
    public uint Counter => BinaryPrimitives.ReadUInt32BigEndian(_data.AsSpan(CounterAt));

    /// <summary>What the browser said that it was about, JSON.</summary>
    public ReadOnlySpan<byte> ClientData => _client;

    /// <summary>The signature: DER of two numbers for ECDSA, 64 octets for Ed25519.</summary>
    public ReadOnlySpan<byte> Signature => _signature;

    /// <summary>The octets under the signature: authenticator data, and SHA-256 of the client data.</summary>
    public byte[] SignedOctets() => [.. _data, .. SHA256.HashData(_client)];

    /// <summary>Reads <c>webauthn.CREDENTIAL.DATA.CLIENT.SIGNATURE</c>, each base64url. Never throws.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PasskeyAssertion? assertion)
    {
        assertion = null;
        if (text is not { Length: <= MaxText } || text.Split('.') is not [Form, var id, var data, var client, var made]
            || !StrictBase64.TryDecodeUrl(id, out _) || !StrictBase64.TryDecodeUrl(data, out var dataOctets)
            || !StrictBase64.TryDecodeUrl(client, out var clientOctets)
            || !StrictBase64.TryDecodeUrl(made, out var madeOctets) || dataOctets.Length < HeadOctets)
        {
            return false;
        }

        assertion = new(id, dataOctets, clientOctets, madeOctets);
        return true;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => string.Join('.', Form, Credential, Base64Url.EncodeToString(_data),
        Base64Url.EncodeToString(_client), Base64Url.EncodeToString(_signature));

    /// <summary>The challenge of a text: SHA-256 of its UTF-8.</summary>
    public static byte[] ChallengeOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>Looks whether this passkey answered this challenge, on a page of its own host, by a person whom its
    /// authenticator knew.</summary>
    /// <param name="passkey">Whose credential <see cref="Credential"/> is.</param>
    /// <param name="challenge">What had to be answered.</param>
    /// <param name="origin">Scheme, host and port of the only page that may ask; null where any port of the host may.
    /// </param>
    public PasskeyFault Verify(Passkey passkey, ReadOnlySpan<byte> challenge, string? origin = null)
    {
        if (passkey.Credential != Credential || !AreFlagsSound())
        {
            return PasskeyFault.Malformed;
        }

        if (FaultOfClient(passkey.Host, challenge, origin) is not PasskeyFault.None and var fault)
        {
            return fault;
        }

        var flags = _data[FlagsAt];
        return !_data.AsSpan(0, FlagsAt).SequenceEqual(SHA256.HashData(Encoding.ASCII.GetBytes(passkey.Host)))
                ? PasskeyFault.OtherHost
            : (flags & UserPresent) == 0 ? PasskeyFault.NotPresent
            : (flags & UserVerified) == 0 ? PasskeyFault.NotVerified
            : IsMadeBy(passkey) ? PasskeyFault.None
            : PasskeyFault.BadSignature;
    }

    /// <summary>Whether this passkey made it at all, whatever it is about.</summary>
    public bool IsMadeBy(Passkey passkey) =>
        passkey.Credential == Credential && passkey.Key.VerifiesDer(SignedOctets(), _signature);

    /// <summary>No extension was asked for; data behind the counter is one all the same, and a backup has to be
    /// possible where there is one.</summary>
    private bool AreFlagsSound()
    {
        var flags = _data[FlagsAt];
        return (_data.Length == HeadOctets || (flags & HasExtensions) != 0)
            && ((flags & BackedUp) == 0 || (flags & BackupEligible) != 0);
    }

    private PasskeyFault FaultOfClient(string host, ReadOnlySpan<byte> challenge, string? origin)
    {
        try
        {
            using var document = JsonDocument.Parse(_client, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "type") != "webauthn.get"
                || Text(root, "origin") is not { } from)
            {
                return PasskeyFault.Malformed;
            }

            var isInside = root.TryGetProperty("topOrigin", out _)
                || (root.TryGetProperty("crossOrigin", out var cross) && cross.ValueKind != JsonValueKind.False);
            return Text(root, "challenge") != Base64Url.EncodeToString(challenge) ? PasskeyFault.OtherChallenge
                : isInside || !(origin is null ? IsOf(host, from) : from == origin) ? PasskeyFault.OtherOrigin
                : PasskeyFault.None;
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException) // half a surrogate pair
        {
            return PasskeyFault.Malformed;
        }
    }

    /// <summary>Over TLS; in the clear only where a browser takes the name for this machine.</summary>
    private static bool IsOf(string host, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var address) && address.Host == host
        && address.GetLeftPart(UriPartial.Authority) == origin
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp
            && (host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal))));

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
