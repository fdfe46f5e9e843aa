// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Cli.Commands;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;
using Weir.Hosting.Monitoring;
using Weir.Hosting.Retention;

namespace Weir.Tests.Cli.Processes;

/// <summary>What is held is asked of each process, where it is watched.</summary>
public sealed class HeldByProcessesTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private static readonly RetentionEntry Pairs = new("pairs", At, At, 7, 99, "7 d", RetentionEntry.Ok, "table pairs");

    private static readonly RetentionEntry Keys = Pairs with { Kind = "keys", State = RetentionEntry.Over };

    [Fact]
    public void Pages_of_a_supervisor_s_children_are_one_and_each_row_says_whose_it_is()
    {
        var page = HeldByProcesses.Merge(
            [("store", RetentionPage.Write([Pairs])), ("vault", RetentionPage.Write([Keys])), ("collector", null)]);

        var (rows, isServe) = HeldByProcesses.Read("desk", page);

        Assert.True(isServe);
        Assert.Equal([("store", Pairs), ("vault", Keys)], rows.Take(2).Select(row => (row.Process, row.Held)));
        Assert.Equal(("collector", RetentionEntry.Unknown), (rows[2].Process, rows[2].Held.State));
    }

    [Theory]
    [InlineData("no page")]
    [InlineData("[]")]
    [InlineData("""[{"kind":"pairs"}]""")]
    public void What_tells_nothing_is_unknown_and_not_empty(string page) =>
        Assert.Equal(RetentionEntry.Unknown, Assert.Single(HeldByProcesses.Read("store", page).Rows).Held.State);

    [Fact]
    public async Task The_command_asks_all_four_and_ends_with_1_where_one_is_over_or_away()
    {
        await using var store = await ServeAsync(Pairs);
        await using var collector = await ServeAsync(Pairs with { Kind = "ring" });
        await using var vault = await ServeAsync(Pairs with { Kind = "identity" });
        await using var desk = await ServeAsync(Pairs with { Kind = "cases" });
        var settings = new WeirConfiguration
        {
            Processes = new()
            {
                Collector = new() { Monitor = Of(collector) }, Store = new() { Monitor = Of(store) },
            },
            Vault = new() { Monitor = Of(vault) },
            Web = new() { Listen = IPEndPoint.Parse(desk.Address.Authority) },
        };
        var (code, rows) = await RunAsync(settings);
        Assert.Equal(0, code);
        Assert.Equal(
            ["collector,ring", "store,pairs", "vault,identity", "desk,cases"], rows.Select(r => string.Join(',', r.Split(',').Take(2))));

        await using var over = await ServeAsync(Keys);
        Assert.Equal(1, (await RunAsync(settings with { Vault = new() { Monitor = Of(over) } })).Code);
        await store.StopAsync(default);
        (code, rows) = await RunAsync(settings);
        Assert.Equal(1, code);
        Assert.Contains("is it running?", rows[1], StringComparison.Ordinal);
    }

    private static async Task<(int Code, string[] Rows)> RunAsync(WeirConfiguration settings)
    {
        using var output = new StringWriter();
        var code = await RetentionCommand.WriteAsync(settings, ListingFormat.Csv, output, default);
        return (code, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..]);
    }

    private static string Of(MonitoringServer server) => server.Address.Authority;

    private static async Task<MonitoringServer> ServeAsync(params RetentionEntry[] held)
    {
        var server = new MonitoringServer(
            MonitorAddress.At(new IPEndPoint(IPAddress.Loopback, 0)), "web.listen", new Told(RetentionPage.Write(held)));
        await server.StartAsync(default);
        return server;
    }

    private sealed class Told(string held) : IMonitored
    {
        public Weir.Hosting.Reloading.ReloadResult Configuration { get; } = new() { Process = "desk", Pid = 2 };

        public Task<string> MetricsAsync(CancellationToken cancel) => Task.FromResult("");

        public Task<(string Json, bool IsLive, bool IsReady)> HealthAsync(CancellationToken cancel) =>
            Task.FromResult(("", true, true));

        public Task<string?> RetentionAsync(CancellationToken cancel) => Task.FromResult<string?>(held);
    }
}
