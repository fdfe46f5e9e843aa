// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Signing;
using Weir.Contracts.Ssh;

namespace Weir.Tests.Contracts.Passkeys;

/// <summary>What an authenticator and its browser do, without either: W3C Web Authentication Level 3, 5.8.1 and 6.1. It
/// also does what an honest one would not.</summary>
internal sealed class SoftwareAuthenticator(string host, bool isEd25519 = false) : IDisposable
{
    public const byte Present = 1;
    public const byte Verified = 4;

    private readonly ECDsa _p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly SigningKey _ed25519 = SigningKey.Create();

    public byte[] Credential { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>What it counts; 0 for one that does not.</summary>
    public uint Counter { get; set; }

    public string CredentialText => Base64Url.EncodeToString(Credential);

    /// <summary>Its public key as browsers give it.</summary>
    public byte[] KeyInfo => isEd25519
        ? [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 3, 0x21, 0, .. _ed25519.Public.Raw]
        : _p256.ExportSubjectPublicKeyInfo();

    public ECDsa P256 => _p256;

    public string Origin => $"https://{host}";

    public Passkey Passkey
    {
        get
        {
            Assert.True(SshPublicKey.TryImportPublicKeyInfo(KeyInfo, out var key));
            Assert.True(Passkey.TryCreate(host, CredentialText, key, out var passkey));
            return passkey;
        }
    }

    /// <summary>Answers SHA-256 of a text, as the vault's page asks.</summary>
    public string Sign(string text, string? origin = null, byte flags = Present | Verified) =>
        Answer(SHA256.HashData(Encoding.UTF8.GetBytes(text)), origin, flags).ToString();

    /// <summary>Answers a challenge.</summary>
    /// <param name="challenge">What was asked.</param>
    /// <param name="origin">Of the page that asked; its own host's unless given.</param>
    /// <param name="flags">What the authenticator says of the person.</param>
    /// <param name="forHost">Which host it answers for.</param>
    /// <param name="client">The client data, where they are not what a browser writes.</param>
    public PasskeyAssertion Answer(
        byte[] challenge, string? origin = null, byte flags = Present | Verified, string? forHost = null,
        string? client = null)
    {
        Counter += Counter > 0 ? 1u : 0;
        var data = new byte[37];
        SHA256.HashData(Encoding.ASCII.GetBytes(forHost ?? host)).CopyTo(data, 0);
        data[32] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(33), Counter);
        var json = Encoding.UTF8.GetBytes(client ?? Client(challenge, origin ?? Origin));
        byte[] signed = [.. data, .. SHA256.HashData(json)];
        var signature = isEd25519
            ? _ed25519.SignBare(signed)
            : _p256.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Read(data, json, signature);
    }

    public static string Client(byte[] challenge, string origin, string more = ",\"crossOrigin\":false") =>
        $"{{\"type\":\"webauthn.get\",\"challenge\":\"{Base64Url.EncodeToString(challenge)}\",\"origin\":"
            + $"{JsonSerializer.Serialize(origin)}{more}}}";

    public PasskeyAssertion Read(byte[] data, byte[] client, byte[] signature)
    {
        Assert.True(PasskeyAssertion.TryParse(
            $"webauthn.{CredentialText}.{Base64Url.EncodeToString(data)}.{Base64Url.EncodeToString(client)}."
                + Base64Url.EncodeToString(signature), out var assertion));
        return assertion;
    }

    public void Dispose()
    {
        _p256.Dispose();
        _ed25519.Dispose();
    }
}
