// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Segments;
using Weir.Store.Cluster;
using Weir.Store.Coverage;
using Weir.Tests.Support;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Tests.Store.Cluster;

/// <summary>A store of two shards: what it answers is what one machine answers, and what befalls a shard is told by its
/// name.</summary>
public sealed class ClusterTests(ClusterHouse house) : IClassFixture<ClusterHouse>
{
    [Fact, Trait("Run", "prove")]
    public async Task Every_count_and_a_comparison_are_those_made_in_memory()
    {
        using var engines = new Borrowed(house);
        var pairs = new PairCountsTests(engines.It);
        await pairs.Every_count_equals_the_one_made_in_memory(Engine.Cluster);
        await pairs.A_comparison_comes_out_the_same_on_the_store_and_in_memory(Engine.Cluster, 7);
        await new PopulationCountsTests(engines.It).Every_report_counts_what_the_rows_hold(Engine.Cluster);
        await new CollateralCountsTests(engines.It)
            .Subjects_of_the_last_day_without_a_case_are_counted_once_each(Engine.Cluster);
        await new PromotedContactsTests(engines.It)
            .Exchanges_with_the_promoted_endpoint_alone_are_found_one_for_each_subject(Engine.Cluster);
        using var sighted = new SightingRepositoryTests(engines.It);
        await sighted.Lines_are_counted_once_each_and_attempts_sinkholes_and_old_ones_not_at_all(Engine.Cluster);
    }

    [Fact, Trait("Run", "prove")]
    public async Task Evidence_is_read_through_its_scope_alone_and_erased_on_every_shard()
    {
        using var engines = new Borrowed(house);
        using var evidence = new EvidenceStoreTests(engines.It);
        await evidence.Every_field_comes_back_as_it_went(Engine.Cluster);
        await evidence.What_is_erased_is_in_no_answer_and_in_no_file(Engine.Cluster);
        await evidence.Weeks_above_the_ceiling_are_dropped_but_for_what_a_legal_hold_keeps(Engine.Cluster);
    }

    [Fact]
    public async Task A_subject_is_on_one_shard_and_the_engine_says_the_same()
    {
        await StoreRows.EmptyAsync(house.Store, "pairs");
        await StoreRows.InsertAsync(house.Store, Pairs.Make(5_000), segment: 1);
        foreach (var (number, shard) in house.Store.Shards.Index())
        {
            Assert.InRange(
                await shard.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default), 2_000UL, 3_000UL);
            Assert.Equal(0UL, await shard.Client.ScalarAsync<ulong>(
                $"SELECT count() FROM pairs WHERE {ShardHash.Sql} % 2 != {number}", default));
        }
    }

    [Fact]
    public async Task Days_that_are_due_go_from_every_shard_and_others_stay()
    {
        await StoreRows.EmptyAsync(house.Store, "pairs");
        await StoreRows.InsertAsync(house.Store, Pairs.Make(400, Pairs.Day - 86_400), segment: 2);
        await StoreRows.InsertAsync(house.Store, Pairs.Make(400), segment: 3);
        var day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(Pairs.Day).UtcDateTime);
        Assert.Equal(400UL, (await house.Store.HoldingsAsync(default)).Single(
            held => held.Table == "pairs" && held.Day == day).Rows);

        Assert.Equal(1, await house.Store.DropBeforeAsync(day, default, ["pairs"]));

        foreach (var shard in house.Store.Shards)
        {
            Assert.Equal(0UL, await shard.Client.ScalarAsync<ulong>(
                $"SELECT count() FROM pairs WHERE hour < toDateTime({Pairs.Day})", default));
        }

        Assert.Equal(400UL, await StoreRows.CountAsync(house.Store, "pairs"));
    }

    [Fact, Trait("Run", "prove")]
    public async Task Coverage_of_segments_on_several_shards_is_one_exporters()
    {
        const uint Minute = Pairs.Day + (86_400 * 3);
        await StoreRows.EmptyAsync(house.Store, CoverageBlocks.Table);
        using var spool = house.Spool("coverage");
        for (var i = 0; i < 16; i++)
        {
            spool.Write([new CoverageRow(
                Minute, IpKey.Parse("192.0.2.7"), (uint)i, Datagrams: 10, Flows: 300, Lost: 1, Sampling: 1)]);
        }

        using var loader = ClusterHouse.Loader(spool, house.Store);
        await loader.DrainAsync(default);

        Assert.Equal(16UL, await StoreRows.CountAsync(house.Store, CoverageBlocks.Table));
        var table = new CoverageTable(house.Store.Client);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(Minute + 60), await table.KnownUntilAsync(default));
        var heard = Assert.Single(await table.ReadAsync(Minute * 1_000L, (Minute + 60) * 1_000L, [], default));
        Assert.Equal((160, 16), (heard.Datagrams, heard.Lost));
    }

    [Fact, Trait("Run", "prove")]
    public async Task A_shard_killed_again_and_again_while_it_loads_doubles_nothing_and_loses_nothing()
    {
        const int Segments = 60;
        const int Rows = 20_000;
        await StoreRows.EmptyAsync(house.Store, "pairs");
        using var spool = house.Spool("killed");
        spool.Write(Pairs.Make(Segments * Rows).OrderBy(row => row.HourSeconds).ToArray());
        using var loader = ClusterHouse.Loader(spool, house.Store);
        var draining = loader.DrainAsync(default);
        var moments = new Random(2_613);
        var kills = 0;
        for (; kills < 4 && !draining.IsCompleted; kills++)
        {
            await Until.AnyMomentAsync(moments, 600);
            await house.B.KillAsync();
            await house.B.StartAsync();
        }

        await draining;
        Assert.True(kills >= 2, $"only {kills} kills hit the load");
        Assert.Equal((ulong)Segments * Rows, await StoreRows.CountAsync(house.Store, "pairs"));
        Assert.Equal((ulong)Segments * Rows, await house.Store.Client.ScalarAsync<ulong>(
            "SELECT toUInt64(sum(n)) FROM (SELECT uniqExact(flows) AS n FROM pairs)", default));
        Assert.Equal(Segments * Rows, loader.State.RowsLoaded + loader.State.RowsAlreadyThere);
        Assert.Equal(0, loader.State.SegmentsSetAside);
    }

    [Fact]
    public async Task Nothing_is_answered_without_a_shard_and_its_name_is_told()
    {
        await StoreRows.EmptyAsync(house.Store, "pairs");
        await StoreRows.InsertAsync(house.Store, Pairs.Make(5_000), segment: 4);
        await house.B.KillAsync();
        try
        {
            var refused = await Assert.ThrowsAsync<StoreException>(() => StoreRows.CountAsync(house.Store, "pairs"));
            Assert.Contains("rows of shard south", refused.Message);
            Assert.True(refused.Retryable);
        }
        finally
        {
            await house.B.StartAsync();
        }

        Assert.Equal(5_000UL, await StoreRows.CountAsync(house.Store, "pairs"));
    }

    [Fact]
    public async Task A_shard_killed_while_it_answers_gives_no_half_answer()
    {
        await StoreRows.EmptyAsync(house.Store, "pairs");
        await StoreRows.InsertAsync(house.Store, Pairs.Make(200_000), segment: 5);
        var asking = Task.Run(() => house.Store.Client.ScalarAsync<ulong>(
            "SELECT toUInt64(sum(n)) FROM (SELECT count() + sum(sleepEachRow(0.00002)) AS n FROM pairs)", default));
        await Until.IsSoAsync(() => house.B.Said.Any(
            line => line.StartsWith("query", StringComparison.Ordinal) && line.Contains("sleepEachRow")));
        await house.B.KillAsync();
        try
        {
            var broken = await Assert.ThrowsAsync<StoreException>(() => asking);
            Assert.Contains("south", broken.Message);
            Assert.True(broken.Retryable);
        }
        finally
        {
            await house.B.StartAsync();
        }

        Assert.Equal(200_000UL, await StoreRows.CountAsync(house.Store, "pairs"));
    }

    [Fact, Trait("Run", "prove")]
    public async Task A_query_that_a_shard_has_no_memory_for_is_told_with_its_name()
    {
        await StoreRows.EmptyAsync(house.Store, "pairs");
        await StoreRows.InsertAsync(house.Store, Pairs.Make(200_000), segment: 6);
        await house.B.KillAsync();
        await house.B.StartAsync(queryMemory: 4_000_000);
        try
        {
            var refused = await Assert.ThrowsAsync<StoreException>(() => house.Store.Client.ScalarAsync<ulong>(
                "SELECT toUInt64(sum(n)) FROM (SELECT uniqExact(subject, remote) AS n FROM pairs)", default));
            Assert.Equal(241, refused.Code);
            Assert.Contains("rows of shard south", refused.Message);
        }
        finally
        {
            await house.B.KillAsync();
            await house.B.StartAsync();
        }
    }

    /// <summary>What the tests of one machine are given.</summary>
    private sealed class Borrowed(ClusterHouse house) : IDisposable
    {
        public Engines It { get; } = Engines.Of(house.Store, house.Folder);

        public void Dispose() => It.Discard();
    }
}
