// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Population;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;
using Weir.Store.Population;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Store;

/// <summary>The fixed reports over rows in a real store, on both engines, against the same rows
/// counted by hand.</summary>
public sealed class PopulationCountsTests(Engines engines) : IClassFixture<Engines>
{
    private const uint Day = 1_772_409_600 + (86_400 * 40);
    private static readonly SubscriberLineKinds Lines = new(
        [new("ftth", "north"), new("dsl", "north"), new("ftth", "south"), new("dsl", "")]);
    private static readonly byte[] Codes = [
        0, Lines.CodeOf("ftth", "north"), Lines.CodeOf("dsl", "north"), Lines.CodeOf("ftth", "south"),
        Lines.CodeOf("dsl", "")];
    private static readonly PopulationWindow Whole = new(DateTimeOffset.FromUnixTimeSeconds(Day));

    public static TheoryData<Engine> Both => new(Engine.Embedded, Engine.Server);

    [Theory, MemberData(nameof(Both))]
    public async Task Every_report_counts_what_the_rows_hold(Engine engine)
    {
        var store = engines.Get(engine);
        var rows = await FillAsync(store);
        var counts = new PopulationCounts(store.Client, Lines);
        foreach (var report in PopulationReport.All)
        {
            var window = Whole;
            Endpoint? endpoint = report.Key == PopulationKey.Endpoint ? Remote(2) : null;
            var table = await counts.CountAsync(new(report, window, endpoint), default);
            PairDigest[] sent = [.. rows.Where(r => r.PacketsOut > 0 && r.HourSeconds >= window.From.ToUnixTimeSeconds()
                && r.HourSeconds < window.Until.ToUnixTimeSeconds())];
            Assert.Equal(["north", "south", ""], table.Groups);
            Assert.Equal(ByGroup(sent), table.Bases);
            var expected = report.Key switch
            {
                PopulationKey.RemotePort => sent.Where(r => r.Endpoint.Port != 0)
                    .GroupBy(r => $"{r.Endpoint.Port}/{Protocols.ToName(r.Endpoint.Protocol)}"),
                PopulationKey.Protocol => sent.GroupBy(r => Protocols.ToName(r.Endpoint.Protocol)),
                PopulationKey.Endpoint => sent.Where(r => r.Endpoint == Remote(2)).GroupBy(r => Remote(2).ToString()),
                PopulationKey.Access => sent.GroupBy(r => Lines[r.Access].Access),
                _ => sent.GroupBy(r => $"{r.HourSeconds / 3_600 % 24:00}:00"),
            };
            Assert.Equal(
                expected.OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => $"{g.Key} {string.Join(' ', ByGroup(g))}"),
                table.Lines.Where(l => l.Total > 0).Select(l => $"{l.Key} {string.Join(' ', l.Subjects)}"));
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_report_is_answered_from_the_store(Engine engine)
    {
        var store = engines.Get(engine);
        await FillAsync(store);
        var folder = Directory.CreateTempSubdirectory("weir-population-").FullName;
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        time.Advance(Whole.Until.AddHours(2) - DateTimeOffset.UnixEpoch);
        using var reports = new PopulationReports(
            new PopulationCounts(store.Client, Lines), new PopulationAnswers(folder),
            new PopulationKAnonymity(minimumBase: 100), NoNoise.Publishing(folder, TimeSpan.FromMinutes(30)), time);

        var everybody = (await reports.QueryAsync("endpoint-contacts", null, null, Remote(2), default)).View!;
        var nobody = (await reports.QueryAsync("endpoint-contacts", null, null, Remote(99), default)).View!;
        var north = (await reports.QueryAsync("busy-hours", "north", null, null, default)).View!;

        Assert.Equal(PublishedCellKind.Shown, everybody.Lines.Single().Value.Kind);
        Assert.Equal(PublishedCell.Withheld, nobody.Lines.Single().Value);
        Assert.Equal(24, north.Lines.Count);
        Assert.Contains(north.Lines, l => l.Value.Kind == PublishedCellKind.Shown);
        await store.Client.ExecuteAsync(
            "ALTER TABLE pairs DROP PARTITION " + SqlText.Partition(DateOnly.FromDateTime(Whole.From.UtcDateTime)),
            default);
        Assert.Equal(
            everybody.Lines,
            (await reports.QueryAsync("endpoint-contacts", null, null, Remote(2), default)).View!.Lines);
        Directory.Delete(folder, recursive: true);
    }

    private static long[] ByGroup(IEnumerable<PairDigest> rows)
    {
        var subjects = rows.GroupBy(r => r.Subject).Select(s => Lines[s.Min(r => r.Access)].Group).ToArray();
        return [.. new[] { "north", "south", "" }.Select(group => (long)subjects.Count(g => g == group))];
    }

    private static Endpoint Remote(int i) => new(
        IpKey.FromV4(0xC612_0000u + (uint)i), (ushort)(i % 7 == 0 ? 0 : 400 + i),
        i % 3 == 0 ? Protocols.Udp : Protocols.Tcp);

    private static async Task<PairDigest[]> FillAsync(FlowStore store)
    {
        await StoreRows.EmptyAsync(store, "pairs");
        var random = new Random(5);
        var rows = Enumerable.Range(0, 6_000).Select(i =>
        {
            var subject = random.Next(900);
            var hour = Day - 3_600 + (uint)(random.Next(26) * 3_600);
            return new PairDigest
            {
                HourSeconds = hour,
                Subject = new SubjectKey((UInt128)(uint)subject * 7_919),
                Endpoint = Remote(random.Next(random.Next(1, 40))),
                Access = Codes[subject % 5],
                TwoWay = 1,
                Flows = 1,
                PacketsOut = (ulong)random.Next(3),
                PacketsIn = 1,
                FirstMs = hour * 1_000L,
                LastMs = (hour * 1_000L) + 1,
            };
        }).ToArray();
        await StoreRows.InsertAsync(store, rows, segment: 91);
        return rows;
    }
}
