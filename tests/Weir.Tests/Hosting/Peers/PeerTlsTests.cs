// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Certificates;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Peers;

/// <summary>Between machines: both sides show a certificate of the authority that both believe.</summary>
public sealed class PeerTlsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Now);
    private readonly Greeting _greeting = new();
    private readonly Counted _counted = new();
    private readonly Logged _logged = new();
    private readonly TestAuthority _authority = new(Now);
    private readonly TestAuthority _stranger = new(Now);
    private readonly PeerCertificateFiles _desk;
    private readonly PeerCertificateFiles _edge;
    private PeerServer? _server;

    public PeerTlsTests() =>
        (_desk, _edge) = (_authority.Issue("desk", "desk-1"), _authority.Issue("collector", "edge-1"));

    private static GreetingContext Json => GreetingContext.Default;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.StopAsync(default);
        }

        _counted.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task The_right_certificates_on_both_sides_are_answered()
    {
        await StartAsync();
        using var client = Client(Credentials(_edge));

        var answer = await client.PostAsync("greet", new Ask("weir", 1), Json.Ask, Json.Answer);
        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            client.PostAsync("desk/only", new Ask("weir", 1), Json.Ask, Json.Answer));

        Assert.Equal("edge-1: weir", answer.Text);
        Assert.Equal(PeerCodes.RoleMayNot, refused.Code);
        Assert.Equal(1, _counted["weir.peers.requests{route=greet,role=collector,code=ok}"]);
    }

    /// <summary>What a caller shows, why it is refused, and what the log says to do.</summary>
    [Theory]
    [InlineData("other-authority", "give both machines the same authority")]
    [InlineData("out-of-date", "renew it with weir certs renew")]
    [InlineData("revoked", "stands in processes.revoked")]
    [InlineData("no-identity", "names no process of Weir")]
    [InlineData("no-role", "of store store-1, and desk answers collector")]
    [InlineData("not-listed", "of collector edge-7, which does not stand in tls.peers of desk")]
    public async Task A_caller_with_a_wrong_certificate_is_refused_in_the_handshake_counted_and_named(
        string reason, string fix)
    {
        var other = _authority.Issue("collector", "edge-7");
        var revoked = TestAuthority.Load(other);
        await StartAsync(_desk with { Revoked = reason == "revoked" ? [CertificateFingerprint.From(revoked)] : [] },
            reason == "not-listed" ? [Identity("collector", "edge-1")] : []);
        var shown = reason switch
        {
            "other-authority" => TestAuthority.Load(_stranger.Issue("collector", "edge-1")),
            "out-of-date" => TestAuthority.Load(_authority.Issue("collector", "edge-2", days: 1, now: Now.AddDays(-2))),
            "no-identity" => _authority.IssueToNobody(),
            "no-role" => TestAuthority.Load(_authority.Issue("store", "store-1")),
            _ => revoked,
        };

        Assert.Equal("", await AskAsync(SslProtocols.Tls13, shown));

        Assert.Equal(0, _greeting.Greeted);
        Assert.Equal(1, _counted[$"weir.peers.connections.refused{{reason={reason}}}"]);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var line = Assert.Single(_logged.Of(13002));
        Assert.Contains(CertificateFingerprint.From(shown).ToString(), line, StringComparison.Ordinal);
        Assert.Contains(fix, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_was_refused_is_told_whose_certificate_and_where_to_look()
    {
        await StartAsync();
        using var client = Client(Credentials(_authority.Issue("store", "store-1"), "store"));

        var down = await Assert.ThrowsAsync<PeerDownException>(() =>
            client.PostAsync("greet", new Ask("weir", 1), Json.Ask, Json.Answer));

        Assert.Contains(
            "it may not believe the certificate of store store-1, which ends at 2027-03-01 12:00:00Z: its log says why",
            down.Message, StringComparison.Ordinal);
        Assert.True(_counted["weir.peers.calls{peer=desk,code=broken}"] > 0, _counted.All);
    }

    [Fact]
    public async Task A_connection_ends_with_its_certificate()
    {
        await StartAsync(tlsPeers: []);
        using var client = Client(Credentials(_edge));
        await client.PostAsync("greet", new Ask("weir", 1), Json.Ask, Json.Answer);

        for (var day = 0; day < 366; day += 30)
        {
            _clock.Advance(TimeSpan.FromDays(30));
        }

        Until.IsSo(() => _counted["weir.peers.connections.open"] == 0);
        Assert.Equal(1, _greeting.Greeted);
    }

    [Theory]
    [InlineData("other-authority", "which the authority in")]
    [InlineData("out-of-date", "valid from 2026-02-25 11:55:00Z to 2026-02-26 12:00:00Z")]
    [InlineData("other-role", "of store store-1, and a desk was expected")]
    public async Task A_server_with_a_wrong_certificate_is_not_believed_and_gets_nothing(string fault, string words)
    {
        var shown = fault switch
        {
            "other-authority" => _stranger.Issue("desk", "desk-1"),
            "out-of-date" => _authority.Issue("desk", "desk-2", days: 1, now: Now.AddDays(-4)),
            _ => _authority.Issue("store", "store-1"),
        };
        // The server's own clock and authority find nothing wrong with it.
        var time = new FakeTimeProvider(fault == "out-of-date" ? Now.AddDays(-4) : Now);
        await StartAsync(Credentials(shown, fault == "other-role" ? "store" : "desk", time));
        using var client = Client(Credentials(_edge));

        var down = await Assert.ThrowsAsync<PeerDownException>(() =>
            client.PostAsync("greet", new Ask("weir", 1), Json.Ask, Json.Answer));

        Assert.Equal(PeerFault.WrongCertificate, down.Fault);
        Assert.Contains("is not believed: it shows the certificate sha256:", down.Message, StringComparison.Ordinal);
        Assert.Contains(words, down.Message, StringComparison.Ordinal);
        Assert.Equal(0, _greeting.Greeted);
        Assert.Equal(1, _counted["weir.peers.calls{peer=desk,code=wrong-certificate}"]);
    }

    /// <summary>Of collectors, each has its own address: another's good certificate there is not believed.</summary>
    [Fact]
    public async Task A_server_of_the_right_role_and_another_name_is_not_believed_and_gets_nothing()
    {
        await StartAsync();
        Assert.Equal("edge-1: weir", (await GreetAsync("desk-1")).Text);
        Assert.Equal(1, _greeting.Greeted);

        var down = await Assert.ThrowsAsync<PeerDownException>(() => GreetAsync("desk-2"));
        Assert.Equal(PeerFault.WrongCertificate, down.Fault);
        Assert.Contains(
            "the certificate of desk desk-1, and desk-2 was expected; correct the address", down.Message,
            StringComparison.Ordinal);
        Assert.Equal(1, _greeting.Greeted);

        async Task<Answer> GreetAsync(string name)
        {
            Assert.True(PeerAddress.TryParse($"https://{_server!.TlsEndPoint}", out var address, out _));
            using var client = new PeerClient(
                new() { Name = "desk", Address = address, Tls = new(Credentials(_edge), "desk", name) }, _clock,
                _counted.Meters, _logged);
            return await client.PostAsync("greet", new Ask("weir", 1), Json.Ask, Json.Answer);
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls13, false)]
    [InlineData(SslProtocols.Tls12, true)]
    public async Task Without_a_certificate_or_with_an_older_tls_nothing_is_answered(SslProtocols protocol, bool shows)
    {
        await StartAsync();

        Assert.Equal("", await AskAsync(protocol, shows ? TestAuthority.Load(_edge) : null));
    }

    [Fact]
    public async Task The_same_caller_with_the_right_certificate_is_answered()
    {
        await StartAsync();

        Assert.StartsWith("HTTP/1.1 200", await AskAsync(SslProtocols.Tls13, TestAuthority.Load(_edge)));
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
    public async Task One_address_that_says_nothing_keeps_no_other_out()
    {
        await StartAsync(TimeSpan.FromMinutes(5));
        var silent = Enumerable.Range(0, 40).Select(_ => new TcpClient(
            new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.2"), 0))).ToList();
        try
        {
            foreach (var one in silent)
            {
                _ = await Record.ExceptionAsync(() => one.ConnectAsync(_server!.TlsEndPoint!));
            }

            Until.IsSo(() => _counted["weir.peers.connections.refused{reason=handshakes}"] >= 7);
            using var client = Client(Credentials(_edge));
            Assert.Equal("after 7", (await client.GetAsync(
                "news", Json.Answer, new Dictionary<string, string> { ["after"] = "7" }))!.Text);
            Until.IsSo(() => _counted["weir.peers.connections.refused{reason=handshakes}"] == 32);
        }
        finally
        {
            silent.ForEach(one => one.Dispose());
        }
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
            new() { Name = "desk", Address = address, Tls = new(Credentials(_edge), "desk") }, _clock, _counted.Meters,
            _logged);

        var down = await Assert.ThrowsAsync<PeerDownException>(() => client.GetAsync("news", Json.Answer));

        Assert.Equal(PeerFault.NotThere, down.Fault);
    }

    [Fact]
    public void A_fingerprint_is_read_as_openssl_prints_it()
    {
        var print = CertificateFingerprint.From(TestAuthority.Load(_desk));
        var digits = print.ToString()["sha256:".Length..].ToUpperInvariant();
        var colons = string.Join(':', digits.Chunk(2).Select(pair => new string(pair)));

        Assert.True(CertificateFingerprint.TryParse($"SHA256:{colons}", out var read));
        Assert.Equal(print, read);
        Assert.False(CertificateFingerprint.TryParse($"sha256:{digits[1..]}", out _));
        Assert.False(CertificateFingerprint.TryParse(digits, out _));
    }

    private static PeerIdentity Identity(string role, string name) => PeerIdentity.Parse($"{role}:{name}")!;

    private Task StartAsync(PeerCertificateFiles? files = null, PeerIdentity[]? tlsPeers = null) =>
        StartAsync(Credentials(files ?? _desk, "desk"), peers: tlsPeers);

    private Task StartAsync(TimeSpan headers, int handshakes = 32) =>
        StartAsync(Credentials(_desk, "desk"), headers, handshakes);

    private async Task StartAsync(
        PeerCredentials credentials, TimeSpan? headers = null, int handshakes = 32, PeerIdentity[]? peers = null)
    {
        var options = new PeerOptions
        {
            Name = "desk", HeaderTimeout = headers ?? TimeSpan.FromSeconds(10),
            Tls = new()
            {
                Listen = new(System.Net.IPAddress.Loopback, 0), Credentials = credentials, Handshakes = handshakes,
                Roles = PeerRoles.Collector, Peers = peers ?? [],
            },
        };
        _server = new PeerServer(options, _greeting.Routes(), _clock, _counted.Meters, _logged);
        await _server.StartAsync(default);
    }

    private PeerCredentials Credentials(
        PeerCertificateFiles files, string role = "collector", TimeProvider? time = null) =>
        TestAuthority.Credentials(files, role, time ?? _clock, _counted, _logged);

    private PeerClient Client(PeerCredentials own)
    {
        Assert.True(PeerAddress.TryParse($"https://127.0.0.1:{_server!.TlsEndPoint!.Port}", out var address, out _));
        return new(
            new() { Name = "desk", Address = address, Tls = new(own, "desk"), Timeout = TimeSpan.FromHours(1) }, _clock,
            _counted.Meters, _logged);
    }

    /// <summary>What a caller that believes any server gets by a certificate; empty where the connection is
    /// closed.</summary>
    private async Task<string> AskAsync(SslProtocols protocol, X509Certificate2? shown)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_server!.TlsEndPoint!);
        await using var tls = new SslStream(socket.GetStream(), false, (_, server, _, _) => server is not null);
        var buffer = new byte[100];
        var read = 0;
        var fault = await Record.ExceptionAsync(async () =>
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "desk", EnabledSslProtocols = protocol,
                LocalCertificateSelectionCallback = (_, _, _, _, _) => shown!,
            });
            await tls.WriteAsync("GET /news?after=1 HTTP/1.1\r\nHost: desk\r\n\r\n"u8.ToArray());
            read = await tls.ReadAsync(buffer).AsTask().WaitAsync(Until.Patience);
        });

        Assert.True(fault is null or AuthenticationException or IOException, $"{fault}");
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
