// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Protocol;
using Weir.Contracts.Segments;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.StoreClient;
using Weir.Store.Loading;
using Weir.Tests.Store;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.StoreProcess;

/// <summary>Segments of collectors: every row once, whatever is lost, repeated, damaged or killed.</summary>
public sealed class SegmentIntakeTests
{
    private const ulong Rows = 3_000;

    [Fact]
    public async Task A_segment_that_comes_again_by_any_name_is_there_once()
    {
        await using var house = await StoreHouse.OpenAsync();
        var (name, octets) = Assert.Single(house.Segments(spool => spool.Write(Sorted((int)Rows))));

        var first = await SendAsync(house, name, octets, isInDoubt: false);
        Assert.Equal((name, (long)Rows, false), (first.Name, first.Rows, first.WasThere));
        Assert.True((await SendAsync(house, name, octets, isInDoubt: false)).WasThere);
        Assert.True((await SendAsync(house, name, octets, isInDoubt: true)).WasThere);

        // Another collector has the same spool out of a backup, under a name of its own.
        Assert.True((await SendAsync(house, "00000009-00000001-copy.seg", octets, isInDoubt: true)).WasThere);
        await house.StartAgainAsync();
        Assert.True((await SendAsync(house, "00000010-00000001-copy.seg", octets, isInDoubt: true)).WasThere);
        Assert.Equal(Rows, await CountAsync(house));
    }

    [Fact]
    public async Task A_lost_answer_and_a_repeated_request_double_nothing()
    {
        await using var house = await StoreHouse.OpenAsync();
        var (name, octets) = Assert.Single(house.Segments(spool => spool.Write(Sorted((int)Rows))));
        house.Peers.Fate = _ => MemoryFate.LoseReply;
        await Assert.ThrowsAsync<PeerDownException>(() => SendAsync(house, name, octets, isInDoubt: false));
        house.Peers.Fate = _ => MemoryFate.Duplicate;
        Assert.True((await SendAsync(house, name, octets, isInDoubt: true)).WasThere);
        house.Peers.Fate = _ => MemoryFate.Deliver;

        var status = await new StoreReports(house.Desk).StatusAsync(default);
        Assert.Equal((3L, (long)Rows, 2 * (long)Rows), (status.SegmentsTaken, status.RowsTaken, status.RowsKnown));
        Assert.Equal(Rows, await CountAsync(house));
    }

    [Theory]
    [InlineData(3, "wrong magic")]
    [InlineData(40, "header is damaged")]
    [InlineData(500, "checksum is wrong")]
    [InlineData(-1, "torn")]
    public async Task A_damaged_segment_is_refused_by_its_code_and_none_of_it_is_there(int at, string what)
    {
        await using var house = await StoreHouse.OpenAsync();
        var (name, octets) = Assert.Single(house.Segments(spool => spool.Write(Sorted((int)Rows))));
        var damaged = at < 0 ? octets[..^7] : [.. octets[..at], (byte)~octets[at], .. octets[(at + 1)..]];

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(
            () => SendAsync(house, name, damaged, isInDoubt: false));

        Assert.Equal(StoreCodes.DamagedSegment, refused.Code);
        Assert.Contains(what, refused.Message);
        Assert.True(StoreCodes.IsSetAside(refused.Code));
        Assert.False(refused.IsPassing);
        Assert.Equal(0UL, await CountAsync(house));
        var status = await new StoreReports(house.Desk).StatusAsync(default);
        Assert.Equal(1, status.Refused[StoreCodes.DamagedSegment]);

        // The whole one is taken all the same.
        Assert.False((await SendAsync(house, name, octets, isInDoubt: true)).WasThere);
    }

    /// <summary>The same number over other rows: a spool that was restored in part, a fault of this program.</summary>
    [Fact]
    public async Task A_segment_whose_header_says_other_rows_than_it_has_is_a_conflict_before_it_is_inserted()
    {
        await using var house = await StoreHouse.OpenAsync();
        var (name, octets) = Assert.Single(house.Segments(spool => spool.Write(Sorted((int)Rows))));

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(
            () => SendAsync(house, name, With(octets, head => head with { Rows = head.Rows + 1 }), isInDoubt: false));

        Assert.Equal((StoreCodes.SegmentConflict, 409), (refused.Code, refused.Status));
        Assert.Contains("it has 3000 rows, and its header says 3001; set it aside", refused.Message);
        Assert.Equal(0UL, await house.Store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default));
    }

    [Fact]
    public async Task A_segment_that_the_engine_holds_with_other_rows_is_a_conflict_and_changes_nothing()
    {
        await using var house = await StoreHouse.OpenAsync();
        var (name, octets) = Assert.Single(house.Segments(spool => spool.Write(Sorted((int)Rows))));
        _ = await SendAsync(house, name, octets, isInDoubt: false);

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(
            () => SendAsync(house, name, With(octets, head => head with { Rows = head.Rows + 1 }), isInDoubt: true));

        Assert.Equal((StoreCodes.SegmentConflict, 409), (refused.Code, refused.Status));
        Assert.Contains("it has 3000 rows, and its header says 3001; set it aside", refused.Message);
        Assert.True(StoreCodes.IsSetAside(refused.Code));
        Assert.Equal(Rows, await CountAsync(house));
        Assert.Equal(
            1, (await new StoreReports(house.Desk).StatusAsync(default)).Refused[StoreCodes.SegmentConflict]);
    }

    [Fact]
    public async Task A_segment_whose_checksum_is_right_and_whose_rows_are_none_is_refused_and_set_aside()
    {
        await using var house = await StoreHouse.OpenAsync();
        var (name, octets) = Assert.Single(house.Segments(spool => spool.Write(Sorted((int)Rows))));

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(
            () => SendAsync(house, name, With(octets[..^7], head => head with { Segment = 77 }), isInDoubt: false));

        Assert.Equal((StoreCodes.SegmentRefused, 422), (refused.Code, refused.Status));
        Assert.True(StoreCodes.IsSetAside(refused.Code));
        Assert.Equal(0UL, await CountAsync(house));
        Assert.Equal(
            1, (await new StoreReports(house.Desk).StatusAsync(default)).Refused[StoreCodes.SegmentRefused]);
    }

    [Fact]
    public async Task An_engine_killed_again_and_again_costs_delay_and_no_row()
    {
        await using var house = await StoreHouse.OpenAsync();
        var segments = house.Segments(spool => spool.Write(Sorted(40_000)), rows: 2_000);
        Assert.True(segments.Count >= 20);
        using var done = new CancellationTokenSource();
        var killing = KillAsync(house, done.Token);
        foreach (var (name, octets) in segments)
        {
            var isInDoubt = false;
            await Until.IsSoAsync(async () =>
            {
                try
                {
                    await SendAsync(house, name, octets, isInDoubt);
                    return true;
                }
                catch (PeerRefusedException refused) when (refused.IsPassing)
                {
                    Assert.Contains(refused.Code, (string[])[StoreCodes.StoreDown, StoreCodes.SegmentUnderWay]);
                    isInDoubt = true;
                    return false;
                }
            });
        }

        await done.CancelAsync();
        Assert.True(await killing >= 2, "the engine was hardly killed");
        Assert.Equal(40_000UL, await CountAsync(house));
        Assert.Equal(
            40_000UL, await house.Store.Client.ScalarAsync<ulong>("SELECT uniqExact(flows) FROM pairs", default));
    }

    /// <summary>A body that is too long or too slow is its sender's, and no fault of the store.</summary>
    [Theory]
    [InlineData(408)]
    [InlineData(413)]
    public async Task A_body_that_does_not_come_whole_is_told_as_what_it_is(int status)
    {
        await using var house = await StoreHouse.OpenAsync();
        var intake = house.Get<SegmentIntake>();
        var call = new PeerCall(
            new Peer("weir-collector", PeerRoles.Collector), StoreRoutes.Segments,
            new Dictionary<string, string> { ["name"] = "a.seg", ["doubt"] = "0" });
        using var body = new BrokenBody(new BadHttpRequestException("it is not whole", status));

        Assert.Equal(status, (await Assert.ThrowsAsync<BadHttpRequestException>(
            () => intake.AnswerAsync(call, body, default))).StatusCode);
        Assert.Equal("", intake.State.Fault);
    }

    private sealed class BrokenBody(Exception fault) : MemoryStream
    {
        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
            throw fault;
    }

    [Fact]
    public async Task Coverage_comes_as_a_segment_of_its_own()
    {
        await using var house = await StoreHouse.OpenAsync();
        var row = new CoverageRow(Pairs.Day + 120, IpKey.Parse("192.0.2.1"), 7, 1_000, 24_000, 3, 100);
        var segments = house.Segments(spool => spool.Write(
            [row, row with { MinuteSeconds = Pairs.Day + 180 }, row with { MinuteSeconds = Pairs.Day + 86_400 }]));
        Assert.Equal(2, segments.Count);
        foreach (var (name, octets) in segments)
        {
            Assert.False((await SendAsync(house, name, octets, isInDoubt: true)).WasThere);
            Assert.True((await SendAsync(house, name, octets, isInDoubt: true)).WasThere);
        }

        Assert.Equal(3UL, await house.Store.Client.ScalarAsync<ulong>(
            "SELECT count() FROM coverage WHERE domain = 7 AND datagrams = 1000 AND flows = 24000 AND lost = 3 AND "
                + "sampling = 100", default));
        var holdings = await new StoreReports(house.Desk).HoldingsAsync(default);
        Assert.Equal([2L, 1L], holdings.Tables.Where(t => t.Table == "coverage").Select(t => t.Rows));
    }

    [Fact]
    public async Task Only_a_collector_sends_segments()
    {
        await using var house = await StoreHouse.OpenAsync();
        using var body = new MemoryStream([1, 2, 3]);
        var refused = await Assert.ThrowsAsync<PeerRefusedException>(
            () => new StoreSegments(house.Desk).SendAsync("x.seg", body, false, default));
        Assert.Equal("role-may-not", refused.Code);
    }

    /// <summary>The segment under another header, whose length and checksums are right.</summary>
    private static byte[] With(byte[] octets, Func<SegmentHeader, SegmentHeader> change)
    {
        var head = SegmentHeader.TryRead(octets, out var reason) ?? throw new InvalidOperationException(reason);
        byte[] made = [.. octets];
        var body = made.AsSpan(SegmentHeader.Length);
        change(head with { Octets = (ulong)body.Length, Checksum = SegmentHeader.Crc(0, body) }).WriteTo(made);
        return made;
    }

    private static PairDigest[] Sorted(int rows) => [.. Pairs.Make(rows).OrderBy(row => row.HourSeconds)];

    private static async Task<SegmentReceipt> SendAsync(StoreHouse house, string name, byte[] octets, bool isInDoubt)
    {
        using var body = new MemoryStream(octets, writable: false);
        return await new StoreSegments(house.Edge).SendAsync(name, body, isInDoubt, default);
    }

    private static Task<ulong> CountAsync(StoreHouse house) =>
        house.Store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default);

    private static async Task<int> KillAsync(StoreHouse house, CancellationToken done)
    {
        var random = new Random(4_711);
        var kills = 0;
        while (!done.IsCancellationRequested && kills < 4)
        {
            var engine = house.Store.Process!;
            await Until.IsSoAsync(() => engine.State is { Running: true, ProcessId: > 0 });
            await Until.AnyMomentAsync(random, 200);
            if (engine.State.ProcessId is not (> 0 and var id))
            {
                continue; // it ended by itself just now; number 0 would mean this whole group of processes
            }

            try
            {
                using var child = Process.GetProcessById(id);
                child.Kill();
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                continue;
            }

            var before = kills++;
            await Until.IsSoAsync(() => engine.State.Restarts > before);
        }

        return kills;
    }
}
