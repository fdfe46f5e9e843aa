// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using FsCheck.Xunit;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;

namespace Weir.Tests.Cases;

public sealed class ConsentTokenTests : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void What_was_signed_is_read_back()
    {
        var given = FakeConsentGateway.Create(named: CaseHandlerFixture.Asked(
            Direction.Both, CaseHandlerFixture.Tcp, [443, 8443], "192.0.2.7", "2001:db8::7"));

        Assert.True(ConsentToken.TryRead(ConsentToken.Sign(given, _key), _key, out var read));

        Assert.Equal(given, read);
    }

    [Property(MaxTest = 400)]
    public void Any_altered_octet_is_refused(int at, byte by)
    {
        var token = ConsentToken.Sign(FakeConsentGateway.Create(), _key).ToCharArray();
        var place = (int)((uint)at % (uint)token.Length);
        token[place] ^= (char)(by == 0 ? 1 : by);

        Assert.False(ConsentToken.TryRead(new string(token), _key, out _), $"octet {place} altered by {by}");
    }

    [Property(MaxTest = 100)]
    public void Whatever_is_cut_off_or_added_is_refused(int at, string? more)
    {
        var token = ConsentToken.Sign(FakeConsentGateway.Create(), _key);

        Assert.False(ConsentToken.TryRead(token[..(int)((uint)at % (uint)token.Length)], _key, out _));
        Assert.False(ConsentToken.TryRead(token + (string.IsNullOrEmpty(more) ? "\n" : more), _key, out _));
        Assert.False(ConsentToken.TryRead(more ?? "", _key, out _));
    }

    [Fact]
    public void Another_key_s_signature_counts_for_nothing()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.False(ConsentToken.TryRead(ConsentToken.Sign(FakeConsentGateway.Create(), other), _key, out _));
    }

    [Fact]
    public void A_text_that_says_the_same_in_other_words_is_refused()
    {
        var token = ConsentToken.Sign(FakeConsentGateway.Create(), _key);

        Assert.False(ConsentToken.TryRead(
            token.Replace("class out/tcp/25/any", "class out/tcp/25", StringComparison.Ordinal), _key, out _));
        Assert.False(ConsentToken.TryRead(token.Replace("\n", "\r\n", StringComparison.Ordinal), _key, out _));
    }
}
