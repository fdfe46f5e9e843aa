// SPDX-License-Identifier: Apache-2.0
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Tests.Collecting;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Detecting;

/// <summary>What the rules say of traffic that others recorded.</summary>
public sealed class RealTrafficTests
{
    private sealed class RecordingSinks : IQualityEventSink, IDigestSink, ISightingSink
    {
        public Dictionary<ulong, QualityEvent> Events { get; } = [];

        public void Handle(QualityEvent quality) => Events[quality.Number] = quality;

        public void Write(ReadOnlySpan<PairDigest> rows)
        {
        }

        public void Write(IReadOnlyList<Sighting> sightings)
        {
        }
    }

    /// <summary>Events of a file, read in order of flow starts: tables of labelled flows come shuffled.</summary>
    private static IReadOnlyList<QualityEvent> Events(
        string relative, string networks, DetectingOptions? options = null)
    {
        var path = SharedData.Path(relative);
        var kept = new RecordingSinks();
        using var pipeline = new Pipeline(new PipelineDependencies
        {
            Decoding = DecodingOptions.OfFiles,
            Networks = new NetworkTable([.. networks.Split(',').Select(n => new Network(Prefix.Parse(n)))]),
            Watchlist = new CurrentWatchlist(Watchlist.From([], DateTimeOffset.UnixEpoch)),
            Digesting = DigestOptions.ForPairs(100_000),
            Names = EpochPseudonymizer.InClear,
            Digests = kept,
            Sightings = kept,
            Detecting = new DetectingDependencies(options ?? new DetectingOptions(), kept),
            Shards = 1,
        });
        var lane = pipeline.AddLane();
        pipeline.Start();
        foreach (var record in Scratch.Flows(path).Flows.OrderBy(r => r.StartMs))
        {
            lane.Handle(record, IpKey.FromV4(0), 0);
        }

        lane.Flush();
        pipeline.Finish();
        var counts = pipeline.Shards[0].Detected;
        Assert.Equal(lane.Attributor.Counts.Attributed, counts.Counted + counts.Late);
        Assert.Equal(0, counts.Late);
        return [.. kept.Events.Values.OrderBy(e => e.FromMs)];
    }

    [Theory]
    [InlineData("flows/ordinary-lan/conn.log.labeled.xz", "192.168.0.0/16,10.0.0.0/8,172.16.0.0/12")]
    [InlineData("flows/cicids2017/BENIGN_5000.csv.xz", "192.168.10.0/24")]
    [InlineData("flows/beacons/comfoo.conn.log.xz", "192.168.99.0/24")]
    [InlineData("flows/beacons/taidoor.conn.log.xz", "192.168.99.0/24")]
    public void An_ordinary_network_raises_none(string relative, string networks)
    {
        Assert.Empty(Events(relative, networks));
    }

    [Fact]
    public void An_infected_host_that_scans_its_neighbours_is_told_for_every_one_of_them()
    {
        var events = Events("flows/cicids2017/Infiltration_-_Portscan_5000.csv.xz", "192.168.10.8/32");
        Assert.True(events.Count >= 3);
        Assert.All(events, e => Assert.Equal((RuleId.Scan, "vertical"), (e.Rule, e.Detail)));
        Assert.All(events, e => Assert.StartsWith(
            "192.168.10.", Assert.Single(e.Class!.Predicate.Remotes).ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_port_scan_is_told_by_its_target_though_every_port_refuses()
    {
        // A sample of 5,000 out of 160,000 probes: the threshold is sampled with them.
        var events = Events(
            "flows/cicids2017/Portscan_5000.csv.xz", "172.16.0.1/32", new DetectingOptions { ScanTargets = 20 });
        Assert.Contains(
            events, e => e.Rule == RuleId.Scan && e.Class!.ToString() == "out tcp rport=any raddr=192.168.10.50 trait=unanswered");
    }

    [Fact]
    public void A_denial_of_service_is_told_by_its_victim()
    {
        // 5,000 of 95,000 connections in twenty minutes: some 30 packets a second are left of the flood.
        var events = Events(
            "flows/cicids2017/DDoS_5000.csv.xz", "172.16.0.1/32",
            new DetectingOptions { Floors = new Floors { Out = 20 } });
        Assert.Contains(
            events, e => e.Rule == RuleId.FloodOut && e.Class!.ToString() == "out tcp rport=80 raddr=192.168.10.50");
    }

    [Fact]
    public void A_Mirai_bot_is_told_for_the_floods_it_sends()
    {
        // The recording sits behind a limiter: its floods are of some hundred packets a second.
        var events = Events(
            "flows/iot23-34-1/conn.log.labeled.xz", "192.168.1.195/32",
            new DetectingOptions { Floors = new Floors { Out = 50, Syn = 50 } });
        Assert.Contains(events, e => e.Rule is RuleId.FloodOut or RuleId.SynFloodOut);
        Assert.All(events, e => Assert.Equal(new SubjectKey(IpKey.Parse("192.168.1.195").Bits), e.Subject));
    }
}
