// SPDX-License-Identifier: Apache-2.0
//
// The way of the data, in order. Lanes: collect → decode → attribute. Shards: match → detect → digest. Beside the way,
// over the store: compare. There is no queue but the one between lanes and shards.
//
// A shard writes flows inside an open scope as evidence; ScopeShards brings it the scopes.
//
//   datagram ──► Lane ──────────────────────────────► Shard ──────────────────────────────────► spool ──►
// store ──► Comparing
//                1 Collecting  2 Decoding  3 Attributing   4 Matching  5 Detecting  6 Digesting
//                                                  │                   └► signed events
//                                                  └► flows of networks that another collector owns, to it; its
//                                                     ForwardedLane puts them into its own scatter
//
// Beside the way, on those events and on sightings: cases and blocking. Notifying takes its place there when it comes.
using Weir.Collector.Attributing;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Corroborating;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Collector.Matching;
using Weir.Collector.Owning;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector;

/// <summary>What the counters and triggers need.</summary>
/// <param name="Options">For all shards together.</param>
/// <param name="Sink">Takes the events of all shards.</param>
/// <param name="Clock">Our clock where flows are live; null for files.</param>
/// <param name="HashKey">Key of the sketches where a run has to be repeatable; null draws one.</param>
public sealed record DetectingDependencies(
    DetectingOptions Options, IQualityEventSink Sink, TimeProvider? Clock = null, ulong? HashKey = null);

/// <summary>What the way needs from its surroundings.</summary>
public sealed record PipelineDependencies
{
    public required DecodingOptions Decoding { get; init; }

    /// <summary>What a first reading of the same files taught; null where flows are live.</summary>
    public FirstReading? ReadBefore { get; init; }

    public required NetworkTable Networks { get; init; }

    /// <summary>Which interfaces face subscribers; null where nobody says, and then no source
    /// counts as spoofed.</summary>
    public IInterfaceRoles? Interfaces { get; init; }

    public required CurrentWatchlist Watchlist { get; init; }

    public required DigestOptions Digesting { get; init; }

    /// <summary>Called once for each shard, since a cipher is not shared between threads.</summary>
    public required Func<EpochPseudonymizer> Names { get; init; }

    /// <summary>The keys behind <see cref="Names"/>: a flow of an epoch whose key is not at hand counts as
    /// unattributed. Null where subjects stay in clear or one key names all.</summary>
    public IEpochKeySource? Keys { get; init; }

    /// <summary>Lines of networks whose addresses change hands; null where no vault tells.</summary>
    public CurrentIntakeTable? Intake { get; init; }

    public required IDigestSink Digests { get; init; }

    public required ISightingSink Sightings { get; init; }

    /// <summary>Takes a certain exchange with a listed endpoint as it happens, on its shard's thread; null where nobody
    /// waits for it. Its row comes to <see cref="Sightings"/> all the same.</summary>
    public Action<Sighting>? AtOnce { get; init; }

    /// <summary>Whether each contact window is a sighting of its own; else those of a pair and kind that close
    /// together are one.</summary>
    public bool HasWindowsApart { get; init; }

    /// <summary>Evidence of open scopes; null where no scope ever opens.</summary>
    public EvidenceDependencies? Evidence { get; init; }

    /// <summary>Null where nobody takes events: then nothing is counted.</summary>
    public DetectingDependencies? Detecting { get; init; }

    public FlowWindow Window { get; init; } = FlowWindow.All;

    /// <summary>Whose datagrams are decoded; null for all.</summary>
    public KnownExporters? Known { get; init; }

    /// <summary>When what a stream of datagrams tells is corroborated; null where nobody asks, and all
    /// counts.</summary>
    public CorroboratingOptions? Corroborating { get; init; }

    /// <summary>Mail relays of the provider outside its networks: no scope of mail holds what goes to them.</summary>
    public NetworkTable? MailRelays { get; init; }

    /// <summary>Who owns which network, and what waits for the others; null where this collector owns all.</summary>
    public ForwardQueues? Forwarding { get; init; }

    /// <summary>Takes what is malformed, from all lanes; none where nobody asks.</summary>
    public FaultLog? Faults { get; init; }

    /// <summary>Subject shards, at least 1. Default: one for each two processors.</summary>
    public int Shards { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);
}

/// <summary>Lanes and shards put together.</summary>
public sealed class Pipeline : IDisposable
{
    private readonly PipelineDependencies _parts;
    private readonly List<Lane> _lanes = [];
    private readonly ExporterNumbers _exporters;

    public Pipeline(PipelineDependencies parts)
    {
        _parts = parts;
        _exporters = new();
        Shards = [.. Enumerable.Range(0, parts.Shards).Select(MakeShard)];
        Forwarded = parts.Forwarding is not { } queues ? null : new ForwardedLane(
            new ShardDispatcher(Shards), queues.Owners, parts.Networks, parts.Keys, _exporters, parts.Window);
    }

    public Shard[] Shards { get; }

    public IReadOnlyList<Lane> Lanes => _lanes;

    /// <summary>Takes what other collectors heard of this one's networks; null where this one owns all.</summary>
    public ForwardedLane? Forwarded { get; }

    /// <summary>What waits for other owners; null where there are none.</summary>
    public ForwardQueues? Forwarding => _parts.Forwarding;

    /// <summary>Flows read or taken so far.</summary>
    public long Read => _lanes.Sum(lane => lane.Read) + (Forwarded?.Counts.Read ?? 0);

    /// <summary>End of the latest flow; <see cref="long.MinValue"/> before any came.</summary>
    public long LastMs => Math.Max(_lanes.Max(lane => lane.LastMs), Forwarded?.LastMs ?? long.MinValue);

    /// <summary>When streams are corroborated; null where nobody asks.</summary>
    public CorroboratingOptions? Corroborating => _parts.Corroborating;

    /// <summary>Where the lanes can be had all at once.</summary>
    public LaneBarrier Barrier { get; } = new();

    /// <summary>Starts the shards' threads.</summary>
    public void Start() => Array.ForEach(Shards, shard => shard.Start());

    /// <summary>A further lane; to be made before its thread starts.</summary>
    /// <param name="transport">How what it takes comes. Who comes over TLS is proven: nobody asks whether he
    /// is.</param>
    public Lane AddLane(ExportTransport transport = ExportTransport.Udp)
    {
        var attributor = new Attributor(_parts.Networks, _parts.Interfaces, _parts.Keys, _parts.Intake);
        var decoder = new Decoder(
            _parts.Decoding with { Sessions = transport != ExportTransport.Udp }, _parts.Faults)
        {
            Transport = transport,
            IsOwn = address => attributor.Networks.Find(address) is not null,
            ReadBefore = _parts.ReadBefore,
            Known = _parts.Known,
            Corroborating = transport == ExportTransport.Tls ? null : _parts.Corroborating,
        };
        var lane = new Lane(decoder, attributor, new ShardDispatcher(Shards), _parts.Window, _exporters)
        {
            Barrier = Barrier,
            Forwarder = _parts.Forwarding is { } queues ? new(queues) : null,
        };
        _lanes.Add(lane);
        return lane;
    }

    /// <summary>Which flow starts count from now on.</summary>
    public void MoveWindow(FlowWindow window)
    {
        foreach (var lane in _lanes)
        {
            lane.Window = window;
        }

        if (Forwarded is { } taken)
        {
            taken.Window = window;
        }
    }

    /// <summary>Who told a flow, by the number that it bears.</summary>
    public FlowSource SourceOf(ushort number) => _exporters.Of(number);

    /// <summary>What the lanes heard, each exporter as each lane has it.</summary>
    public IEnumerable<ExporterListing> Exporters() => Lanes.SelectMany(static lane => lane.Decoder.List());

    /// <summary>Writes out what the shards hold: all digests, and contact windows that closed before
    /// the watermark.</summary>
    /// <param name="watermarkMs">Milliseconds since the UNIX epoch.</param>
    /// <param name="keepsWindows">Whether the shards are to say which windows stay open.</param>
    public Task FlushAsync(long watermarkMs, bool keepsWindows = false) =>
        Task.WhenAll(Shards.Select(shard => shard.FlushAsync(watermarkMs, keepsWindows)));

    /// <summary>Goes on with contact windows of an earlier run whose subjects can be named now.</summary>
    /// <returns>Those that have to wait: the key of their epoch is not at hand.</returns>
    internal async Task<IReadOnlyList<SavedWindow>> ResumeAsync(IReadOnlyList<SavedWindow> windows)
    {
        var canBeNamed = windows.ToLookup(one => _parts.Keys?.Has(Epochs.At(one.Window.FirstMs)) != false);
        var names = _parts.Names();
        var byShard = canBeNamed[true].Select(one =>
            (Subject: names.On((uint)(one.Window.FirstMs / EpochPseudonymizer.DayMs)).Resolve(one.Subject), Saved: one))
            .GroupBy(one => ShardDispatcher.ShardOf(one.Subject, Shards.Length));
        await Task.WhenAll(byShard.Select(part => Shards[part.Key].ResumeAsync([.. part])));
        return [.. canBeNamed[false]];
    }

    /// <summary>Judges what is due by our clock, whether or not flows come and digests are written.</summary>
    public Task JudgeAsync() => Task.WhenAll(Shards.Select(shard => shard.JudgeAsync()));

    /// <summary>Takes other thresholds of the counters; see <see cref="Detector.Follow"/>.</summary>
    public Task FollowAsync(DetectingOptions options)
    {
        var share = ShareOf(options with { ActiveTimeout = _parts.Detecting?.Options.ActiveTimeout ?? default });
        return Task.WhenAll(Shards.Select(shard => shard.FollowAsync(share)));
    }

    /// <summary>Takes what is said of the exporters, those heard before among them.</summary>
    public void Follow(IReadOnlyList<ExporterOptions> exporters)
    {
        foreach (var lane in _lanes)
        {
            lane.Decoder.Follow(exporters);
        }
    }

    /// <summary>Which of some subjects sent anything since a minute; see <see cref="Shard.ActiveAsync"/>.</summary>
    public async Task<IReadOnlySet<IpKey>> ActiveAsync(
        IEnumerable<IpKey> subjects, uint sinceMinute, CancellationToken cancel)
    {
        var asked = subjects.Distinct().GroupBy(subject => ShardDispatcher.ShardOf(subject, Shards.Length))
            .Select(part => Task.Run(() => Shards[part.Key].ActiveAsync([.. part], sinceMinute), cancel));
        return (await Task.WhenAll(asked)).SelectMany(active => active).ToHashSet();
    }

    /// <summary>Writes out the evidence of open scopes, so that it can be read soon.</summary>
    public Task FlushEvidenceAsync(long watermarkMs) =>
        Task.WhenAll(Shards.Select(shard => shard.FlushEvidenceAsync(watermarkMs)));

    /// <summary>When the lanes have ended: finishes every shard. Rethrows what went wrong on one.</summary>
    public void Finish() => Array.ForEach(Shards, shard => shard.Finish());

    public void Dispose()
    {
        Array.ForEach(Shards, shard => shard.Dispose());
        Forwarded?.Dispose();
    }

    private Shard MakeShard(int number)
    {
        var names = _parts.Names();
        var share = DigestOptions.ForPairs(_parts.Digesting.PairsInMemory / _parts.Shards);
        var evidence = _parts.Evidence is { } parts ? new ScopeRecorder(parts, _parts.Shards, _parts.MailRelays) : null;
        return new Shard(
            number, MakeMatcher(names), MakeDetector(names),
            new Digester(share, _parts.Names(), _parts.Digests), _parts.Sightings, evidence);
    }

    private Matcher MakeMatcher(EpochPseudonymizer names) =>
        new(_parts.Watchlist, names.Pseudonymize, _exporters, atOnce: _parts.AtOnce, isApart: _parts.HasWindowsApart);

    private Detector? MakeDetector(EpochPseudonymizer names) =>
        _parts.Detecting is not { } detecting ? null : new Detector(new DetectorDependencies
        {
            Options = ShareOf(detecting.Options),
            Networks = _parts.Networks,
            Name = names.Pseudonymize,
            Sink = detecting.Sink,
            Exporters = _exporters,
            Clock = detecting.Clock,
            HashKey = detecting.HashKey,
        });

    /// <summary>A shard's part of what is for all together.</summary>
    private DetectingOptions ShareOf(DetectingOptions options) => options with
    {
        Subjects = options.Subjects / _parts.Shards,
        Details = Math.Max(1, options.Details / _parts.Shards),
    };
}
