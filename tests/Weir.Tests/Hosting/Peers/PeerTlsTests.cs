// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Peers;

/// <summary>Between machines: both sides show a certificate that the other knows.</summary>
public sealed class PeerTlsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-tls-").FullName;
    private readonly FakeTimeProvider _clock = new(Now);
    private readonly Greeting _greeting = new();
    private readonly Counted _counted = new();
    private readonly Logged _logged = new();
    private readonly Made _desk;
    private readonly Made _edge;
    private PeerServer? _server;

    public PeerTlsTests() => (_desk, _edge) = (Make("desk"), Make("edge-1"));

    private static GreetingContext Json => GreetingContext.Default;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.StopAsync(default);
        }

        _counted.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_right_certificates_on_both_sides_are_answered()
    {
        await StartAsync();
        using var client = Client(_edge, _desk);

        var answer = await client.PostAsync("greet", new Ask("weir", 1), Json.Ask, Json.Answer);
        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            client.PostAsync("desk/only", new Ask("weir", 1), Json.Ask, Json.Answer));

        Assert.Equal("edge-1: weir", answer.Text);
        Assert.Equal(PeerCodes.RoleMayNot, refused.Code);
        Assert.Equal(1, _counted["weir.peers.requests{route=greet,role=collector,code=ok}"]);
    }

    [Fact]
    public async Task A_client_certificate_that_is_not_listed_is_refused_in_the_handshake_and_counted()
    {
        await StartAsync();
        using var client = Client(Make("edge-2"), _desk);

        var down = await Assert.ThrowsAsync<PeerDownException>(() =>
            client.PostAsync("greet", new Ask("weir", 1), Json.Ask, Json.Answer));

        Assert.Contains("does its section processes give this certificate a role?", down.Message, StringComparison.Ordinal);
        Assert.Equal(0, _greeting.Greeted);
        Assert.Equal(1, _counted["weir.peers.connections.refused{reason=no-role}"]);
    }

    [Fact]
    public async Task A_client_certificate_out_of_date_is_refused_though_it_is_listed()
    {
        await StartAsync();
        using var client = Client(_edge, _desk);
        await client.PostAsync("greet", new Ask("weir", 1), Json.Ask, Json.Answer);
        _clock.Advance(TimeSpan.FromDays(400));
        using var later = Client(_edge, _desk, new FakeTimeProvider(Now));

        await Assert.ThrowsAsync<PeerDownException>(() => later.PostAsync(
            "greet", new Ask("weir", 1), Json.Ask, Json.Answer));

        Assert.Equal(1, _greeting.Greeted);
        Assert.Equal(1, _counted["weir.peers.connections.refused{reason=out-of-date}"]);
    }

    [Fact]
    public async Task A_server_certificate_that_is_not_the_expected_one_is_not_believed()
    {
        await StartAsync();
        using var client = Client(_edge, Make("other"));

        var down = await Assert.ThrowsAsync<PeerDownException>(() =>
            client.PostAsync("greet", new Ask("weir", 1), Json.Ask, Json.Answer));

        Assert.Equal(PeerFault.WrongCertificate, down.Fault);
        Assert.Contains($"it shows the certificate {_desk.Fingerprint}", down.Message, StringComparison.Ordinal);
        Assert.Equal(0, _greeting.Greeted);
    }

    [Fact]
    public async Task A_server_certificate_out_of_date_is_not_believed()
    {
        await StartAsync();
        using var client = Client(_edge, _desk, new FakeTimeProvider(Now.AddDays(400)));

        var down = await Assert.ThrowsAsync<PeerDownException>(() =>
            client.PostAsync("greet", new Ask("weir", 1), Json.Ask, Json.Answer));

        Assert.Equal(PeerFault.WrongCertificate, down.Fault);
        Assert.Contains("is valid from 2026-02-28 12:00:00Z to 2027-03-01 12:00:00Z", down.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13, false)]
    [InlineData(SslProtocols.Tls12, true)]
    public async Task Without_a_certificate_or_with_an_older_tls_nothing_is_answered(SslProtocols protocol, bool shows)
    {
        await StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(_server!.TlsEndPoint!);
        await using var tls = new SslStream(socket.GetStream(), false, (_, shown, _, _) =>
            CertificateFingerprint.From(shown!) == _desk.Fingerprint);
        var got = await Record.ExceptionAsync(async () =>
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "desk", EnabledSslProtocols = protocol,
                LocalCertificateSelectionCallback = (_, _, _, _, _) => shows ? _edge.Load() : null!,
            });
            await tls.WriteAsync("GET /news?after=1 HTTP/1.1\r\nHost: desk\r\n\r\n"u8.ToArray());
            var buffer = new byte[100];
            var read = await tls.ReadAsync(buffer).AsTask().WaitAsync(Until.Patience);
            Assert.Equal("", Encoding.ASCII.GetString(buffer, 0, read));
        });

        Assert.True(got is null or AuthenticationException or IOException, $"{got}");
    }

    [Fact]
    public async Task A_handshake_that_does_not_move_is_closed()
    {
        await StartAsync(TimeSpan.FromMilliseconds(500));
        using var socket = new TcpClient();
        await socket.ConnectAsync(_server!.TlsEndPoint!);

        var read = await Record.ExceptionAsync(async () =>
            Assert.Equal(0, await socket.GetStream().ReadAsync(new byte[10]).AsTask().WaitAsync(Until.Patience)));

        Assert.True(read is null or IOException, $"{read}");
    }

    [Fact]
    public async Task Handshakes_at_once_are_few()
    {
        await StartAsync(TimeSpan.FromSeconds(20), handshakes: 2);
        using var first = new TcpClient();
        using var second = new TcpClient();
        using var third = new TcpClient();
        await first.ConnectAsync(_server!.TlsEndPoint!);
        await second.ConnectAsync(_server.TlsEndPoint!);
        _ = await Record.ExceptionAsync(() => third.ConnectAsync(
            _server.TlsEndPoint!)); // may be closed so soon that this sees it

        Until.IsSo(() => _counted["weir.peers.connections.refused{reason=handshakes}"] == 1);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_said_so()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Assert.True(PeerAddress.TryParse($"https://127.0.0.1:{port}", out var address, out _));
        using var client = new PeerClient(
            new() { Name = "desk", Address = address, Tls = new(_edge.CertificateFile, _edge.KeyFile,
                _desk.Fingerprint) }, _clock, _counted.Meters, _logged);

        var down = await Assert.ThrowsAsync<PeerDownException>(() => client.GetAsync("news", Json.Answer));

        Assert.Equal(PeerFault.NotThere, down.Fault);
    }

    [Fact]
    public void A_fingerprint_is_read_as_openssl_prints_it()
    {
        var digits = _desk.Fingerprint.ToString()["sha256:".Length..].ToUpperInvariant();
        var colons = string.Join(':', digits.Chunk(2).Select(pair => new string(pair)));

        Assert.True(CertificateFingerprint.TryParse($"SHA256:{colons}", out var read));
        Assert.Equal(_desk.Fingerprint, read);
        Assert.False(CertificateFingerprint.TryParse($"sha256:{digits[1..]}", out _));
        Assert.False(CertificateFingerprint.TryParse(digits, out _));
    }

    private async Task StartAsync(TimeSpan? headers = null, int handshakes = 32)
    {
        var options = new PeerOptions
        {
            Name = "desk", HeaderTimeout = headers ?? TimeSpan.FromSeconds(10),
            Tls = new()
            {
                Listen = "127.0.0.1:0", CertificateFile = _desk.CertificateFile, KeyFile = _desk.KeyFile,
                Handshakes = handshakes,
                Certificates = [new("edge-1", _edge.Fingerprint, PeerRoles.Collector)],
            },
        };
        _server = new PeerServer(options, _greeting.Routes(), _clock, _counted.Meters, _logged);
        await _server.StartAsync(default);
    }

    private PeerClient Client(Made own, Made server, TimeProvider? time = null)
    {
        Assert.True(PeerAddress.TryParse($"https://127.0.0.1:{_server!.TlsEndPoint!.Port}", out var address, out _));
        return new(
            new() { Name = "desk", Address = address, Tls = new(own.CertificateFile, own.KeyFile, server.Fingerprint),
                Timeout = TimeSpan.FromHours(1) },
            time ?? _clock, _counted.Meters, _logged);
    }

    private Made Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(365));
        var made = new Made(Path.Combine(_folder, $"{name}.pem"), Path.Combine(_folder, $"{name}.key"),
            CertificateFingerprint.From(certificate));
        File.WriteAllText(made.CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(made.KeyFile, key.ExportPkcs8PrivateKeyPem());
        return made;
    }

    private sealed record Made(string CertificateFile, string KeyFile, CertificateFingerprint Fingerprint)
    {
        public X509Certificate2 Load() => X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
    }
}
