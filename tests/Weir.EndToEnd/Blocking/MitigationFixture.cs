// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Desk.Mitigation;
using Weir.Hosting.Auditing;
using Weir.Hosting.Blocking;
using Weir.Hosting.GoBgp;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd.Blocking;

/// <summary>An audit and a journal that outlive the desk, as files would, and can be made to fail.</summary>
internal sealed class DurableMitigationRecords : IAuditLog, IMitigationJournal, IDomainFeeds
{
    private readonly ConcurrentDictionary<ulong, LeaseRow> _rows = [];
    private long _sequence;

    public ConcurrentQueue<AuditEntry> Entries { get; } = [];

    public bool JournalIsLost { get; set; }

    public Task<AuditReceipt> AppendAsync(AuditEntry entry, CancellationToken cancel)
    {
        Entries.Enqueue(entry);
        return Task.FromResult(
            new AuditReceipt(Interlocked.Increment(ref _sequence), TimeProvider.System.GetUtcNow(), ""));
    }

    public Task WriteAsync(IReadOnlyCollection<LeaseRow> rows, CancellationToken cancel)
    {
        if (JournalIsLost)
        {
            throw new MitigationJournalException("the disk of the journal is gone");
        }

        foreach (var row in rows)
        {
            _rows[row.Id] = row;
        }

        return Task.CompletedTask;
    }

    public Task DeleteAsync(ulong id, CancellationToken cancel)
    {
        _ = _rows.TryRemove(id, out _);
        return Task.CompletedTask;
    }

    public string? ListOf(string domain) => domain.EndsWith(".example", StringComparison.Ordinal) ? "a feed" : null;

    public Task ProbeAsync(CancellationToken cancel) =>
        JournalIsLost ? throw new MitigationJournalException("the disk of the journal is gone") : Task.CompletedTask;

    public Task<IReadOnlyList<LeaseRow>> LoadAsync(DateTimeOffset endedSince, CancellationToken cancel) =>
        JournalIsLost
            ? throw new MitigationJournalException("the disk of the journal is gone")
            : Task.FromResult<IReadOnlyList<LeaseRow>>([.. _rows.Values]);
}

/// <summary>A desk and a keeper over records that stay.</summary>
internal sealed class MitigationFixture : IDisposable
{
    public static readonly RouteOptions Routes = new() { Asn = Routers.Asn };

    private readonly GoBgpBackend _router;

    private MitigationFixture(MitigationController desk, GoBgpBackend router)
    {
        (Desk, _router) = (desk, router);
        Keeper = new(router, desk, TimeProvider.System, NullLogger<MitigationReconciler>.Instance);
    }

    public MitigationController Desk { get; }

    public MitigationReconciler Keeper { get; }

    /// <summary>A lease as the journal gives it back, for what needs no desk.</summary>
    public static Lease CreateActiveLease(ulong id, string target) => Row(id, target, 0, 1_000).ToLease();

    /// <summary>A row of the journal for an approved lease.</summary>
    public static LeaseRow Row(ulong id, string target, long fromMs, long untilMs) => new()
    {
        Id = id,
        Target = target,
        State = LeaseState.Approved,
        Threat = "t",
        Necessity = "n",
        Alternatives = "a",
        PlannedBy = "ann",
        PlannedMs = fromMs,
        ApprovedMs = fromMs,
        EndsMs = untilMs,
        StateMs = fromMs,
        EvidenceMs = fromMs,
    };

    public static Task<MitigationController> DeskAsync(DurableMitigationRecords records, bool enforce)
    {
        var options = new MitigationOptions
        {
            Enforce = enforce,
            Rpz = new() { Garden = "garden.example" },
            Own = [Prefix.Parse("100.64.0.0/10"), Prefix.Parse("2001:db8:64::/48")],
            MaxPerHour = 100_000,
            MaxActive = 100_000,
        };
        return MitigationController.OpenAsync(
            records, records, records, options, TimeProvider.System, NullLogger<MitigationController>.Instance,
            CancellationToken.None);
    }

    public static async Task<MitigationFixture> OpenAsync(
        DurableMitigationRecords records, Routers routers, bool enforce = true) =>
            await OpenAsync(records, routers.Api, Routes.Instance, enforce);

    /// <summary>One Weir of several that announce into the same GoBGP.</summary>
    public static async Task<MitigationFixture> OpenAsync(
        DurableMitigationRecords records, GoBgpAddress router, uint instance, bool enforce = true)
    {
        var desk = await DeskAsync(records, enforce);
        return new(desk, new GoBgpBackend(router, Routes with { Instance = instance }));
    }

    /// <summary>Plans, has it approved, and puts it on the desk.</summary>
    public Task<Lease> BlockAsync(string target, TimeSpan? length = null) => BlockAsync(Desk, target, length);

    public static async Task<Lease> BlockAsync(MitigationController desk, string target, TimeSpan? length = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        var justification = new Justification(
            "a command server of a botnet", "customers are steered from it", "mail to the customers, not answered",
            new(0, 100_000, now));
        var planned = await desk.PlanAsync(
            MitigationTarget.Parse(target), justification, default, "ann", "analyst", CancellationToken.None);
        Assert.Empty(planned.Refused);
        var endsAt = now + (length ?? TimeSpan.FromHours(1));
        var given = new StoredApproval
        {
            Number = 1,
            Deed = Permission.Block,
            Target = planned.Lease!.Target.ToString(),
            AskedBy = "ann",
            AskedRole = Role.Analyst,
            Reason = "a command server of a botnet",
            AskedAt = now,
            GivenBy = "otto",
            GivenRole = Role.Operator,
            GivenAt = now,
        };
        var order = new MitigationOrder(new Approval(given, endsAt), planned.Lease, endsAt);
        var approved = await desk.ApproveAsync(order, "otto", "operator", CancellationToken.None);
        Assert.Empty(approved.Refused);
        return approved.Lease!;
    }

    /// <summary>Rounds until the router is as planned.</summary>
    public Task SettleAsync() => Until.IsSoAsync(
        () => Keeper.RoundAsync(CancellationToken.None), "the router is as planned", TimeSpan.FromMilliseconds(200),
        () => $"{Keeper.Status}");

    public void Dispose()
    {
        Keeper.Dispose();
        _router.Dispose();
        Desk.Dispose();
    }
}
