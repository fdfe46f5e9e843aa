// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;
using Weir.Desk.Mitigation;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Sections;
using Weir.Tests.Blocking;
using Weir.Tests.Cases;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Escalating;

/// <summary>A line, a garden and an access system that can be down, refuse, or say no.</summary>
internal sealed class FakeAccessControlGateway : IAccessControlGateway
{
    /// <summary>What was announced and not withdrawn.</summary>
    public Dictionary<LeaseId, LineRouteOrder> Routes { get; } = [];

    /// <summary>How the vault's router stands to all of them.</summary>
    public LeaseStanding Standing { get; set; } = new(LeaseState.Verified, LeaseReasonCode.None);

    public bool IsDown { get; set; }

    public bool SaysNo { get; set; }

    public List<WalledGardenOrder> Orders { get; } = [];

    public WalledGarden Garden { get; private set; }

    public int Asked { get; private set; }

    public Task AnnounceAsync(LineRouteOrder order, CancellationToken cancel)
    {
        Asked++;
        Routes[order.Lease] = IsDown ? throw new VaultDownException("no socket") : order;
        return Task.CompletedTask;
    }

    public Task WithdrawRouteAsync(CaseId id, LeaseId lease, CancellationToken cancel)
    {
        _ = IsDown ? throw new VaultDownException("no socket") : Routes.Remove(lease);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<LeaseId, LeaseStanding>> RoutesAsync(CancellationToken cancel) => IsDown
        ? throw new VaultDownException("no socket")
        : Task.FromResult<IReadOnlyDictionary<LeaseId, LeaseStanding>>(
            Routes.Keys.ToDictionary(lease => lease, _ => Standing));

    public bool IsProtected { get; set; }

    public Task<bool> IsProtectedAsync(CaseId id, ScopeId scope, CancellationToken cancel) =>
        IsDown ? throw new VaultDownException("no socket") : Task.FromResult(IsProtected);

    public Task<WalledGardenResult> GardenAsync(WalledGardenOrder order, CancellationToken cancel)
    {
        if (IsDown)
        {
            throw new VaultDownException("no socket");
        }

        Orders.Add(order);
        Garden = SaysNo ? Garden : order.Garden;
        return Task.FromResult(
            new WalledGardenResult(!SaysNo, "radius", SaysNo ? "CoA-NAK 503" : "CoA-ACK", DateTimeOffset.UnixEpoch));
    }
}

/// <summary>What the customer is told, and whether it arrived.</summary>
internal sealed class FakeNoticeScheduler(TimeProvider time) : INoticeScheduler
{
    public List<(CaseId Case, NoticeStep Step, IReadOnlyList<ActionTaken> Done)> Told { get; } = [];

    public bool Arrives { get; set; } = true;

    /// <summary>Whether delay and span of evidence let the first notice go.</summary>
    public bool? Due { get; set; } = true;

    public bool? IsFoundDue(CaseId id) => Due;

    public IEnumerable<NoticeStep> Steps => Told.Select(t => t.Step);

    private Dictionary<(CaseId, NoticeStep), DateTimeOffset> Delivered { get; } = [];

    public Task<Decision.Deny?> PlanAsync(
        Actor actor, CaseId id, ScopeId scope, NoticeStep step, IReadOnlyList<ActionTaken> done, CancellationToken cancel)
    {
        Told.Add((id, step, done));
        if (Arrives)
        {
            Delivered[(id, step)] = time.GetUtcNow();
        }

        return Task.FromResult<Decision.Deny?>(null);
    }

    public bool IsTold(CaseId id, NoticeStep step) => Told.Exists(one => one.Case == id && one.Step == step);

    public DateTimeOffset? DeliveredAt(CaseId id, NoticeStep step) =>
        Delivered.TryGetValue((id, step), out var at) ? at : null;
}

internal sealed class FakeEndpointStatusLookup(TimeProvider time) : IEndpointStatusLookup
{
    public string Confirmed { get; set; } = "feodo and threatfox";

    public bool IsShared { get; set; }

    public int Others { get; set; }

    public Task<EndpointStatus> GetAsync(Endpoint endpoint, CancellationToken cancel) =>
        Task.FromResult(new EndpointStatus(Confirmed, IsShared, new Collateral(Others, 10_000, time.GetUtcNow())));
}

internal sealed class FakeProtectedLines : IProtectedSubscriberLines
{
    public bool Is { get; set; }

    public Task<bool> IsProtectedAsync(CaseId id, ScopeId scope, CancellationToken cancel) => Task.FromResult(Is);
}

/// <summary>Ladders over real cases, real blocks and real records; only what lies outside Weir is made.</summary>
internal sealed class EscalationFixture : IAsyncDisposable
{
    private RecordsFile _file;

    private EscalationFixture(CaseHandlerFixture cases, RecordsFile file)
    {
        (Cases, _file) = (cases, file);
        Notices = new(cases.Clock);
        Standings = new(cases.Clock);
    }

    public CaseHandlerFixture Cases { get; }

    public FakeMitigationRecords Journal { get; } = new();

    public FakeAccessControlGateway Lines { get; } = new();

    public FakeNoticeScheduler Notices { get; }

    public FakeEndpointStatusLookup Standings { get; }

    public FakeProtectedLines Protected { get; } = new();

    public PolicyProfile Policy { get; set; } = PolicyProfile.UsProvider;

    public EscalatingOptions Options { get; set; } = new();

    public MitigationOptions Blocking { get; set; } = MitigationSamples.Options;

    public MitigationController Blocks { get; private set; } = null!;

    public EscalationController Desk { get; private set; } = null!;

    public CaseFile File => Cases.Desk.Files.Single();

    public Escalation Ladder => Desk.Find(File.Id)!;

    public IEnumerable<Lease> Open => Blocks.Leases.Where(l => !LeaseStateMachine.IsOver(l.State));

    public static async Task<EscalationFixture> OpenAsync(
        Action<EscalationFixture>? with = null, BrakeLimits? brake = null)
    {
        var cases = await CaseHandlerFixture.OpenAsync(brake);
        var place = new EscalationFixture(cases, RecordsFile.Open(cases.Path));
        with?.Invoke(place);
        await place.OpenDesksAsync();
        return place;
    }

    public static QualityEvent Contact(
        ulong number, uint subject = 7, long from = CaseHandlerFixture.Start, string remote = "198.51.100.7") =>
            CaseHandlerFixture.Event(
                number, subject, RuleId.CncContact,
                CaseHandlerFixture.Class(Direction.Both, CaseHandlerFixture.Tcp, [443], remote),
                from, from + 60_000, EventPhase.Closed);

    /// <summary>As a stop and a start do; what was not durable is gone.</summary>
    public async Task RestartAsync()
    {
        Desk.Dispose();
        Blocks.Dispose();
        _file.Dispose();
        await Cases.RestartAsync();
        _file = RecordsFile.Open(Cases.Path);
        await OpenDesksAsync();
    }

    /// <summary>Time passes, then a round; routers hold what they should.</summary>
    public async Task RoundAsync(TimeSpan after = default, bool verified = true)
    {
        Cases.Clock.Advance(after);
        Lines.Standing = verified
            ? new(LeaseState.Verified, LeaseReasonCode.None)
            : new(LeaseState.Approved, LeaseReasonCode.NotHeld);
        await Desk.RunOnceAsync(default);
        if (verified)
        {
            await Desk.RunOnceAsync(default);
        }
    }

    /// <summary>A contact whose customer was told, and did nothing for a day.</summary>
    public async Task ToldAsync()
    {
        await Cases.HandleAsync(Contact(1));
        await RoundAsync();
        await RoundAsync(TimeSpan.FromHours(25));
    }

    /// <summary>The subject's next contact, now.</summary>
    public Task AgainAsync(ulong number) =>
        Cases.HandleAsync(Contact(number, from: Cases.Clock.GetUtcNow().ToUnixTimeMilliseconds()));

    public async ValueTask DisposeAsync()
    {
        Desk.Dispose();
        Blocks.Dispose();
        _file.Dispose();
        await Cases.DisposeAsync();
    }

    private async Task OpenDesksAsync()
    {
        Blocks = await FakeMitigationRecords.DeskAsync(Journal, Cases.Clock, Blocking);
        Desk = await EscalationController.OpenAsync(
            new EscalationDependencies
            {
                Cases = Cases.Desk,
                Blocks = Blocks,
                Records = new EscalationRecords(_file),
                Audit = Cases.Audit,
                Notices = Notices,
                Lines = Lines,
                Endpoints = Standings,
                Protected = Protected,
                Policy = Policy,
                Options = Options,
                Time = Cases.Clock,
                Log = NullLogger<EscalationController>.Instance,
            },
            default);
    }
}
