// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Hosting.Health;
using Weir.Store.Engine;
using Weir.Tests.Store;
using Weir.Tests.Support;

namespace Weir.Tests.StoreProcess;

/// <summary>An engine whose folder is removed under it: what is lost is said, what comes is kept.</summary>
public class EngineFolderTests
{
    [Fact]
    public async Task A_removed_folder_is_said_as_a_loss_and_made_anew()
    {
        await using var house = await StoreHouse.OpenAsync();
        var folder = house.Store.Process!.Directory;
        await house.Store.Client.ExecuteAsync("INSERT INTO pairs (hour, segment) VALUES (3600, 1)", default);

        Directory.Delete(folder, recursive: true);
        await Until.IsSoAsync(() => Health(house).Reason.Contains("are lost", StringComparison.Ordinal), "it is said");
        var (name, octets) = house.Segments(spool => spool.Write(Pairs.Make(70)))[0];
        await Until.IsSoAsync(
            async () =>
            {
                try
                {
                    using var segment = new MemoryStream(octets);
                    return await house.Edge.PostRawAsync(
                        $"{StoreRoutes.Segments}?name={name}&doubt=1", segment, StoreJson.Default.SegmentReceipt,
                        TimeSpan.FromSeconds(30), default) is { Rows: 70 };
                }
                catch (Weir.Hosting.Peers.Calling.PeerRefusedException)
                {
                    return false;
                }
            },
            "a segment is taken");

        Assert.Equal(70UL, await house.Store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default));
        Assert.Contains(folder, Health(house).Reason, StringComparison.Ordinal);
        await house.StartAgainAsync();
        Assert.Equal(ComponentHealth.Ok, Health(house));
        Assert.Equal(70UL, await house.Store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default));
    }

    private static ComponentHealth Health(StoreHouse house) =>
        house.Get<HealthRegistry>().Read().Parts.Single(part => part.Part == "engine").Health;
}
