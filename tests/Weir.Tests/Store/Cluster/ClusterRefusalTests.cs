// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;
using Weir.Wire.Native;

namespace Weir.Tests.Store.Cluster;

/// <summary>Shards that may not be one store: each is refused by its name, before anything is made or taken.</summary>
[Trait("Run", "prove")]
public sealed class ClusterRefusalTests(ClusterHouse house) : IClassFixture<ClusterHouse>
{
    [Fact]
    public async Task A_shard_of_a_newer_Weir_is_refused()
    {
        var south = house.Store.Shards[1].Client;
        await south.ExecuteAsync("INSERT INTO schema_steps SELECT toUInt32(99), now()", default);
        try
        {
            var refused = await RefusedAsync(house.Options);
            Assert.Contains("shard south: the flow store's tables are of step 99", refused.Message);
            Assert.False(refused.Retryable);
        }
        finally
        {
            await south.ExecuteAsync(
                "ALTER TABLE schema_steps DELETE WHERE step = 99 SETTINGS mutations_sync = 1", default);
        }
    }

    [Fact]
    public async Task Shards_in_another_order_or_number_are_refused()
    {
        var swapped = house.Options with { Shards = [.. house.Options.Shards.Reverse()] };
        Assert.Contains(
            "shard south holds the rows of shard 2 of 2, and store.cluster.shards names it as 1 of 2",
            (await RefusedAsync(swapped)).Message);
        var more = house.Options with
        {
            Shards = [.. house.Options.Shards, house.Options.Shards[0] with { Name = "east" }],
        };
        Assert.Contains("shard north holds the rows of shard 1 of 2", (await RefusedAsync(more)).Message);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_and_one_for_another_machine_are_refused()
    {
        using var others = new TestCertificates(Path.Combine(house.Folder, "others"));
        foreach (var shown in new[]
        {
            others.Issue("stranger"), house.Certificates.Issue("elsewhere", address: "192.0.2.1"),
        })
        {
            await house.B.KillAsync();
            await house.B.StartAsync(shown);
            try
            {
                var refused = await RefusedAsync(house.Options);
                Assert.Contains("shard south at https://127.0.0.1:", refused.Message);
                Assert.Contains("a certificate that is not believed", refused.Message);
                var asked = await Assert.ThrowsAsync<StoreException>(
                    () => StoreRows.CountAsync(house.Store, "pairs"));
                Assert.Contains("rows of shard south", asked.Message);
            }
            finally
            {
                await house.B.KillAsync();
                await house.B.StartAsync();
            }
        }
    }

    [Fact]
    public async Task A_wrong_password_is_told_with_the_shards_name_and_the_loader_only_inserts()
    {
        var wrong = house.Options with { Password = new Secret("file:/reader", "guessed") };
        var refused = await RefusedAsync(wrong);
        Assert.Contains("shard north: Code: 516", refused.Message);

        await using var store = await house.OpenAsync(
            house.Options with { LoaderPassword = new Secret("file:/loader", "guessed") }, "loaderless");
        Assert.Equal(0UL, await StoreRows.CountAsync(store, "sightings"));
        await Assert.ThrowsAsync<StoreException>(() => StoreRows.InsertAsync(store, Pairs.Make(10), segment: 8));
        var more = await Assert.ThrowsAsync<StoreException>(
            () => house.Store.Shards[0].Loader.ExecuteAsync("DROP TABLE pairs", default));
        Assert.Equal(497, more.Code);
    }

    [Fact]
    public async Task A_folder_with_a_store_of_its_own_does_not_stand_before_shards_and_the_other_way_round()
    {
        var own = Path.Combine(house.Folder, "own");
        await using (var one = await ClusterHouse.OpenOneAsync(own))
        {
            await StoreRows.InsertAsync(one, Pairs.Make(10), segment: 9);
        }

        Assert.Contains("holds a store of its own", (await RefusedAsync(house.Options, "own")).Message);
        await using (var front = await house.OpenAsync(house.Options, "second"))
        {
            Assert.Equal(2, front.Shards.Count);
        }

        var refused = await Assert.ThrowsAsync<StoreException>(
            () => ClusterHouse.OpenOneAsync(Path.Combine(house.Folder, "second")));
        Assert.Contains("stood before the shards of a cluster", refused.Message);
    }

    private Task<StoreException> RefusedAsync(Weir.Hosting.Sections.ClusterOptions cluster, string front = "refused") =>
        Assert.ThrowsAsync<StoreException>(async () => await (await house.OpenAsync(cluster, front)).DisposeAsync());
}
