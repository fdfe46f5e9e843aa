// SPDX-License-Identifier: Apache-2.0
//
// The desk with nothing in memory that is on disk or on threads of its own in the program: shards with their ring, the
// spool, the engine, the audit in files, the records. Only the vault is a stand-in.
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.SelfTesting.Rules;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Digesting;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Contracts.Signing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Spooling;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Cases;

/// <summary>A whole individual plane around a store.</summary>
internal sealed class RealStoreFixture : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-real-desk-").FullName;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly FileAuditLog _audit;
    private readonly RecordsFile _records;
    private readonly Spool _spool;
    private readonly SpoolLoader _loader;
    private readonly Pipeline _pipeline;
    private readonly ShardDispatcher _scatter;
    private CaseHandler? _desk;
    private long _sent;
    private InProcessScopes? _scopes;

    private RealStoreFixture(FlowStore store, long nowMs, int shards)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(nowMs));
        _audit = FileAuditLog.Open(
            new AuditOptions { Directory = AuditFolder }, TimeProvider.System, NullLogger<FileAuditLog>.Instance);
        _records = RecordsFile.Open(Path.Combine(_folder, "records.sqlite"));
        _spool = new Spool(
            new SpoolOptions { Directory = Path.Combine(_folder, "spool"), MinimumFree = 0 },
            NullLogger<Spool>.Instance);
        _loader = new SpoolLoader(_spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
        Evidence = new EvidenceStore(store, _loader, TimeProvider.System);
        _pipeline = new Pipeline(new PipelineDependencies
        {
            Decoding = DecodingOptions.OfFiles,
            Networks = new NetworkTable([]),
            Watchlist = new CurrentWatchlist(Watchlist.From([], DateTimeOffset.UnixEpoch)),
            Digesting = DigestOptions.ForPairs(10_000),
            Names = EpochPseudonymizer.InClear,
            Digests = new Nothing(),
            Sightings = new Nothing(),
            Evidence = new EvidenceDependencies
            {
                Sink = _spool,
                Ring = new RingOptions { Directory = _folder, Size = 128 << 20, Span = TimeSpan.FromHours(1) }
            },
            Shards = shards,
        });
        _pipeline.Start();
        _scatter = new ShardDispatcher(_pipeline.Shards);
    }

    public string AuditFolder => Path.Combine(_folder, "audit");

    public TestKeys Keys { get; } = new();

    public EvidenceStore Evidence { get; }

    public CaseHandler Desk => _desk ?? throw new InvalidOperationException("not open");

    public EvidenceHandler Reading => new(Desk.Engine, Desk.Scopes, Evidence, _audit);

    public IEnumerable<CaseScope> Scopes => Desk.Files.SelectMany(f => f.Scopes);

    public static async Task<RealStoreFixture> OpenAsync(FlowStore store, long nowMs, int shards = 2)
    {
        var place = new RealStoreFixture(store, nowMs, shards);
        place._desk = await CaseHandler.OpenAsync(await place.PartsAsync(), default);
        place._scopes = new InProcessScopes(
            place._desk, new ScopeShards(place._pipeline), new ClearBlocks(), TimeProvider.System);
        return place;
    }

    /// <summary>What another desk would find in the records, and put before its shards.</summary>
    public async Task<ScopesInForce> RestartedAsync()
    {
        using var desk = await CaseHandler.OpenAsync(await PartsAsync(), default);
        var told = desk.Orders;
        return new(() => told);
    }

    /// <summary>Events are handled and what they open stands before the shards.</summary>
    public async Task HandleAsync(params Envelope[] events)
    {
        _ = await Desk.HandleAsync(events, default);
        await _scopes!.PumpAsync(default);
    }

    /// <summary>What the desk tells stands before the shards, until cancelled.</summary>
    public Task FollowAsync(CancellationToken cancel) => _scopes!.RunAsync(cancel);

    /// <summary>Sends flows to the shards that own them.</summary>
    public void Send(ReadOnlySpan<Flow> flows)
    {
        foreach (ref readonly var flow in flows)
        {
            _scatter.Add(flow);
        }

        _scatter.Flush();
        _sent += flows.Length;
    }

    /// <summary>Waits until the rings hold what was sent, but for the blocks that are filling: what they cannot take is
    /// counted and lost to them.</summary>
    public Task RingsAsync() => Until.IsSoAsync(() => _sent - _pipeline.Shards
        .Sum(shard => shard.Evidence!.Ring is { } ring ? ring.Flows + ring.Lost : 0)
        <= _pipeline.Shards.Length * FlowRing.BlockFlows);

    /// <summary>Brings all evidence there is into the store.</summary>
    public async Task SettleAsync()
    {
        await _scopes!.PumpAsync(default);
        await _pipeline.FlushEvidenceAsync(long.MinValue);
        await _loader.DrainAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        _scopes?.Dispose();
        _desk?.Dispose();
        _pipeline.Finish();
        _pipeline.Dispose();
        _loader.Dispose();
        _spool.Dispose();
        _records.Dispose();
        await _audit.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<CaseHandlerDependencies> PartsAsync() => new()
    {
        Records = new CaseRecords(_records),
        Audit = _audit,
        Ring = Keys.Ring,
        People = new(Weir.Contracts.Approvals.People.Lab),
        Grants = new LabGrantSource(Keys.Vault),
        Orders = new ScopeChangeLog(_clock),
        Reports = await ScopeReportBook.OpenAsync(new ScopeReportRecords(_records), default),
        Evidence = Evidence,
        Vault = new FakeVault(),
        Judge = new FakeRemediationJudge(),
        Allow = new RecordingFalsePositiveSink(),
        Policy = PolicyProfile.UsProvider,
        Time = _clock,
        Log = NullLogger<CaseHandler>.Instance,
    };

    private sealed class ClearBlocks : ISubjectBlocks
    {
        public IpKey? BlockOf(SubjectKey subject, uint epoch) => new IpKey(subject.Pseudonym);
    }

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
