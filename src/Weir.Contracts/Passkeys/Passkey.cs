// SPDX-License-Identifier: Apache-2.0
//
// The public half of a person's passkey, in one line: RELYING-PARTY CREDENTIAL TYPE BASE64 COMMENT. The key stands
// there as OpenSSH writes one, so that people have one kind of public key, whose fingerprint is one.
using System.Diagnostics.CodeAnalysis;
using Weir.Contracts.Signing;
using Weir.Contracts.Ssh;

namespace Weir.Contracts.Passkeys;

/// <summary>A credential of WebAuthn (W3C Web Authentication Level 3) that a governance names. Immutable.</summary>
public sealed record Passkey
{
    /// <summary>How a line is written.</summary>
    public const string Form = "HOST CREDENTIAL ecdsa-sha2-nistp256 AAAA…";

    private const int MaxHost = 253;
    private const int MinCredentialOctets = 16;
    private const int MaxCredentialOctets = 1_023;

    private Passkey(string host, string credential, SshPublicKey key) => (Host, Credential, Key) =
        (host, credential, key);

    /// <summary>The host name that it was made for, in small letters: the relying party's identifier.</summary>
    public string Host { get; }

    /// <summary>The credential's identifier, base64url.</summary>
    public string Credential { get; }

    /// <summary>Its public key: Ed25519, or ECDSA over P-256.</summary>
    public SshPublicKey Key { get; }

    /// <summary>Reads a line; a comment behind it counts for nothing.</summary>
    public static bool TryParse(string? line, [NotNullWhen(true)] out Passkey? passkey)
    {
        passkey = null;
        return line is { Length: < 4 * MaxCredentialOctets }
            && line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries) is [var host, var id, var type, var key, ..]
            && SshPublicKey.TryParse($"{type} {key}", out var read)
            && TryCreate(host, id, read, out passkey);
    }

    /// <summary>Puts one together. Never throws.</summary>
    /// <param name="host">The relying party.</param>
    /// <param name="credential">Its identifier, base64url.</param>
    /// <param name="key">Its public key.</param>
    /// <param name="passkey">The passkey.</param>
    public static bool TryCreate(
        string host, string credential, SshPublicKey key, [NotNullWhen(true)] out Passkey? passkey)
    {
        passkey = IsHost(host) && StrictBase64.TryDecodeUrl(credential, out var octets)
            && octets.Length is >= MinCredentialOctets and <= MaxCredentialOctets
            && !SshKeyTypes.IsSecurityKey(key.Type)
                ? new(host, credential, key)
                : null;
        return passkey is not null;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => $"{Host} {Credential} {Key}";

    private static bool IsHost(string text) =>
        text.Length is > 0 and <= MaxHost && !char.IsAsciiDigit(text[^1])
        && text.Split('.').All(label => label.Length is > 0 and < 64 && label[0] != '-' && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
}
