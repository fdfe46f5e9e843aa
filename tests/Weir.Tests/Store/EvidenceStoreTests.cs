// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Tests.Digesting;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Tests.Store;

/// <summary>Evidence in the real engines: only what a filter allows comes out, and what is erased is gone from
/// the files too.</summary>
public sealed class EvidenceStoreTests(Engines engines) : IClassFixture<Engines>, IDisposable
{
    private const long Hour = 3_600_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-evidence-").FullName;

    public static TheoryData<Engine> Both => new(Engine.Embedded, Engine.Server);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Both))]
    public async Task Every_field_comes_back_as_it_went(Engine engine)
    {
        var store = engines.Get(engine);
        var (scopes, flows) = Made(seed: 1, firstScope: 1_000);
        using var held = await LoadAsync(store, scopes, flows);
        foreach (var scope in scopes)
        {
            var expected = RandomFlows.Expected([scope], flows);
            var read = await held.Store.ReadAsync(All(scope), int.MaxValue, default);
            Assert.Equal(RandomFlows.Sorted(expected), RandomFlows.Sorted(read));
            Assert.Equal(expected.Count, await held.Store.CountAsync(All(scope), default));
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Whatever_is_asked_what_comes_lies_inside_the_scope_and_inside_the_question(Engine engine)
    {
        var store = engines.Get(engine);
        var (scopes, flows) = Made(seed: 2, firstScope: 2_000, flows: 6_000);
        using var held = await LoadAsync(store, scopes, flows);
        var random = new Random(22);
        var found = 0;
        for (var round = 0; round < 60; round++)
        {
            var scope = scopes[random.Next(scopes.Length)];
            var filter = Asked(random, scope);
            var read = await held.Store.ReadAsync(filter, int.MaxValue, default);
            var inside = RandomFlows.Expected([scope], flows);
            var expected = inside.Where(row => Matches(filter, row))
                .Select(row => Half(row, filter.Predicate.Direction)).ToList();
            Assert.Equal(RandomFlows.Sorted(expected), RandomFlows.Sorted(read));
            Assert.Equal(expected.Count, await held.Store.CountAsync(filter, default));
            found += read.Count;
        }

        Assert.True(found > 100, "the questions found next to nothing");
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_field_that_the_filter_does_not_allow_is_zero_and_still_narrows(Engine engine)
    {
        var store = engines.Get(engine);
        var scope = new ScopeWatch(
            new ScopeId(3_000), RandomFlows.Subject(1),
            TrafficClass.Create(Direction.Both, 17, [53, 7703], []).Predicate,
            RandomFlows.Noon, RandomFlows.Noon + Hour);
        Flow[] flows = [Both_ways(53), Both_ways(7703)];
        using var held = await LoadAsync(store, [scope], flows);
        RowFilter Only(ScopeFields fields, params ushort[] ports) =>
            new(scope.Scope, scope.Class with { RemotePorts = [.. ports] }, scope.FromMs, scope.UntilMs, fields);

        var nothing = Assert.Single(await held.Store.ReadAsync(Only(ScopeFields.None, 53), 10, default));
        Assert.Equal(new EvidenceRow { Scope = scope.Scope }, nothing);
        var times = Assert.Single(await held.Store.ReadAsync(Only(ScopeFields.Time, 7703), 10, default));
        Assert.Equal(
            new EvidenceRow { Scope = scope.Scope, StartMs = flows[1].StartMs, EndMs = flows[1].EndMs }, times);
        var sums = Assert.Single(
            await held.Store.ReadAsync(Only(ScopeFields.Packets | ScopeFields.Flags, 53), 10, default));
        Assert.Equal((13UL, 0UL, 0UL, (byte)0x1E, (byte)0), (
            sums.PacketsOut, sums.PacketsIn, sums.OctetsOut, sums.FlagsOut, sums.FlagsIn));
        Assert.Equal(2, (await held.Store.ReadAsync(Only(ScopeFields.All, 53, 7703), 10, default)).Count);
        Assert.Single(await held.Store.ReadAsync(Only(ScopeFields.All, 53, 7703), 1, default));

        static Flow Both_ways(ushort port) => new()
        {
            Subject = RandomFlows.Subject(1),
            Remote = RandomFlows.Remote(1),
            RemotePort = port,
            Protocol = 17,
            StartMs = RandomFlows.Noon + port,
            EndMs = RandomFlows.Noon + port + 5,
            PacketsOut = 9,
            PacketsIn = 4,
            OctetsOut = 900,
            OctetsIn = 400,
            FlagsOut = 0x0E,
            FlagsIn = 0x12,
            SamplingInterval = 10,
        };
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_is_erased_is_in_no_answer_and_in_no_file(Engine engine)
    {
        var store = engines.Get(engine);
        // Remote addresses without pattern, so that compression leaves them as they are and a search can find them.
        var random = new Random(44);
        EvidenceRow[] rows = [.. Enumerable.Range(0, 400).Select(i => new EvidenceRow
        {
            Scope = new ScopeId(4_000 + (ulong)(i % 2)),
            StartMs = RandomFlows.Noon + (i * Hour),
            EndMs = RandomFlows.Noon + (i * Hour),
            Remote = new Endpoint(new IpKey(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64())), 443, 6),
            PacketsOut = 1,
            SamplingInterval = 1,
        })];
        var (gone, stays) = (
            rows.Where(row => row.Scope.Number == 4_000).ToList(),
            rows.Where(row => row.Scope.Number == 4_001).ToList());
        using var held = Open(store);
        held.Spool.Write(rows);
        await held.Loader.DrainAsync(default);
        Assert.Equal((gone.Count, stays.Count), (OnDisk(engine, gone), OnDisk(engine, stays)));

        // More of it is still on its way when the order comes.
        held.Spool.Write(gone.ToArray());
        await held.Store.EraseAsync([new ScopeId(4_000), new ScopeId(4_999)], default);

        Assert.Equal(
            0UL, await StoreRows.CountAsync(store, "evidence", "scope = 4000"));
        Assert.Equal(
            (ulong)stays.Count,
            await StoreRows.CountAsync(store, "evidence", "scope = 4001"));
        Assert.Equal((0, stays.Count), (OnDisk(engine, gone), OnDisk(engine, stays)));
        Assert.Equal(0, held.Spool.State.Ready);
        await held.Store.EraseAsync([new ScopeId(4_000)], default);
        await held.Store.EraseAsync([], default);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Weeks_above_the_ceiling_are_dropped_but_for_what_a_legal_hold_keeps(Engine engine)
    {
        var store = engines.Get(engine);
        // Three whole weeks of 2001, with two scopes in the middle one.
        const long Week = 7 * 24 * Hour;
        const long First = 1_650 * Week;
        EvidenceRow Row(ulong scope, long week) => new()
        {
            Scope = new ScopeId(scope),
            StartMs = First + (week * Week),
            EndMs = First + (week * Week),
            PacketsOut = 1
        };
        using var held = Open(store);
        held.Spool.Write([Row(5_000, 0), Row(5_001, 1), Row(5_002, 1), Row(5_003, 2)]);
        Assert.Equal(3, held.Spool.State.Ready);
        await held.Loader.DrainAsync(default);
        var third = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(First + (2 * Week)).UtcDateTime);
        var holdings = (await held.Store.HoldingsAsync(default)).Where(week => week.Until <= third.AddDays(7)).ToList();
        Assert.Equal([(1UL, 1UL), (2UL, 2UL), (1UL, 1UL)], holdings.Select(week => (week.Rows, week.Scopes)));
        Assert.All(holdings, week => Assert.True(week.OctetsOnDisk > 0));
        Assert.Equal(third, holdings[2].From);

        Assert.Equal(2, await held.Store.DropBeforeAsync(third.AddDays(6), [new ScopeId(5_002)], default));

        ulong[] left = [5_002, 5_003];
        Assert.Equal(left, await ScopesAsync(store, "scope BETWEEN 5000 AND 5003"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_segment_of_evidence_that_comes_twice_is_loaded_once(Engine engine)
    {
        var store = engines.Get(engine);
        var (scopes, flows) = Made(seed: 6, firstScope: 6_000);
        var rows = RandomFlows.Expected(scopes, flows).ToArray();
        var copy = Path.Combine(_folder, "kept");
        string name;
        using (var first = Open(store))
        {
            first.Spool.Write(rows);
            name = Assert.Single(first.Spool.Folder.Waiting());
            File.Copy(name, copy);
            await first.Loader.DrainAsync(default);
        }

        File.Copy(copy, name);
        using var second = Open(store);
        await second.Loader.DrainAsync(default);
        Assert.Equal((0L, rows.Length), (second.Loader.State.RowsLoaded, second.Loader.State.RowsAlreadyThere));
        Assert.Equal((ulong)rows.Length, await store.Client.ScalarAsync<ulong>(
            "SELECT count() FROM evidence WHERE scope >= 6000 AND scope < 6020", default));
    }

    [Fact]
    public async Task The_table_knows_no_subject()
    {
        var columns = new List<string>();
        await foreach (var block in engines.Get(Engine.Embedded).Client
            .QueryAsync("SELECT name FROM system.columns WHERE database = 'weir' AND table = 'evidence'", default))
        {
            columns.AddRange(block["name"].Texts);
        }

        Assert.Equal(EvidenceBlocks.Columns.Split(", ").Order(), columns.Order());
        Assert.DoesNotContain(columns, column => column.Contains("subject", StringComparison.Ordinal));
    }

    private static async Task<ulong[]> ScopesAsync(FlowStore store, string where)
    {
        var scopes = new List<ulong>();
        await foreach (var block in store.Client.QueryAsync(
            $"SELECT DISTINCT scope FROM (SELECT DISTINCT scope FROM evidence WHERE {where}) ORDER BY scope", default))
        {
            scopes.AddRange(block["scope"].Values<ulong>());
        }

        return [.. scopes];
    }

    /// <summary>A question as the policy engine lets it through: inside the scope's class, any part of its
    /// time and beyond.</summary>
    private static RowFilter Asked(Random random, ScopeWatch scope)
    {
        var held = scope.Class;
        var direction = held.Direction & (Direction)random.Next(1, 4);
        var asked = held with
        {
            Direction = direction == 0 ? held.Direction : direction,
            RemotePorts = held.RemotePorts.Length > 1 && random.Next(2) == 0 ? [held.RemotePorts[0]]
                : held.RemotePorts.Length == 0 && random.Next(2) == 0 ? [53, 25]
                : held.RemotePorts,
            Remotes = random.Next(2) == 0 ? [held.Remotes[0]] : held.Remotes,
        };
        Assert.True(asked.IsWithin(held));
        var from = scope.FromMs + random.NextInt64(0, Hour / 2);
        return new RowFilter(scope.Scope, asked, from, from + random.NextInt64(0, 2 * Hour), ScopeFields.All);
    }

    private static bool Matches(RowFilter filter, EvidenceRow row) =>
        row.StartMs >= filter.FromMs && row.StartMs < filter.UntilMs
        && (filter.Predicate.RemotePorts.IsEmpty || filter.Predicate.RemotePorts.Contains(row.Remote.Port))
        && (filter.Predicate.Remotes.IsEmpty || filter.Predicate.Remotes.Contains(row.Remote.Address))
        && Half(row, filter.Predicate.Direction) is var half && half.PacketsOut + half.PacketsIn > 0;

    private static EvidenceRow Half(EvidenceRow row, Direction direction)
    {
        if ((direction & Direction.Out) == 0)
        {
            (row.PacketsOut, row.OctetsOut, row.FlagsOut) = (0, 0, 0);
        }

        if ((direction & Direction.In) == 0)
        {
            (row.PacketsIn, row.OctetsIn, row.FlagsIn) = (0, 0, 0);
        }

        return row;
    }

    /// <summary>How many rows' remote addresses lie anywhere in the engine's files of evidence.</summary>
    private int OnDisk(Engine engine, List<EvidenceRow> rows)
    {
        var files = Directory.EnumerateFiles(engines.FolderOf(engine), "*.bin", SearchOption.AllDirectories)
            .Select(Read).ToList();
        Span<byte> address = stackalloc byte[16];
        var found = 0;
        foreach (var row in rows)
        {
            row.Remote.Address.WriteTo(address);
            var octets = address.ToArray();
            found += files.Exists(file => file.AsSpan().IndexOf(octets) >= 0) ? 1 : 0;
        }

        return found;
    }

    /// <summary>Nothing where the engine removed the file meanwhile.</summary>
    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static RowFilter All(ScopeWatch scope) =>
        new(scope.Scope, scope.Class, scope.FromMs, scope.UntilMs, ScopeFields.All);

    private static (ScopeWatch[] Scopes, Flow[] Flows) Made(int seed, ulong firstScope, int flows = 3_000)
    {
        var random = new Random(seed);
        return (
            [.. Enumerable.Range(0, 20).Select(i => RandomFlows.Watch(
                random, firstScope + (ulong)i, RandomFlows.Noon + random.NextInt64(0, Hour),
                RandomFlows.Noon + Hour + random.NextInt64(0, Hour)))],
            [.. Enumerable.Range(0, flows)
                .Select(_ => RandomFlows.One(random, RandomFlows.Noon, RandomFlows.Noon + (2 * Hour)))]);
    }

    private async Task<EvidenceStoreFixture> LoadAsync(FlowStore store, ScopeWatch[] scopes, Flow[] flows)
    {
        var held = Open(store);
        held.Spool.Write(RandomFlows.Expected(scopes, flows).ToArray());
        await held.Loader.DrainAsync(default);
        return held;
    }

    private EvidenceStoreFixture Open(FlowStore store)
    {
        var spool = new Spool(new SpoolOptions { Directory = _folder, MinimumFree = 0 }, NullLogger<Spool>.Instance);
        var loader = new SpoolLoader(spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
        return new EvidenceStoreFixture(spool, loader, new EvidenceStore(store, loader, TimeProvider.System));
    }

    private sealed record EvidenceStoreFixture(Spool Spool, SpoolLoader Loader, EvidenceStore Store) : IDisposable
    {
        public void Dispose()
        {
            Loader.Dispose();
            Spool.Dispose();
        }
    }
}
