// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
using Weir.Tests.Support;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Tests.Store;

/// <summary>What Weir asks of a flow store, asked of both engines.</summary>
public sealed class ContractTests(Engines engines) : IClassFixture<Engines>
{
    public static TheoryData<Engine> Both => new(Engine.Embedded, Engine.Server);

    [Theory, MemberData(nameof(Both))]
    public async Task Every_field_of_a_pair_comes_back_as_it_went(Engine engine)
    {
        var store = engines.Get(engine);
        var rows = Pairs.Make(20_000);
        await InsertAsync(store.Client, rows, segment: 11);

        var seen = 0;
        await foreach (var block in store.Client.QueryAsync(
            $"SELECT {PairBlocks.Columns} FROM pairs WHERE segment = 11 ORDER BY flows", default))
        {
            for (var i = 0; i < block.Rows; i++, seen++)
            {
                ref readonly var row = ref rows[seen];
                Assert.Equal(row.HourSeconds, block["hour"].Values<uint>()[i]);
                Assert.Equal(row.Subject.Pseudonym, block["subject"].Key(i));
                Assert.Equal(row.Endpoint.Address.Bits, block["remote"].Key(i));
                Assert.Equal(row.Endpoint.Port, block["port"].Values<ushort>()[i]);
                Assert.Equal(row.Endpoint.Protocol, block["protocol"].Values<byte>()[i]);
                Assert.Equal(row.Role, block["role"].Values<byte>()[i]);
                Assert.Equal(row.Access, block["access"].Values<byte>()[i]);
                Assert.Equal(row.TwoWay, block["two_way"].Values<byte>()[i]);
                Assert.Equal(row.Flows, block["flows"].Values<ulong>()[i]);
                Assert.Equal(row.PacketsOut, block["packets_out"].Values<ulong>()[i]);
                Assert.Equal(row.PacketsIn, block["packets_in"].Values<ulong>()[i]);
                Assert.Equal(row.OctetsOut, block["octets_out"].Values<ulong>()[i]);
                Assert.Equal(row.OctetsIn, block["octets_in"].Values<ulong>()[i]);
                Assert.Equal(row.FirstMs, block["first"].Values<long>()[i]);
                Assert.Equal(row.LastMs, block["last"].Values<long>()[i]);
            }
        }

        Assert.Equal(rows.Length, seen);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_segment_of_a_million_rows_becomes_one_part(Engine engine)
    {
        var store = engines.Get(engine);
        const uint Day = Pairs.Day + (40 * 86_400);
        await InsertAsync(store.Client, Pairs.Make(1_000_000, Day), segment: 12);

        Assert.Equal(
            1_000_000UL,
            await store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs WHERE segment = 12", default));
        Assert.Equal(1UL, await store.Client.ScalarAsync<ulong>(
            "SELECT count() FROM system.parts WHERE table = 'pairs' AND database = 'weir' AND partition = '20260411'",
            default));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_key_in_a_statement_finds_its_row(Engine engine)
    {
        var store = engines.Get(engine);
        var rows = Pairs.Make(100, from: 5_000);
        await InsertAsync(store.Client, rows, segment: 13);
        foreach (var row in new[] { rows[0], rows[1], rows[99] })
        {
            var sql = $"SELECT count() FROM pairs WHERE segment = 13 AND subject = "
                + $"{SqlText.Key(row.Subject.Pseudonym)} AND remote = {SqlText.Key(row.Endpoint.Address)}";
            Assert.Equal(1UL, await store.Client.ScalarAsync<ulong>(sql, default));
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Days_before_the_limit_are_dropped_and_later_ones_stay(Engine engine)
    {
        var store = engines.Get(engine);
        const uint Old = Pairs.Day - (400 * 86_400);
        await InsertAsync(store.Client, Pairs.Make(10, Old), segment: 14);
        await InsertAsync(store.Client, Pairs.Make(10, Old + 86_400), segment: 15);
        var firstDay = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(Old).UtcDateTime);
        Assert.Contains(await store.HoldingsAsync(default), held =>
            held.Day == firstDay && held.Table == "pairs" && held.Rows == 10 && held.OctetsOnDisk > 0);

        Assert.Equal(1, await store.DropBeforeAsync(firstDay.AddDays(1), default));

        Assert.Equal(
            0UL, await store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs WHERE segment = 14", default));
        Assert.Equal(
            10UL, await store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs WHERE segment = 15", default));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_work_table_takes_a_cohort_and_joins(Engine engine)
    {
        var store = engines.Get(engine);
        var rows = Pairs.Make(1_000, from: 9_000);
        await InsertAsync(store.Client, rows, segment: 16);
        await store.Client.ExecuteAsync("CREATE TABLE work_cohort_1 (subject FixedString(16), stratum UInt32, label "
            + "String) ENGINE = MergeTree ORDER BY subject", default);
        var writer = new NativeWriter();
        writer.Begin(3, 10);
        writer.Keys("subject"u8, rows[..10].Select(row => row.Subject.Pseudonym).ToArray());
        writer.Numbers<uint>("stratum"u8, "UInt32"u8, Enumerable.Range(1, 10).Select(i => (uint)i).ToArray());
        writer.Texts("label"u8, Enumerable.Range(1, 10).Select(i => $"case {i} – ü").ToArray());
        using var native = new MemoryStream(writer.Written.ToArray());
        await store.Client.InsertAsync("work_cohort_1", "subject, stratum, label", native, default);

        var labels = new List<string>();
        await foreach (var block in store.Client.QueryAsync(
            "SELECT stratum, label, groupArray(flows) AS f FROM pairs ALL INNER JOIN work_cohort_1 USING (subject) "
                + "WHERE segment = 16 GROUP BY stratum, label ORDER BY stratum",
            default))
        {
            labels.AddRange(block["label"].Texts);
            Assert.Equal(1UL, block["f"].Ends[0]);
            Assert.Equal(9_001UL, block["f"].Values<ulong>()[0]);
        }

        Assert.Equal(10, labels.Count);
        Assert.Equal("case 10 – ü", labels[9]);
        await store.Client.ExecuteAsync("DROP TABLE work_cohort_1", default);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task An_error_carries_the_engines_code_and_text(Engine engine)
    {
        var store = engines.Get(engine);
        var missing = await Assert.ThrowsAsync<StoreException>(
            () => store.Client.ExecuteAsync("SELECT * FROM no_such_table", default));
        Assert.Equal(60, missing.Code);
        Assert.Contains("no_such_table", missing.Message, StringComparison.Ordinal);
        Assert.False(missing.Retryable);
        var late = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await foreach (var block in store.Client.QueryAsync(
                "SELECT throwIf(number = 3000000) AS x FROM system.numbers LIMIT 4000000", default))
            {
                Assert.True(block.Rows > 0);
            }
        });
        Assert.True(late.Code is 395 or 0, late.Message);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_second_query_of_the_same_id_is_refused_while_the_first_runs(Engine engine)
    {
        var store = engines.Get(engine);
        // Whichever comes second is refused; until the first has begun, that may be itself.
        StoreException? refused = null;
        await Until.IsSoAsync(async () =>
        {
            var slow = Record.ExceptionAsync(() => store.Client.ScalarAsync<ulong>(
                "SELECT toUInt64(count() + max(sleep(3))) FROM system.one", default, queryId: "twin"));
            while (refused is null && !slow.IsCompleted)
            {
                refused = (StoreException?)await Record.ExceptionAsync(
                    () => store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default, queryId: "twin"));
            }

            var first = (StoreException?)await slow;
            refused ??= first;
            return refused is not null;
        });
        Assert.Equal(StoreException.SameIdRunning, refused?.Code);
        Assert.True(refused!.Retryable);
        Assert.True(
            await store.Client.ScalarAsync<ulong>("SELECT count() + 1 FROM pairs", default, queryId: "twin") > 0);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Queries_run_side_by_side_and_settings_last_one_request(Engine engine)
    {
        var store = engines.Get(engine);
        var counts = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => store.Client.ScalarAsync<ulong>(
            $"SELECT count() FROM (SELECT number FROM system.numbers LIMIT {1000 + i})", default)));
        Assert.Equal(Enumerable.Range(1000, 24).Select(i => (ulong)i), counts);
        var tight = await Assert.ThrowsAsync<StoreException>(() =>
            store.Client.ExecuteAsync(
                "SELECT count() FROM (SELECT number FROM system.numbers LIMIT 1000000)", default,
                settings: ("max_rows_to_read", "1000")));
        Assert.Equal(158, tight.Code);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => store.Client.ExecuteAsync(
            "SELECT count() FROM (SELECT number FROM system.numbers LIMIT 1000000)", default)));
    }

    internal static async Task InsertAsync(
        ClickHouseHttp client, Weir.Contracts.Segments.PairDigest[] rows, ulong segment, InsertToken? token = null)
    {
        using var native = new MemoryStream();
        PairBlocks.Write(rows, segment, new NativeWriter(), native);
        native.Position = 0;
        await client.InsertAsync(PairBlocks.Table, PairBlocks.Columns, native, default, token);
    }
}
