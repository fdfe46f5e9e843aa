// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Collecting.Sessions;
using Weir.Collector.Corroborating;
using Weir.Collector.Decoding;
using Weir.Contracts.Flows;
using Weir.Hosting.Peers.Certificates;
using Weir.Tests.Hosting;
using Weir.Tests.Hosting.Peers;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Collecting.Sessions;

/// <summary>Listeners for TCP and TLS on this machine with a decoder behind each, an authority, and a clock that the
/// test moves.</summary>
internal sealed class SessionWorld : IAsyncDisposable
{
    public static readonly IpKey Here = IpKey.Parse("127.0.0.1");

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<ExportTransport, Decoder> _decoders;
    private Task _running = Task.CompletedTask;

    private SessionWorld(Func<SessionWorld, SessionOptions, SessionOptions> change, KnownExporterOptions[] known)
    {
        Authority = new(TimeProvider.System.GetUtcNow());
        var own = Authority.Issue("collector", "edge");
        Known = new(isOpen: false, known);
        var options = change(this, new SessionOptions
        {
            Tcp = [new(IPAddress.Loopback, 0)], Tls = [new(IPAddress.Loopback, 0)], Certificate = own.Certificate,
            Key = own.Key, Authority = own.Authority,
        });
        Intake = new(options, Known, Gate, Clock, Logs);
        _decoders = Intake.Lanes.ToDictionary(lane => lane.Transport, lane =>
            new Decoder(DecodingOptions.OfFiles with { Sessions = true })
            {
                Transport = lane.Transport, Known = Known,
                Corroborating = lane.Transport == ExportTransport.Tls ? null : Corroborating,
            });
    }

    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public IntakeGate Gate { get; } = new();

    public CorroboratingOptions Corroborating { get; } = new();

    public KnownExporters Known { get; }

    public TestAuthority Authority { get; }

    public Logged Logs { get; } = new();

    public SessionIntake Intake { get; }

    /// <summary>What was told, in its order.</summary>
    public List<(FlowStanding Standing, IpKey Source)> Told { get; } = [];

    public SessionCounts Tcp => Intake.Listeners.First(one => one.Transport == ExportTransport.Tcp);

    public SessionCounts Tls => Intake.Listeners.First(one => one.Transport == ExportTransport.Tls);

    public Decoder Of(ExportTransport transport) => _decoders[transport];

    public static async Task<SessionWorld> StartAsync(
        Func<SessionWorld, SessionOptions, SessionOptions>? change = null, params KnownExporterOptions[] known)
    {
        var world = new SessionWorld(
            change ?? ((_, options) => options),
            known.Length > 0 ? known : [new() { Network = Prefix.Parse("127.0.0.1") }]);
        await world.Intake.StartAsync(CancellationToken.None);
        world._running = world.Intake.RunAsync(
            lane => new Handler(world._decoders[lane.Transport], world.Told), world._stop.Token);
        return world;
    }

    public static async Task<Socket> ConnectAsync(SessionCounts to, string from = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(to.At);
        return socket;
    }

    /// <summary>
    /// Connects as one who is to be refused: the reset may come before the connect itself has ended, and is the
    /// refusal then.
    /// </summary>
    public static async Task<Socket?> KnockAsync(SessionCounts to, string from = "127.0.0.1")
    {
        try
        {
            return await ConnectAsync(to, from);
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionReset)
        {
            return null;
        }
    }

    private bool IsOurs(X509Certificate2 certificate)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Authority.Certificate);
        return CertificateChain.Check(certificate, authorities, TimeProvider.System.GetUtcNow()) == CertificateFault.None;
    }

    /// <summary>A handshake as an exporter does it.</summary>
    public async Task<SslStream> HandshakeAsync(X509Certificate2? shown, SslProtocols protocols = SslProtocols.None)
    {
        var stream = new SslStream(new NetworkStream(await ConnectAsync(Tls), ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "collector", EnabledSslProtocols = protocols,
            ClientCertificates = shown is null ? [] : [shown],
            RemoteCertificateValidationCallback = (_, own, _, _) => own is X509Certificate2 certificate && IsOurs(certificate),
        });
        return stream;
    }

    /// <summary>A connection was refused, by this name, and nothing of it was read.</summary>
    public Task IsRefusedAsync(SessionCounts at, string why, long times = 1) => Until.IsSoAsync(
        () => Task.FromResult(at.Refused.GetValueOrDefault(why) == times), $"{why} is counted",
        told: () => $"{string.Join(' ', at.Refused)} {string.Join(' ', at.Ended)} {Logs.All}");

    public Task IsEndedAsync(SessionCounts at, string why, long times = 1) => Until.IsSoAsync(
        () =>
        {
            Clock.Advance(TimeSpan.Zero);
            return Task.FromResult(at.Ended.GetValueOrDefault(why) == times);
        }, $"{why} is counted", told: () => $"{string.Join(' ', at.Refused)} {string.Join(' ', at.Ended)}");

    /// <summary>The key of a process's certificate, as a row names it.</summary>
    public static string KeyOf(PeerCertificateFiles files)
    {
        using var certificate = TestAuthority.Load(files);
        return CertificateFingerprint.OfKey(certificate).ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await Intake.StopAsync(CancellationToken.None);
        await _stop.CancelAsync();
        await _running;
        await Intake.DisposeAsync();
        Assert.All(Intake.Listeners, one => Assert.Equal(one.Octets, one.HandledOctets + one.LostOctets));
        Assert.All(Intake.Listeners, one => Assert.Equal(0, one.Open));
        Authority.Dispose();
        _stop.Dispose();
    }

    private readonly struct Handler(Decoder decoder, List<(FlowStanding, IpKey)> told) : ISessionHandler
    {
        public string? OnMessage(ReadOnlySpan<byte> message, IpKey exporter, ushort session, long arrivedAtMs)
        {
            var sink = new Kept(told);
            decoder.Decode(message, exporter, session, arrivedAtMs, ref sink);
            return decoder.SessionFault;
        }

        public void OnSessionEnd(IpKey exporter, ushort session) => decoder.EndSession(exporter, session);

        public void OnBatchEnd()
        {
        }
    }

    private readonly struct Kept(List<(FlowStanding, IpKey)> told) : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter)
        {
            lock (told)
            {
                told.Add((exporter.Standing, flow.Source));
            }
        }
    }
}
