// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Weir.Collector.Collecting;
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;
using Weir.Hosting.Monitoring;
using Weir.Hosting.Retention;
using Weir.Tests.Cli.Web;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Monitoring;

public sealed class MonitoringServerTests : IDisposable
{
    private readonly Meters _meters = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly HealthRegistry _health;

    public MonitoringServerTests() => _health = new HealthRegistry(_time);

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task Metrics_health_and_readiness_are_served()
    {
        _ = new ProcessMetrics(_meters.Factory, _health);
        using var registry = new MetricsRegistry(_meters.Factory);
        var gate = new IntakeGate();
        var begun = false;
        _health.Add("intake", () => gate.IsOpen
            ? ComponentHealth.Ok
            : ComponentHealth.Degraded($"intake stopped: {string.Join("; ", gate.Reasons)}"));
        _health.Add("store", () => begun ? ComponentHealth.Ok : ComponentHealth.Starting("the store is being opened"));
        await using var host = Server(new(IPAddress.Loopback, 0), registry);
        await host.StartAsync(default);
        using var client = new HttpClient { BaseAddress = host.Address };

        var metrics = await client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", metrics.Content.Headers.ContentType?.ToString());
        Assert.Contains(
            "\nweir_process_health{part=\"intake\"} 0\n", await metrics.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/readyz")).StatusCode);

        begun = true;
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/readyz")).StatusCode);

        _time.Advance(TimeSpan.FromSeconds(5));
        gate.Close("disk full");
        var health = await client.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using var json = JsonDocument.Parse(await health.Content.ReadAsStringAsync());
        Assert.Equal("degraded", json.RootElement.GetProperty("state").GetString());
        var intake = json.RootElement.GetProperty("parts")[0];
        Assert.Equal("intake stopped: disk full", intake.GetProperty("reason").GetString());
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(5), intake.GetProperty("since").GetDateTimeOffset());

        _health.Add("store", () => throw new IOException("gone"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/healthz")).StatusCode);
        Assert.Contains("cannot tell how it is: gone", await client.GetStringAsync("/metrics")
            + await (await client.GetAsync("/readyz")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task A_port_another_program_has_is_refused_by_name()
    {
        using var registry = new MetricsRegistry(_meters.Factory);
        await using var first = Server(new(IPAddress.Loopback, 0), registry);
        await first.StartAsync(default);
        await using var second = Server(new(IPAddress.Loopback, first.Address.Port), registry);

        var refused = await Assert.ThrowsAsync<IOException>(() => second.StartAsync(default));

        Assert.StartsWith(
            $"TCP 127.0.0.1:{first.Address.Port} (web.listen) cannot be opened", refused.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_is_served_as_well_and_one_left_over_is_replaced()
    {
        var folder = Directory.CreateTempSubdirectory("weir-monitor-");
        using var registry = new MetricsRegistry(_meters.Factory);
        var path = Path.Combine(folder.FullName, "monitor.sock");
        await File.WriteAllTextAsync(path, "left over");
        await using var host = new MonitoringServer(
            MonitorAddress.At(path), "processes.run-dir", Process(registry));
        await host.StartAsync(default);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new System.Net.Sockets.Socket(
                    System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream,
                    System.Net.Sockets.ProtocolType.Unspecified);
                await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path), cancel);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("http://monitor/readyz"))).StatusCode);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("127.0.0.1:9461", "http://127.0.0.1:9461")]
    [InlineData("unix:/run/weir/m.sock", "unix:/run/weir/m.sock")]
    [InlineData("unix:relative.sock", null)]
    [InlineData("localhost", null)]
    [InlineData("127.0.0.1", null)]
    public void An_address_is_read_or_refused_with_what_to_write(string text, string? read)
    {
        Assert.Equal(read is not null, MonitorAddress.TryParse(text, out var address, out var fault));
        Assert.Equal(read, address?.ToString());
        Assert.Equal(read is null, fault is { Length: > 0 });
    }

    [Fact]
    public async Task What_is_held_is_asked_of_each_place_once_it_is_ready_and_a_place_nobody_can_read_is_unknown()
    {
        using var registry = new MetricsRegistry(_meters.Factory);
        var isReady = false;
        _health.Add("start", () => isReady ? ComponentHealth.Ok : ComponentHealth.Starting("not yet"));
        await using var host = Server(new(IPAddress.Loopback, 0), registry);
        await host.StartAsync(default);
        using var client = new HttpClient();
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable, (await client.GetAsync(new Uri(host.Address, "retention"))).StatusCode);

        isReady = true;
        var held = RetentionPage.Parse(await client.GetStringAsync(new Uri(host.Address, "retention")));
        Assert.Equal(
            [("spool", RetentionEntry.Nothing), ("locked", RetentionEntry.Unknown)],
            held.Select(entry => (entry.Kind, entry.State)));
        Assert.Equal("no way in", held[1].Where);
    }

    private MonitoredProcess Process(MetricsRegistry registry) => new(
        registry, _health,
        new ServiceCollection()
            .AddRetentionSource(_ => new FileRetention("spool", "/no/such/folder", "*", null))
            .AddRetentionSource(_ => new LockedSource())
            .BuildServiceProvider(),
        TimeProvider.System);

    private sealed class LockedSource : IRetentionSource
    {
        public string Kind => "locked";

        public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel) =>
            throw new UnauthorizedAccessException("no way in");
    }

    private MonitoringServer Server(IPEndPoint listen, MetricsRegistry registry) =>
        new(MonitorAddress.At(listen), "web.listen", Process(registry));
}
