// SPDX-License-Identifier: Apache-2.0
//
// The connections of one client: to a Unix socket whose user is checked, or over TLS 1.3 to the one certificate that
// was expected. HTTP/2 from the first octet in both cases.
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Peers.Calling;

/// <summary>What the other end shows is not what was expected.</summary>
internal sealed class WrongPeerException(PeerFault fault, string message) : AuthenticationException(message)
{
    public PeerFault Fault => fault;
}

internal static class PeerConnector
{
    /// <summary>Between machines: so that a certificate that was renewed or called back counts soon.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <exception cref="InvalidDataException">The options do not allow a call; each fault is a sentence.</exception>
    public static HttpMessageHandler Handler(PeerClientOptions options)
    {
        if (options.Validate() is { Count: > 0 } faults)
        {
            throw new InvalidDataException(string.Join('\n', faults));
        }

        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            ActivityHeadersPropagator = null,
        };
        if (options.Address.Socket is { } path)
        {
            var user = OsUsers.UserId(options.User!)!.Value;
            handler.ConnectCallback = (_, cancel) => ConnectAsync(path, user, cancel);
        }
        else
        {
            handler.SslOptions = Tls(options.Tls!);
            handler.PooledConnectionLifetime = ConnectionLifetime;
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(string path, uint expected, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            var user = SocketPeer.Get(socket).User;
            return user == expected
                ? new NetworkStream(socket, ownsSocket: true)
                : throw new WrongPeerException(
                    PeerFault.WrongUser,
                    $"it is answered by user {OsUsers.NameOf(user)}, not by {OsUsers.NameOf(expected)}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions Tls(PeerClientTlsOptions tls) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        LocalCertificateSelectionCallback = (_, _, _, _, _) => tls.Credentials.Own,
        RemoteCertificateValidationCallback = (_, shown, _, _) =>
        {
            var certificate = shown as X509Certificate2
                ?? throw new WrongPeerException(PeerFault.WrongCertificate, "it shows no certificate");
            var verdict = tls.Credentials.Verify(certificate, tls.Role);
            return !verdict.IsBelieved
                ? throw new WrongPeerException(PeerFault.WrongCertificate, $"it shows {verdict.Sentence}")
                : tls.Name is { } name && verdict.Identity.Name != name
                ? throw new WrongPeerException(
                    PeerFault.WrongCertificate, $"it shows the certificate of {verdict.Identity}, and {name} was "
                        + "expected; correct the address")
                : true;
        },
    };
}
