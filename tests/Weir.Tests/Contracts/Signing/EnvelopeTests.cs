// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Weir.Contracts.Signing;

namespace Weir.Tests.Contracts.Signing;

/// <summary>The forms of envelopes: exact octets in, the same octets out, and nothing from outside throws.</summary>
public sealed class EnvelopeTests
{
    private static readonly SigningKey Key = KeyOf(1);

    public static SigningKey KeyOf(byte seed)
    {
        Assert.True(SigningKey.TryImport(Enumerable.Repeat(seed, SigningKey.Octets).ToArray(), out var key));
        return key;
    }

    [Property]
    public void Both_forms_give_back_the_exact_octets(byte[] payload)
    {
        var signed = Key.Sign("event", 3, payload);

        Assert.Equal(EnvelopeFault.None, EnvelopeText.TryParse(EnvelopeText.Format(signed), out var fromText));
        Assert.Equal(EnvelopeFault.None, EnvelopeJson.TryParse(EnvelopeJson.Format(signed), out var fromJson));
        Assert.Equal(payload, fromText!.Payload.ToArray());
        Assert.Equal(signed, fromText);
        Assert.Equal(signed, fromJson);
        Assert.Equal(EnvelopeText.Format(signed), EnvelopeText.Format(fromJson!));
    }

    [Property(MaxTest = 500)]
    public void Octets_from_outside_never_throw(byte[] octets, string text)
    {
        _ = EnvelopeJson.TryParse(octets, out _);
        _ = EnvelopeText.TryParse(text, out _);
        _ = EnvelopeText.TryParse(Encoding.Latin1.GetString(octets), out _);
        _ = PublicKey.TryParse(text, out _);
        _ = PublicKey.TryImport(octets, out _);
        _ = SigningKey.TryImport(octets, out _);
        _ = KeyId.TryParse(text, out _);
    }

    [Property(MaxTest = 2_000)]
    public void A_few_octets_changed_in_either_form_never_throw(ushort at, byte by, bool cut)
    {
        var signed = Key.Sign("event", 3, Encoding.UTF8.GetBytes("a payload with ~~~ and ??? in it"));
        foreach (var form in (byte[][])[EnvelopeJson.Format(signed),
            Encoding.ASCII.GetBytes(EnvelopeText.Format(signed))])
        {
            var place = at % form.Length;
            form[place] ^= by;
            var changed = cut ? form[..place] : form;
            _ = EnvelopeJson.TryParse(changed, out _);
            _ = EnvelopeText.TryParse(Encoding.Latin1.GetString(changed), out _);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"type":"event"}""")]
    [InlineData("""{"type":"event","version":1,"key":"00","payload":"","signature":"","more":1}""")]
    [InlineData("""{"type":null,"version":1,"key":"0000000000000000","payload":"","signature":""}""")]
    [InlineData("""{"type":"\uD800","version":1,"key":"0000000000000000","payload":"","signature":""}""")]
    public void Json_that_is_no_envelope_is_malformed(string json) =>
        Assert.Equal(EnvelopeFault.Malformed, EnvelopeJson.TryParse(Encoding.UTF8.GetBytes(json), out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("....")]
    [InlineData("event.01.0123456789abcdef..")]
    [InlineData("Event.1.0123456789abcdef..")]
    [InlineData("event.1.0123456789ABCDEF..")]
    [InlineData("event.99999.0123456789abcdef..")]
    public void Text_that_is_no_envelope_is_malformed(string? text) =>
        Assert.Equal(EnvelopeFault.Malformed, EnvelopeText.TryParse(text, out _));

    [Fact]
    public void A_payload_beyond_the_limit_is_too_large_in_every_form()
    {
        var octets = new byte[Envelope.MaxPayloadOctets + 1];
        var text =
            $"event.1.{Key.Public.Id}.{System.Buffers.Text.Base64Url.EncodeToString(octets)}.{new string('A', 86)}";
        var json = $$"""
            {"type":"event","version":1,"key":"{{Key.Public.Id}}","payload":"{{Convert.ToBase64String(octets)}}",
            "signature":"{{Convert.ToBase64String(new byte[64])}}"}
            """;

        Assert.Equal(EnvelopeFault.TooLarge, EnvelopeText.TryParse(text, out _));
        Assert.Equal(EnvelopeFault.TooLarge, EnvelopeText.TryParse(new string('a', 2 << 20), out _));
        Assert.Equal(EnvelopeFault.TooLarge, EnvelopeJson.TryParse(Encoding.UTF8.GetBytes(json), out _));
        Assert.Throws<ArgumentException>(() => Key.Sign("event", 1, octets));
    }

    [Fact]
    public void What_is_signed_is_written_down_here()
    {
        var signed = Key.Sign("event", 7, "hello\n"u8);

        Assert.Equal($"weir-envelope/1\nevent\n7\n{Key.Public.Id}\nhello\n", Encoding.ASCII.GetString(
            signed.SignedOctets()));
    }

    [Fact]
    public void A_key_is_its_32_octets_and_never_stands_in_text()
    {
        using var key = SigningKey.Create();
        var octets = key.Export();

        Assert.Equal(32, octets.Length);
        Assert.True(SigningKey.TryImport(octets, out var again));
        Assert.Equal(key.Public, again.Public);
        Assert.Equal($"private key {key.Public.Id}", key.ToString());
        Assert.Equal(["Public"], typeof(SigningKey).GetProperties().Select(property => property.Name));
    }

    [Fact]
    public void A_public_key_has_one_text_and_the_id_of_its_hash()
    {
        var text = Key.Public.ToString();

        Assert.True(PublicKey.TryParse(text, out var key));
        Assert.Equal(Key.Public, key);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(key.Raw))[..16],
            key.Id.ToString());
        Assert.False(PublicKey.TryParse(text + " ", out _));
        Assert.False(PublicKey.TryParse(text.Replace("ed25519:", "ED25519:", StringComparison.Ordinal), out _));
        Assert.False(PublicKey.TryParse(text[..^1], out _));
    }
}
