// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Desk.Complaints;

namespace Weir.Tests.Cases.Complaints;

public sealed class ReporterAuthenticatorTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly ReadOnlyMemory<byte> File = Samples.Octets(Samples.Xarf4);

    [Fact]
    public void A_shared_key_signs()
    {
        var reporters = new ReporterAuthenticator(
            [new("other") { HmacKey = new byte[32] }, new("peer") { HmacKey = Key }]);

        Assert.Equal(("peer", ReporterAuthentication.Signature), reporters.Identify(
            new(File) { Signature = HMACSHA256.HashData(Key, File.Span) }));
        Assert.Equal(
            ReporterAuthentication.None,
            reporters.Identify(new(File) { Signature = HMACSHA256.HashData(Key, File.Span[1..]) }).Proof);
        Assert.Equal(ReporterAuthentication.None, reporters.Identify(new(File)).Proof);
    }

    [Fact]
    public void A_private_key_signs()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var reporters = new ReporterAuthenticator([new("peer") { EcdsaKey = key.ExportSubjectPublicKeyInfo() }]);
        var signature = key.SignData(File.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        Assert.Equal(
            ("peer", ReporterAuthentication.Signature), reporters.Identify(new(File) { Signature = signature }));
        Assert.Equal(
            ReporterAuthentication.None, reporters.Identify(new(File) { Signature = new byte[] { 1, 2, 3 } }).Proof);
        Assert.Equal(
            ReporterAuthentication.None,
            reporters.Identify(new(Samples.Octets(Samples.Xarf3)) { Signature = signature }).Proof);
    }

    [Fact]
    public void A_wrong_signature_is_not_mended_by_a_folder()
    {
        var reporters = new ReporterAuthenticator([new("peer") { HmacKey = Key, TrustedFolder = true }]);

        Assert.Equal(
            ("peer", ReporterAuthentication.TrustedChannel), reporters.Identify(new(File) { Channel = "peer" }));
        Assert.Equal(
            ReporterAuthentication.None,
            reporters.Identify(new(File) { Channel = "peer", Signature = new byte[32] }).Proof);
        Assert.Equal(ReporterAuthentication.None, reporters.Identify(new(File) { Channel = "somebody" }).Proof);
    }

    [Fact]
    public void A_folder_counts_only_where_it_is_the_reporter_s_own() =>
        Assert.Equal(
            ReporterAuthentication.None,
            new ReporterAuthenticator([new("peer") { HmacKey = Key }]).Identify(new(File) { Channel = "peer" }).Proof);

    [Theory]
    [InlineData("mx.isp.example 1; dkim=pass header.d=feedback.bigmail.example", true)]
    [InlineData("mx.isp.example; spf=pass (all good) smtp.mailfrom=fbl@bigmail.example", true)]
    [InlineData("mx.isp.example; spf=pass smtp.mailfrom=\"fbl@bigmail.example\"", true)]
    [InlineData("mx.isp.example; dkim=fail header.d=bigmail.example; spf=pass smtp.mailfrom=x@other.example", false)]
    [InlineData("mx.isp.example; dkim=fail header.d=bigmail.example", false)]
    [InlineData("mx.isp.example; dkim=passing header.d=bigmail.example", false)]
    [InlineData("mx.isp.example; dkim=pass header.d=bigmail.example.evil.example", false)]
    [InlineData("mx.isp.example; dkim=pass header.d=notbigmail.example", false)]
    [InlineData("mx.isp.example; dkim=pass header.i=@bigmail.example", false)]
    [InlineData("mx.isp.example; spf=fail (dkim=pass header.d=bigmail.example) smtp.mailfrom=bigmail.example", false)]
    [InlineData("mx.evil.example; dkim=pass header.d=bigmail.example", false)]
    [InlineData("mx.isp.example; dkim=pass (1024-bit key) header.d=bigmail.example header.b=\"AbC+\"; spf=none", true)]
    [InlineData("mx.isp.example; spf=pass smtp.mailfrom=bigmail.example", true)]
    [InlineData("mx.isp.example; spf=pass smtp.mailfrom=\"a@bigmail.example\"@evil.example", false)]
    [InlineData("mx.isp.example; spf=pass smtp.mailfrom=a@bigmail.example@evil.example", false)]
    [InlineData("mx.isp.example; spf=pass smtp.mailfrom=\"\\\"a@bigmail.example\\\"@evil.example\"", false)]
    [InlineData("mx.isp.example; spf=pass smtp.mailfrom=evil@x\"@bigmail.example\"", false)]
    [InlineData("mx.isp.example; spf=pass smtp.mailfrom=\"; dkim=pass header.d=bigmail.example; x=\"@evil.example", false)]
    [InlineData("mx.isp.example; spf=pass smtp.mailfrom=a.\"; dkim=pass header.d=bigmail.example; x=\"@evil.example",
        false)]
    [InlineData("mx.isp.example; spf=pass (domain of \"a); dkim=pass header.d=bigmail.example; x=none (b\"@evil.example)",
        false)]
    [InlineData("mx.isp.example; spf=pass (a (nested;) one) smtp.mailfrom=x@bigmail.example", true)]
    [InlineData("mx.isp.example; spf=pass (dkim=pass header.d=bigmail.example", false)]
    [InlineData("mx.isp.example; dkim=pass header.d=evil.example header.d=bigmail.example", false)]
    [InlineData("mx.isp.example; dkim=pass header.d=", false)]
    [InlineData("mx.isp.example; dkim=pass header.d=bigmail.example@", false)]
    [InlineData("dkim=pass header.d=bigmail.example", false)]
    [InlineData("i=1; mx.isp.example; dkim=pass header.d=bigmail.example", false)]
    [InlineData("mx.isp.example; evil.example; dkim=pass header.d=bigmail.example", false)]
    [InlineData("\"mx.isp.example\"; dkim=pass header.d=bigmail.example", false)]
    [InlineData("mx.isp.example 2; dkim=pass header.d=bigmail.example", false)]
    [InlineData("mx.isp.example;\r\n\tdkim=pass\r\n header.d=bigmail.example", true)]
    [InlineData("mx.isp.example.evil; dkim=pass header.d=bigmail.example", false)]
    public void Mail_is_believed_on_our_own_server_s_word_alone(string results, bool believed)
    {
        var reporters = new ReporterAuthenticator(
            [new("bigmail") { MailDomain = "bigmail.example" }], "mx.isp.example");
        var mail = Samples.Octets($"Authentication-Results: "
            + $"{results}\r\n{Samples.Arf[Samples.Arf.IndexOf("From:", StringComparison.Ordinal)..]}");

        Assert.Equal(
            believed ? ("bigmail", ReporterAuthentication.MailAuthentication) : ("", ReporterAuthentication.None),
            reporters.Identify(new(mail) { ByMail = true }));
        Assert.Equal(ReporterAuthentication.None, reporters.Identify(new(mail)).Proof);
    }

    [Fact]
    public void A_result_that_the_sender_wrote_below_ours_is_not_read()
    {
        var reporters = new ReporterAuthenticator(
            [new("bigmail") { MailDomain = "bigmail.example" }], "mx.isp.example");
        var mail = Samples.Octets("Authentication-Results: mx.isp.example; dkim=none\r\nAuthentication-Results: "
            + $"mx.isp.example; dkim=pass header.d=bigmail.example\r\n{Samples.Arf}");

        Assert.Equal(ReporterAuthentication.None, reporters.Identify(new(mail) { ByMail = true }).Proof);
    }

    [Fact]
    public void A_signature_by_DKIM_tells_more_than_SPF()
    {
        var reporters = new ReporterAuthenticator(
            [new("path") { MailDomain = "path.example" }, new("signer") { MailDomain = "signer.example" }],
            "mx.isp.example");
        var mail = Samples.Octets("Authentication-Results: mx.isp.example; spf=pass smtp.mailfrom=x@path.example; "
            + $"dkim=pass header.d=signer.example\r\n{Samples.Arf}");

        Assert.Equal(
            ("signer", ReporterAuthentication.MailAuthentication), reporters.Identify(new(mail) { ByMail = true }));
    }

    [Theory]
    [InlineData("Subject: a", "\n a")]
    [InlineData("Content-Type: multipart/report; report-type=feedback-report; ", "a")]
    [InlineData("Authentication-Results: mx.isp.example; dkim=pass (", "(")]
    [InlineData("Authentication-Results: mx.isp.example; dkim=pass header.d=", "\"")]
    [InlineData("", "a:\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=a\n", "\n--a\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\n", "a: b\n")]
    public void A_mail_of_a_mebibyte_is_read_or_refused_in_two_seconds_whatever_is_in_it(string start, string again)
    {
        var reporters = new ReporterAuthenticator(
            [new("bigmail") { MailDomain = "bigmail.example" }], "mx.isp.example");
        var mail = Samples.Octets(start + string.Concat(Enumerable.Repeat(again, (1 << 20) / again.Length)));
        var from = TimeProvider.System.GetTimestamp();

        Assert.Equal(ReporterAuthentication.None, reporters.Identify(new(mail) { ByMail = true }).Proof);
        var reading = ComplaintReader.Read(mail);

        Assert.NotEqual("", reading.Why);
        Assert.InRange(TimeProvider.System.GetElapsedTime(from), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Keys_that_are_none_are_named()
    {
        Assert.Contains("peer", Assert.Throws<ArgumentException>(() => new ReporterAuthenticator([
            new("peer") { HmacKey = new byte[16] }])).Message, StringComparison.Ordinal);
        Assert.Contains("peer", Assert.Throws<ArgumentException>(() => new ReporterAuthenticator([
            new("peer") { EcdsaKey = new byte[91] }])).Message, StringComparison.Ordinal);
    }
}
