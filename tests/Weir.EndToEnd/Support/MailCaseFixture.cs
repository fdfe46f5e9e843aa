// SPDX-License-Identifier: Apache-2.0
//
// The mail's case played once, in the order of the exporters' clocks: datagrams to a lane, events to the desk after
// each ten simulated seconds, as they would come live. Everything is what the program uses but the vault, which here
// only seals.
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.SelfTesting.Rules;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Spooling;
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Lab.Telling;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Wire;

namespace Weir.EndToEnd.Support;

/// <summary>The place where the case was played, with what is left of it.</summary>
public sealed class MailCaseFixture : IAsyncLifetime
{
    private const long StepMs = 10_000;

    private readonly TempFolder _folder = new();
    private readonly EventList _events = new();
    private readonly FakeTimeProvider _clock = new();
    private FileAuditLog? _audit;
    private RecordsFile? _file;
    private Spool? _spool;
    private SpoolLoader? _loader;
    private FlowStore? _store;
    private readonly InProcessKeys _keys = new();
    private InProcessScopes? _scopes;
    private CaseHandler? _desk;
    private EvidenceHandler? _reading;

    public IReadOnlyList<LabRecord> Records { get; private set; } = [];

    public CaseHandler Desk => _desk!;

    public EvidenceHandler Reading => _reading!;

    public FlowStore Store => _store!;

    public string AuditFolder => _folder.At("audit");

    public SubjectKey SubjectOf(string line) => new(Records.First(r => r.Line == line).Subject.Bits);

    public IEnumerable<CaseScope> ScopesOf(string line) =>
        Desk.Files.Where(f => f.Subject == SubjectOf(line)).SelectMany(f => f.Scopes);

    public async ValueTask InitializeAsync()
    {
        var simulation = new Simulation(new LabOptions
        {
            Scenario = LabScenario.Mail,
            Subscribers = 1_000,
            Seconds = 3_600,
            Bots = 20,
            Nets = 2,
            ListEntries = 20,
            Flows = 60_000,
            Protocol = ExportProtocol.Ipfix,
            Seed = 11,
        });
        var line = new DatagramLine();
        LabFolder.Run(_folder.At("lab"), simulation, line);
        Records = LabRecords.Read(_folder.At($"lab/{LabRecords.FileName}"));

        _audit = FileAuditLog.Open(
            new AuditOptions { Directory = AuditFolder }, TimeProvider.System, NullLogger<FileAuditLog>.Instance);
        _file = RecordsFile.Open(_folder.At("records/records.sqlite"));
        _spool = new Spool(
            new SpoolOptions { Directory = _folder.At("spool"), MinimumFree = 0 }, NullLogger<Spool>.Instance);
        _store = await FlowStore.OpenAsync(
            new() { Embedded = _folder.At("store") }, TimeProvider.System, NullLoggerFactory.Instance, default,
            new() { CommandLine = ["dotnet", WeirProcess.Program, "flowstore"] });
        _loader = new SpoolLoader(_spool, _store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
        var evidence = new EvidenceStore(_store, _loader, TimeProvider.System);
        using var pipeline = new Pipeline(new PipelineDependencies
        {
            Decoding = DecodingOptions.OfFiles,
            Networks = new NetworkTable([.. simulation.Networks.Select(n => new Network(n))]),
            Watchlist = new CurrentWatchlist(Watchlist.From([], DateTimeOffset.UnixEpoch)),
            Digesting = DigestOptions.ForPairs(100_000),
            Names = EpochPseudonymizer.InClear,
            Digests = _spool,
            Sightings = new NoSightings(),
            Evidence = new EvidenceDependencies
            {
                Sink = _spool,
                Ring = new RingOptions { Directory = _folder.At("ring"), Size = 64 << 20 }
            },
            Detecting = new DetectingDependencies(new DetectingOptions { Subjects = 10_000 }, _events),
            Shards = 2,
        });
        _clock.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(line.All[0].AtMs));
        _desk = await CaseHandler.OpenAsync(
            new CaseHandlerDependencies
            {
                Records = new CaseRecords(_file),
                Audit = _audit,
                Ring = _keys.Ring,
                People = new(Weir.Contracts.Approvals.People.Lab),
                Grants = new LabGrantSource(_keys.Vault),
                Orders = new ScopeChangeLog(_clock),
                Reports = await ScopeReportBook.OpenAsync(new ScopeReportRecords(_file), default),
                Evidence = evidence,
                Vault = new SealingVault(),
                Judge = new NoJudge(),
                Allow = new NoFalsePositiveSink(),
                Policy = PolicyProfile.UsProvider,
                Time = _clock,
                Log = NullLogger<CaseHandler>.Instance,
            },
            default);
        _scopes = new InProcessScopes(_desk, new ScopeShards(pipeline), new ClearBlocks(), _clock);
        _reading = new EvidenceHandler(_desk.Engine, _desk.Scopes, evidence, _audit);
        await PlayAsync(pipeline, line);
        await _loader.DrainAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        if (_audit is not null)
        {
            await _audit.DisposeAsync();
        }

        _scopes?.Dispose();
        _desk?.Dispose();
        _keys.Dispose();
        _loader?.Dispose();
        _spool?.Dispose();
        _file?.Dispose();
        _folder.Dispose();
    }

    private async Task PlayAsync(Pipeline pipeline, DatagramLine line)
    {
        var lane = pipeline.AddLane();
        pipeline.Start();
        var next = line.All[0].AtMs + StepMs;
        foreach (var (atMs, exporter, payload) in line.All)
        {
            for (; atMs >= next; next += StepMs)
            {
                await StepAsync(pipeline, lane, next);
            }

            lane.Handle(payload, exporter, 4739, atMs);
        }

        await StepAsync(pipeline, lane, next);
        pipeline.Finish();
        Assert.Empty(_events.Drain());
    }

    /// <summary>What was sent so far has gone through, and what it raised has been handled.</summary>
    private async Task StepAsync(Pipeline pipeline, Lane lane, long nowMs)
    {
        lane.Flush();
        await pipeline.FlushEvidenceAsync(long.MinValue);
        _clock.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(nowMs));
        if (_events.Drain() is { Count: > 0 } events)
        {
            await Desk.HandleAsync([.. events.Select(e => EventDocument.Sign(e, _keys.Collector))], default);
            await _scopes!.PumpAsync(default);
        }
    }

    /// <summary>Datagrams with the exporter's clock, in the order in which they left.</summary>
    private sealed class DatagramLine : IDatagramSink
    {
        public List<(long AtMs, IpKey Exporter, byte[] Payload)> All { get; } = [];

        public void Send(in Exporter exporter, long atMs, ReadOnlySpan<byte> payload) =>
            All.Add((atMs, exporter.Address, payload.ToArray()));
    }

    private sealed class EventList : IQualityEventSink
    {
        private readonly Lock _one = new();
        private List<QualityEvent> _waiting = [];

        public void Handle(QualityEvent quality)
        {
            lock (_one)
            {
                _waiting.Add(quality);
            }
        }

        public List<QualityEvent> Drain()
        {
            lock (_one)
            {
                (var taken, _waiting) = (_waiting, []);
                return taken;
            }
        }
    }

    private sealed class NoSightings : ISightingSink
    {
        public void Write(IReadOnlyList<Sighting> sightings) => Assert.Empty(sightings);
    }

    private sealed class ClearBlocks : ISubjectBlocks
    {
        public IpKey? BlockOf(SubjectKey subject, uint epoch) => new IpKey(subject.Pseudonym);
    }

    private sealed class NoFalsePositiveSink : IFalsePositiveSink
    {
        public Task AllowAsync(IReadOnlyCollection<Endpoint> endpoints, string reason, CancellationToken cancel) =>
            throw new NotSupportedException();

        public bool IsAllowed(in Endpoint endpoint) => false;

        public bool IsFalseAlarm(in Endpoint endpoint) => false;
    }

    private sealed class NoJudge : IRemediationJudge
    {
        public Task<RemediationVerdict> JudgeAsync(RemediationSilence silence, CancellationToken cancel) =>
            throw new NotSupportedException();
    }

    private sealed class SealingVault : IVault
    {
        public Task SealAsync(ScopeOrder order, CancellationToken cancel) =>
            Task.CompletedTask;

        public Task DestroyAsync(CaseId id, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
            IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<SubjectKey?> AttributeAsync(ReportedTraffic report, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel) =>
            throw new NotSupportedException();
    }
}
