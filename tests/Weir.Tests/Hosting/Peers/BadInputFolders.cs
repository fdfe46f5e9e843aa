// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Weir.Contracts.Signing;
using Weir.Hosting.Files;
using Weir.Hosting.Outboxes;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Certificates;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Contracts.Signing;

namespace Weir.Tests.Hosting.Peers;

/// <summary>A collector's outbox, and a desk behind a real socket or TLS: what goes wrong between them is the
/// test's.</summary>
internal sealed class BadInputFolders : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly MemoryFolder _folder = new();
    private readonly PeerFolders _place = new();
    private readonly Logged _logged = new();
    private readonly Outbox _outbox;
    private readonly List<string> _handled = [];
    private readonly HashSet<string> _seen = [];
    private readonly TestAuthority _authority = new(Now);
    private readonly TestAuthority _stranger = new(Now);
    private PeerServer? _server;
    private int _sent;

    public BadInputFolders()
    {
        Clock = new FakeTimeProvider(Now);
        _outbox = Outbox.Open(
            _folder, new() { Name = "events", BatchItems = 4, CommitsInline = true }, Clock, NullLogger.Instance);
        for (; _sent < 3; _sent++)
        {
            var signed = EnvelopeTests.KeyOf(1).Sign("event", 1, Encoding.UTF8.GetBytes($"event {_sent}"));
            _ = _outbox.TryAppend($"event-{_sent}", EnvelopeJson.Format(signed));
        }
    }

    public FakeTimeProvider Clock { get; }

    public Counted Counted { get; } = new();

    /// <summary>Set while the desk takes as long as a test wants.</summary>
    public TaskCompletionSource? Slow { get; set; }

    /// <summary>Done once a request is with the desk.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the log of the desk says once a minute.</summary>
    public string Refusals()
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        return string.Join('\n', _logged.Of(13002));
    }

    public PeerOptions OnSocket() => _place.Options();

    public PeerClientOptions ToSocket() => _place.Client();

    public PeerOptions OnTls() => new()
    {
        Name = "desk", HeaderTimeout = TimeSpan.FromSeconds(10),
        Tls = new()
        {
            Listen = new(System.Net.IPAddress.Loopback, 0), Roles = PeerRoles.Collector,
            Credentials = Credentials(_authority.Issue("desk", "desk-1"), "desk"),
        },
    };

    /// <summary>A client with a certificate of the desk's authority, or of one that the collector alone believes.
    /// </summary>
    public PeerClientOptions ToTls(bool isOfTheAuthority)
    {
        Assert.True(PeerAddress.TryParse($"https://127.0.0.1:{_server!.TlsEndPoint!.Port}", out var address, out _));
        var issuer = isOfTheAuthority ? _authority : _stranger;
        var files = issuer.Issue("collector", "edge-1");
        var both = Path.Combine(issuer.Folder, "both.pem");
        File.WriteAllText(both, File.ReadAllText(_authority.Certificate) + File.ReadAllText(_stranger.Certificate));
        return new()
        {
            Name = "desk", Address = address, Tls = new(Credentials(files with { Authority = both }, "collector"), "desk"),
        };
    }

    public async Task StartAsync(PeerOptions options, int schema = PeerSchema.Current)
    {
        await StopAsync();
        _server = new PeerServer(options, Routes(schema), Clock, Counted.Meters, _logged);
        await _server.StartAsync(default);
    }

    public async Task StopAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.StopAsync(default);
        }
    }

    /// <summary>One try to deliver; what it failed with.</summary>
    public async Task<Exception?> DeliverAsync(PeerClientOptions options)
    {
        Exception? fault = null;
        using var client = new PeerClient(options, Clock, Counted.Meters, _logged);
        var pump = new OutboxPump(
            _outbox, _folder,
            async (batch, cancel) =>
            {
                try
                {
                    Envelope[] events = [.. batch.Select(Read)];
                    await client.PostAsync(
                        "events", events, EventsContext.Default.EnvelopeArray, GreetingContext.Default.Answer,
                        cancel: cancel);
                    return new Delivered(batch.Count);
                }
                catch (Exception thrown)
                {
                    fault = thrown;
                    throw;
                }
            },
            Clock, NullLogger.Instance);
        _ = await pump.StepAsync(default);
        return fault;
    }

    /// <summary>Everything that was sent is with the desk, once and in order.</summary>
    public void NothingIsLost()
    {
        Assert.Equal(0, _outbox.State.Waiting);
        Assert.Equal(
            Enumerable.Range(0, _sent).Select(i => string.Create(CultureInfo.InvariantCulture, $"event {i}")), _handled);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _outbox.DisposeAsync();
        Counted.Dispose();
        _place.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    private PeerCredentials Credentials(PeerCertificateFiles files, string role) =>
        TestAuthority.Credentials(files, role, Clock, Counted, _logged);

    private PeerRoutes Routes(int schema) => new PeerRoutes { Schema = schema }.Post(
        "events", PeerRoles.Collector, EventsContext.Default.EnvelopeArray, GreetingContext.Default.Answer,
        async (_, events, cancel) =>
        {
            Asked.TrySetResult();
            if (Slow is { } slow)
            {
                await slow.Task.WaitAsync(cancel);
            }

            foreach (var one in events.Where(one => _seen.Add(Convert.ToHexString(one.Signature))))
            {
                _handled.Add(Encoding.UTF8.GetString(one.Payload.Span));
            }

            return new Answer("taken");
        });

    private static Envelope Read(OutboxItem item)
    {
        Assert.Equal(EnvelopeFault.None, EnvelopeJson.TryParse(item.Octets.Span, out var envelope));
        return envelope!;
    }
}
