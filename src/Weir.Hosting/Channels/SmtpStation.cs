// SPDX-License-Identifier: Apache-2.0
//
// MailKit's client as Weir uses it: whom it trusts, how long it waits, and which reports it asks for (RFC 3461: of
// failure only, with the mail's number and without the mail).
using System.Net.Security;
using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace Weir.Hosting.Channels;

/// <summary>One connection to one station.</summary>
internal sealed class SmtpStation : SmtpClient
{
    /// <summary>What of a station's offers is used; without the others a mail stays ASCII and each reply has its
    /// command.</summary>
    public const SmtpCapabilities Used = SmtpCapabilities.StartTLS | SmtpCapabilities.Authentication
        | SmtpCapabilities.Dsn | SmtpCapabilities.Size | SmtpCapabilities.EnhancedStatusCodes;

    private const int MaxEnvelopeId = 100;

    private readonly SmtpOptions _options;
    private readonly string _id;
    private readonly SslClientAuthenticationOptions? _tls;
    private readonly CancellationTokenSource _patience;
    private readonly CancellationTokenSource _either;

    /// <exception cref="ChannelException">A file of the trust cannot be read.</exception>
    public SmtpStation(SmtpOptions options, string id, TimeProvider time, CancellationToken cancel)
    {
        (_options, _id) = (options, id);
        _tls = options.Security == SmtpSecurity.None ? null : options.Trust.For(options.Host);
        _patience = new(System.Threading.Timeout.InfiniteTimeSpan, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _patience.Token);
        Timeout = System.Threading.Timeout.Infinite;
        DeliveryStatusNotificationType = DeliveryStatusNotificationType.HeadersOnly;
        ServerCertificateValidationCallback =
            (_, _, _, errors) => errors == SslPolicyErrors.None || !options.Trust.IsChecked;
        LocalDomain = options.HelloName ?? (System.Net.Dns.GetHostName() is { Length: > 0 } name
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') ? name : "[127.0.0.1]");
        Connected += (_, _) => IsOpen = true;
    }

    /// <summary>It has greeted, and TLS stands where it is demanded.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Ends when what is awaited has not come.</summary>
    public CancellationToken Patience => _either.Token;

    /// <summary>How long the last <see cref="Await"/> waits.</summary>
    public TimeSpan Awaited { get; private set; }

    /// <summary>Waits anew.</summary>
    public void Await(TimeSpan time)
    {
        Awaited = time;
        _patience.CancelAfter(time);
    }

    protected override SslClientAuthenticationOptions GetSslClientAuthenticationOptions(
        string host, RemoteCertificateValidationCallback remoteCertificateValidationCallback)
    {
        _tls!.RemoteCertificateValidationCallback = remoteCertificateValidationCallback;
        return _tls;
    }

    protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(
        MimeMessage message, MailboxAddress mailbox) => DeliveryStatusNotification.Failure;

    protected override string? GetEnvelopeId(MimeMessage message) => _id.Length <= MaxEnvelopeId ? _id : null;

    protected override async Task<long> GetSizeAsync(
        FormatOptions options, MimeMessage message, CancellationToken cancellationToken)
    {
        var size = await base.GetSizeAsync(options, message, cancellationToken);
        return MaxSize == 0 || size <= MaxSize ? size : throw new ChannelException(
            FormattableString.Invariant(
                $"mail: {_options.Place} takes {MaxSize} octets and the mail has {size}; raise that server's limit"),
            isForGood: true);
    }

    /// <summary>From here on who gives up early sends it twice.</summary>
    protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        Await(_options.LastReplyTimeout);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _either.Dispose();
            _patience.Dispose();
        }
    }
}
