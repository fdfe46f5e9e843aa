// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Wire;

namespace Weir.Tests.Comparing;

/// <summary>Pairs in memory against the plainest way to count them, and their bound.</summary>
public sealed class MemoryPairCountsTests
{
    private const long HourMs = 3_600_000;
    private const long Day = 20_600L * 24 * HourMs;
    private static readonly PairWindow Window = new(Day, Day + (24 * HourMs), TwoWayOnly: false);

    [Fact]
    public async Task Rows_given_by_several_threads_count_as_rows_given_by_one()
    {
        var rows = Rows(20_000, 3);
        using var one = new MemoryPairCounts();
        using var several = new MemoryPairCounts();
        one.Write(rows);
        Parallel.ForEach(rows.Chunk(500), part => several.Write(part));

        Assert.Equal(
            (await one.ActivityAsync(Window, default)).OrderBy(a => a.Subject),
            (await several.ActivityAsync(Window, default)).OrderBy(a => a.Subject));
        Assert.Equal(await one.TotalsAsync(Window, default), await several.TotalsAsync(Window, default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_address_is_counted_under_its_own_network(int seed)
    {
        var rows = Rows(30_000, seed);
        using var counts = new MemoryPairCounts();
        counts.Write(rows);
        StratumAssignment[] cohort = [.. rows.Select(r => r.Subject).Distinct().Select(s => new StratumAssignment(s, 0))];
        foreach (var unit in Enum.GetValues<EndpointUnit>())
        {
            var family = new FamilyQuery(Window, unit, [], []);
            var expected = rows.Where(r => unit != EndpointUnit.Endpoint || r.Endpoint.Port != 0)
                .GroupBy(r => FamilyQuery.KeyOf(r.Endpoint, unit))
                .ToDictionary(g => g.Key, g => g.Select(r => r.Subject).Distinct().Count());
            Assert.Equal(
                expected.Count(e => e.Value >= 4), await counts.FamilySizeAsync(family, cohort, 4, default));
            var actual = await counts.StratumCountsAsync(family, cohort, [.. expected.Keys, default], default);
            Assert.Equal(expected, actual.ToDictionary(a => a.Key, a => a.Subjects));
        }
    }

    [Fact]
    public async Task The_memory_that_is_asked_for_suffices_and_less_does_not()
    {
        var rows = Rows(50_000, 4);
        using var all = new MemoryPairCounts();
        all.Write(rows);
        using var enough = new MemoryPairCounts(all.Needed);
        enough.Write(rows);
        using var less = new MemoryPairCounts(all.Needed - 1);
        less.Write(rows);

        Assert.True(enough.HoldsAll);
        Assert.False(less.HoldsAll);
        Assert.Equal(all.Needed, less.Needed);
        await Assert.ThrowsAsync<InvalidOperationException>(() => less.ActivityAsync(Window, default));
    }

    [Fact]
    public async Task A_row_after_a_question_is_refused()
    {
        using var counts = new MemoryPairCounts();
        counts.Write(Rows(10, 1));
        _ = await counts.ActivityAsync(Window, default);
        Assert.Throws<InvalidOperationException>(() => counts.Write(Rows(10, 2)));
    }

    [Fact]
    public async Task Clocks_far_off_neither_stop_a_run_nor_leave_their_hour()
    {
        using var counts = new MemoryPairCounts();
        var (subject, endpoint) = (new SubjectKey(7), new Endpoint(IpKey.Parse("192.0.2.1"), 443, Protocols.Tcp));
        counts.Write([
            new() { HourSeconds = 3_600, Subject = subject, Endpoint = endpoint, FirstMs = -5, LastMs = long.MaxValue },
            new() { HourSeconds = 7_200, Subject = subject, Endpoint = endpoint, FirstMs = 7_200_009, LastMs = 7_200_010 },
        ]);
        var family = new FamilyQuery(new(HourMs, 2 * HourMs, false), EndpointUnit.Endpoint, [], []);

        var contact = Assert.Single(await counts.ContactsAsync(family, [subject], [endpoint], default));
        Assert.Equal(-5, contact.FirstMs);
        var both = family with { Window = new(HourMs, 3 * HourMs, false) };
        Assert.Equal(1, Assert.Single(await counts.OthersAsync(both, [], [endpoint], default)).Subjects);
    }

    /// <summary>IPv4, IPv6 on both sides of the mapped addresses, several ports, many subjects on some.</summary>
    private static PairDigest[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var hour = random.Next(24);
            var first = Day + (hour * HourMs) + random.Next((int)HourMs);
            return new PairDigest
            {
                HourSeconds = (uint)((Day + (hour * HourMs)) / 1_000),
                Subject = new(((UInt128)random.Next(3) << 100) | (uint)random.Next(900)),
                Endpoint = new(Address(random), (ushort)random.Next(4), (byte)(random.Next(2) * 11 + 6)),
                FirstMs = first,
                LastMs = first + random.Next(90_000_000),
                PacketsIn = (ulong)random.Next(100),
            };
        })];
    }

    private static IpKey Address(Random random) => random.Next(4) switch
    {
        0 => new(((UInt128)0x2001_0DB8_0000_0000UL << 64) + ((UInt128)random.Next(40) << 78) + (uint)random.Next(9)),
        1 => new((UInt128)(ulong)random.Next(5) << (random.Next(2) * 60)),
        _ => IpKey.FromV4(0xC612_0000u + (uint)(Math.Pow(random.NextDouble(), 3) * 4_000)),
    };
}
