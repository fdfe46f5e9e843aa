// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Diagnostics;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Fido2NetLib;
using Fido2NetLib.Exceptions;
using Fido2NetLib.Objects;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Ssh;

namespace Weir.Tests.Contracts.Passkeys;

/// <summary>An assertion is looked at as the standard says, and every way in which it may be another's is named. A
/// library that others wrote judges the same ones.</summary>
public sealed class PasskeyAssertionTests : IDisposable
{
    private const string Host = "approve.example.net";
    private const byte BackedUp = 16;

    private static readonly byte[] Challenge = SHA256.HashData("what is read"u8);

    private readonly SoftwareAuthenticator _key = new(Host);
    private readonly SoftwareAuthenticator _ed25519 = new(Host, isEd25519: true);

    public void Dispose()
    {
        _key.Dispose();
        _ed25519.Dispose();
    }

    [Fact]
    public void Both_kinds_of_key_answer_and_read_again_to_the_octet()
    {
        foreach (var one in (SoftwareAuthenticator[])[_key, _ed25519])
        {
            var made = one.Answer(Challenge);
            Assert.Equal(PasskeyFault.None, made.Verify(one.Passkey, Challenge));
            Assert.Equal(PasskeyFault.None, made.Verify(one.Passkey, Challenge, $"https://{Host}"));
            Assert.True(PasskeyAssertion.TryParse(made.ToString(), out var again));
            Assert.Equal(made.ToString(), again.ToString());
            Assert.Equal(one.Passkey, Parsed($"{one.Passkey} petra@office"));
        }
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        Is(PasskeyFault.OtherChallenge, _key.Answer(SHA256.HashData("something else"u8)));
        Is(PasskeyFault.OtherHost, _key.Answer(Challenge, forHost: "desk.example.net"));
        Is(PasskeyFault.NotPresent, _key.Answer(Challenge, flags: SoftwareAuthenticator.Verified));
        Is(PasskeyFault.NotVerified, _key.Answer(Challenge, flags: SoftwareAuthenticator.Present));
        Is(PasskeyFault.Malformed, _key.Answer(Challenge, flags: 5 | BackedUp));
        Is(PasskeyFault.Malformed, _key.Answer(Challenge, client: "{}"));
        Is(PasskeyFault.Malformed, _key.Answer(Challenge, client: "not JSON"));
        Is(PasskeyFault.Malformed, _key.Answer(
            Challenge, client: SoftwareAuthenticator.Client(Challenge, _key.Origin, ",\"origin\":\"https://evil.example\"")));
        Is(PasskeyFault.Malformed, _key.Answer(Challenge, client: SoftwareAuthenticator.Client(Challenge, _key.Origin)
            .Replace("webauthn.get", "webauthn.create", StringComparison.Ordinal)));
        foreach (var part in (string[])["webauthn.get", Base64Url.EncodeToString(Challenge), _key.Origin])
        {
            Is(PasskeyFault.Malformed, _key.Answer(Challenge, client: SoftwareAuthenticator.Client(Challenge, _key.Origin)
                .Replace(part, "\\ud800", StringComparison.Ordinal)));
        }

        Assert.Equal(PasskeyFault.Malformed, _key.Answer(Challenge).Verify(_ed25519.Passkey, Challenge));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://evil.example/https://approve.example.net")]
    [InlineData("http://approve.example.net")]
    [InlineData("https://sub.approve.example.net")]
    [InlineData("https://approve.example.net.evil.example")]
    [InlineData("https://approve.example.net/")]
    [InlineData("android:apk-key-hash:AAAA")]
    public void A_page_elsewhere_is_another_origin(string origin) =>
        Is(PasskeyFault.OtherOrigin, _key.Answer(Challenge, origin));

    [Fact]
    public void Another_port_counts_where_any_may_and_a_page_in_a_page_never()
    {
        var elsewhere = _key.Answer(Challenge, $"https://{Host}:8444");
        Assert.Equal(PasskeyFault.None, elsewhere.Verify(_key.Passkey, Challenge));
        Assert.Equal(PasskeyFault.OtherOrigin, elsewhere.Verify(_key.Passkey, Challenge, $"https://{Host}"));
        Is(PasskeyFault.OtherOrigin, _key.Answer(
            Challenge, client: SoftwareAuthenticator.Client(Challenge, _key.Origin, ",\"crossOrigin\":true")));
        Is(PasskeyFault.OtherOrigin, _key.Answer(Challenge, client: SoftwareAuthenticator.Client(
            Challenge, _key.Origin, ",\"crossOrigin\":false,\"topOrigin\":\"https://evil.example\"")));
        using var local = new SoftwareAuthenticator("vault.localhost");
        Assert.Equal(PasskeyFault.None,
            local.Answer(Challenge, "http://vault.localhost:8484").Verify(local.Passkey, Challenge));
    }

    [Fact]
    public void No_octet_of_it_can_be_another()
    {
        foreach (var one in (SoftwareAuthenticator[])[_key, _ed25519])
        {
            var text = one.Answer(Challenge).ToString();
            for (var i = "webauthn.".Length; i < text.Length; i++)
            {
                var other = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
                Assert.False(PasskeyAssertion.TryParse(other, out var changed)
                    && changed.Verify(one.Passkey, Challenge) == PasskeyFault.None, other);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("webauthn....")]
    [InlineData("webauthn.AAAA.AAAA.AAAA")]
    [InlineData("webauthn.AAAA.AAAA.AAAA.AAAA")]
    [InlineData("WEBAUTHN.AAAA.AAAA.AAAA.AAAA")]
    public void What_is_none_is_none(string text) => Assert.False(PasskeyAssertion.TryParse(text, out _));

    [Theory]
    [InlineData("approve.example.net")]
    [InlineData("Approve.example.net CRED KEY")]
    [InlineData("192.0.2.1 CRED KEY")]
    [InlineData("-approve.example.net CRED KEY")]
    [InlineData("approve..net CRED KEY")]
    [InlineData("approve.example.net CRED= KEY")]
    [InlineData("approve.example.net AAAA KEY")]
    public void A_line_is_a_passkey_or_none(string line) => Assert.False(Passkey.TryParse(
        line.Replace("CRED", _key.CredentialText, StringComparison.Ordinal)
            .Replace("KEY", _key.Passkey.Key.ToString(), StringComparison.Ordinal), out _));

    [Fact]
    public void Keys_of_browsers_are_read_and_others_are_not()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2_048);
        Assert.True(SshPublicKey.TryImportPublicKeyInfo(_key.KeyInfo, out var key));
        Assert.Equal(SshKeyType.EcdsaP256, key.Type);
        Assert.True(SshPublicKey.TryImportPublicKeyInfo(_ed25519.KeyInfo, out key));
        Assert.Equal(SshKeyType.Ed25519, key.Type);
        foreach (var other in (byte[][])[[], [0x30], p384.ExportSubjectPublicKeyInfo(), rsa.ExportSubjectPublicKeyInfo(),
            [.. _key.KeyInfo, 0], _key.KeyInfo[..^1], OfStrangeCurve()])
        {
            Assert.False(SshPublicKey.TryImportPublicKeyInfo(other, out _));
        }
    }

    /// <summary>The library is asked for user verification, as the vault asks.</summary>
    [Fact]
    public async Task A_library_of_others_judges_the_same()
    {
        var elsewhere = "https://evil.example";
        (PasskeyAssertion Made, PasskeyFault Fault)[] all =
        [
            (_key.Answer(Challenge), PasskeyFault.None),
            (_key.Answer(SHA256.HashData("other"u8)), PasskeyFault.OtherChallenge),
            (_key.Answer(Challenge, elsewhere), PasskeyFault.OtherOrigin),
            (_key.Answer(Challenge, forHost: "desk.example.net"), PasskeyFault.OtherHost),
            (_key.Answer(Challenge, flags: SoftwareAuthenticator.Verified), PasskeyFault.NotPresent),
            (_key.Answer(Challenge, flags: SoftwareAuthenticator.Present), PasskeyFault.NotVerified),
            (Forged(), PasskeyFault.BadSignature),
        ];
        foreach (var (made, fault) in all)
        {
            Assert.Equal(fault, made.Verify(_key.Passkey, Challenge));
            Assert.Equal(fault == PasskeyFault.None, await LibraryTakesAsync(made));
        }
    }

    [Fact]
    public void A_look_takes_less_than_a_millisecond()
    {
        var (made, passkey) = (_key.Answer(Challenge), _key.Passkey);
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < 50; i++)
        {
            var from = Stopwatch.GetTimestamp();
            Assert.Equal(PasskeyFault.None, made.Verify(passkey, Challenge));
            least = Stopwatch.GetElapsedTime(from) < least ? Stopwatch.GetElapsedTime(from) : least;
        }

        Assert.True(least < TimeSpan.FromMilliseconds(1), $"{least.TotalMicroseconds:0} µs");
    }

    /// <summary>A key of elliptic curves, over one that nobody knows.</summary>
    private static byte[] OfStrangeCurve()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.2.1");
                writer.WriteObjectIdentifier("1.3.6.1.4.1.32473.1");
            }

            writer.WriteBitString([4, .. new byte[64]]);
        }

        return writer.Encode();
    }

    private async Task<bool> LibraryTakesAsync(PasskeyAssertion made)
    {
        var fido = new Fido2(new Fido2Configuration
        {
            RPID = Host, RPName = Host, Origins = new HashSet<string> { _key.Origin },
        });
        try
        {
            _ = await fido.MakeAssertionAsync(new MakeAssertionParams
            {
                AssertionResponse = new AuthenticatorAssertionRawResponse
                {
                    Id = _key.CredentialText, RawId = _key.Credential, Type = PublicKeyCredentialType.PublicKey,
                    Response = new()
                    {
                        AuthenticatorData = made.SignedOctets()[..37], ClientDataJson = made.ClientData.ToArray(),
                        Signature = made.Signature.ToArray(),
                    },
                },
                OriginalOptions = new AssertionOptions
                {
                    Challenge = Challenge, RpId = Host, UserVerification = UserVerificationRequirement.Required,
                },
                StoredPublicKey = new CredentialPublicKey(_key.P256, COSE.Algorithm.ES256).GetBytes(),
                StoredSignatureCounter = 0,
                IsUserHandleOwnerOfCredentialIdCallback = (_, _) => Task.FromResult(true),
            });
            return true;
        }
        catch (Fido2VerificationException)
        {
            return false;
        }
    }

    /// <summary>Another key's signature over the same octets.</summary>
    private PasskeyAssertion Forged()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var made = _key.Answer(Challenge);
        return _key.Read(made.SignedOctets()[..37], made.ClientData.ToArray(), other.SignData(
            made.SignedOctets(), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    private void Is(PasskeyFault fault, PasskeyAssertion made) =>
        Assert.Equal(fault, made.Verify(_key.Passkey, Challenge));

    private static Passkey Parsed(string line)
    {
        Assert.True(Passkey.TryParse(line, out var passkey));
        return passkey;
    }
}
