// SPDX-License-Identifier: Apache-2.0
//
// IPFIX over TCP and TLS (RFC 7011 §10.4, §11): a connection is one transport session, its templates and sequence live
// and die with it. The server beneath accepts and does the handshake; whoever is not named, shows no certificate of the
// authority, or one whose key is not named, is refused before an octet of IPFIX is read. Each is counted by why.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Collector.Collecting.Admitting;
using Weir.Hosting.Peers.Certificates;
using Weir.Wire;

namespace Weir.Collector.Collecting.Sessions;

/// <summary>All listeners, and a lane for each transport. The constructor opens nothing.</summary>
public sealed class SessionIntake : IAsyncDisposable
{
    private static readonly object SessionKey = new();
    private static readonly TimeSpan JudgeEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(10);

    /// <summary>How long connections may take to end.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    /// <summary>Room for the longest message, and what comes behind it.</summary>
    private const long ReadBuffer = 128 << 10;

    private readonly SessionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly SessionRefusals _refusals;
    private readonly SessionBook _book;
    private readonly List<(ListenOptions Listen, SessionCounts Counts)> _bound = [];
    private ITimer? _judge;
    private WebApplication? _app;

    /// <param name="options">Where, and how many.</param>
    /// <param name="known">Whose.</param>
    /// <param name="gate">Stops the lanes while the intake is stopped.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="logs">Takes a line for those that are refused.</param>
    /// <exception cref="IOException">The certificate cannot be used; the message names the file and says the fix.
    /// </exception>
    public SessionIntake(
        SessionOptions options, KnownExporters known, IntakeGate gate, TimeProvider time, ILoggerFactory logs)
    {
        (_options, _time, _logs) = (options, time, logs);
        _refusals = new(time, logs.CreateLogger<SessionIntake>());
        _book = new(options, known, time);
        Listeners =
        [
            .. options.Tcp.Select(at => new SessionCounts(ExportTransport.Tcp, at)),
            .. options.Tls.Select(at => new SessionCounts(ExportTransport.Tls, at)),
        ];
        Lanes =
        [
            .. Listeners.Select(one => one.Transport).Distinct().Select(one => new SessionLane(one, gate)),
        ];
        Credentials = options.Tls.Count == 0 ? null
            : new(new(options.Certificate!, options.Key!, options.Authority!, []), time);
    }

    /// <summary>What came to each.</summary>
    public IReadOnlyList<SessionCounts> Listeners { get; }

    internal IReadOnlyList<SessionLane> Lanes { get; }

    internal SessionCredentials? Credentials { get; }

    /// <summary>Opens every listener, or none.</summary>
    /// <exception cref="IOException">An address cannot be had; the message names the setting and it.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        if (Listeners.Count == 0)
        {
            return;
        }

        _app = Build();
        try
        {
            await _app.StartAsync(cancel);
        }
        catch (Exception refused) when (refused is SocketException or IOException)
        {
            throw new IOException(
                $"collecting.sessions: {string.Join(' ', Listeners.Select(one => one.Listener))} cannot be opened: "
                + $"{refused.Message}; stop the program that has it, or choose another port", refused);
        }

        foreach (var (listen, counts) in _bound)
        {
            counts.At = listen.IPEndPoint ?? counts.At;
        }

        _judge = _time.CreateTimer(_ => _book.Judge(), null, JudgeEvery, JudgeEvery);
    }

    /// <summary>Runs every lane until cancelled, or until one fails: then all stop and the failure is thrown.</summary>
    internal async Task RunAsync<THandler>(Func<SessionLane, THandler> handlerFor, CancellationToken cancel)
        where THandler : struct, ISessionHandler
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = Lanes.Select(lane => lane.RunAsync(handlerFor(lane), stop.Token)).ToArray();
        if (running.Length > 0)
        {
            _ = await Task.WhenAny(running);
            await stop.CancelAsync();
            await Task.WhenAll(running);
        }
    }

    /// <summary>Closes all: what was begun and is not whole is counted as lost.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        if (_judge is not null)
        {
            await _judge.DisposeAsync();
        }

        _book.Stop();
        foreach (var lane in Lanes)
        {
            lane.PassGate();
        }

        if (_app is not null)
        {
            await StopAsync(_app, cancel);
        }
    }

    /// <summary>What has not ended by then is broken off: the rest of the stop may not wait for it.</summary>
    private async Task StopAsync(WebApplication app, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(EndTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            await app.StopAsync(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            _logs.CreateLogger<SessionIntake>().SessionsLate(_book.Open, EndTime.TotalSeconds);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is { } app)
        {
            await app.DisposeAsync();
        }

        foreach (var lane in Lanes)
        {
            lane.Dispose();
        }
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(_logs);
        builder.Services.Configure<SocketTransportOptions>(transport => transport.MaxReadBufferSize = ReadBuffer);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            foreach (var counts in Listeners)
            {
                kestrel.Listen(counts.At, listen => Serve(listen, counts));
            }
        });
        return builder.Build();
    }

    private void Serve(ListenOptions listen, SessionCounts counts)
    {
        _bound.Add((listen, counts));
        var lane = Lanes.First(one => one.Transport == counts.Transport);
        listen.Use(next => connection => AdmitAsync(connection, counts, lane, next));
        if (counts.Transport == ExportTransport.Tls)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = context => ValueTask.FromResult(OptionsFor(SessionOf(context.Connection))),
                HandshakeTimeout = HandshakeTime,
            });
        }

        listen.Run(connection =>
        {
            var session = SessionOf(connection);
            session.IsServed = true;
            counts.Serve();
            return session.ReadAsync(connection.Transport.Input, lane);
        });
    }

    private static Session SessionOf(BaseConnectionContext connection) => (Session)connection.Items[SessionKey]!;

    private async Task AdmitAsync(
        ConnectionContext connection, SessionCounts counts, SessionLane lane, ConnectionDelegate next)
    {
        var exporter = IpKey.From(((IPEndPoint)connection.RemoteEndPoint!).Address);
        if (_book.TryOpen(exporter, connection, counts, out var refused) is not { } session)
        {
            Refuse(counts, exporter, refused!);
            connection.Abort();
            return;
        }

        connection.Items[SessionKey] = session;
        try
        {
            await next(connection);
        }
        finally
        {
            if (session.IsServed)
            {
                await lane.EndAsync(session);
                counts.End(session.Why ?? "closed");
            }
            else
            {
                _book.NoteRefused(session, session.Why ?? "");
                var code = session.Why ?? "handshake";
                Refuse(counts, exporter, code, code == "unnamed-key" ? session.KeyPrint ?? "" : "");
            }

            _book.Close(session);
        }
    }

    private void Refuse(SessionCounts counts, IpKey exporter, string why, string more = "")
    {
        counts.Refuse(why);
        _refusals.Tell(counts.Listener, exporter, why, more);
    }

    private SslServerAuthenticationOptions OptionsFor(Session session) => new()
    {
        ServerCertificate = Credentials!.Own,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = (_, shown, chain, _) => IsBelieved(session, shown, chain),
    };

    /// <summary>The certificate is of the authority, and its key is named for whoever shows it.</summary>
    private bool IsBelieved(Session session, X509Certificate? shown, X509Chain? chain)
    {
        if (shown is not X509Certificate2 certificate)
        {
            session.Cut("no-certificate");
            return false;
        }

        var fault = Credentials!.Check(certificate, chain?.ChainPolicy.ExtraStore ?? []);
        session.KeyPrint = CertificateFingerprint.OfKey(certificate).ToString();
        if (fault != CertificateFault.None)
        {
            session.Cut(CertificateFaults.ToName(fault));
            return false;
        }

        if (!_book.HasKey(session.Exporter, session.KeyPrint))
        {
            session.Cut("unnamed-key");
            return false;
        }

        return true;
    }
}
