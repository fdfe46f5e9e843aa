// SPDX-License-Identifier: Apache-2.0
//
// A mail as MimeKit writes it. Text is quoted-printable and files are base64, so every line is short and ASCII: nothing
// on the way has to be able to do more. What a header could not hold in one line is refused before MimeKit sees it.
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Weir.Hosting.Channels;

/// <summary>Makes the message of a mail.</summary>
public static partial class MailWriter
{
    /// <summary>The mail with its headers. The same mail with the same time gives the same octets.</summary>
    /// <exception cref="ChannelException">A header would not hold what it should; for good. The receiver stands nowhere
    /// in the message.</exception>
    public static MimeMessage Compose(Mail mail, DateTimeOffset at)
    {
        var (from, to) = (Sender(mail), Receiver(mail));
        Check(mail);
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mail.Id)))[..24];
        var message = new MimeMessage
        {
            Date = at.ToUniversalTime(),
            Subject = Sound(mail.Subject),
            Body = Body(mail, mark),
        };
        message.Headers.Replace(new Header("Message-ID", $"<{mail.Id}@{MailBox.Encoded(from).Split('@')[^1]}>"));
        message.From.Add(from);
        message.To.Add(to);
        message.Headers[HeaderId.AutoSubmitted] = "auto-generated"; // RFC 3834 section 5: nobody's machine answers it
        message.Headers[HeaderId.ContentLanguage] = mail.Language;
        return message;
    }

    /// <exception cref="ChannelException">It is no address.</exception>
    internal static MailboxAddress Sender(Mail mail) =>
        MailBox.TryParse(mail.From, out var box) ? box : throw new ChannelException(
            $"'{string.Concat(mail.From.Select(c => char.IsControl(c) ? '?' : c))}' is no sender; write one address "
            + "such as abuse@provider.example", isForGood: true);

    /// <exception cref="ChannelException">It is no address.</exception>
    internal static MailboxAddress Receiver(Mail mail) =>
        MailBox.TryParse(mail.To, out var box) ? box : throw new ChannelException(
            "the receiver's address cannot be used; write one address, name@domain, in the contacts", isForGood: true);

    private static void Check(Mail mail)
    {
        if (mail.Subject.Any(char.IsControl))
        {
            throw new ChannelException(
                "the subject holds a line break or a control character; write it in one line", isForGood: true);
        }

        if (!Id().IsMatch(mail.Id) || !Language().IsMatch(mail.Language))
        {
            throw new ChannelException(
                "the mail's id or language holds other than letters, digits, dots and dashes; mend what wrote it",
                isForGood: true);
        }

        foreach (var file in mail.Attachments.IsDefault ? [] : mail.Attachments)
        {
            if (file.Name.Any(char.IsControl) || !MediaType().IsMatch(file.Type))
            {
                throw new ChannelException("an attachment's name or type cannot stand in a header; name it in one line "
                    + "and give a type such as application/json", isForGood: true);
            }
        }
    }

    private static MimeEntity Body(Mail mail, string mark)
    {
        var text = Text(mail, mark);
        return mail.Attachments.IsDefaultOrEmpty
            ? text
            : new Multipart("mixed", [text, .. mail.Attachments.Select(File)]) { Boundary = $"=_m{mark}" };
    }

    /// <summary>Plain text, or the same as plain text and as HTML (RFC 2046 section 5.1.4: the
    /// better form last).</summary>
    private static MimeEntity Text(Mail mail, string mark) => mail.Html.Length == 0
        ? Part("plain", mail.Plain)
        : new MultipartAlternative([Part("plain", mail.Plain), Part("html", mail.Html)]) { Boundary = $"=_a{mark}" };

    private static TextPart Part(string subtype, string words)
    {
        var lines = Sound(words).ReplaceLineEndings("\r\n");
        var part = new TextPart(subtype) { ContentTransferEncoding = ContentEncoding.QuotedPrintable };
        part.SetText(Encoding.UTF8, lines.EndsWith("\r\n", StringComparison.Ordinal) ? lines : lines + "\r\n");
        return part;
    }

    private static MimePart File(MailAttachment file)
    {
        var place = new ContentDisposition(ContentDisposition.Attachment);
        place.Parameters.Add(Encoding.UTF8, "filename", Sound(file.Name));
        return new MimePart(ContentType.Parse(file.Type))
        {
            Content = new MimeContent(new MemoryStream(file.Octets.IsDefault ? [] : [.. file.Octets])),
            ContentTransferEncoding = ContentEncoding.Base64,
            ContentDisposition = place,
        };
    }

    /// <summary>Halves of a letter are replaced.</summary>
    private static string Sound(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(@"^(?!.*\.\.)[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"^[A-Za-z0-9-]{1,35}\z")]
    private static partial Regex Language();

    [GeneratedRegex(@"^[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,60}(; ?charset=[A-Za-z0-9-]{1,20})?\z")]
    private static partial Regex MediaType();
}
