// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Comparing.Peers;
using Weir.Store.Engine;
using Weir.Wire;

namespace Weir.Tests.Store.Cluster;

/// <summary>One machine and two shards side by side over the same rows: the figures of docs/13-scale-out.md, and that
/// the comparison is the same octet for octet. WEIR_CLUSTER_LINES sets how many lines; 20,000 unless set.</summary>
[Trait("Run", "prove")]
public sealed class ClusterFiguresTests(ClusterHouse house, ITestOutputHelper output) : IClassFixture<ClusterHouse>
{
    private const long HourMs = 3_600_000;
    private const long Day = Pairs.Day * 1_000L;
    private const int RowsPerLine = 100;
    private const int Cases = 200;

    private static readonly PairWindow Window = new(Day, Day + (24 * HourMs));
    private static readonly Endpoint Listed = At(0xCB00_7101u, 443);
    private static readonly Endpoint Hidden = At(0xC000_0250u, 8_443);

    [Fact]
    public async Task Two_shards_give_what_one_machine_gives()
    {
        var lines = int.Parse(
            Environment.GetEnvironmentVariable("WEIR_CLUSTER_LINES") ?? "20000", CultureInfo.InvariantCulture);
        var rows = Rows(lines);
        await using var one = await ClusterHouse.OpenOneAsync(Path.Combine(house.Folder, "alone"));
        await StoreRows.EmptyAsync(house.Store, "pairs");

        var alone = await MeasureAsync(one, "one", rows);
        var many = await MeasureAsync(house.Store, "two", rows);

        Assert.Equal(alone, many);
        Assert.Contains(":8443/tcp", alone, StringComparison.Ordinal);
    }

    private async Task<string> MeasureAsync(FlowStore store, string name, PairDigest[] rows)
    {
        using var spool = house.Spool($"figures-{name}", rows: 200_000);
        spool.Write(rows);
        using var loader = ClusterHouse.Loader(spool, store);
        var began = TimeProvider.System.GetTimestamp();
        await loader.DrainAsync(default);
        var load = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var held = (await store.HoldingsAsync(default)).Where(day => day.Table == PairBlocks.Table).ToList();
        Assert.Equal((ulong)rows.Length, await StoreRows.CountAsync(store, PairBlocks.Table));

        began = TimeProvider.System.GetTimestamp();
        var run = await ComparisonEngine.RunAsync(
            new PairCounts(store.Client), Window, Infected, new ComparingOptions(), 3, default);
        var compare = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var peers = await PeersAsync(new PairCounts(store.Client));
        Assert.NotEmpty(peers.Groups);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,4}: {rows.Length} rows, load {load:0.00} s ({rows.Length / load / 1_000:0} thousand rows/s), {held.Sum(day => (double)day.OctetsOnDisk) / rows.Length:0.0} octets a row on disk, compare {compare:0.00} s"));
        var text = run.Endpoints.Findings.Select(found => found.Key.ToString());
        return $"{JsonSerializer.Serialize(run)} {JsonSerializer.Serialize(peers)} {string.Join(' ', text)}";
    }

    private static CaseSet Infected { get; } = new(
        Enumerable.Range(0, Cases).ToDictionary(Line, _ => new Infection(Day + (11 * HourMs), 1)), [Listed], []);

    private static async Task<PeerFindings> PeersAsync(PairCounts pairs)
    {
        var options = new ComparingOptions { RollUps = false };
        var judged = await ComparisonEngine.JudgeAsync(pairs, Window, Infected, options, 3, default);
        return await PeerComparison.RunAsync(pairs, judged, Infected, options, 3, default);
    }

    private static SubjectKey Line(int number) => new(((UInt128)(uint)number * 0x9E37_79B9_7F4A_7C15UL) + 7);

    private static Endpoint At(uint address, ushort port) => new(IpKey.FromV4(address), port, Protocols.Tcp);

    private static PairDigest[] Rows(int lines)
    {
        var random = new Random(13);
        var rows = new List<PairDigest>(lines * (RowsPerLine + 1));
        for (var line = 0; line < lines; line++)
        {
            for (var n = 0; n < RowsPerLine; n++)
            {
                var popular = (uint)(Math.Pow(random.NextDouble(), 3) * 400_000);
                rows.Add(Row(line, At(0xC612_0000u + popular, 443), random.Next(24), random));
            }
        }

        for (var line = 0; line < Cases; line++)
        {
            rows.Add(Row(line, Listed, 11, random));
            if (line < Cases / 2)
            {
                rows.Add(Row(line, Hidden, 12, random));
            }

            // Peers: each of them is shared with the next line in the ring.
            for (var peer = 0; peer < 4; peer++)
            {
                rows.Add(Row(line, At(0xC900_0000u + (uint)((line * 4) + peer), 6_881), 13, random));
                rows.Add(Row(line, At(0xC900_0000u + (uint)(((line + 1) % Cases * 4) + peer), 6_881), 13, random));
            }
        }

        // Others have as many, shared with somebody somewhere.
        for (var line = Cases; line < lines; line++)
        {
            for (var peer = 0; peer < 8; peer++)
            {
                rows.Add(Row(line, At(0xCA00_0000u + (uint)random.Next(lines * 3), 6_881), 14, random));
            }
        }

        return [.. rows.OrderBy(row => row.HourSeconds)];
    }

    private static PairDigest Row(int line, Endpoint endpoint, int hour, Random random)
    {
        var first = Day + (hour * HourMs) + random.Next(3_000_000);
        return new()
        {
            HourSeconds = Pairs.Day + (uint)(hour * 3_600),
            Subject = Line(line),
            Endpoint = endpoint,
            TwoWay = 1,
            Flows = 1,
            PacketsOut = (ulong)random.Next(1, 90),
            PacketsIn = (ulong)random.Next(1, 90),
            OctetsOut = (ulong)random.Next(9_000),
            OctetsIn = (ulong)random.Next(9_000),
            FirstMs = first,
            LastMs = first + random.Next(500_000),
        };
    }
}
