// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Contracts.Segments;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.StoreClient;
using Weir.Tests.Store;
using Weir.Wire;

namespace Weir.Tests.StoreProcess;

/// <summary>Coverage from a collector's segment to the desk's question, through the real engine.</summary>
public sealed class CoverageGateTests
{
    private static readonly IpKey Edge = IpKey.Parse("192.0.2.1");
    private static readonly IpKey Core = IpKey.Parse("2001:db8::2");
    private static readonly DateTimeOffset Begin = DateTimeOffset.FromUnixTimeSeconds(Pairs.Day).AddHours(2);

    [Fact]
    public async Task What_two_collectors_heard_of_an_exporter_is_one_minute_and_gaps_are_named()
    {
        await using var house = await StoreHouse.OpenAsync();
        await FillAsync(house, [.. Rows(Edge, 0, 30), .. Rows(Edge, 10, 10), .. Rows(Core, 0, 10), .. Zero(Core, 10, 20)]);
        var reports = new StoreReports(house.Desk);

        var all = await reports.CoverageAsync(Begin, Begin.AddHours(1), [], default);

        // Nothing is said of minutes whose rows are still to come.
        Assert.Equal((Begin, Begin.AddMinutes(30)), (all.From, all.Until));
        var (edge, core) = (all.Exporters[0], all.Exporters[1]);
        Assert.Equal(
            (Edge.ToString(), 30, 30, 40 * 7L, 40L), (edge.Exporter, edge.Minutes, edge.Heard, edge.Datagrams, edge.Lost));
        Assert.Equal((Core.ToString(), 10), (core.Exporter, core.Heard));
        var gap = Assert.Single(core.Gaps);
        Assert.Equal((Begin.AddMinutes(10), Begin.AddMinutes(30), true), (gap.From, gap.Until, gap.WasWatched));

        var named = await reports.CoverageAsync(Begin.AddMinutes(5), Begin.AddMinutes(15), [Edge.ToString()], default);
        Assert.Equal(10, Assert.Single(named.Exporters).Heard);
        var stranger = await reports.CoverageAsync(Begin, Begin.AddMinutes(15), ["198.51.100.99"], default);
        Assert.Equal((0, 15), (stranger.Exporters[0].Heard, stranger.Exporters[0].Missing));
        Assert.DoesNotContain(await house.ChainAsync(), entry => entry.Act == AuditActions.Drop);
    }

    [Fact]
    public async Task A_collector_that_heard_of_nobody_makes_the_time_known_and_is_no_exporter()
    {
        await using var house = await StoreHouse.OpenAsync();
        await FillAsync(house, [.. Rows(Edge, 0, 5), .. Zero(CoverageRow.Nobody, 5, 15)]);

        var told = await new StoreReports(house.Desk).CoverageAsync(Begin, Begin.AddHours(1), [], default);

        Assert.Equal(Begin.AddMinutes(20), told.Until);
        var edge = Assert.Single(told.Exporters);
        Assert.Equal((5, 15), (edge.Heard, edge.Missing));
        Assert.False(Assert.Single(edge.Gaps).WasWatched);
    }

    [Fact]
    public async Task A_store_that_heard_of_nobody_says_so_and_a_window_that_is_none_is_refused()
    {
        await using var house = await StoreHouse.OpenAsync();
        var reports = new StoreReports(house.Desk);

        var nothing = await reports.CoverageAsync(Begin, Begin.AddHours(1), [], default);
        Assert.Equal((null, Begin, 0), (nothing.KnownUntil, nothing.Until, nothing.Exporters.Count));

        Assert.Equal("malformed", await CodeAsync(reports, Begin, Begin, []));
        Assert.Equal("malformed", await CodeAsync(reports, Begin, Begin.AddDays(CoverageReply.MaxDays + 1), []));
        Assert.Equal("malformed", await CodeAsync(reports, Begin, Begin.AddDays(1), ["an exporter"]));
    }

    [Fact]
    public async Task A_comparison_says_which_exporters_its_window_missed()
    {
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Settings = StoreHouse.Configured(options) with { Profile = Weir.Hosting.Sections.Profile.Lab },
        });
        await ComparedData.FillAsync(house);
        var from = DateTimeOffset.FromUnixTimeMilliseconds(ComparedData.FromMs);
        await FillAsync(house, [.. Rows(Edge, 0, 40, from), .. Zero(Edge, 40, 20, from), .. Rows(Edge, 60, 1_380, from)]);

        var compared = await new StoreComparisons(house.Requests).RunAsync(
            ComparisonGateTests.Ask(), StoreComparisons.AllowedBy(ComparedData.Lists()), default);

        var edge = Assert.Single(compared.Figures.Coverage);
        Assert.Equal((1_440, 1_420), (edge.Minutes, edge.Heard));
        Assert.Equal(from.AddMinutes(40), Assert.Single(edge.Gaps).From);
    }

    private static async Task<string> CodeAsync(
        StoreReports reports, DateTimeOffset from, DateTimeOffset until, string[] exporters) =>
        (await Assert.ThrowsAsync<PeerRefusedException>(
            () => reports.CoverageAsync(from, until, exporters, default))).Code;

    private static async Task FillAsync(StoreHouse house, CoverageRow[] rows)
    {
        foreach (var (name, octets) in house.Segments(spool => spool.Write((ReadOnlySpan<CoverageRow>)rows)))
        {
            using var body = new MemoryStream(octets, writable: false);
            _ = await new StoreSegments(house.Edge).SendAsync(name, body, isInDoubt: false, default);
        }
    }

    private static IEnumerable<CoverageRow> Rows(IpKey exporter, int first, int count, DateTimeOffset? from = null) =>
        Enumerable.Range(first, count).Select(minute => new CoverageRow(
            (uint)((from ?? Begin).ToUnixTimeSeconds() + (minute * 60)), exporter, 0, 7, 70, 1, 1));

    private static IEnumerable<CoverageRow> Zero(IpKey exporter, int first, int count, DateTimeOffset? from = null) =>
        Rows(exporter, first, count, from).Select(row => row with { Datagrams = 0, Flows = 0, Lost = 0 });
}
