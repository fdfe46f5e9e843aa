// SPDX-License-Identifier: Apache-2.0
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Digesting;
using Weir.Collector.Owning;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Tests.Owning;

/// <summary>What an owner takes of flows that others heard, and what becomes of those that it does not: each is counted
/// by its reason, whatever its sender says of them.</summary>
public sealed class ForwardedLaneTests : IDisposable
{
    private const long Noon = 1_772_452_800_000;
    private const long WeekMs = 7L * 86_400_000;
    private const string Sender = "edge-1";
    private const string Own = "edge-2";

    private static readonly AttributingOptions Networks = new()
    {
        Networks = [new() { Prefix = Prefix.Parse("10.0.0.0/8") }],
        Excluded = new() { Resolvers = [Prefix.Parse("10.7.0.53/32")] },
    };

    private static readonly OwnersOptions Rows = new()
    {
        Collectors =
        [
            new() { Name = Sender, Networks = [Prefix.Parse("10.128.0.0/9")] },
            new() { Name = Own, Networks = [Prefix.Parse("10.0.0.0/9")] },
        ],
    };

    private readonly Kept _kept = new();
    private readonly Pipeline _pipeline;

    public ForwardedLaneTests()
    {
        var owners = new SubjectOwners(Rows, Networks, Own);
        _pipeline = new(new()
        {
            Decoding = DecodingOptions.OfFiles,
            Networks = Networks.ToTable(),
            Watchlist = new CurrentWatchlist(Watchlist.From(
                [FeedReader.Parse("203.0.113.9:443\n", new FeedOptions { Path = "c2.txt" }, TimeProvider.System)],
                DateTimeOffset.UnixEpoch)),
            Digesting = DigestOptions.ForPairs(10_000),
            Names = EpochPseudonymizer.InClear,
            Keys = new KeyOfOneEpoch(),
            Window = new(Noon - WeekMs - WeekMs, Noon + 1),
            Digests = _kept,
            Sightings = _kept,
            Forwarding = new(owners, Rows, TimeProvider.System),
            Shards = 1,
        });
        _pipeline.Start();
    }

    private ForwardedLane Lane => _pipeline.Forwarded!;

    public void Dispose() => _pipeline.Dispose();

    [Fact]
    public async Task Flows_that_are_not_to_be_taken_are_counted_by_why_and_reach_no_segment()
    {
        var taken = await TakeAsync(
            One("10.1.2.3", Noon), One("10.1.2.3", Noon) with { Standing = FlowStanding.Doubtful },
            One("10.1.2.3", Noon + 1), One("10.1.2.3", Noon - (3 * WeekMs)), // outside the window
            One("10.1.2.3", Noon - WeekMs), // its epoch's key is not here
            // The sender's, nobody's, and excluded.
            One("10.200.2.3", Noon), One("192.0.2.1", Noon), One("10.7.0.53", Noon));

        Assert.True(taken);
        Assert.Equal(new(Attributed: 2, Doubtful: 1, OutsideWindow: 2, Unattributed: 1, NotOurs: 3), Lane.Counts);
        Assert.Equal((8, Noon + 500), (Lane.Counts.Read, Lane.LastMs));
        Assert.Equal(8, _pipeline.Read);
        _pipeline.Finish();
        Assert.Equal(1u, Assert.Single(_kept.Pairs).Flows);
    }

    [Fact]
    public async Task A_window_that_moves_on_holds_for_what_others_send_too()
    {
        _pipeline.MoveWindow(new(Noon + 1, Noon + 2));
        Assert.True(await TakeAsync(One("10.1.2.3", Noon), One("10.1.2.3", Noon), One("10.1.2.3", Noon + 1)));
        Assert.Equal((1, 2), (Lane.Counts.Attributed, Lane.Counts.OutsideWindow));
    }

    [Fact]
    public async Task Rows_of_another_hour_give_nothing_away_here()
    {
        Assert.True(await Lane.TakeAsync(Sender, new(Head(1), [], new[] { One("10.1.2.3", Noon) }), map: 1, default));
        Assert.Equal(1, Lane.Counts.NotOurs);
    }

    /// <summary>Numbers are each collector's own: what is found says the router that heard it, not another one that
    /// has the same number here.</summary>
    [Fact]
    public async Task Who_told_a_flow_is_known_here_by_its_address_and_not_by_its_senders_number()
    {
        var heard = new FlowSource(IpKey.Parse("198.51.100.2"), 7, 9);
        foreach (var (sequence, source, subject) in ((ulong, FlowSource, string)[])[
            (1, new(IpKey.Parse("198.51.100.1"), 0, 0), "10.1.2.3"), (2, heard, "10.1.2.4")])
        {
            var told = One(subject, Noon) with { Exporter = 1, PacketsIn = 3, OctetsIn = 300 };
            Assert.True(await Lane.TakeAsync(Sender, new(Head(sequence), [source], new[] { told }), 0, default));
        }

        _pipeline.Finish();
        Assert.Equal(heard, Assert.Single(
            _kept.Sightings, one => one.Subject == new SubjectKey(IpKey.Parse("10.1.2.4").Bits)).Source);
    }

    private Task<bool> TakeAsync(params Flow[] flows) => Lane.TakeAsync(Sender, new(Head(1), [], flows), 0, default);

    private ForwardHead Head(ulong sequence) => new()
    {
        Owners = Lane.Owners.DigestOf(0), Session = 7, Sequence = sequence,
    };

    private static Flow One(string subject, long startMs) => new()
    {
        Subject = IpKey.Parse(subject), Remote = IpKey.Parse("203.0.113.9"), RemotePort = 443, SubjectPort = 50_000,
        Protocol = Protocols.Udp, StartMs = startMs, EndMs = startMs + 500, PacketsOut = 3, OctetsOut = 300,
        SamplingInterval = 1, Place = FlowAttribution.Attributed, Standing = FlowStanding.Corroborated,
    };

    private sealed class KeyOfOneEpoch : IEpochKeySource
    {
        public bool Has(uint epoch) => epoch == Epochs.At(Noon);

        public byte[] GetKey(uint epoch) => new byte[32];

        public ulong CohortOf(uint epoch) => 0;
    }

    private sealed class Kept : IDigestSink, ISightingSink
    {
        public List<PairDigest> Pairs { get; } = [];

        public List<Sighting> Sightings { get; } = [];

        public bool WantsOrder => false;

        public void Write(ReadOnlySpan<PairDigest> rows) => Pairs.AddRange(rows);

        public void Write(IReadOnlyList<Sighting> sightings) => Sightings.AddRange(sightings);
    }
}
