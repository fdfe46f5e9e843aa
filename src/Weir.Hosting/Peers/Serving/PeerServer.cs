// SPDX-License-Identifier: Apache-2.0
//
// A process's door to the others: HTTP/2 and HTTP/1.1 on a Unix socket, and on TLS 1.3 with certificates on both sides
// where other machines have peers.
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Answers peers from its start to its stop. The constructor is inert.</summary>
public sealed class PeerServer : IHostedService, IAsyncDisposable
{
    /// <summary>How long a connection without a request stays open; also one whose first frame never ends.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    /// <summary>A client that wants more waits, or opens another connection.</summary>
    private const int StreamsPerConnection = 32;

    private readonly PeerOptions _options;
    private readonly PeerRoutes _routes;
    private readonly TimeProvider _time;
    private readonly IMeterFactory _meters;
    private readonly ILoggerFactory _logs;
    private readonly CancellationTokenSource _stopping = new();

    private PeerSocket? _socket;
    private RefusalReport? _refusals;
    private WebApplication? _app;

    /// <param name="options">Where, and who.</param>
    /// <param name="routes">What they may ask.</param>
    /// <param name="time">For time-outs and the minute of the refusals' log line.</param>
    /// <param name="meters">Takes the counters.</param>
    /// <param name="logs">Takes the log.</param>
    public PeerServer(
        PeerOptions options, PeerRoutes routes, TimeProvider time, IMeterFactory meters, ILoggerFactory logs) =>
        (_options, _routes, _time, _meters, _logs) = (options, routes, time, meters, logs);

    /// <summary>The TLS endpoint with the port it got; null without one.</summary>
    internal IPEndPoint? TlsEndPoint { get; private set; }

    /// <summary>Opens the door.</summary>
    /// <exception cref="InvalidDataException">The options do not allow a start; each fault is a sentence.</exception>
    /// <exception cref="IOException">The socket, the address or a certificate cannot be had; the message says the fix.
    /// </exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.Validate() is { Count: > 0 } faults)
        {
            throw new InvalidDataException(string.Join('\n', faults));
        }

        var log = _logs.CreateLogger<PeerServer>();
        var slots = new ConnectionSlots(_options.Connections, _options.ReservedConnections,
            _options.ConnectionsPerPeer);
        var metrics = new PeerServerMetrics(_meters, () => slots.Open);
        _refusals = new RefusalReport(_options.Name, _time, log);
        var gate = new PeerGate(_options, slots, metrics, _refusals, _time);
        var dispatcher = new PeerDispatcher(
            _options.Name, _routes, metrics, _refusals, _time, log, _stopping.Token);
        _socket = _options.Socket is { } path
            ? PeerSocket.Acquire(
                path, _options.SocketSetting, _options.Group is { } group ? OsUsers.GroupId(group) : null)
            : null;
        _app = Build(gate);
        var answers = new HttpAnswers(dispatcher, log, _options.Name);
        _app.Run(answers.AnswerAsync);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception refused)
        {
            await DisposeAsync();
            if (refused is SocketException or AddressInUseException)
            {
                throw new IOException(
                    $"{_options.SocketSetting}, tls.listen of {_options.Name}: {_options.Socket} "
                    + $"{_options.Tls?.Listen} cannot be opened: {refused.Message}", refused);
            }

            throw;
        }

        var places = _app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        TlsEndPoint = places.Select(place => new Uri(place))
            .Where(uri => uri.Scheme == Uri.UriSchemeHttps && uri.Port > 0)
            .Select(uri => IPEndPoint.Parse($"{uri.Host}:{uri.Port}")).FirstOrDefault();
        var doors = string.Join(" and ", new[] { _options.Socket, TlsEndPoint?.ToString() }.OfType<string>());
        var peers = string.Join(", ", _options.UsersByNumber().Values.Select(peer => peer.ToString())
            .Concat(_options.Tls is { } by ? [$"certificates of {by.Roles}"] : (string[])[]));
        log.PeersAnswered(_options.Name, doors, peers);
    }

    /// <summary>Ends waiting requests, closes the door and removes the socket, within the stop's time-out.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is null)
        {
            return;
        }

        await _stopping.CancelAsync();
        using var late = new CancellationTokenSource(_options.StopTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        await _app.StopAsync(either.Token);
        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is { } app)
        {
            await app.DisposeAsync();
        }

        Interlocked.Exchange(ref _socket, null)?.Dispose();
        Interlocked.Exchange(ref _refusals, null)?.Dispose();
    }

    private WebApplication Build(PeerGate gate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(_logs);
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = place =>
            place is UnixDomainSocketEndPoint ? _socket!.Bind()
                : SocketTransportOptions.CreateDefaultBoundListenSocket(place));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowAlternateSchemes = true; // prior knowledge looks like TLS to the server, and is not
            kestrel.Limits.RequestHeadersTimeout = _options.HeaderTimeout;
            kestrel.Limits.KeepAliveTimeout = Idle;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
            kestrel.Limits.Http2.InitialStreamWindowSize = 1 << 20;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
            if (_options.Socket is { } path)
            {
                // The protocols are left alone: set to both, the server would switch HTTP/2 off for want of TLS.
                kestrel.ListenUnixSocket(path, listen => listen.Use(
                    next => connection => gate.UnixAsync(connection, next)));
            }

            if (_options.Tls is { } tls)
            {
                kestrel.Listen(tls.Listen, listen => Secure(listen, tls, gate));
            }
        });
        return builder.Build();
    }

    private void Secure(ListenOptions listen, PeerTlsOptions tls, PeerGate gate)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.Use(next => connection => gate.HandshakeAsync(connection, next));
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificateSelector = (_, _) => tls.Credentials.Own,
            SslProtocols = SslProtocols.Tls13,
            HandshakeTimeout = _options.HeaderTimeout,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (client, _, _) => gate.Accepts(client),
        });
        listen.Use(next => connection => gate.TlsAsync(connection, next));
    }
}
