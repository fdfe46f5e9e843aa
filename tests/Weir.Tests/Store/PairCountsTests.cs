// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Store.Comparing.Peers;
using Weir.Store.Engine;
using Weir.Wire;

namespace Weir.Tests.Store;

/// <summary>The store's counts against the same rows counted in memory, on both engines, and a whole
/// comparison on each.</summary>
public sealed class PairCountsTests(Engines engines) : IClassFixture<Engines>
{
    private const long HourMs = 3_600_000;
    private const long Day = 20_600L * 24 * HourMs;
    private static readonly PairWindow Window = new(Day + (2 * HourMs), Day + (20 * HourMs));
    private static readonly Endpoint[] Listed = [Remote(3), Remote(8)];
    private static readonly Prefix[] Benign = [
        Prefix.Parse("198.18.1.16/29"), Prefix.Parse("2001:db8:7::/45"), Prefix.Parse("198.18.2.0/24")];

    public static TheoryData<Engine> Both => new(Engine.Embedded, Engine.Server);

    public static MatrixTheoryData<Engine, int> BothSeeded => new([Engine.Embedded, Engine.Server], [7, 8, 9]);

    [Theory, MemberData(nameof(Both))]
    public async Task Every_count_equals_the_one_made_in_memory(Engine engine)
    {
        var store = engines.Get(engine);
        var (memory, sql) = await FillAsync(store);
        SubjectKey[] some = [.. Enumerable.Range(0, 90).Where(s => s % 3 != 0).Select(Subject)];
        StratumAssignment[] cohort = [.. Enumerable.Range(0, 100)
            .Select(s => new StratumAssignment(Subject(s), (ushort)(s % 4)))];
        Label[] labels = [.. Enumerable.Range(0, 300).Select(i => new Label(Subject(i * 7 % 100), (ushort)(i / 100)))];
        foreach (var window
            in new[] { Window, Window with { TwoWayOnly = false }, new PairWindow(Day + 1, Day + (5 * HourMs) + 1) })
        {
            Assert.Equal(await memory.TotalsAsync(window, default), await sql.TotalsAsync(window, default));
            await Same(c => c.ActivityAsync(window, default));
            await Same(c => c.ActiveHoursAsync(window, some, default));
            await Same(c => c.ServicesAsync(window, default));
            foreach (var usedBy in new[] { 1, 20, 40 })
            {
                Assert.Equal(
                    (await memory.OrdinaryActivityAsync(window, usedBy, default)).OrderBy(a => a.Key),
                    (await sql.OrdinaryActivityAsync(window, usedBy, default)).OrderBy(a => a.Key));
            }

            Assert.Equal(
                (await memory.FirstSeenAsync(window, some, default)).OrderBy(s => s.Key),
                (await sql.FirstSeenAsync(window, some, default)).OrderBy(s => s.Key));
            foreach (var most in new[] { 5, 100 })
            {
                await Same(c => c.PeersAsync(new(window, EndpointUnit.Endpoint, Listed, Benign), some, most, default));
            }

            foreach (var unit in Enum.GetValues<EndpointUnit>())
            {
                foreach (var family
                    in new[] { new FamilyQuery(window, unit, Listed, Benign), new FamilyQuery(window, unit, [], []) })
                {
                    Assert.Equal(
                        await memory.FamilySizeAsync(family, cohort, 3, default),
                        await sql.FamilySizeAsync(family, cohort, 3, default));
                    await Same(c => c.LabelCountsAsync(family, labels, 3, default));
                    Endpoint[] keys = [.. (await memory.LabelCountsAsync(family, labels, 3, default))
                        .Select(l => l.Key).Distinct().Take(40)];
                    Assert.NotEmpty(keys);
                    await Same(c => c.StratumCountsAsync(family, cohort, keys, default));
                    await Same(c => c.OthersAsync(family, some, keys, default));
                    await Same(c => c.ContactsAsync(family, some, keys, default));
                    if (unit == EndpointUnit.Endpoint)
                    {
                        await Same(c => c.HoursAsync(family, some, keys, default));
                    }
                }
            }
        }

        Assert.Equal(0UL, await store.Client.ScalarAsync<ulong>(
            "SELECT toUInt64(count()) FROM system.tables WHERE name LIKE 'scratch%'", default));

        async Task Same<T>(Func<IPairCounts, Task<IReadOnlyList<T>>> ask)
        {
            string[] expected = [.. (await ask(memory)).Select(r => r!.ToString()!).Order()];
            Assert.NotEmpty(expected);
            Assert.Equal(expected, (await ask(sql)).Select(r => r!.ToString()!).Order());
        }
    }

    [Theory, MemberData(nameof(BothSeeded))]
    public async Task A_comparison_comes_out_the_same_on_the_store_and_in_memory(Engine engine, int seed)
    {
        var store = engines.Get(engine);
        var (memory, sql) = await FillAsync(store, seed);
        var cases = Enumerable.Range(0, 30).ToDictionary(Subject, _ => new Infection(Day + (11 * HourMs), 1));
        var options = new ComparingOptions { ActivityBins = 4, CapSubjects = 1_000 };
        var expected = await ComparisonEngine.RunAsync(memory, Window, new(cases, Listed, Benign), options, 3, default);
        var actual = await ComparisonEngine.RunAsync(sql, Window, new(cases, Listed, Benign), options, 3, default);
        Assert.Contains(expected.Endpoints.Findings, f => f.Key == Hidden);
        Assert.Equal(options.Permutations, expected.Endpoints.SelfTest.Discoveries.Count);
        Assert.All(expected.RollUps, family => Assert.NotEmpty(family.Findings));
        Assert.Equal(
            System.Text.Json.JsonSerializer.Serialize(expected), System.Text.Json.JsonSerializer.Serialize(actual));
        var peers = await PeersAsync(memory);
        Assert.True(peers.Cases >= 3, "too few rare peers to compare anything");
        Assert.Equal(
            System.Text.Json.JsonSerializer.Serialize(peers),
            System.Text.Json.JsonSerializer.Serialize(await PeersAsync(sql)));

        async Task<PeerFindings> PeersAsync(IPairCounts counts)
        {
            var set = new CaseSet(cases, Listed, Benign);
            return await PeerComparison.RunAsync(
                counts, await ComparisonEngine.JudgeAsync(counts, Window, set, options, 3, default), set, options, 3,
                default);
        }
    }

    [Fact]
    public void Prefixes_cut_at_octets_hold_the_same_addresses()
    {
        foreach (var text in new[] { "198.18.1.16/29", "2001:db8:7::/45", "10.0.0.0/8", "192.0.2.1", "128.0.0.0/1" })
        {
            var prefix = Prefix.Parse(text);
            var whole = ScratchTable.ToWholeOctets([prefix]);
            Assert.All(whole, w => Assert.Equal(0, w.Length % 8));
            Assert.Equal(prefix.Network, whole[0].Network);
            Assert.Equal(prefix.Last, whole[^1].Last);
            Assert.All(
                whole.Zip(whole.Skip(1)), pair => Assert.Equal(pair.First.Last.Bits + 1, pair.Second.Network.Bits));
        }
    }

    private static Endpoint Hidden { get; } = new(IpKey.Parse("192.0.2.80"), 8_443, Protocols.Tcp);

    private static Endpoint Peer(int i) =>
        new(IpKey.FromV4(0xCB00_7100u + (uint)(i / 2)), (ushort)(1_000 + (i * 3 % 190)), Protocols.Udp);

    private static SubjectKey Subject(int i) =>
        new(((UInt128)0xFFEE_0000_0000_0000UL << 64) | ((ulong)i * 0x9E37_79B9_7F4A_7C15UL));

    private static Endpoint Remote(int i) => i % 3 == 0
        ? new(
            new IpKey(new UInt128(0x2001_0DB8_0000_0000UL | ((ulong)(i % 12) << 16), (ulong)i)),
            (ushort)(i % 4 == 0 ? 0 : 443), Protocols.Udp)
        : new(
            IpKey.FromV4(0xC612_0100u + (uint)(i * 13 % 1_000)), (ushort)(i % 7 == 0 ? 0 : 80 + (i % 2)),
            Protocols.Tcp);

    private static async Task<(MemoryPairCounts Memory, PairCounts Sql)> FillAsync(FlowStore store, int seed = 7)
    {
        var random = new Random(seed);
        var memory = new MemoryPairCounts();
        var rows = new List<PairDigest>();
        void Add(int subject, Endpoint endpoint, int hour, bool twoWay)
        {
            var first = Day + (hour * HourMs) + random.Next(3_000_000);
            var last = first + random.Next(500_000);
            rows.Add(new()
            {
                HourSeconds = (uint)((Day / 1_000) + (hour * 3_600)),
                Subject = Subject(subject),
                Endpoint = endpoint,
                Access = (byte)(subject % 3),
                TwoWay = twoWay ? (byte)1 : (byte)0,
                Flows = 1,
                PacketsOut = (ulong)random.Next(90),
                PacketsIn = (ulong)random.Next(90),
                OctetsOut = (ulong)random.Next(9_000),
                OctetsIn = (ulong)random.Next(9_000),
                FirstMs = first,
                LastMs = last,
            });
        }

        for (var i = 0; i < 6_000; i++)
        {
            Add(
                random.Next(400), Remote((int)(Math.Pow(random.NextDouble(), 2) * 300)), random.Next(24),
                random.Next(5) > 0);
        }

        for (var s = 0; s < 15; s++)
        {
            Add(s, Hidden, 15, true);
        }

        for (var peer = 0; peer < 200; peer++)
        {
            for (var user = random.Next(9); user > 0; user--)
            {
                Add(random.Next(100), Peer(peer), random.Next(24), random.Next(5) > 0);
            }
        }

        memory.Write(CollectionsMarshal.AsSpan(rows));
        await StoreRows.EmptyAsync(store, "pairs");
        await StoreRows.InsertAsync(store, [.. rows], segment: 77);
        return (memory, new(store.Client));
    }
}
