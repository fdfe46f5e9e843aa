// SPDX-License-Identifier: Apache-2.0
//
// A whole Weir in a folder that goes with the run: shards that are fed with flows, the embedded store, the audit in files,
// the records, the desk, and a vault behind its socket. Nothing of it is a stand-in but who had which ports of one shared
// address. The clock runs, and can be set ahead.
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Attributing;
using Weir.Auditing;
using Weir.Cases;
using Weir.Cli.Analysis;
using Weir.Cli.Serving;
using Weir.Deciding;
using Weir.Decoding;
using Weir.Detecting;
using Weir.Digesting;
using Weir.Flows;
using Weir.Matching;
using Weir.Store.Flows;
using Weir.Store.Records;
using Weir.Vault;
using Weir.Vault.Serving;
using Weir.Vault.Subjects;
using Weir.Wire;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>The system that the examples are played through.</summary>
internal sealed class RulesPlace : IAsyncDisposable
{
    public static readonly IpKey Exporter = IpKey.FromV4(0xC000_0201);
    public static readonly Actor Ana = new("ana", Role.Analyst);
    public static readonly Actor Olaf = new("olaf", Role.Operator);
    public static readonly Actor Petra = new("petra", Role.PrivacyOfficer);
    public static readonly Actor Adam = new("adam", Role.Administrator);

    private readonly WorkingFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IAsyncDisposable> _open = [];
    private Task _vaultRuns = Task.CompletedTask;
    private Spool? _spool;
    private SpoolLoader? _loader;
    private VaultLink? _link;
    private RecordsFile? _records;
    private FileAuditLog? _log;
    private Pipeline? _pipeline;
    private Lane? _lane;

    public AheadClock Clock { get; } = new();

    /// <summary>Start of the traffic: twenty minutes ago.</summary>
    public long Start { get; private set; }

    public EventSigner Signer { get; } = new();

    public NetworkTable Networks { get; } = new([new Network(Prefix.Parse("10.0.0.0/16")), new Network(Prefix.Parse("198.18.0.0/24"), Attribution: Attribution.Cgnat)]);

    public CaseDesk Desk { get; private set; } = null!;

    public EvidenceDesk Evidence { get; private set; } = null!;

    public DisclosureDesk Disclosures { get; private set; } = null!;

    public IVault Vault => _link!.Client;

    public string AuditFolder => _folder.At("audit");

    public IAuditLog Audit => _log!;

    public FlowStore Store { get; private set; } = null!;

    public IEpochKeySource Keys => _link!.Keys!;

    public string CasesFolder => _folder.At("cases");

    public async Task OpenAsync(CancellationToken cancel)
    {
        Start = (Clock.GetUtcNow().AddMinutes(-20).ToUnixTimeMilliseconds() / 60_000) * 60_000;
        _log = FileAuditLog.Open(new AuditOptions { Directory = AuditFolder, Version = VersionAction.Text }, Clock, NullLogger<FileAuditLog>.Instance);
        await OpenVaultAsync(cancel);
        var store = await FlowStore.OpenEmbeddedAsync(_folder.At("store"), Clock, NullLoggerFactory.Instance, cancel);
        _open.Add(Store = store);
        _spool = new Spool(new SpoolOptions { Directory = _folder.At("spool") }, NullLogger<Spool>.Instance);
        _loader = new SpoolLoader(_spool, store, Clock, NullLogger<SpoolLoader>.Instance);
        _pipeline = new Pipeline(new PipelineParts
        {
            Decoding = new DecodingOptions(),
            Networks = Networks,
            Watchlist = new WatchlistHolder(Watchlist.Empty),
            Digesting = new DigestOptions(),
            Names = () => SubjectNames.ByEpoch(_link!.Keys!),
            Keys = _link!.Keys,
            Digests = _spool,
            Sightings = new SightingSpool(_spool),
            Evidence = new EvidenceParts { Sink = _spool, Ring = new RingOptions { Directory = _folder.At("ring"), Octets = 16 << 20, Span = TimeSpan.FromHours(1) }, Time = Clock },
        });
        _lane = _pipeline.AddLane();
        _pipeline.Start();
        _records = RecordsFile.Open(_folder.At("cases/records.sqlite"));
        var evidence = new EvidenceStore(store, _loader, Clock);
        Desk = await CaseDesk.OpenAsync(
            new CaseDeskParts
            {
                Records = new CaseRecords(_records), Audit = _log, Signer = Signer, Scopes = new ScopeShards(_pipeline), Evidence = evidence, Vault = Vault, Blocks = new EpochBlocks(_link.Keys),
                Allow = new AllowFile(_folder.At("cases")), Policy = PolicyProfile.UsProvider, Time = Clock, Log = NullLogger<CaseDesk>.Instance,
            },
            cancel);
        Evidence = new EvidenceDesk(Desk.Engine, Desk.Scopes, evidence, _log);
        Disclosures = new DisclosureDesk(Desk, Vault, _log, PolicyProfile.UsProvider, Clock);
    }

    /// <summary>The pseudonym of 10.0.x.y now.</summary>
    public SubjectKey Name(uint subject) => SubjectNames.ByEpoch(_link!.Keys!).Name(Line(subject), Start);

    public static IpKey Line(uint subject) => IpKey.FromV4(0x0A00_0000 + subject);

    /// <summary>Sends flows of a subject through the lanes: one each second for so long.</summary>
    public void Send(uint subject, byte protocol, string remote, ushort port, int seconds, long? from = null, ulong packets = 1_000)
    {
        for (var i = 0; i < seconds; i++)
        {
            var start = (from ?? Start) + (i * 1_000L);
            _lane!.Take(
                new FlowRecord
                {
                    Source = Line(subject), Destination = IpKey.Parse(remote), SourcePort = 50_000, DestinationPort = port, Protocol = protocol, TcpFlags = 0x1A, Traits = FlowTraits.FlagsKnown,
                    Packets = packets, Octets = packets * 100, StartMs = start, EndMs = start + 900,
                },
                Exporter, 0);
        }
    }

    /// <summary>Sends what a remote end answers, as routers export it: a direction of its own.</summary>
    public void Answer(uint subject, byte protocol, string remote, ushort port, int seconds, long from)
    {
        for (var i = 0; i < seconds; i++)
        {
            _lane!.Take(
                new FlowRecord
                {
                    Source = IpKey.Parse(remote), Destination = Line(subject), SourcePort = port, DestinationPort = 50_000, Protocol = protocol, TcpFlags = 0x1A, Traits = FlowTraits.FlagsKnown,
                    Packets = 100, Octets = 10_000, StartMs = from + (i * 1_000L), EndMs = from + (i * 1_000L) + 900,
                },
                Exporter, 0);
        }
    }

    /// <summary>Everything sent so far is in the store.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        _lane!.Flush();
        await _pipeline!.FlushEvidenceAsync(Clock.GetUtcNow().ToUnixTimeMilliseconds());
        await _pipeline.FlushAsync(Clock.GetUtcNow().ToUnixTimeMilliseconds());
        await _loader!.DrainAsync(cancel);
    }

    /// <summary>An event as the detector signs it.</summary>
    public async Task<ScopeFile> RaiseAsync(ulong number, uint subject, string rule, TrafficClass named, int seconds, CancellationToken cancel, long? from = null)
    {
        var start = from ?? Start;
        var quality = new QualityEvent
        {
            Number = number, Phase = EventPhase.Closed, Subject = Name(subject), Rule = rule, RuleVersion = 3, Class = named, FromMs = start, UntilMs = start + (seconds * 1_000L), TriggeredMs = start + 10_000,
            Measured = 80_000, Threshold = 10_000, Unit = "packets/s", WindowSeconds = 10, SamplingInterval = 1, Exporter = Exporter,
        };
        await Desk.HandleAsync([Signer.Sign(quality)], cancel);
        return Desk.Files.SelectMany(f => f.Scopes).First(s => s.Event == number);
    }

    /// <summary>All entries of the audit so far, read from its files.</summary>
    public List<AuditEntry> Entries() => [.. AuditReader.Entries(AuditFolder).Select(record => record.Entry)];

    public async ValueTask DisposeAsync()
    {
        _pipeline?.Finish();
        _pipeline?.Dispose();
        Desk?.Dispose();
        _records?.Dispose();
        _loader?.Dispose();
        _spool?.Dispose();
        foreach (var part in _open)
        {
            await part.DisposeAsync();
        }

        _link?.Dispose();
        await _stop.CancelAsync();
        await _vaultRuns;
        if (_log is not null)
        {
            await _log.DisposeAsync();
        }

        _stop.Dispose();
        _folder.Dispose();
    }

    private async Task OpenVaultAsync(CancellationToken cancel)
    {
        var options = new VaultOptions { Socket = _folder.At("v.sock"), Folder = _folder.At("vault"), Networks = Networks, AllowRoot = true };
        FileAuditLog? record = null;
        _vaultRuns = Task.Run(
            async () =>
            {
                await new VaultServer(options, Clock, NullLoggerFactory.Instance).RunAsync(
                    folder =>
                    {
                        record = FileAuditLog.Open(new AuditOptions { Directory = Path.Combine(folder, "audit"), Version = VersionAction.Text }, Clock, NullLogger<FileAuditLog>.Instance);
                        return new VaultSurroundings(new OneBlock(), record, new NoSubjectRecords());
                    },
                    _stop.Token);
                await (record?.DisposeAsync() ?? ValueTask.CompletedTask);
            },
            CancellationToken.None);
        _link = new VaultLink(options.Socket, named: true, leased: false, Clock, NullLoggerFactory.Instance);
        for (var i = 0; i < 200 && _link.Keys is not { Fault.Length: 0 }; i++)
        {
            await Task.Delay(50, cancel);
            if (_vaultRuns.IsCompleted)
            {
                await _vaultRuns;
            }

            await _link.OpenAsync(cancel);
        }
    }
}

/// <summary>The machine's clock, set ahead.</summary>
internal sealed class AheadClock : TimeProvider
{
    private TimeSpan _ahead;

    public void Advance(TimeSpan by) => _ahead += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(_ahead.TotalSeconds * System.TimestampFrequency);
}
