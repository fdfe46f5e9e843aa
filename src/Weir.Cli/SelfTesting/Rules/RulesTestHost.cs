// SPDX-License-Identifier: Apache-2.0
//
// A whole Weir in a folder that goes with the run: lanes and shards that are fed with flows, the counters and the
// matcher that raise events, the embedded store, the audit in files, the records, the desk, the population plane, and a
// vault behind its socket. Nothing of it is a stand-in but who had which ports of one shared address. The clock runs,
// and is set ahead: it begins on the third day of an epoch, so that no example depends on the day it is played.
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Desk.Promotion;
using Weir.Store.Publishing;
using Weir.Contracts.Population;
using Weir.Contracts.Noise;
using Weir.Cli.Analysis;
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Collector.Events;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Comparisons;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Desk.Population;
using Weir.Desk.Records;
using Weir.Desk.Remediation;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Peers;
using Weir.Hosting.Posix;
using Weir.Hosting.Sections;
using Weir.Hosting.Spooling;
using Weir.Hosting.VaultClient;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Store.Population;
using Weir.Vault;
using Weir.Wire;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>The system that the examples are played through.</summary>
internal sealed partial class RulesTestHost(RulesTestSettings under) : IAsyncDisposable
{
    public static readonly IpKey Exporter = IpKey.FromV4(0xC000_0201);
    public static readonly Actor Ana = new("ana", Role.Analyst);
    public static readonly Actor Olaf = new("olaf", Role.Operator);
    public static readonly Actor Petra = new("petra", Role.PrivacyOfficer);
    public static readonly Actor Adam = new("adam", Role.Administrator);

    /// <summary>What every exporter here holds a running flow for; a segment is in the store soon after.</summary>
    private static readonly TimeSpan ActiveTimeout = new DecodingOptions().ActiveTimeout;

    private readonly WorkingFolder _folder = new();
    private readonly EventRelay _relay = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _shardsEnd = new();
    private IHost? _vault;
    private DeskVaultClient? _ask;
    private Spool? _spool;
    private SpoolLoader? _loader;
    private VaultLink? _link;
    private RecordsFile? _records;
    private FileAuditLog? _log;
    private static readonly byte[] NoiseOctets = System.Security.Cryptography.SHA256.HashData("weir selftest"u8);

    private PopulationReports? _reports;
    private Pipeline? _pipeline;
    private Lane? _lane;
    private InProcessEvents? _events;
    private InProcessScopes? _scopes;
    private Task _handling = Task.CompletedTask;
    private Task _feeding = Task.CompletedTask;
    private Task _following = Task.CompletedTask;

    public PolicyProfile Policy => under.Policy;

    public OffsetClock Clock { get; } = new();

    /// <summary>Milliseconds since the UNIX epoch, by the place's clock.</summary>
    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>When the examples begin.</summary>
    public long Start { get; private set; }

    public InProcessKeys SignedBy { get; } = new();

    public InProcessPeople People { get; } = new();

    private CountingEventSink Raised => field ??= new CountingEventSink(_relay);

    /// <summary>Three parts of a town, an access node of sixty lines, and a shared address.</summary>
    public NetworkTable Networks { get; } = new AttributingOptions
    {
        Networks =
        [
            Network("10.0.0.0/16", "city"), Network("10.1.0.0/16", "coast"), Network("10.2.0.0/16", "hills"),
            Network("10.3.0.0/26", "node"),
            Network("198.18.0.0/24", "hills") with { Attribution = SubscriberMapping.Cgnat },
        ],
    }.ToTable();

    /// <summary>The list of confirmed control servers, read from a file.</summary>
    public CurrentWatchlist Lists { get; } = new(Watchlist.Empty);

    public CaseHandler Desk { get; private set; } = null!;

    public EvidenceHandler Evidence { get; private set; } = null!;

    public DisclosureHandler Disclosures { get; private set; } = null!;

    public PopulationReportHandler Population { get; private set; } = null!;

    public FlowStore Store { get; private set; } = null!;

    public IAuditLog Audit => _log!;

    public ComparedRuns Runs => new(_folder.At("report"));

    public IEpochKeySource Keys => _link!.Keys!;

    /// <summary>The draws of what is published here, always the same, so that what is tried comes out the
    /// same.</summary>
    public NoiseKey Noise { get; } = new(NoiseOctets);

    /// <summary>The day of the town.</summary>
    public PopulationWindow TownDay { get; set; }

    public IReadOnlyList<Lane> Lanes => _pipeline!.Lanes;

    public IVault Vault => _ask!;

    /// <summary>An order of before, brought to the vault where the desk has none any more.</summary>
    public ScopeOrder? Remembered { get; set; }

    public string CasesFolder => _folder.At("cases");

    public string AuditFolder => _folder.At("audit");

    /// <param name="confirmed">The one endpoint of the list, as it writes it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task OpenAsync(string confirmed, CancellationToken cancel)
    {
        Clock.Advance(Epochs.BeginOf(Epochs.At(Clock.GetUtcNow()) + 1).AddDays(2).AddHours(1) - Clock.GetUtcNow());
        Start = Now;
        List(confirmed);
        _log = FileAuditLog.Open(
            new AuditOptions { Directory = AuditFolder, Version = VersionAction.Text }, Clock,
            NullLogger<FileAuditLog>.Instance);
        await OpenVaultAsync(cancel);
        Store = await FlowStore.OpenAsync(
            new() { Embedded = _folder.At("store") }, Clock, NullLoggerFactory.Instance, cancel,
            new() { CommandLine = under.StoreProcess });
        _spool = new Spool(new SpoolOptions { Directory = _folder.At("spool") }, NullLogger<Spool>.Instance);
        _loader = new SpoolLoader(_spool, Store, Clock, NullLogger<SpoolLoader>.Instance);
        OpenPipeline();
        _records = RecordsFile.Open(_folder.At("cases/records.sqlite"));
        var evidence = new EvidenceStore(Store, _loader, Clock);
        Desk = await OpenDeskAsync(evidence, cancel);
        _events = new InProcessEvents(SignedBy.Collector, Clock);
        _scopes = new InProcessScopes(Desk, new ScopeShards(_pipeline!), new EpochBlocks(_link!.Keys), Clock);
        _handling = Desk.RunAsync(_stop.Token);
        _feeding = _events.RunAsync(Desk, _stop.Token);
        _following = _scopes.RunAsync(_shardsEnd.Token);
        _relay.To(_events);
        _reports = Reports(PopulationReportHandler.RulesOf(Policy), Networks.Lines);
        Population = PopulationOf(_reports);
        Evidence = new EvidenceHandler(Desk.Engine, Desk.Scopes, evidence, _log);
        Disclosures = new DisclosureHandler(Desk, Vault, _log, Policy, Clock);
    }

    /// <summary>A collector writes down what it heard of the exporter: so many datagrams in each of some
    /// minutes.</summary>
    public async Task CoverAsync(
        DateTimeOffset from, int minutes, ulong datagrams, CancellationToken cancel)
    {
        _spool!.Write((ReadOnlySpan<CoverageRow>)[
            .. Enumerable.Range(0, minutes).Select(minute => new CoverageRow(
                (uint)(from.ToUnixTimeSeconds() + (minute * 60)), Exporter, 0, datagrams, datagrams, 0, 1)),
        ]);
        await _loader!.DrainAsync(cancel);
    }

    /// <summary>A collector says to the vault that a case's line was active in the last hour.</summary>
    public Task ActiveAsync(CaseId id, CancellationToken cancel) => _link!.ForCollector().ReportActivityAsync(
        new(Now - 3_600_000, Now, [new(id.ToString(), WasActive: true)]), cancel);

    /// <summary>The population plane as it would be after a restart: other rules, other groups, the same folder.
    /// </summary>
    public PopulationReports Reports(PopulationKAnonymity rules, SubscriberLineKinds lines)
    {
        var published = new PublishingOptions
        {
            Noise = (_, _, _) => Task.FromResult<IFigureNoise>(new NoiseKey(NoiseOctets)),
            FiguresFile = _folder.At("population/endpoint-figures.json"),
            ComparisonsFolder = _folder.At("population/comparisons"),
        };
        return new(
            new PopulationCounts(Store.Client, lines), new PopulationAnswers(_folder.At("population")), rules,
            new(new WindowNoise(published), new EndpointFigures(published), ActiveTimeout, _ => true), Clock);
    }

    /// <summary>Asked as a person asks.</summary>
    public PopulationReportHandler PopulationOf(IPopulationReports reports)
    {
        var listed = new ListedEndpoints(Lists, Clock);
        return new(
            new NamedEndpoints(reports, one => listed.ListOf(one) is not null
                || ((ICandidates)Runs).Find(one) is not null),
            Desk.Engine, _log!);
    }

    private void OpenPipeline()
    {
        _pipeline = new Pipeline(new PipelineDependencies
        {
            Decoding = DecodingOptions.OfFiles,
            Networks = Networks,
            Watchlist = Lists,
            Digesting = new DigestOptions(),
            Names = () => EpochPseudonymizer.ByEpoch(_link!.Keys!),
            Keys = _link!.Keys,
            Digests = _spool!,
            Sightings = new EventfulSightings(new SightingSpool(_spool!), Raised),
            Detecting = new DetectingDependencies(
                under.Detecting with { ActiveTimeout = ActiveTimeout, Subjects = 100_000, Details = 4_096 },
                Raised, Clock),
            Evidence = new EvidenceDependencies
            {
                Sink = _spool!,
                Ring =
                    new RingOptions { Directory = _folder.At("ring"), Size = 16 << 20, Span = TimeSpan.FromHours(1) },
                Time = Clock
            },
        });
        _lane = _pipeline.AddLane();
        _pipeline.Start();
    }

    private async Task<CaseHandler> OpenDeskAsync(EvidenceStore evidence, CancellationToken cancel)
    {
        return await CaseHandler.OpenAsync(
            new CaseHandlerDependencies
            {
                Records = new CaseRecords(_records!),
                Audit = _log!,
                Ring = SignedBy.Ring,
                Grants = _ask!,
                Orders = new ScopeChangeLog(Clock),
                Reports = await ScopeReportBook.OpenAsync(new ScopeReportRecords(_records!), cancel),
                Evidence = evidence,
                Vault = Vault,
                Approvals = _ask,
                People = People.Current,
                Judge = new RemediationJudge(new StoredCoverage(Store!), _ask, new()),
                Allow = new AllowFile(_folder.At("cases"), Lists),
                Policy = Policy,
                Time = Clock,
                Log = NullLogger<CaseHandler>.Instance,
            },
            cancel);
    }

    /// <summary>All entries of the audit so far, read from its files.</summary>
    public List<AuditEntry> Entries() => [.. AuditReader.Entries(AuditFolder).Select(record => record.Entry)];

    public async ValueTask DisposeAsync()
    {
        await _shardsEnd.CancelAsync();
        await _following;
        _pipeline?.Finish();
        _pipeline?.Dispose();
        _events?.Complete();
        await _feeding;
        Desk?.Complete();
        await _handling;
        _scopes?.Dispose();
        Desk?.Dispose();
        _reports?.Dispose();
        Noise.Dispose();
        _records?.Dispose();
        _loader?.Dispose();
        _spool?.Dispose();
        await (Store?.DisposeAsync() ?? ValueTask.CompletedTask);

        _link?.Dispose();
        await _stop.CancelAsync();
        if (_vault is not null)
        {
            await _vault.StopAsync();
            _vault.Dispose();
        }

        if (_log is not null)
        {
            await _log.DisposeAsync();
        }

        _stop.Dispose();
        _shardsEnd.Dispose();
        SignedBy.Dispose();
        People.Dispose();
        _folder.Dispose();
    }

    private static NetworkOptions Network(string prefix, string group) =>
        new() { Prefix = Prefix.Parse(prefix), Group = group, Access = "ftth" };

    private void List(string confirmed)
    {
        var path = _folder.At("confirmed.csv");
        File.WriteAllLines(path, ["ip,port", confirmed.Replace(':', ',')]);
        Lists.Replace(Watchlist.From(
            [FeedReader.Read(
                new FeedOptions { Name = "confirmed", Path = path, Role = Weir.Contracts.Lists.ListRole.C2 }, Clock)],
            Clock.GetUtcNow()));
    }

    private async Task OpenVaultAsync(CancellationToken cancel)
    {
        var (socket, own) = (_folder.At("v.sock"), OsUsers.NameOf(OsUsers.Own));
        var options = new VaultProcessOptions
        {
            Settings = new WeirConfiguration
            {
                Vault = new() { Dir = _folder.At("vault") },
                Complaints = new() { Reporters = [new() { Name = "peer" }] },
            },
            People = People.Current,
            Networks = Networks,
            Version = VersionAction.Text,
            Peers = new()
            {
                Name = "vault",
                Socket = socket,
                Users = new Dictionary<string, PeerRoles> { [own] = PeerRoles.Any },
            },
            Grounds = new()
            {
                Keys =
                [
                    new(new("collector", "collector"), SignedBy.Collector.Public),
                    new(new("store", "store"), SignedBy.Store.Public),
                ],
                Limits = Policy.ScopeLimits,
            },
            KnownIdentity = new PortBlockFixture(),
            AllowRoot = true,
        };
        _vault = new HostBuilder().ConfigureServices(services => services.AddSingleton<TimeProvider>(Clock)
            .AddLogging().AddVaultProcess(options)).Build();
        await _vault.StartAsync(cancel);
        var peer = new VaultPeer(
            socket, own, Clock, _vault.Services.GetRequiredService<IMeterFactory>(), NullLoggerFactory.Instance);
        _link = new VaultLink(peer, named: true, leased: false, Clock, NullLoggerFactory.Instance);
        _ask = _link.ForDesk(_log!, scope => Desk?.FindOrder(scope) ?? Remembered);
        await _link.OpenAsync(cancel);
    }
}

/// <summary>What the examples are played under; they are due under what is shipped.</summary>
internal sealed record RulesTestSettings
{
    /// <summary>Floors and thresholds of the counters.</summary>
    public DetectingOptions Detecting { get; init; } = new();

    public PolicyProfile Policy { get; init; } = PolicyProfile.UsProvider;

    /// <summary>How the store's process is started; null = as this program.</summary>
    public string[]? StoreProcess { get; init; }
}

/// <summary>The machine's clock, set ahead.</summary>
internal sealed class OffsetClock : TimeProvider
{
    private TimeSpan _ahead;

    public void Advance(TimeSpan by) => _ahead += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;

    public override long GetTimestamp() =>
        System.GetTimestamp() + (long)(_ahead.TotalSeconds * System.TimestampFrequency);
}
