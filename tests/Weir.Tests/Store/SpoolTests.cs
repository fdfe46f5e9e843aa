// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;
using Weir.Store.Loading;
using Weir.Tests.Support;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Tests.Store;

public sealed class SpoolTests(Engines engines) : IClassFixture<Engines>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-spool-").FullName;

    public static TheoryData<Engine> Both => new(Engine.Embedded, Engine.Server);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Both))]
    public async Task What_is_written_arrives_once_and_leaves_the_spool(Engine engine)
    {
        var store = engines.Get(engine);
        const uint Day = Pairs.Day - (10 * 86_400);
        using var spool = Open(segmentRows: 3_000);
        spool.Write(Pairs.Make(10_000, Day));
        Assert.Equal(4, spool.State.Ready);
        Assert.Equal(10_000, spool.State.RowsWritten);
        using var loader = Loader(spool, store);
        await loader.DrainAsync(default);

        Assert.Equal(10_000UL, await CountAsync(store, Day));
        Assert.Equal(0, spool.State.Ready);
        Assert.Equal(10_000, loader.State.RowsLoaded);
        Assert.Equal(0, loader.State.RowsAlreadyThere);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_segment_that_comes_twice_is_loaded_once(Engine engine)
    {
        var store = engines.Get(engine);
        const uint Day = Pairs.Day - (11 * 86_400);
        string name;
        using (var spool = Open())
        {
            spool.Write(Pairs.Make(5_000, Day));
            name = spool.Folder.Waiting()[0];
            File.Copy(name, Path.Combine(_folder, "kept"));
            using var loader = Loader(spool, store);
            await loader.DrainAsync(default);
            File.Copy(Path.Combine(_folder, "kept"), name);
        }

        using var again = Open();
        using var second = Loader(again, store);
        await second.DrainAsync(default);

        Assert.Equal(5_000UL, await CountAsync(store, Day));
        Assert.Equal(5_000, second.State.RowsAlreadyThere);
        Assert.False(File.Exists(name));
    }

    [Fact]
    public async Task The_token_alone_keeps_a_second_insert_out_where_the_engine_has_tokens()
    {
        var store = engines.Get(Engine.Embedded);
        const uint Day = Pairs.Day - (12 * 86_400);
        Assert.True(store.EngineHasTokens);
        for (var i = 0; i < 2; i++)
        {
            await ContractTests.InsertAsync(
                store.Client, Pairs.Make(1_000, Day), segment: 77, new InsertToken("twice", EngineHasTokens: true));
        }

        Assert.Equal(1_000UL, await CountAsync(store, Day));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Rows_of_two_days_become_segments_of_one_day_each(Engine engine)
    {
        var store = engines.Get(engine);
        const uint Day = Pairs.Day - (14 * 86_400);
        using var spool = Open();
        spool.Write([.. Pairs.Make(100, Day), .. Pairs.Make(50, Day + 86_400)]);
        Assert.Equal(2, spool.State.Ready);
        using var loader = Loader(spool, store);
        await loader.DrainAsync(default);
        Assert.Equal(100UL, await CountAsync(store, Day));
        Assert.Equal(50UL, await CountAsync(store, Day + 86_400));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Sightings_come_back_as_they_went(Engine engine)
    {
        var store = engines.Get(engine);
        var sighting = new Sighting(
            new SubjectKey(7), new Endpoint(IpKey.FromV4(0xC0000201), 7703, 6), "feodo", ContactKind.Exchange,
            1_772_409_600_123, 1_772_413_200_456, 3);
        using var spool = Open();
        spool.Write([new SightingRow(sighting, 1, 90), new SightingRow(
            sighting with { FirstMs = sighting.FirstMs + 86_400_000, List = "näher" }, 2, 10)]);
        Assert.Equal(2, spool.State.Ready);
        using var loader = Loader(spool, store);
        await loader.DrainAsync(default);

        var lists = new List<string>();
        await foreach (var block in store.Client.QueryAsync(
            $"SELECT {SightingBlocks.Columns} FROM sightings ORDER BY first", default))
        {
            lists.AddRange(block["list"].Texts);
            Assert.Equal(sighting.Subject.Pseudonym, block["subject"].Key(0));
            Assert.Equal(sighting.Endpoint.Address.Bits, block["remote"].Key(0));
            Assert.Equal(7703, block["port"].Values<ushort>()[0]);
            Assert.Equal((byte)ContactKind.Exchange, block["kind"].Values<byte>()[0]);
            Assert.Equal(90, block["confidence"].Values<byte>()[0]);
            Assert.Equal(3U, block["contacts"].Values<uint>()[0]);
            Assert.Equal(sighting.FirstMs, block["first"].Values<long>()[0]);
            Assert.Equal(sighting.LastMs, block["last"].Values<long>()[0]);
            Assert.Equal(20_514, block["day"].Values<ushort>()[0]);
        }

        Assert.Equal(["feodo", "näher"], lists);
    }

    [Fact]
    public async Task A_damaged_segment_is_set_aside_and_the_others_go_on()
    {
        var store = engines.Get(Engine.Embedded);
        const uint Day = Pairs.Day - (17 * 86_400);
        using var spool = Open(segmentRows: 1_000);
        spool.Write(Pairs.Make(6_000, Day));
        var waiting = spool.Folder.Waiting();
        File.WriteAllText(waiting[0], "not a segment at all, and longer than a segment's header would be: wrong magic");
        using (var torn = File.OpenWrite(waiting[1]))
        {
            torn.SetLength(torn.Length - 1);
        }

        using (var flipped = File.Open(waiting[2], FileMode.Open, FileAccess.ReadWrite))
        {
            flipped.Position = 5_000;
            var octet = flipped.ReadByte();
            flipped.Position = 5_000;
            flipped.WriteByte((byte)(octet ^ 1));
        }

        File.WriteAllBytes(waiting[3], []);
        using var loader = Loader(spool, store);
        await loader.DrainAsync(default);

        Assert.Equal(2_000UL, await CountAsync(store, Day));
        Assert.Equal(4, loader.State.SegmentsSetAside);
        Assert.Equal(2_000, loader.State.RowsSetAside);
        Assert.Equal(4, Directory.GetFiles(spool.Folder.Bad).Length);
    }

    [Fact]
    public void What_was_never_held_is_gone_after_a_restart_and_numbers_do_not_come_again()
    {
        string first;
        using (var spool = Open())
        {
            spool.Write(Pairs.Make(1));
            first = Path.GetFileName(spool.Folder.Waiting()[0]);
            File.WriteAllText(Path.Combine(spool.Folder.Temporary, "half.seg"), "half");
        }

        using var again = Open();
        again.Write(Pairs.Make(1));
        var names = again.Folder.Waiting().Select(Path.GetFileName).ToArray();
        Assert.Equal(2, names.Length);
        Assert.Equal(first, names[0]);
        Assert.Empty(Directory.GetFiles(again.Folder.Temporary));
    }

    [Fact]
    public void A_second_process_is_kept_out_of_the_spool()
    {
        using var spool = Open();
        var refused = Assert.Throws<StoreException>(() => Open());
        Assert.Contains(_folder, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Intake_waits_while_the_disk_is_full_and_goes_on_by_itself()
    {
        var free = 1_000_000L;
        using var spool = new Spool(
            Options(1_000_000) with { MinimumFree = 2_000_000, FullDiskPause = TimeSpan.FromMilliseconds(10) },
            NullLogger<Spool>.Instance, _ => Interlocked.Read(ref free));
        var writing = Task.Run(() => spool.Write(Pairs.Make(1_000)));
        Until.IsSo(() => spool.Fault.Length > 0);
        Assert.Equal(0, spool.State.Ready);
        Assert.False(writing.IsCompleted);

        Interlocked.Exchange(ref free, 3_000_000);
        await writing.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("", spool.Fault);
        Assert.Equal(1, spool.State.Ready);
        Assert.Equal(1, spool.State.Waits);
    }

    [Fact]
    public void A_segment_whose_name_is_not_durable_yet_is_not_written_a_second_time()
    {
        var refusals = 3;
        using var spool = new Spool(
            Options(1_000_000) with { FullDiskPause = TimeSpan.FromMilliseconds(1) },
            NullLogger<Spool>.Instance, _ => long.MaxValue,
            folder => _ = --refusals >= 0 ? throw new IOException($"'{folder}' cannot be flushed") : 0);
        spool.Write(Pairs.Make(7));
        Assert.Equal(-1, refusals);
        Assert.Equal((1, 7L, 1L), (spool.State.Ready, spool.State.RowsWritten, spool.State.Waits));

        spool.Write(Pairs.Make(5));
        Assert.Equal((2, 12L), (spool.State.Ready, spool.State.RowsWritten));
    }

    [Fact]
    public async Task Closing_a_spool_whose_disk_is_full_tells_the_writer_that_its_rows_are_not_held()
    {
        var spool = new Spool(
            Options(1_000_000) with { MinimumFree = long.MaxValue, FullDiskPause = TimeSpan.FromMilliseconds(10) },
            NullLogger<Spool>.Instance, _ => 0);
        var writing = Task.Run(() => spool.Write(Pairs.Make(1)));
        Until.IsSo(() => spool.Fault.Length > 0);
        spool.Dispose();
        await Assert.ThrowsAsync<OperationCanceledException>(() => writing);
    }

    private Spool Open(int segmentRows = 1_000_000) => new(Options(segmentRows), NullLogger<Spool>.Instance);

    private SpoolOptions Options(int segmentRows) =>
        new() { Directory = _folder, SegmentRows = segmentRows, MinimumFree = 0 };

    private static SpoolLoader Loader(Spool spool, FlowStore store) =>
        new(spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);

    private static Task<ulong> CountAsync(FlowStore store, uint day) =>
        store.Client.ScalarAsync<ulong>(
            $"SELECT count() FROM pairs WHERE hour >= toDateTime({day}) AND hour < toDateTime({day + 86_400})",
            default);
}
