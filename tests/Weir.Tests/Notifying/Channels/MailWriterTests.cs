// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using MimeKit;
using Weir.Hosting.Channels;

namespace Weir.Tests.Notifying.Channels;

public class MailWriterTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    internal static Mail Made { get; } = new()
    {
        From = "Abuse desk <abuse@isp.example>",
        To = "customer@home.example",
        Subject = "Ihr Anschluss: Schädliche Verbindung",
        Plain = "Guten Tag\n.\nfrüher",
        Html = "<p>Guten&nbsp;Tag</p>",
        Language = "de",
        Id = "c-0011.found",
    };

    [Fact]
    public void A_mail_says_who_when_what_and_that_nobody_should_answer_by_machine()
    {
        var mail = Read(Made);

        Assert.Equal("Wed, 04 Mar 2026 05:06:07 +0000", mail["Date"]);
        Assert.Equal("Abuse desk <abuse@isp.example>", mail["From"]);
        Assert.Equal("customer@home.example", mail["To"]);
        Assert.Equal(Made.Subject, mail.Text("Subject"));
        Assert.Equal("<c-0011.found@isp.example>", mail["Message-ID"]);
        Assert.Equal("auto-generated", mail["Auto-Submitted"]);
        Assert.Equal("de", mail["Content-Language"]);
        Assert.StartsWith("multipart/alternative;", mail["Content-Type"], StringComparison.Ordinal);
        Assert.Equal(
            ["text/plain; charset=utf-8", "text/html; charset=utf-8"], mail.Parts.Select(p => p["Content-Type"]));
        Assert.Equal(["Guten Tag\r\n.\r\nfrüher\r\n", "<p>Guten&nbsp;Tag</p>\r\n"], mail.Parts.Select(p => p.Body));
    }

    [Fact]
    public void Files_come_beside_the_text_octet_by_octet()
    {
        byte[] octets = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        var mail = Read(Made with
        {
            Attachments = [new("xarf.json", "application/json", [.. octets]), new(
                "Bericht über.txt", "text/plain; charset=utf-8", [])]
        });

        Assert.StartsWith("multipart/mixed;", mail["Content-Type"], StringComparison.Ordinal);
        Assert.Equal(3, mail.Parts.Count);
        Assert.Equal(2, mail.Parts[0].Parts.Count);
        Assert.Equal(octets, mail.Parts[1].Octets);
        Assert.Equal("attachment; filename=xarf.json", mail.Parts[1]["Content-Disposition"]);
        Assert.Equal("attachment; filename*=iso-8859-1''Bericht%20%FCber.txt", mail.Parts[2]["Content-Disposition"]);
    }

    [Theory]
    [InlineData("a@isp.example\r\nBcc: all@isp.example", "b@home.example", "s", "id", "en")]
    [InlineData("a@isp.example", "b@home.example>\r\nRCPT TO:<c@home.example", "s", "id", "en")]
    [InlineData("a@isp.example", "b@home.example, c@home.example", "s", "id", "en")]
    [InlineData("a@isp.example", "b@home.example\n", "s", "id", "en")]
    [InlineData("a@isp.example", "B\r\n <b@home.example>", "s", "id", "en")]
    [InlineData("a@isp.example", "\"b c\"@home.example", "s", "id", "en")]
    [InlineData("a@isp.example", "b@home.example", "s\r\nBcc: c@home.example", "id", "en")]
    [InlineData("a@isp.example", "b@home.example", "s\nx", "id", "en")]
    [InlineData("a@isp.example", "b@home.example", "s\u0000", "id", "en")]
    [InlineData("a@isp.example", "b@home.example", "s\u0085x", "id", "en")]
    [InlineData("a@isp.example", "b@home.example", "s", "id>\r\nX: y", "en")]
    [InlineData("a@isp.example", "b@home.example", "s", "id", "en\r\nX: y")]
    [InlineData("a@isp.example", "b@home.example", "s", "i..d", "en")]
    public void What_would_start_another_header_or_name_another_receiver_is_refused(
        string from, string to, string subject, string id, string language)
    {
        var refused = Assert.Throws<ChannelException>(() =>
            Octets(Made with { From = from, To = to, Subject = subject, Id = id, Language = language }));

        Assert.True(refused.IsPermanent);
        Assert.DoesNotContain("home.example", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void A_files_name_or_type_with_a_line_break_is_refused()
    {
        _ = Assert.Throws<ChannelException>(
            () => Octets(Made with { Attachments = [new("a\r\nX: y", "text/plain", [])] }));
        _ = Assert.Throws<ChannelException>(
            () => Octets(Made with { Attachments = [new("a", "text/plain\r\nX: y", [])] }));
    }

    [Theory]
    [InlineData("abuse@isp.example", "", "abuse@isp.example")]
    [InlineData("Abuse <abuse@isp.example>", "Abuse", "abuse@isp.example")]
    [InlineData("\"Desk, abuse\" <o'hara+x@isp.example>", "Desk, abuse", "o'hara+x@isp.example")]
    [InlineData("info@müller.example", "", "info@xn--mller-kva.example")]
    [InlineData("info@xn--mller-kva.example", "", "info@xn--mller-kva.example")]
    public void Addresses_are_read(string text, string name, string address)
    {
        Assert.True(MailBox.TryParse(text, out var box));
        Assert.Equal((name, address), (box.Name ?? "", MailBox.Encoded(box)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abuse")]
    [InlineData("abuse@")]
    [InlineData("@isp.example")]
    [InlineData("ä@isp.example")]
    [InlineData("a@b..c")]
    [InlineData("a@[192.0.2.1]")]
    [InlineData("<@other.example:a@b.example>")]
    [InlineData("desk: a@b.example;")]
    public void What_is_no_plain_address_is_none(string text) => Assert.False(MailBox.TryParse(text, out _));

    [Fact]
    public void A_mail_is_the_same_octets_again() => Assert.Equal(Octets(Made), Octets(Made));

    [Fact]
    public void Any_text_comes_out_as_it_went_in_and_every_line_is_plain_and_whole() => Prop.ForAll(
        (from subject in Texts() from plain in Texts() from html in Texts() select (subject, plain, html))
            .ToArbitrary(),
        texts =>
        {
            // What looks like an encoded word, or half of one, is MimeKit's to judge.
            var subject = string.Concat(texts.subject.Where(c => !char.IsControl(c) && c != '?'));
            var octets = Octets(Made with { Subject = subject, Plain = texts.plain, Html = "h" + texts.html });
            var text = Encoding.ASCII.GetString(octets);

            Assert.All(octets, o => Assert.True(o is (byte)'\t' or (byte)'\r' or (byte)'\n' or (>= 0x20 and < 0x7F)));
            Assert.DoesNotMatch(new Regex("(?<!\r)\n|\r(?!\n)"), text);
            Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
            Assert.All(text.Split("\r\n"), line => Assert.True(line.Length <= 998, line));
            var mail = ParsedMail.Parse(text);
            Assert.Equal(Sound(subject).Trim(), mail.Text("Subject").Trim());
            Assert.Equal(Lines(texts.plain), mail.Parts[0].Body);
            Assert.Equal(Lines("h" + texts.html), mail.Parts[1].Body);
        }).QuickCheckThrowOnFailure();

    /// <summary>Letters that break encoders: breaks of every kind, dots, spaces at ends, =, other alphabets,
    /// halves of a letter.</summary>
    private static Gen<string> Texts() =>
        Gen.Elements(
            ".", "\r\n", "\n", "\r", " ", "\t", "=", "=?utf-8?B?", "?=", "ä", "日本", "😀", "From ", "--=_a", "\0",
            "word", new string('x', 90), "\ud83d", "\u2028")
            .ListOf().Select(list => string.Concat(list));

    private static ParsedMail Read(Mail mail) => ParsedMail.Parse(Encoding.ASCII.GetString(Octets(mail)));

    /// <summary>As it goes to a station.</summary>
    private static byte[] Octets(Mail mail)
    {
        using var message = MailWriter.Compose(mail, At);
        using var octets = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        (format.NewLineFormat, format.EnsureNewLine) = (NewLineFormat.Dos, true);
        message.WriteTo(format, octets);
        return octets.ToArray();
    }

    private static string Sound(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static string Lines(string text)
    {
        var broken = Sound(text).ReplaceLineEndings("\r\n");
        return broken.EndsWith("\r\n", StringComparison.Ordinal) ? broken : broken + "\r\n";
    }
}
