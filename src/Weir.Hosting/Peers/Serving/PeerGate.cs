// SPDX-License-Identifier: Apache-2.0
//
// What every connection passes before its first request: who is it, may it come, is there room, and does it speak
// HTTP/1.1 or HTTP/2. A stranger costs an accept and a counter.
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Weir.Hosting.Peers.Certificates;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Admits connections.</summary>
internal sealed class PeerGate(
    PeerOptions options, ConnectionSlots slots, PeerServerMetrics metrics, RefusalReport refusals, TimeProvider time)
{
    /// <summary>One in so many handshakes is for addresses that have fewer than two.</summary>
    private const int ReservedPart = 4;

    private static readonly object PeerKey = new();
    private static readonly object HandshakeKey = new();
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    /// <summary>RFC 9113 §3.4. All of it has to come in time: half of it would hold a place for as long as an idle
    /// connection does.</summary>
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    private readonly Dictionary<uint, Peer> _users = options.UsersByNumber();
    private readonly ConnectionSlots _handshakes = new(
        options.Tls?.Handshakes ?? 0, (options.Tls?.Handshakes ?? 0) / ReservedPart,
        options.Tls?.HandshakesPerAddress ?? 0);

    /// <summary>Who a connection that was admitted is.</summary>
    public static Peer PeerOf(IDictionary<object, object?> items) => (Peer)items[PeerKey]!;

    /// <summary>For the Unix socket: the user decides.</summary>
    public async Task UnixAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (UserOf(connection) is not { } user)
        {
            Refuse(connection, "uid-unknown", "no-role");
            return;
        }

        if (!_users.TryGetValue(user, out var peer))
        {
            Refuse(connection, OsUsers.NameOf(user), "no-role");
            return;
        }

        await AdmitAsync(connection, peer, async () =>
        {
            if (await ReadsAsHttp2Async(connection) is not { } isHttp2)
            {
                Refuse(connection, peer.Name, "silent");
                return;
            }

            if (isHttp2)
            {
                var known = new PriorKnowledge();
                connection.Features.Set<ITlsConnectionFeature>(known);
                connection.Features.Set<ITlsApplicationProtocolFeature>(known);
            }

            await next(connection);
        });
    }

    /// <summary>For TLS, before the handshake: few at once, for they are costly and their peer is not known; and of one
    /// address a part of them, so that who says nothing keeps no other out.</summary>
    public async Task HandshakeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var from = connection.RemoteEndPoint is IPEndPoint { Address: var address }
            ? AddressConnections.NameOf(address) : "";
        if (_handshakes.Acquire(from) is not null)
        {
            Refuse(connection, $"{connection.RemoteEndPoint}", "handshakes");
            return;
        }

        using var handshake = new Handshake(_handshakes, from);
        connection.Items[HandshakeKey] = handshake;
        await next(connection);
    }

    /// <summary>For TLS, in the handshake.</summary>
    public bool Accepts(X509Certificate2 certificate) => PeerOf(certificate) is not null;

    /// <summary>For TLS, after the handshake: the certificate decides, for as long as it holds.</summary>
    public async Task TlsAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        (connection.Items[HandshakeKey] as Handshake)?.Dispose();
        if (connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } certificate)
        {
            if (PeerOf(certificate) is { } peer)
            {
                using var end = EndWith(connection, certificate);
                await AdmitAsync(connection, peer, () => next(connection));
            }
            else
            {
                connection.Abort();
            }

            return;
        }

        Refuse(connection, $"{connection.RemoteEndPoint}", "no-certificate");
    }

    /// <summary>Who a certificate is; null, counted and told, where it is not believed.</summary>
    private Peer? PeerOf(X509Certificate2 certificate)
    {
        var tls = options.Tls!;
        var verdict = tls.Credentials.Verify(certificate);
        var isListed = tls.Peers.Count == 0 || (verdict.Identity is { } shown && tls.Peers.Contains(shown));
        if (verdict.IsBelieved && isListed && PeerRoles.Parse(verdict.Identity.Role) is { } role
            && role.Overlaps(tls.Roles))
        {
            return new(verdict.Identity.Name, role);
        }

        var print = CertificateFingerprint.From(certificate);
        var (reason, sentence) = verdict.IsBelieved && !isListed
            ? ("not-listed", $"the certificate {print} of {verdict.Identity}, which does not stand in tls.peers of "
                + $"{options.Name}; add it there, or give that process the certificate of one that does")
            : verdict.IsBelieved
            ? ("no-role", $"the certificate {print} of {verdict.Identity}, and {options.Name} answers {tls.Roles}; "
                + "correct the address that it asks")
            : (verdict.Code, verdict.Sentence);
        metrics.Closed(reason);
        refusals.Add($"who shows {sentence}:", reason);
        return null;
    }

    private CancellationTokenSource EndWith(ConnectionContext connection, X509Certificate2 certificate)
    {
        var left = certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime;
        var end = new CancellationTokenSource(
            left < TimeSpan.Zero ? TimeSpan.Zero : left < LongestTimer ? left : LongestTimer, time);
        end.Token.Register(() => connection.Abort(new ConnectionAbortedException("out-of-date")));
        return end;
    }

    private static uint? UserOf(ConnectionContext connection)
    {
        try
        {
            return connection.Features.Get<IConnectionSocketFeature>() is { } feature
                ? SocketPeer.Get(feature.Socket).User : null;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or SocketException)
        {
            return null;
        }
    }

    private async Task AdmitAsync(ConnectionContext connection, Peer peer, Func<Task> next)
    {
        if (slots.Acquire(peer.Name) is { } reason)
        {
            Refuse(connection, peer.Name, reason);
            return;
        }

        try
        {
            connection.Items[PeerKey] = peer;
            await next();
        }
        finally
        {
            slots.Release(peer.Name);
        }
    }

    /// <summary>Looks at the first octets without taking them; null where none come in time.</summary>
    private async Task<bool?> ReadsAsHttp2Async(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var late = new CancellationTokenSource(options.HeaderTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, connection.ConnectionClosed);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(either.Token);
                var seen = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, Preface.Length)).ToArray();
                var couldBe = seen.AsSpan().SequenceEqual(Preface.AsSpan(0, seen.Length));
                var isDecided = !couldBe || seen.Length == Preface.Length;
                input.AdvanceTo(read.Buffer.Start, isDecided ? read.Buffer.Start : read.Buffer.End);
                if (isDecided)
                {
                    return couldBe;
                }

                if (read.IsCompleted)
                {
                    return false; // left without a word; the next step sees that
                }
            }
        }
        catch (OperationCanceledException) when (connection.ConnectionClosed.IsCancellationRequested)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (Exception broken) when (broken is IOException or ConnectionResetException or ConnectionAbortedException)
        {
            return false;
        }
    }

    private void Refuse(ConnectionContext connection, string who, string reason)
    {
        metrics.Closed(reason);
        refusals.Add(who, reason);
        connection.Abort(new ConnectionAbortedException(reason));
    }

    /// <summary>Tells the server that the client begins with HTTP/2, as ALPN would.</summary>
    private sealed class PriorKnowledge : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
            Task.FromResult(ClientCertificate);
    }

    private sealed class Handshake(ConnectionSlots slots, string from) : IDisposable
    {
        private ConnectionSlots? _slots = slots;

        public void Dispose() => Interlocked.Exchange(ref _slots, null)?.Release(from);
    }
}
