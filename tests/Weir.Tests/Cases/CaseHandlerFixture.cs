// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Erasing;
using Weir.Tests.Cases.Braking;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Cases;

/// <summary>A case desk with real records in a folder of its own, and seams that a test can look into.</summary>
internal sealed class CaseHandlerFixture : IAsyncDisposable
{
    public const long Start = 1_767_571_200_000;
    public const byte Udp = 17;
    public const byte Tcp = 6;

    public static readonly Actor Ana = new("ana", Role.Analyst);
    public static readonly Actor Olaf = new("olaf", Role.Operator);
    public static readonly Actor Petra = new("petra", Role.PrivacyOfficer);
    public static readonly Actor Aud = new("aud", Role.Auditor);
    public static readonly Actor Adam = new("adam", Role.Administrator);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-desk-").FullName;
    private RecordsFile? _file;
    private CaseHandler? _desk;

    public SteppedTime Clock { get; } = new(DateTimeOffset.UnixEpoch);

    /// <summary>In force from the next restart on; null for the clock.</summary>
    public ErasureClock? Erasing { get; set; }

    public TestKeys Keys { get; } = new();

    public BreakableAuditLog Audit { get; } = new();

    public ScopesInForce Shards => new(() => Desk.Orders);

    public InMemoryEvidence Evidence { get; } = new();

    public FakeVault Vault { get; } = new();

    public RecordingFalsePositiveSink Allow { get; } = new();

    public FakeConsentGateway Consents { get; } = new();

    /// <summary>Puts something before the records, from the next restart on.</summary>
    public Func<ICaseRecords, ICaseRecords> WithRecords { get; set; } = records => records;

    /// <summary>In force from the next restart on.</summary>
    public PolicyProfile Policy { get; set; } = PolicyProfile.UsProvider;

    /// <summary>What the brake lets become cases; in force from the next restart on.</summary>
    public BrakeLimits Brake { get; set; } = BrakeLimits.None;

    /// <summary>Which edit of a list brought what; in force from the next restart on.</summary>
    public IListEdits Edits { get; set; } = new MadeEdits();

    /// <summary>A lab's, where nobody signs, unless a test says otherwise.</summary>
    public CurrentPeople People { get; } = new(Weir.Contracts.Approvals.People.Lab);

    /// <summary>Requests that two people sign; none in a lab. Counts from the next start on.</summary>
    public IApprovalBook? Approvals { get; set; }

    public CaseHandler Desk => _desk ?? throw new InvalidOperationException("not open");

    public string Path => System.IO.Path.Combine(_folder, "records.sqlite");

    public IEnumerable<CaseScope> Scopes => Desk.Files.SelectMany(f => f.Scopes).OrderBy(s => s.Scope.FromMs);

    public static async Task<CaseHandlerFixture> OpenAsync(BrakeLimits? brake = null)
    {
        var place = new CaseHandlerFixture { Brake = brake ?? BrakeLimits.None };
        place.Clock.Advance(TimeSpan.FromMilliseconds(Start));
        await place.OpenDeskAsync();
        return place;
    }

    /// <summary>Closes and opens again, as a restart does; what was not durable is gone.</summary>
    public async Task RestartAsync()
    {
        Close();
        await OpenDeskAsync();
    }

    public ValueTask DisposeAsync()
    {
        Close();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    public static IpKey Address(string text) => IpKey.Parse(text);

    public static SubjectKey Subject(uint number) => new(IpKey.FromV4(0x0A00_0000 + number).Bits);

    public static TrafficClass Class(Direction direction, byte protocol, ushort[] ports, params string[] remotes) =>
        TrafficClass.Create(direction, protocol, ports, remotes.Select(IpKey.Parse));

    public static FlowPredicate Asked(Direction direction, byte protocol, ushort[] ports, params string[] remotes) =>
        new()
        {
            Direction = direction,
            Protocol = protocol,
            RemotePorts = [.. ports],
            Remotes = [.. remotes.Select(IpKey.Parse)]
        };

    public static QualityEvent Event(
        ulong number, uint subject, string rule, TrafficClass? named, long from = Start, long until = Start + 60_000,
        EventPhase phase = EventPhase.Opened) => new()
    {
        Number = number,
        Phase = phase,
        Subject = Subject(subject),
        Rule = rule,
        RuleVersion = 3,
        Class = named is { Predicate.Remotes.IsEmpty: true }
            ? new(named.Predicate with { Trait = DetectionRules.Get(rule).Trait }) : named,
        FromMs = from,
        UntilMs = until,
        TriggeredMs = from + 10_000,
        Measured = 80_000,
        Threshold = 10_000,
        Unit = DetectionRules.Get(rule).Units[0],
        WindowSeconds = 10,
        SamplingInterval = 1,
        Exporter = Address("192.0.2.1"),
    };

    public static QualityEvent Flood(
        ulong number, uint subject, ushort port = 7703, long from = Start, long until = Start + 60_000,
        EventPhase phase = EventPhase.Opened) =>
            Event(
                number, subject, RuleId.FloodOut, Class(Direction.Out, Udp, [port], "203.0.113.9"), from, until, phase);

    public Task<EventReceipt> HandleAsync(params QualityEvent[] events) =>
        Desk.HandleAsync([.. events.Select(Keys.Sign)], CancellationToken.None);

    /// <summary>Says whether a silence means clean; it does unless a test says otherwise.</summary>
    public FakeRemediationJudge Judge { get; } = new();

    public async Task<CaseHandlerDependencies> PartsAsync() => new()
    {
        Records = WithRecords(new CaseRecords(_file!)),
        Audit = Audit,
        Ring = Keys.Ring,
        Grants = new LabGrantSource(Keys.Vault),
        Orders = new ScopeChangeLog(Clock),
        Reports = await ScopeReportBook.OpenAsync(new ScopeReportRecords(_file!), default),
        Evidence = Evidence,
        Vault = Vault,
        People = People,
        Approvals = Approvals,
        Judge = Judge,
        Consents = Consents,
        Allow = Allow,
        Policy = Policy,
        Time = Clock,
        Erasing = Erasing,
        Log = NullLogger<CaseHandler>.Instance,
        Brake = Brake,
        Edits = Edits,
    };

    private async Task OpenDeskAsync()
    {
        _file = RecordsFile.Open(Path);
        _desk = await CaseHandler.OpenAsync(await PartsAsync(), CancellationToken.None);
    }

    private void Close()
    {
        _desk?.Dispose();
        _file?.Dispose();
    }}
