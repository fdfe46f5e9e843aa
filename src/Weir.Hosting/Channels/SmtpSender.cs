// SPDX-License-Identifier: Apache-2.0
//
// Gives mails to the next station (RFC 5321), one connection a mail. Where TLS is demanded nothing but EHLO is said
// before it; user and password never. What a station refuses with 5xx it will refuse again, unless it refuses us and
// not the mail; all else may go later. Nobody's address is in a message.
using System.Globalization;
using System.Text;

namespace Weir.Hosting.Channels;

/// <summary>A mail server of the provider.</summary>
public sealed class SmtpSender(SmtpOptions options, TimeProvider time) : IMailSender
{
    /// <summary>RFC 4954 section 6: it is we who are refused, which the operator mends; the mail is
    /// none the worse.</summary>
    private static readonly int[] OfUs = [530, 534, 535, 538, 454];

    private const int LongestEnvelopeId = 100;

    public async Task<string> SendAsync(Mail mail, CancellationToken cancel)
    {
        var (from, to) = (MailWriter.Sender(mail), MailWriter.Receiver(mail));
        var octets = MailWriter.Write(mail, time.GetUtcNow());
        await using var station = await SmtpSession.OpenAsync(options, time, cancel);
        var offers = await GreetAsync(station, cancel);
        if (options.User is { } user)
        {
            await LogInAsync(station, offers, user, cancel);
        }

        if (offers.Size > 0 && octets.Length > offers.Size)
        {
            throw new ChannelException(FormattableString.Invariant($"mail: {options.Place} takes {offers.Size} octets and the mail has {octets.Length}; raise that server's limit"), isForGood: true);
        }

        await TakenAsync(station, ReturnPath(from), offers, mail.Id, octets.Length, to.Local, cancel);
        await StepAsync(
            station, $"RCPT TO:<{to.Address}>{(offers.HasReports ? " NOTIFY=FAILURE" : "")}", "the receiver",
            to.Local, cancel);
        var ready = await station.SendAsync("DATA", cancel);
        if (ready.Code != 354)
        {
            throw Refused(ready, "the mail", to.Local);
        }

        var last = await station.SendDataAsync(octets, cancel);
        if (!last.IsDone)
        {
            throw Refused(last, "the mail", to.Local);
        }

        await ByeAsync(station, cancel);
        return last.Shown(to.Local);
    }

    private async Task<SmtpCapabilities> GreetAsync(SmtpSession station, CancellationToken cancel)
    {
        var greeting = await station.ReceiveReplyAsync(cancel);
        if (!greeting.IsDone)
        {
            throw new ChannelException(
                $"mail: {options.Place} greets with {greeting.Shown("")}; see that server", isForGood: false);
        }

        var offers = await HelloAsync(station, cancel);
        if (options.Security != SmtpSecurity.StartTls)
        {
            return offers;
        }

        if (!offers.HasStartTls)
        {
            throw new ChannelException($"mail: {options.Place} offers no STARTTLS and nothing was sent in clear; give "
                + "it a certificate, or choose security tls", isForGood: false);
        }

        var go = await station.SendAsync("STARTTLS", cancel);
        if (go.Code != 220)
        {
            throw new ChannelException(
                $"mail: {options.Place} would not begin TLS: {go.Shown("")}; nothing was sent in clear",
                isForGood: false);
        }

        await station.EncryptAsync(cancel);
        return await HelloAsync(station, cancel); // RFC 3207 section 4.2: what it offered in clear counts for nothing
    }

    private async Task<SmtpCapabilities> HelloAsync(SmtpSession station, CancellationToken cancel)
    {
        var hello = await station.SendAsync($"EHLO {HelloName()}", cancel);
        return hello.IsDone ? SmtpCapabilities.Parse(hello) : throw new ChannelException(
            $"mail: {options.Place} answers EHLO with {hello.Shown("")}; set hello-name to a name it takes",
            isForGood: false);
    }

    private async Task LogInAsync(SmtpSession station, SmtpCapabilities offers, string user, CancellationToken cancel)
    {
        if (!station.IsEncrypted && !options.AuthInClear)
        {
            throw new ChannelException(
                $"mail: the password would go to {options.Place} in clear; choose security starttls or tls",
                isForGood: false);
        }

        var password = SecretFile.Line(options.PasswordFile, "the mail server's password");
        var reply = offers.Logins.Contains("PLAIN")
            ? await station.SendAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", cancel)
            : offers.Logins.Contains("LOGIN") ? await LoginAsync(station, user, password, cancel)
            : throw new ChannelException(
                $"mail: {options.Place} offers neither AUTH PLAIN nor LOGIN; turn one on, or take the user out",
                isForGood: false);
        if (!reply.IsDone)
        {
            throw new ChannelException(
                $"mail: {options.Place} does not take user and password: {reply.Shown(user)}; mend them",
                isForGood: false);
        }
    }

    private static async Task<SmtpReply> LoginAsync(
        SmtpSession station, string user, string password, CancellationToken cancel)
    {
        var reply = await station.SendAsync("AUTH LOGIN", cancel);
        foreach (var word in new[] { user, password })
        {
            reply = reply.Code == 334 ? await station.SendAsync(Base64(word), cancel) : reply;
        }

        return reply;
    }

    /// <summary>RFC 3461 where it is offered: a report of failure only, with the mail's number and
    /// without the mail.</summary>
    private Task TakenAsync(
        SmtpSession station, string from, SmtpCapabilities offers, string id, int octets, string hidden,
        CancellationToken cancel)
    {
        var more = (offers.Size >= 0 ? string.Create(CultureInfo.InvariantCulture, $" SIZE={octets}") : "")
            + (offers.HasReports ? " RET=HDRS" : "")
            + (offers.HasReports && id.Length <= LongestEnvelopeId ? $" ENVID={id}" : "");
        return StepAsync(station, $"MAIL FROM:<{from}>{more}", "the sender", hidden, cancel);
    }

    private async Task StepAsync(
        SmtpSession station, string command, string what, string hidden, CancellationToken cancel)
    {
        var reply = await station.SendAsync(command, cancel);
        if (!reply.IsDone)
        {
            throw Refused(reply, what, hidden);
        }
    }

    private ChannelException Refused(SmtpReply reply, string what, string hidden) =>
        new($"mail: {options.Place} does not take {what}: {reply.Shown(hidden)}", reply.IsPermanent
            && !OfUs.Contains(reply.Code));

    /// <summary>The mail is the station's by now, whatever becomes of the good-bye.</summary>
    private static async Task ByeAsync(SmtpSession station, CancellationToken cancel)
    {
        try
        {
            _ = await station.SendAsync("QUIT", cancel);
        }
        catch (Exception gone) when (gone is ChannelException or OperationCanceledException)
        {
            return;
        }
    }

    private string ReturnPath(MailBox from) => options.ReturnPath switch
    {
        null => from.Address,
        "" => "",
        var path => MailBox.TryParse(path, out var box) ? box.Address : throw new ChannelException(
            "mail: return-path is no address; write one, or an empty one for nobody", isForGood: false),
    };

    private string HelloName() => options.HelloName ?? (System.Net.Dns.GetHostName() is { Length: > 0 } name
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') ? name : "[127.0.0.1]");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

/// <summary>What a station offers in its reply to EHLO.</summary>
/// <param name="HasStartTls">RFC 3207.</param>
/// <param name="HasReports">DSN (RFC 3461).</param>
/// <param name="Size">Octets of a mail; 0 = any, -1 = not offered (RFC 1870).</param>
/// <param name="Logins">Mechanisms of AUTH in capitals.</param>
internal sealed record SmtpCapabilities(bool HasStartTls, bool HasReports, long Size, IReadOnlySet<string> Logins)
{
    public static SmtpCapabilities Parse(SmtpReply hello)
    {
        var words = hello.Lines
            .Skip(1).Select(line => line.ToUpperInvariant().Split([' ', '='], StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w.Length > 0).ToList();
        var size = words.Find(w => w[0] == "SIZE");
        return new(
            words.Exists(w => w[0] == "STARTTLS"), words.Exists(w => w[0] == "DSN"),
            size is null ? -1
                : size.Length > 1
                    && long.TryParse(size[1], NumberStyles.None, CultureInfo.InvariantCulture, out var most)
                    ? most
                : 0,
            words.Where(w => w[0] == "AUTH").SelectMany(w => w.Skip(1)).ToHashSet());
    }
}
