// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Weir.Cli.Configuring;
using Weir.Cli.Web;
using Weir.Collector.Collecting;
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;
using Weir.Tests.Support;

namespace Weir.Tests.Cli.Web;

public sealed class WebHostTests : IDisposable
{
    private readonly Meters _meters = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly HealthRegistry _health;

    public WebHostTests() => _health = new HealthRegistry(_time);

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
        await using var host = await WebHost.StartAsync(
            new() { Listen = new(IPAddress.Loopback, 0) }, registry, _health);
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
        await using var first = await WebHost.StartAsync(
            new() { Listen = new(IPAddress.Loopback, 0) }, registry, _health);
        var taken = new WebSettings { Listen = new(IPAddress.Loopback, first.Address.Port) };

        var refused = await Assert.ThrowsAsync<IOException>(() => WebHost.StartAsync(taken, registry, _health));

        Assert.StartsWith(
            $"TCP 127.0.0.1:{first.Address.Port} (web.listen) cannot be opened", refused.Message,
            StringComparison.Ordinal);
    }
}
