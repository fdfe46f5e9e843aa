// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Attributing;
using Weir.Decoding;
using Weir.Deciding;
using Weir.Digesting;
using Weir.Flows;
using Weir.Matching;
using Weir.Store.Flows;
using Weir.Tests.Digesting;
using Weir.Tests.Store;
using Weir.Wire;

namespace Weir.Tests;

/// <summary>From "a scope opens" to "its rows lie in the store": lanes, shards, ring, spool and engine as the program puts them together.</summary>
public sealed class ScopeShardsTests : IDisposable
{
    private const long Minute = 60_000;
    private const long Start = MadeFlows.Noon;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-scopes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_flood_that_opens_a_scope_shows_its_flows_of_before_and_after_and_not_the_mail()
    {
        const uint Flooder = 0x0A00_0007;
        const uint Victim = 0xCB00_7109;
        using var spool = new Spool(new SpoolOptions { Directory = _folder, MinimumFree = 0 }, NullLogger<Spool>.Instance);
        using var pipeline = new Pipeline(Parts(spool, 2, new RingOptions { Directory = _folder, Octets = 8 << 20 }));
        var lane = pipeline.AddLane();
        pipeline.Start();
        for (var i = 0; i < 600; i++)
        {
            lane.Take(Record(Flooder, Victim, 7703, Start + (i * 1_000L)), IpKey.FromV4(1), 0);
            lane.Take(Record(Flooder, 0xC633_6401, 25, Start + (i * 1_000L), protocol: 6), IpKey.FromV4(1), 0);
            lane.Take(Record(Flooder + 1, Victim, 7703, Start + (i * 1_000L)), IpKey.FromV4(1), 0);
            if (i == 400)
            {
                lane.Flush();
                var scope = new ScopeWatch(
                    new ScopeId(77), IpKey.FromV4(Flooder), TrafficClass.Of(Direction.Out, 17, [7703], [IpKey.FromV4(Victim)]).Predicate, Start + (100 * 1_000), Start + (500 * 1_000));
                var reach = await new ScopeShards(pipeline).WatchAsync([scope], default);
                Assert.Equal(scope.FromMs, reach[scope.Scope]);
            }
        }

        lane.Flush();
        pipeline.Finish();

        await using var store = await FlowStore.OpenEmbeddedAsync(Path.Combine(_folder, "store"), TimeProvider.System, NullLoggerFactory.Instance, default, commandLine: Engines.CommandLine, throwAway: true);
        using var loader = new SpoolLoader(spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
        await loader.DrainAsync(default);
        var evidence = new EvidenceStore(store, loader, TimeProvider.System);
        var rows = await evidence.ReadAsync(
            new RowFilter(new ScopeId(77), TrafficClass.Of(Direction.Out, 17, [7703], [IpKey.FromV4(Victim)]).Predicate, Start, Start + (3_600 * 1_000), ScopeFields.All), 10_000, default);

        Assert.Equal(Enumerable.Range(100, 400).Select(i => Start + (i * 1_000L)), rows.Select(row => row.StartMs));
        Assert.All(rows, row => Assert.Equal(new Endpoint(IpKey.FromV4(Victim), 7703, 17), row.Remote));
        Assert.Equal(0, await evidence.CountAsync(new RowFilter(new ScopeId(77), new FlowPredicate { Protocol = 6, RemotePorts = [25] }, Start, Start + (3_600 * 1_000), ScopeFields.All), default));
    }

    private static PipelineParts Parts(IEvidenceSink sink, int shards, RingOptions? ring) => new()
    {
        Decoding = new DecodingOptions(),
        Networks = new NetworkTable([new Network(Net("10.0.0.0/8"), 64), new Network(Net("2001:db8::/32"), 64)]),
        Watchlist = new WatchlistHolder(Watchlist.From([], DateTimeOffset.UnixEpoch)),
        Digesting = new DigestOptions { PairsInMemory = 10_000 },
        Names = SubjectNames.InClear,
        Digests = new Nothing(),
        Sightings = new Nothing(),
        Evidence = new EvidenceParts { Sink = sink, Ring = ring },
        Shards = shards,
    };

    private static Prefix Net(string text) => Prefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);

    private static FlowRecord Record(uint source, uint destination, ushort port, long startMs, byte protocol = 17) => new()
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
