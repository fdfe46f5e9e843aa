// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Digesting;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Tests.Digesting;
using Weir.Tests.Store;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests;

/// <summary>From "a scope opens" to "its rows lie in the store": lanes, shards, ring, spool and engine as the program
/// puts them together.</summary>
public sealed class ScopeShardsTests : IDisposable
{
    private const long Minute = 60_000;
    private const long Start = RandomFlows.Noon;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-scopes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_flood_that_opens_a_scope_shows_its_flows_of_before_and_after_and_not_the_mail()
    {
        const uint Flooder = 0x0A00_0007;
        const uint Victim = 0xCB00_7109;
        using var spool = new Spool(
            new SpoolOptions { Directory = _folder, MinimumFree = 0 }, NullLogger<Spool>.Instance);
        using var pipeline = new Pipeline(Parts(spool, 2, new RingOptions { Directory = _folder, Size = 8 << 20 }));
        var lane = pipeline.AddLane();
        pipeline.Start();
        for (var i = 0; i < 600; i++)
        {
            lane.Handle(Record(Flooder, Victim, 7703, Start + (i * 1_000L)), IpKey.FromV4(1), 0);
            lane.Handle(Record(Flooder, 0xC633_6401, 25, Start + (i * 1_000L), protocol: 6), IpKey.FromV4(1), 0);
            lane.Handle(Record(Flooder + 1, Victim, 7703, Start + (i * 1_000L)), IpKey.FromV4(1), 0);
            if (i == 400)
            {
                lane.Flush();
                var scope = new ScopeWatch(
                    new ScopeId(77), IpKey.FromV4(Flooder),
                    TrafficClass.Create(Direction.Out, 17, [7703], [IpKey.FromV4(Victim)]).Predicate,
                    Start + (100 * 1_000), Start + (500 * 1_000));
                var reach = await new ScopeShards(pipeline).WatchAsync([scope], default);
                Assert.Equal(scope.FromMs, reach[scope.Scope]);
            }
        }

        lane.Flush();
        pipeline.Finish();

        await using var store = await FlowStore.OpenAsync(
            new() { Embedded = Path.Combine(_folder, "store") }, TimeProvider.System, NullLoggerFactory.Instance, default,
            new() { CommandLine = Engines.CommandLine });
        using var loader = new SpoolLoader(spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
        await loader.DrainAsync(default);
        var evidence = new EvidenceStore(store, loader, TimeProvider.System);
        var rows = await evidence.ReadAsync(
            new RowFilter(
                new ScopeId(77), TrafficClass.Create(Direction.Out, 17, [7703], [IpKey.FromV4(Victim)]).Predicate,
                Start, Start + (3_600 * 1_000), ScopeFields.All),
            10_000, default);

        Assert.Equal(Enumerable.Range(100, 400).Select(i => Start + (i * 1_000L)), rows.Select(row => row.StartMs));
        Assert.All(rows, row => Assert.Equal(new Endpoint(IpKey.FromV4(Victim), 7703, 17), row.Remote));
        Assert.Equal(0, await evidence.CountAsync(new RowFilter(new ScopeId(77), new FlowPredicate
        {
            Protocol = 6,
            RemotePorts = [25]
        }, Start, Start + (3_600 * 1_000), ScopeFields.All), default));
    }

    [Fact]
    public async Task A_worm_that_opens_ten_thousand_scopes_loses_no_evidence_and_no_lane_ends()
    {
        const int Subjects = 20_000;
        const int Lanes = 3;
        const int PerLane = 120_000;
        var kept = new InMemoryEvidenceSink();
        using var pipeline = new Pipeline(Parts(kept, 3, new RingOptions { Directory = _folder, Size = 256 << 20 }));
        pipeline.Start();
        var sent = Enumerable.Range(0, Lanes).Select(lane => Made(lane, PerLane, Subjects)).ToArray();
        var given = 0L;
        var lanes = sent.Select(flows => Task.Run(() => Send(flows))).ToArray();

        var random = new Random(7);
        var writer = new ScopeShards(pipeline);
        var (scopes, told) = (new List<ScopeWatch>(), new List<Task<IReadOnlyDictionary<ScopeId, long>>>());
        while (scopes.Count < 10_000)
        {
            ScopeWatch[] some = [.. Enumerable.Range(0, random.Next(1, 200)).Select(i => RandomFlows.Watch(
                random, (ulong)(scopes.Count + i), Start - (5 * Minute), Start + (15 * Minute), Subjects))];
            scopes.AddRange(some);
            told.Add(writer.WatchAsync(some, default));
            await Task.Yield();
        }

        await Task.WhenAll(lanes);
        var reach =
            (await Task.WhenAll(told)).SelectMany(some => some).ToDictionary(pair => pair.Key, pair => pair.Value);
        await pipeline.FlushEvidenceAsync(long.MinValue);
        var states = pipeline.Shards.Select(shard => shard.Evidence!).ToList();
        Assert.Equal(scopes.Count, states.Sum(state => state.Scopes));
        Assert.Equal(Lanes * PerLane, pipeline.Shards.Sum(shard => shard.Flows));

        // Each shard may have a block that fills; what is on its way to the disk comes to stand there.
        await Until.IsSoAsync(() => Kept() >= (Lanes * PerLane) - (3 * 4_096));
        Assert.True(Kept() <= Lanes * PerLane);
        Assert.InRange(states.Sum(state => state.Passes), 1, told.Count * 3);

        var bySubject = sent.SelectMany(flows => flows).ToLookup(flow => flow.Subject);
        var expected = scopes.SelectMany(scope => RandomFlows.Expected([scope], [.. bySubject[scope.Subject]]))
            .ToList();
        Assert.True(expected.Count > 5_000, "the scopes met next to nothing");
        Assert.Equal(RandomFlows.Sorted(expected.Where(IsWhole)), RandomFlows.Sorted(kept.Rows.Where(IsWhole)));
        Assert.Equal(kept.Rows.Length, states.Sum(state => state.Rows));
        await writer.EndAsync([.. scopes.Select(scope => scope.Scope)], default);
        await pipeline.FlushEvidenceAsync(Start + (15 * Minute));
        Assert.All(pipeline.Shards, shard => Assert.Equal(0, shard.Evidence!.Scopes));
        pipeline.Finish();

        long Kept() => states.Sum(state => state.Ring!.Flows + state.Ring.Lost);

        bool IsWhole(EvidenceRow row) => row.StartMs >= reach[row.Scope];

        // No faster than the rings' own threads write: what a ring cannot take is counted and lost to it.
        void Send(Flow[] flows)
        {
            var scatter = new ShardDispatcher(pipeline.Shards);
            foreach (var some in flows.Chunk(3_000))
            {
                foreach (var flow in some)
                {
                    scatter.Add(flow);
                }

                scatter.Flush();
                _ = Interlocked.Add(ref given, some.Length);
                Until.IsSo(() => Interlocked.Read(ref given) - pipeline.Shards
                    .Sum(shard => shard.Evidence!.Ring is { } ring ? ring.Flows + ring.Lost : 0) <= 24_000);
            }
        }
    }

    [Property(MaxTest = 15)]
    public void Whatever_the_number_of_shards_each_flow_counts_once(int seed)
    {
        var random = new Random(seed);
        var kept = new InMemoryEvidenceSink();
        var shards = random.Next(1, 6);
        using var pipeline = new Pipeline(
            Parts(kept, shards, new RingOptions { Directory = _folder, Size = 64 << 20 }));
        pipeline.Start();
        var (scatter, writer) = (new ShardDispatcher(pipeline.Shards), new ScopeShards(pipeline));
        var (flows, scopes) = (new List<Flow>(), new List<ScopeWatch>());
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 300; i++)
            {
                flows.Add(RandomFlows.One(random, Start, Start + (10 * Minute)));
                scatter.Add(flows[^1]);
            }

            if (random.Next(2) == 0)
            {
                scatter.Flush();
            }

            scopes.Add(RandomFlows.Watch(random, (ulong)round, Start + random.NextInt64(0, 5 * Minute), Start
                + random.NextInt64(5 * Minute, 10 * Minute)));
            Assert.Equal(scopes[^1].FromMs, writer.WatchAsync([scopes[^1]], default).Result[scopes[^1].Scope]);
        }

        scatter.Flush();
        pipeline.Finish();
        Assert.Equal(RandomFlows.Sorted(RandomFlows.Expected(scopes, flows)), RandomFlows.Sorted(kept.Rows));
    }

    [Fact]
    public async Task A_sink_that_breaks_stops_the_shard_and_everybody_hears_of_it()
    {
        var kept = new InMemoryEvidenceSink { Broken = new IOException("the disk is full") };
        using var pipeline = new Pipeline(Parts(kept, 1, null));
        pipeline.Start();
        var scatter = new ShardDispatcher(pipeline.Shards);
        var scope = new ScopeWatch(
            new ScopeId(1), RandomFlows.Subject(1), TrafficClass.Create(Direction.Both, 17, [7703], []).Predicate,
            Start, Start + Minute);
        await new ScopeShards(pipeline).WatchAsync([scope], default);
        scatter.Add(new Flow
        {
            Subject = scope.Subject,
            RemotePort = 7703,
            Protocol = 17,
            PacketsOut = 1,
            StartMs = Start,
            EndMs = Start,
            SamplingInterval = 1
        });
        scatter.Flush();

        Assert.Equal(
            "the disk is full",
            (await Assert.ThrowsAsync<IOException>(() => pipeline.FlushEvidenceAsync(Start))).Message);
        Assert.Throws<IOException>(pipeline.Finish);
        await Assert.ThrowsAsync<IOException>(() => new ScopeShards(pipeline).WatchAsync([scope], default));
    }

    [Fact]
    public async Task A_watch_that_is_refused_harms_nobody_else()
    {
        var kept = new InMemoryEvidenceSink();
        using var pipeline = new Pipeline(Parts(kept, 1, null));
        pipeline.Start();
        var writer = new ScopeShards(pipeline);
        var scope = new ScopeWatch(
            new ScopeId(1), RandomFlows.Subject(1), TrafficClass.Create(Direction.Both, 17, [7703], []).Predicate,
            Start, Start + Minute);
        await writer.WatchAsync([scope], default);
        await Assert.ThrowsAsync<ArgumentException>(
            () => writer.WatchAsync([scope with { FromMs = Start - 1 }], default));

        await writer.WatchAsync([scope with { UntilMs = Start + (2 * Minute) }], default);
        pipeline.Finish();
    }

    private static Flow[] Made(int seed, int count, int subjects)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count)
            .Select(_ => RandomFlows.One(random, Start, Start + (10 * Minute), subjects))];
    }

    private static PipelineDependencies Parts(IEvidenceSink sink, int shards, RingOptions? ring) => new()
    {
        Decoding = DecodingOptions.OfFiles,
        Networks = new NetworkTable([new Network(Net("10.0.0.0/8"), 64), new Network(Net("2001:db8::/32"), 64)]),
        Watchlist = new CurrentWatchlist(Watchlist.From([], DateTimeOffset.UnixEpoch)),
        Digesting = DigestOptions.ForPairs(10_000),
        Names = EpochPseudonymizer.InClear,
        Digests = new Nothing(),
        Sightings = new Nothing(),
        Evidence = new EvidenceDependencies { Sink = sink, Ring = ring },
        Shards = shards,
    };

    private static Prefix Net(string text) =>
        Prefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);

    private static FlowRecord Record(uint source, uint destination, ushort port, long startMs, byte protocol = 17) =>
        new()
        {
            Source = IpKey.FromV4(source),
            Destination = IpKey.FromV4(destination),
            SourcePort = 50_000,
            DestinationPort = port,
            Protocol = protocol,
            Packets = 5,
            Octets = 500,
            StartMs = startMs,
            EndMs = startMs + 1_000,
            SamplingInterval = 1,
        };

    private sealed class Nothing : IDigestSink, ISightingSink
    {
        public void Write(ReadOnlySpan<PairDigest> rows)
        {
        }

        public void Write(IReadOnlyList<Sighting> sightings)
        {
        }
    }
}
