// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Desk.Mitigation;
using Weir.Hosting.Auditing;
using Weir.Hosting.GoBgp;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Blocking;

/// <summary>Leases, approvals and records for tests of blocking.</summary>
internal static class MitigationSamples
{
    public static readonly RouteOptions Routes = new() { Asn = 64500 };

    public static readonly Justification Form = new(
        "a command server", "customers are steered from it", "mail, not answered",
        new(0, 100_000, DateTimeOffset.UnixEpoch));

    public static Justification CountedAt(DateTimeOffset now) =>
        Form with { Collateral = new(0, 100_000, now) };

    public static readonly MitigationOptions Options = new()
    {
        Enforce = true,
        Rpz = new() { Garden = "garden.example" },
        Own = [Prefix.Parse("100.64.0.0/10"), Prefix.Parse("2001:db8:64::/48")]
    };

    public static Lease Lease(
        string target, ulong id = 1, LeaseState state = LeaseState.Approved, long endsMs = 1_000) =>
        new LeaseRow
        {
            Id = id,
            Target = target,
            State = state,
            Threat = "t",
            Necessity = "n",
            Alternatives = "a",
            NonCaseSubjects = 3,
            Subjects = 1_000,
            CountedMs = 0,
            PlannedBy = "ann",
            PlannedMs = 0,
            ApprovedBy = "ann, otto",
            ApprovedMs = 0,
            EndsMs = endsMs,
            StateMs = 0,
            EvidenceMs = 0,
        }.ToLease();

    public static RoutePlan Plan(params string[] targets) =>
        Weir.Hosting.GoBgp.RoutePlan.Create(
            targets.Select((target, i) => Lease(target, (ulong)i + 1)), Routes, DateTimeOffset.UnixEpoch);

    public static Approval Approval(string target, DateTimeOffset endsAt, bool isForBlock = true) => new(
        new StoredApproval
        {
            Number = 1,
            Deed = isForBlock ? Permission.Block : Permission.Notify,
            Target = target,
            AskedBy = "ann",
            AskedRole = Role.Analyst,
            Reason = "a command server",
            AskedAt = DateTimeOffset.UnixEpoch,
            GivenBy = "otto",
            GivenRole = Role.Operator,
            GivenAt = DateTimeOffset.UnixEpoch,
        },
        endsAt);
}

/// <summary>Feeds, audit and journal in one, which write down the order in which they were
/// asked, and can fail.</summary>
internal sealed class FakeMitigationRecords : IAuditLog, IMitigationJournal, IDomainFeeds
{
    private readonly ConcurrentDictionary<ulong, LeaseRow> _rows = [];
    private long _sequence;

    public ConcurrentQueue<string> Order { get; } = [];

    public ConcurrentQueue<AuditEntry> Entries { get; } = [];

    public bool AuditFails { get; set; }

    public bool JournalFails { get; set; }

    public IReadOnlyCollection<LeaseRow> Rows => [.. _rows.Values];

    /// <summary>The journal's file is gone.</summary>
    public void Forget() => _rows.Clear();

    public static Task<MitigationController> DeskAsync(
        FakeMitigationRecords records, FakeTimeProvider time, MitigationOptions? options = null) =>
            MitigationController.OpenAsync(
                records, records, records, options ?? MitigationSamples.Options, time,
                NullLogger<MitigationController>.Instance, CancellationToken.None);

    public Task<AuditReceipt> AppendAsync(AuditEntry entry, CancellationToken cancel)
    {
        if (AuditFails)
        {
            throw new AuditException("the audit's disk is full");
        }

        Order.Enqueue($"audit {entry.Act} {entry.Outcome}");
        Entries.Enqueue(entry);
        return Task.FromResult(new AuditReceipt(Interlocked.Increment(ref _sequence), DateTimeOffset.UnixEpoch, ""));
    }

    public Task WriteAsync(IReadOnlyCollection<LeaseRow> rows, CancellationToken cancel)
    {
        if (JournalFails)
        {
            throw new MitigationJournalException("the journal's disk is gone");
        }

        foreach (var row in rows)
        {
            Order.Enqueue($"journal {LeaseStateMachine.ToName(row.State)}");
            _rows[row.Id] = row;
        }

        return Task.CompletedTask;
    }

    public Task DeleteAsync(ulong id, CancellationToken cancel)
    {
        Order.Enqueue("journal delete");
        _ = JournalFails ? throw new MitigationJournalException("the journal's disk is gone")
            : _rows.TryRemove(id, out _);
        return Task.CompletedTask;
    }

    public Task ProbeAsync(CancellationToken cancel) =>
        JournalFails ? throw new MitigationJournalException("the journal's disk is gone") : Task.CompletedTask;

    public Task<IReadOnlyList<LeaseRow>> LoadAsync(DateTimeOffset endedSince, CancellationToken cancel) =>
        JournalFails
            ? throw new MitigationJournalException("the journal's disk is gone")
            : Task.FromResult<IReadOnlyList<LeaseRow>>([.. _rows.Values]);

    public string? ListOf(string domain) => domain.EndsWith(".example", StringComparison.Ordinal) ? "feed" : null;
}
