// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Scopes;
using Weir.Tests.Support;
using Weir.Vault.Customers;

namespace Weir.Tests.VaultProcess.Customers;

/// <summary>A link opens its case until its end, and nothing that is not letter for letter the link does.</summary>
public sealed class LinkSignerTests
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly DateTimeOffset Now = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] First = Key(1);
    private static readonly byte[] Second = Key(2);
    private static readonly byte[] Third = Key(3);

    [Fact]
    public void A_link_opens_its_own_case_until_its_end() => Prop.ForAll<ulong, ushort>((number, minutes) =>
    {
        var signer = new LinkSigner(new(First, null));
        var until = Now.AddMinutes(minutes + 1);
        var link = signer.Sign(new CaseId(number), until);
        return link.Length == LinkSigner.Letters
            && signer.TryRead(link, Now, out var id) && id.Number == number
            && signer.TryRead(link, until.AddSeconds(-1), out _)
            && !signer.TryRead(link, until, out _);
    }).QuickCheckThrowOnFailure();

    [Trait("Attack", "36")]
    [Fact]
    public void Any_bit_of_it_flipped_is_refused()
    {
        var signer = new LinkSigner(new(First, Second));
        var octets = Base64Url.DecodeFromChars(signer.Sign(new CaseId(0x0123_4567_89AB_CDEF), Now.AddDays(1)));
        for (var bit = 0; bit < octets.Length * 8; bit++)
        {
            byte[] other = [.. octets];
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(signer.TryRead(Base64Url.EncodeToString(other), Now, out _), $"bit {bit}");
        }
    }

    [Fact]
    public void Any_letter_changed_lost_or_added_is_refused() =>
        Prop.ForAll<ulong, byte, byte>((number, place, letter) =>
        {
            var signer = new LinkSigner(new(First, null));
            var link = signer.Sign(new CaseId(number), Now.AddDays(1));
            var at = place % link.Length;
            var other = Letters[letter % Letters.Length];
            var changed = link[..at] + other + link[(at + 1)..];
            return (changed == link || !signer.TryRead(changed, Now, out _))
                && !signer.TryRead(link[..at], Now, out _)
                && !signer.TryRead(link[..at] + link[(at + 1)..], Now, out _)
                && !signer.TryRead(link[..at] + other + link[at..], Now, out _);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("=")]
    [InlineData("c-0123456789abcdef")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_was_never_signed_is_refused(string text) =>
        Assert.False(new LinkSigner(new(First, null)).TryRead(text, Now, out _));

    [Theory]
    [InlineData(" ", "")]
    [InlineData("", "=")]
    [InlineData("", "\n")]
    [InlineData("", "%3D")]
    public void A_link_is_not_read_leniently(string before, string after)
    {
        var signer = new LinkSigner(new(First, null));
        Assert.False(signer.TryRead(before + signer.Sign(new CaseId(7), Now.AddDays(1)) + after, Now, out _));
    }

    [Fact]
    public void The_former_key_is_accepted_and_one_before_it_is_not()
    {
        var signer = new LinkSigner(new(First, null));
        var link = signer.Sign(new CaseId(7), Now.AddDays(1));

        signer.Use(new(Second, First));
        Assert.True(signer.TryRead(link, Now, out _));
        Assert.NotEqual(link, signer.Sign(new CaseId(7), Now.AddDays(1)));

        signer.Use(new(Third, Second));
        Assert.False(signer.TryRead(link, Now, out _));
    }

    [Fact]
    public void A_form_is_its_own_page_s_and_ends()
    {
        var signer = new LinkSigner(new(First, null));
        var (link, other) = (signer.Sign(new CaseId(7), Now.AddDays(1)), signer.Sign(new CaseId(8), Now.AddDays(1)));
        var form = signer.SignForm(link, Now.AddHours(2));

        Assert.True(signer.IsForm(form, link, Now));
        Assert.False(signer.IsForm(form, other, Now));
        Assert.False(signer.IsForm(form, link, Now.AddHours(2)));
        Assert.False(signer.IsForm(link, link, Now));
        Assert.False(signer.TryRead(form, Now, out _));
        for (var at = 0; at < form.Length; at++)
        {
            Assert.False(signer.IsForm(form[..at] + (form[at] == 'A' ? 'B' : 'A') + form[(at + 1)..], link, Now));
            Assert.False(signer.IsForm(form[..at], link, Now));
        }
    }

    [Fact]
    public void A_link_lives_no_longer_than_its_key_is_accepted()
    {
        var signer = new LinkSigner(new(First, null));
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(Now - DateTimeOffset.UnixEpoch);
        var links = new CaseLinks(
            signer,
            new CustomerPageOptions
            {
                Listen = new(System.Net.IPAddress.Loopback, 0), Public = new Uri("https://help.example.net/weir/"),
                Provider = "P", Contact = "C", KeyLife = TimeSpan.FromDays(90), LinkLife = TimeSpan.FromDays(900),
            },
            clock);

        var address = links.Create(new CaseId(7));
        Assert.StartsWith("https://help.example.net/weir/c/", address, StringComparison.Ordinal);
        Assert.DoesNotContain("//c/", address, StringComparison.Ordinal);
        var link = address[^LinkSigner.Letters..];
        Assert.True(signer.TryRead(link, Now.AddDays(90).AddSeconds(-1), out _));
        Assert.False(signer.TryRead(link, Now.AddDays(90), out _));
        Assert.Equal("", new NoCaseLinks().Create(new CaseId(7)));
    }

    private static byte[] Key(byte seed) =>
        [.. Enumerable.Range(0, LinkSigner.KeyOctets).Select(i => (byte)(i + (seed * 40)))];
}
