// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Hosting.Monitoring;
using Weir.Hosting.Reloading;
using Weir.Hosting.Sections;

namespace Weir.Tests.Cli.Processes;

public sealed class ProcessStatusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-status-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Processes_that_run_apart_are_asked_one_by_one_and_what_is_not_well_comes_first()
    {
        await using var desk = await ServeAsync(new Told("""
            {"state":"ok","ready":true,"parts":[{"part":"audit","state":"ok","ready":true,"reason":"",
            "since":"2026-11-29T06:00:00+00:00"}]}
            """), MonitorAddress.At(new IPEndPoint(IPAddress.Loopback, 0)));
        var socket = Path.Combine(_folder, "store.sock");
        await using var store = await ServeAsync(new Told("""
            {"state":"degraded","ready":true,"parts":[{"part":"segments","state":"degraded","ready":true,
            "reason":"the disk is slow","since":"2026-11-29T06:00:00+00:00"}]}
            """), MonitorAddress.At(socket));
        var settings = new WeirConfiguration
        {
            Profile = Profile.Lab,
            Web = new() { Listen = new(IPAddress.Loopback, desk.Address.Port) },
            Processes = new()
            {
                Collector = new() { Monitor = $"unix:{_folder}/nobody.sock" },
                Store = new() { Monitor = $"unix:{socket}" },
            },
        };

        var (rows, _) = await ProcessStatus.ReadAsync(new ProcessPlaces(settings, isSupervised: false), default);

        Assert.Equal(
            [("collector", "process", "away"), ("store", "segments", "degraded"), ("desk", "audit", "ok")],
            rows.Select(row => (row.Process, row.Part, row.State)));
        Assert.Contains("processes.collector.monitor", rows[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_weir_serve_tells_of_every_process()
    {
        var (rows, isServe) = ProcessStatus.Read("desk", MergedHealth.Merge(
            [
                ("store", """{"state":"ok","ready":true,"parts":[{"part":"audit","state":"ok","reason":""}]}"""),
                ("collector", null),
            ]).Json);

        Assert.True(isServe);
        Assert.Equal([("store", "ok"), ("collector", "degraded")], rows.Select(row => (row.Process, row.State)));
    }

    [Theory]
    [InlineData("no page")]
    [InlineData("{}")]
    [InlineData("""{"parts":[{}]}""")]
    public void What_is_no_health_page_is_said_to_be_none(string page) =>
        Assert.Equal("unknown", Assert.Single(ProcessStatus.Read("store", page).Rows).State);

    private static async Task<MonitoringServer> ServeAsync(Told told, MonitorAddress address)
    {
        var server = new MonitoringServer(address, "web.listen", told);
        await server.StartAsync(default);
        return server;
    }

    private sealed class Told(string health) : IMonitored
    {
        public ReloadResult Configuration { get; } = new() { Process = "desk", Pid = 2 };

        public Task<string> MetricsAsync(CancellationToken cancel) => Task.FromResult("");

        public Task<(string Json, bool IsLive, bool IsReady)> HealthAsync(CancellationToken cancel) =>
            Task.FromResult((health, true, true));

        public Task<string?> RetentionAsync(CancellationToken cancel) => Task.FromResult<string?>(null);
    }
}
