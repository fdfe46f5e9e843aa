// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Configuring;
using Weir.Contracts.Protocol;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.StoreClient;
using Weir.Store;
using Weir.Tests.Hosting.Peers;
using Weir.Tests.Store;

namespace Weir.Tests.StoreProcess;

/// <summary>The whole process behind a real Unix socket that answers a closed list of users.</summary>
public sealed class StoreSocketTests
{
    [Fact]
    public async Task A_user_on_the_list_is_answered_in_its_roles_alone()
    {
        using var place = new PeerFolders();
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Peers = new()
            {
                Name = "store",
                Socket = place.Socket,
                Users = new Dictionary<string, PeerRoles> { [PeerFolders.OwnUser] = PeerRoles.Collector },
            },
        });
        var options = house.Options();
        var folder = Directory.CreateTempSubdirectory("weir-socket-").FullName;
        using var host = StoreHouse.Host(
            services => services.AddStoreProcess(options with
            {
                Settings = new WeirConfiguration
                {
                    Store = new() { Embedded = Path.Combine(folder, "engine"), RetentionDays = 90 },
                },
                Folder = folder,
            }),
            new ShiftedTime(StoreHouse.Now));
        await host.StartAsync();
        using var client = new PeerClient(
            place.Client() with { Name = "store" }, TimeProvider.System,
            host.Services.GetRequiredService<IMeterFactory>(), NullLoggerFactory.Instance);
        var (name, octets) = Assert.Single(house.Segments(
            spool => spool.Write(Pairs.Make(5_000).OrderBy(row => row.HourSeconds).ToArray())));
        using var body = new MemoryStream(octets, writable: false);

        var receipt = await new StoreSegments(client).SendAsync(name, body, isInDoubt: false, default);

        Assert.Equal((5_000L, false), (receipt.Rows, receipt.WasThere));
        var status = await new StoreReports(client).StatusAsync(default);
        Assert.Equal((5_000L, true), (status.RowsTaken, status.IsRunning));
        Assert.NotEmpty(status.Engine);
        Assert.Equal("role-may-not", (await Assert.ThrowsAsync<PeerRefusedException>(
            () => new StoreReports(client).HoldingsAsync(default))).Code);
        Assert.Equal("role-may-not", (await Assert.ThrowsAsync<PeerRefusedException>(() => client.PostAsync(
            StoreRoutes.Compare, ComparisonGateTests.Ask(), StoreJson.Default.CompareAsk,
            StoreJson.Default.Comparison))).Code);
        Assert.Equal(HealthState.Ok, host.Services.GetRequiredService<HealthRegistry>().Read().State);
        await host.StopAsync();
        Directory.Delete(folder, recursive: true);
    }
}
