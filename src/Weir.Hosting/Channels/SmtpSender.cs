// SPDX-License-Identifier: Apache-2.0
//
// Gives mails to the next station by MailKit, one connection a mail. Where TLS is demanded nothing but EHLO is said
// before it; user and password never. What a station refuses with 5xx it will refuse again, unless it refuses us and
// not the mail; all else may go later. Nobody's address is in a message.
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Weir.Hosting.Channels;

/// <summary>A mail server of the provider.</summary>
public sealed partial class SmtpSender(SmtpOptions options, TimeProvider time) : IMailSender
{
    /// <summary>RFC 4954 section 6: it is we who are refused, which the operator fixes; the mail is
    /// none the worse.</summary>
    private static readonly int[] OfUs = [530, 534, 535, 538, 454];

    private const int MaxShown = 200;

    public async Task<string> SendAsync(Mail mail, CancellationToken cancel)
    {
        using var message = MailWriter.Compose(mail, time.GetUtcNow());
        var (from, to) = (ReturnPath(MailWriter.Sender(mail)), MailWriter.Receiver(mail));
        using var station = new SmtpStation(options, mail.Id, time, cancel);
        try
        {
            await OpenAsync(station, cancel);
            station.Await(options.ReplyTimeout);
            var reply = await station.SendAsync(message, from, [to], station.Patience);
            await ByeAsync(station);
            return $"250 {Shown(reply, to.LocalPart)}".TrimEnd();
        }
        catch (Exception fault) when (Explain(fault, station, to.LocalPart, cancel) is { } told)
        {
            throw told;
        }
    }

    private async Task OpenAsync(SmtpStation station, CancellationToken cancel)
    {
        var socket = await ChannelConnection.OpenAsync(
            new ChannelEnd("mail", options.Host!, options.Port, options.ConnectTimeout), time, cancel);
        station.Await(options.ReplyTimeout);
        await station.ConnectAsync(socket, options.Host!, options.Port, options.Security switch
        {
            SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
            SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
            _ => SecureSocketOptions.None,
        }, station.Patience);
        station.Capabilities &= SmtpStation.Used;
        if (options.User is not { } user)
        {
            return;
        }

        if (!station.IsSecure && !options.AuthInClear)
        {
            throw Later($"the password would go to {options.Place} in clear; choose security starttls or tls");
        }

        var password = SecretFile.Line(options.PasswordFile, "the mail server's password");
        station.Await(options.ReplyTimeout);
        await station.AuthenticateAsync(
            station.AuthenticationMechanisms.Contains("PLAIN") ? new SaslMechanismPlain(user, password)
            : station.AuthenticationMechanisms.Contains("LOGIN") ? new SaslMechanismLogin(user, password)
            : throw Later($"{options.Place} offers neither AUTH PLAIN nor LOGIN; turn one on, or take the user out"),
            station.Patience);
    }

    /// <summary>The mail is the station's by now, whatever becomes of the good-bye.</summary>
    private async Task ByeAsync(SmtpStation station)
    {
        try
        {
            station.Await(options.ReplyTimeout);
            await station.DisconnectAsync(quit: true, station.Patience);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException
            or ProtocolException or CommandException)
        {
            return;
        }
    }

    /// <summary>What MailKit threw, as one sentence; null for what is not about the station.</summary>
    private ChannelException? Explain(Exception fault, SmtpStation station, string hidden, CancellationToken cancel) =>
        fault switch
        {
            OperationCanceledException when !cancel.IsCancellationRequested => Later(
                FormattableString.Invariant(
                    $"{options.Place} said nothing for {station.Awaited.TotalSeconds:0} s; see that server"), fault),
            SslHandshakeException => Later($"no TLS with {options.Place}: {(fault.InnerException ?? fault).Message} "
                + "Nothing was sent; fix its certificate or name its authority in ca-file", fault),
            NotSupportedException => Later($"{options.Place} offers no STARTTLS and nothing was sent in clear; give it "
                + "a certificate, or choose security tls", fault),
            AuthenticationException => Later($"{options.Place} does not take user and password: "
                + $"{Shown(fault.Message, options.User ?? "")}; fix them", fault),
            ServiceNotAuthenticatedException => Later(
                $"{options.Place} takes mail only after a login: 530 {Shown(fault.Message, hidden)}; name user and "
                + "password-file", fault),
            SmtpCommandException refused when station.IsOpen => new(
                FormattableString.Invariant(
                    $"mail: {options.Place} does not take {What(refused)}: {Reply(refused, hidden)}"),
                (int)refused.StatusCode >= 500 && !OfUs.Contains((int)refused.StatusCode), fault),
            SmtpCommandException refused => Later(
                $"{options.Place} would not begin: {Reply(refused, hidden)}; nothing was sent; see that server", fault),
            SmtpProtocolException when !station.IsOpen => Later($"what {options.Place} says is not SMTP; see that the "
                + "port is a mail server's, and smtp.security is what it speaks", fault),
            SmtpProtocolException or IOException or SocketException => Later(
                $"the connection to {options.Place} broke: {fault.Message}; see that server's log", fault),
            _ => null,
        };

    private static ChannelException Later(string told, Exception? fault = null) =>
        new($"mail: {told}", isForGood: false, fault);

    private static string What(SmtpCommandException refused) => refused.ErrorCode switch
    {
        SmtpErrorCode.SenderNotAccepted => "the sender",
        SmtpErrorCode.RecipientNotAccepted => "the receiver",
        _ => "the mail",
    };

    private static string Reply(SmtpCommandException refused, string hidden) =>
        FormattableString.Invariant($"{(int)refused.StatusCode} {Shown(refused.Message, hidden)}").TrimEnd();

    /// <summary>A reply in one line without anybody's address: stations like to repeat the receiver's.</summary>
    private static string Shown(string reply, string hidden)
    {
        var text = Addresses().Replace(string.Join(' ', reply.Split('\n').Select(l => l.Trim())), "<...>");
        text = hidden.Length == 0 ? text : Regex.Replace(
            text, $@"(?<![A-Za-z0-9]){Regex.Escape(hidden)}(?![A-Za-z0-9])", "...",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        text = string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));
        return text.Length > MaxShown ? text[..MaxShown] : text;
    }

    private MailboxAddress ReturnPath(MailboxAddress from) => options.ReturnPath switch
    {
        null => from,
        "" => new("", ""),
        var path => MailBox.TryParse(path, out var box) ? box : throw new ChannelException(
            "mail: return-path is no address; write one, or an empty one for nobody", isForGood: false),
    };

    [GeneratedRegex(@"<[^<>]*>|[^\s<>:;,()'""]+@[^\s<>:;,()'""]+")]
    private static partial Regex Addresses();
}
