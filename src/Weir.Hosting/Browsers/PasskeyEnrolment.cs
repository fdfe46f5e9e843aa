// SPDX-License-Identifier: Apache-2.0
//
// A new passkey becomes a line for the governance. It answers a challenge at once, so that the line is of a key that
// works; nothing is kept, since two people sign the line or it is nobody's.
using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Ssh;

namespace Weir.Hosting.Browsers;

/// <param name="Challenge">To be answered within two minutes, base64url.</param>
internal sealed record PasskeyChallenge(string Challenge);

/// <summary>A new passkey, with its answer to a challenge.</summary>
/// <param name="Credential">Its identifier, base64url.</param>
/// <param name="Key">Its public key as browsers give it, base64url.</param>
/// <param name="Assertion">Its answer.</param>
/// <param name="Name">Whose it shall be.</param>
internal sealed record NewPasskey(string Credential, string Key, string Assertion, string Name);

/// <param name="Line">For the governance.</param>
/// <param name="Fingerprint">Of its key, to be read out.</param>
internal sealed record PasskeyLine(string Line, string Fingerprint);

/// <summary>A passkey is none that can be used here.</summary>
internal sealed class PasskeyException(PasskeyFault fault, string sentence) : Exception(sentence)
{
    public PasskeyFault Fault => fault;
}

/// <summary>Makes the lines. Safe for any thread.</summary>
internal sealed class PasskeyEnrolment(PasskeyChallenges challenges, BrowserOrigin origin)
{
    private const int MaxName = 64;
    private const int MaxKey = 1_024;

    /// <exception cref="PasskeyException">It is none that can be used here; the message says why.</exception>
    public PasskeyLine Enrol(NewPasskey made)
    {
        if (made.Name.Length is 0 or > MaxName
            || made.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
        {
            throw new PasskeyException(PasskeyFault.Malformed,
                "a name is one word of letters, digits, dots and hyphens, as the governance has it");
        }

        var info = new byte[MaxKey];
        if (made.Key.Length > MaxKey
            || Base64Url.DecodeFromChars(made.Key, info, out _, out var length) != OperationStatus.Done
            || !SshPublicKey.TryImportPublicKeyInfo(info.AsSpan(0, length), out var key)
            || !Passkey.TryCreate(origin.Host, made.Credential, key, out var passkey)
            || !PasskeyAssertion.TryParse(made.Assertion, out var assertion))
        {
            throw new PasskeyException(PasskeyFault.Malformed,
                "the passkey has no key of Ed25519 or ECDSA over P-256; use another authenticator");
        }

        if (!challenges.TryRead(assertion.ClientData, out var challenge))
        {
            throw new PasskeyException(PasskeyFault.OtherChallenge, "two minutes are over; try again");
        }

        // The challenge is not used up: who brings the same again is told the same line, and strangers fill nothing.
        var fault = assertion.Verify(passkey, challenge, origin.Name);
        return fault is PasskeyFault.None
            ? new($"{passkey} {made.Name}", key.Fingerprint)
            : throw new PasskeyException(fault,
                "the passkey did not answer as one of this page that asks who touches it; make another");
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PasskeyChallenge))]
[JsonSerializable(typeof(NewPasskey))]
[JsonSerializable(typeof(PasskeyLine))]
internal sealed partial class PasskeyJson : JsonSerializerContext;
