// SPDX-License-Identifier: Apache-2.0
//
// A mail as octets (RFC 5322, MIME). Every line is ASCII, at most 998 long and ends with CRLF: nothing on the way has
// to be able to do more. Whatever of a header could start another header is refused.
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Hosting.Channels;

/// <summary>Writes a mail.</summary>
public static partial class MailWriter
{
    /// <summary>The mail with its headers. The same mail with the same time gives the same octets.</summary>
    /// <exception cref="ChannelException">A header would not hold what it should; for good. The receiver stands nowhere
    /// in the message.</exception>
    public static byte[] Write(Mail mail, DateTimeOffset at)
    {
        var (from, to) = (Sender(mail), Receiver(mail));
        Check(mail);
        var text = new StringBuilder();
        Header(
            text, "Date", at.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header(text, "From", Address(from));
        Header(text, "To", Address(to));
        Header(text, "Subject", HeaderText.Encode(mail.Subject));
        Header(text, "Message-ID", $"<{mail.Id}@{from.Domain}>");
        Header(text, "Auto-Submitted", "auto-generated"); // RFC 3834 section 5: nobody's machine answers it
        Header(text, "MIME-Version", "1.0");
        Header(text, "Content-Language", mail.Language);
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mail.Id)))[..24];
        if (mail.Attachments.IsDefaultOrEmpty)
        {
            WriteBody(text, mail, mark);
        }
        else
        {
            Mixed(text, mail, mark);
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <exception cref="ChannelException">It is no address.</exception>
    internal static MailBox Sender(Mail mail) =>
        MailBox.TryParse(mail.From, out var box) ? box : throw new ChannelException(
            $"'{Printable(mail.From)}' is no sender; write one address such as abuse@provider.example",
            isForGood: true);

    /// <exception cref="ChannelException">It is no address.</exception>
    internal static MailBox Receiver(Mail mail) =>
        MailBox.TryParse(mail.To, out var box) ? box : throw new ChannelException(
            "the receiver's address cannot be used; write one address, name@domain, in the contacts", isForGood: true);

    private static void Check(Mail mail)
    {
        if (HeaderText.HasControls(mail.Subject))
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
            if (HeaderText.HasControls(file.Name) || !MediaType().IsMatch(file.Type))
            {
                throw new ChannelException("an attachment's name or type cannot stand in a header; name it in one line "
                    + "and give a type such as application/json", isForGood: true);
            }
        }
    }

    /// <summary>Plain text, or the same as plain text and as HTML (RFC 2046 section 5.1.4: the
    /// better form last).</summary>
    private static void WriteBody(StringBuilder text, Mail mail, string mark)
    {
        if (mail.Html.Length == 0)
        {
            Part(text, "text/plain", mail.Plain);
            return;
        }

        Header(text, "Content-Type", $"multipart/alternative;\r\n boundary=\"=_a{mark}\"");
        _ = text.Append("\r\n");
        foreach (var (type, words) in new[] { ("text/plain", mail.Plain), ("text/html", mail.Html) })
        {
            Between(text, $"=_a{mark}");
            Part(text, type, words);
        }

        Between(text, $"=_a{mark}", "--");
    }

    private static void Mixed(StringBuilder text, Mail mail, string mark)
    {
        Header(text, "Content-Type", $"multipart/mixed;\r\n boundary=\"=_m{mark}\"");
        _ = text.Append("\r\n");
        Between(text, $"=_m{mark}");
        WriteBody(text, mail, mark);
        foreach (var file in mail.Attachments)
        {
            Between(text, $"=_m{mark}");
            File(text, file);
        }

        Between(text, $"=_m{mark}", "--");
    }

    private static void Part(StringBuilder text, string type, string words)
    {
        Header(text, "Content-Type", $"{type}; charset=utf-8");
        Header(text, "Content-Transfer-Encoding", "quoted-printable");
        _ = text.Append("\r\n").Append(QuotedPrintable.Encode(words));
    }

    private static void File(StringBuilder text, MailAttachment file)
    {
        Header(text, "Content-Type", file.Type);
        Header(text, "Content-Transfer-Encoding", "base64");
        Header(text, "Content-Disposition", $"attachment;\r\n {HeaderText.Parameter("filename", file.Name)}");
        _ = text.Append("\r\n")
            .Append(Convert.ToBase64String([.. Octets(file.Octets)], Base64FormattingOptions.InsertLineBreaks))
            .Append("\r\n");
    }

    private static ImmutableArray<byte> Octets(ImmutableArray<byte> octets) => octets.IsDefault ? [] : octets;

    /// <summary>A line that neither encoding can make: quoted-printable has no bare =, base64 no underscore.</summary>
    private static void Between(StringBuilder text, string mark, string end = "") =>
        text.Append(CultureInfo.InvariantCulture, $"--{mark}{end}\r\n");

    private static void Header(StringBuilder text, string name, string value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");

    private static string Address(MailBox box) =>
        box.Name.Length == 0 ? box.Address : $"{HeaderText.Phrase(box.Name)}\r\n <{box.Address}>";

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    [GeneratedRegex(@"^(?!.*\.\.)[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"^[A-Za-z0-9-]{1,35}\z")]
    private static partial Regex Language();

    [GeneratedRegex(@"^[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,60}(; ?charset=[A-Za-z0-9-]{1,20})?\z")]
    private static partial Regex MediaType();
}
