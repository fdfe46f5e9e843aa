// SPDX-License-Identifier: Apache-2.0
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Events;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests;

/// <summary>Lanes, shards and what joins them, put together as the program does.</summary>
public sealed class PipelineTests
{
    private const long Start = 1_767_571_200_000;
    private const byte Talking = 0x1A;

    /// <summary>Keeps what comes; breaks where told to.</summary>
    private sealed class RecordingSinks(bool broken = false) : IDigestSink, ISightingSink
    {
        private readonly Lock _gate = new();

        public List<PairDigest> Pairs { get; } = [];

        public List<Sighting> Sightings { get; } = [];

        public void Write(ReadOnlySpan<PairDigest> rows)
        {
            lock (_gate)
            {
                Pairs.AddRange(broken ? throw new IOException("the disk is full") : rows);
            }
        }

        public void Write(IReadOnlyList<Sighting> sightings)
        {
            lock (_gate)
            {
                Sightings.AddRange(sightings);
            }
        }
    }

    private static Pipeline Made(
        RecordingSinks kept, int shards = 3, FlowWindow? window = null, DetectingDependencies? detecting = null,
        IInterfaceRoles? interfaces = null) =>
        new(new PipelineDependencies
        {
            Decoding = DecodingOptions.OfFiles,
            Networks = new NetworkTable(
                [new Network(Net("10.0.0.0/8"), 64), new Network(Net("10.9.0.0/16"), 64, Excluded: true)]),
            Watchlist = new CurrentWatchlist(Watchlist.From(
                [FeedReader.Parse("192.0.2.7:443\n", new FeedOptions { Path = "c2.txt" }, new FakeTimeProvider(DateTimeOffset.UnixEpoch))],
                DateTimeOffset.UnixEpoch)),
            Digesting = new DigestOptions(),
            Names = EpochPseudonymizer.InClear,
            Digests = kept,
            Sightings = kept,
            Detecting = detecting,
            Interfaces = interfaces,
            Window = window ?? FlowWindow.All,
            Shards = shards,
        });

    private static Prefix Net(string text) =>
        Prefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);

    private static IpKey Address(uint number) => IpKey.FromV4(number);

    private static FlowRecord Record(
        uint source, uint destination, long startMs = Start, ushort sourcePort = 50_000,
        ushort destinationPort = 443) =>
        new()
        {
            Source = Address(source),
            Destination = Address(destination),
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Protocol = 6,
            TcpFlags = Talking,
            Traits = FlowTraits.FlagsKnown,
            Packets = 5,
            Octets = 500,
            StartMs = startMs,
            EndMs = startMs + 1_000,
        };

    private const uint Subject = 0x0A00_0001;
    private const uint Listed = 0xC000_0207;
    private const uint Other = 0xC633_6401;

    [Fact]
    public void Both_directions_from_two_lanes_meet_in_one_shard()
    {
        var kept = new RecordingSinks();
        using var pipeline = Made(kept);
        var (one, two) = (pipeline.AddLane(), pipeline.AddLane());
        pipeline.Start();
        one.Handle(Record(Subject, Listed), Address(1), 0);
        two.Handle(Record(Listed, Subject, sourcePort: 443, destinationPort: 50_000), Address(2), 0);
        one.Flush();
        two.Flush();
        pipeline.Finish();

        Assert.Equal(ContactKind.Exchange, Assert.Single(kept.Sightings).Kind);
        var pair = Assert.Single(kept.Pairs);
        Assert.Equal((1, 2u, 5ul, 5ul), (pair.TwoWay, pair.Flows, pair.PacketsOut, pair.PacketsIn));
        Assert.Equal([one, two], pipeline.Lanes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Every_flow_reaches_one_shard_whatever_their_number(int shards)
    {
        const int Flows = 5_000;
        var kept = new RecordingSinks();
        using var pipeline = Made(kept, shards);
        var lane = pipeline.AddLane();
        pipeline.Start();
        for (var i = 0u; i < Flows; i++)
        {
            lane.Handle(Record(Subject + i, Other), Address(1), 0);
        }

        lane.Flush();
        pipeline.Finish();

        Assert.Equal(Flows, lane.Read);
        Assert.Equal(Flows, pipeline.Shards.Sum(s => s.Flows));
        Assert.Equal(Flows, kept.Pairs.Sum(p => p.Flows));
        Assert.Equal(Flows, kept.Pairs.Select(p => p.Subject).Distinct().Count());
        Assert.All(pipeline.Shards, s => Assert.True(s.Flows > 0));
    }

    [Fact]
    public void Flows_outside_the_window_are_counted_and_left_alone()
    {
        var kept = new RecordingSinks();
        using var pipeline = Made(kept, window: new FlowWindow(Start, Start + 100));
        var lane = pipeline.AddLane();
        Assert.True(lane.FirstMs > lane.LastMs);
        pipeline.Start();
        foreach (var startMs in (long[])[Start - 1, Start, Start + 99, Start + 100])
        {
            lane.Handle(Record(Subject, Other, startMs), Address(1), 0);
        }

        lane.Flush();
        pipeline.Finish();

        Assert.Equal(
            (4L, 2L, 2L), (lane.Read, lane.Attributor.Counts.OutsideWindow, lane.Attributor.Counts.Attributed));
        Assert.Equal((Start, Start + 1_099), (lane.FirstMs, lane.LastMs));
    }

    [Fact]
    public void What_is_not_a_subjects_flow_goes_no_further()
    {
        var kept = new RecordingSinks();
        using var pipeline = Made(kept);
        var lane = pipeline.AddLane();
        pipeline.Start();
        lane.Handle(Record(Other, Other + 1), Address(1), 0);
        lane.Handle(Record(Subject, Subject + 1), Address(1), 0);
        lane.Handle(Record(0x0A09_0001, Other), Address(1), 0);
        lane.Flush();
        pipeline.Finish();

        var counts = lane.Attributor.Counts;
        Assert.Equal((3L, 1L, 1L, 1L), (lane.Read, counts.Foreign, counts.Internal, counts.Excluded));
        Assert.Empty(kept.Pairs);
    }

    [Fact]
    public void Spoofed_sources_reach_the_counters_and_no_digest_and_events_name_their_exporter()
    {
        var kept = new RecordingSinks();
        var told = new RecordingEventSink();
        using var pipeline = Made(
            kept, shards: 2, detecting: new DetectingDependencies(new DetectingOptions(), told),
            interfaces: new SubscriberInterfaces([(Net("0.0.0.0/0"), new HashSet<uint> { 7 })]));
        var lane = pipeline.AddLane();
        pipeline.Start();
        for (var i = 0u; i < 500; i++)
        {
            lane.Handle(
                Record(Other + i, Listed, Start + (i * 20)) with { InputInterface = 7, EndMs = Start + (i * 20) },
                Address(0xC000_020A), 0);
        }

        lane.Handle(
            Record(Subject, Other) with { Protocol = 17, Packets = 3_000_000, EndMs = Start + 59_000 },
            Address(0xC000_020B), 0);
        lane.Flush();
        pipeline.Finish();

        Assert.Equal(["flood-out by 192.0.2.11", "spoof by 192.0.2.10"], told.Events
            .Select(e => $"{e.Rule} by {e.Exporter}").Distinct().Order());
        Assert.Equal(501, pipeline.Shards.Sum(s => s.Detected.Seen));
        Assert.Equal((1, 500), (pipeline.Shards.Sum(s => s.Flows), lane.Attributor.Counts.Spoofed));
        Assert.Single(kept.Pairs);
        Assert.Empty(kept.Sightings);
    }

    private sealed class RecordingEventSink : IQualityEventSink
    {
        private readonly Lock _gate = new();

        public List<QualityEvent> Events { get; } = [];

        public void Handle(QualityEvent quality)
        {
            lock (_gate)
            {
                Events.Add(quality);
            }
        }
    }

    [Fact]
    public async Task A_flush_writes_digests_and_the_windows_that_closed()
    {
        var kept = new RecordingSinks();
        using var pipeline = Made(kept);
        var lane = pipeline.AddLane();
        pipeline.Start();
        lane.Handle(Record(Subject, Listed), Address(1), 0);
        lane.Flush();

        await pipeline.FlushAsync(Start);
        Assert.Single(kept.Pairs);
        Assert.Empty(kept.Sightings);
        Assert.All(pipeline.Shards, s => Assert.Equal(0, s.PairsHeld));

        await pipeline.FlushAsync(Start + 3_600_000);
        Assert.Equal(ContactKind.Attempt, Assert.Single(kept.Sightings).Kind);
        pipeline.Finish();
    }

    [Fact]
    public async Task A_sink_that_breaks_is_heard_of_and_nobody_waits_for_ever()
    {
        using var pipeline = Made(new RecordingSinks(broken: true), shards: 1);
        var lane = pipeline.AddLane();
        pipeline.Start();
        lane.Handle(Record(Subject, Other), Address(1), 0);
        lane.Flush();

        Assert.Equal(
            "the disk is full", (await Assert.ThrowsAsync<IOException>(() => pipeline.FlushAsync(Start))).Message);
        Assert.Throws<IOException>(pipeline.Finish);
        lane.Handle(Record(Subject, Other), Address(1), 0);
        Assert.Throws<IOException>(lane.Flush);
    }
}
