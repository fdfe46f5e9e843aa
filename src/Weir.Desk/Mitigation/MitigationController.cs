// SPDX-License-Identifier: Apache-2.0
//
// Where leases live. One step at a time: what is asked is judged, audited, written to the journal, and only then
// counts. Routers and resolvers take from here what should stand and tell back what does. While the journal is lost,
// nothing stands: a block that nobody can account for is worse than none; each round looks whether it can be had again.
using Weir.Hosting.GoBgp;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Blocking;

namespace Weir.Desk.Mitigation;

/// <summary>What came of planning or ordering: the lease, or all that speaks against it.</summary>
public sealed record MitigationResult(Lease? Lease, IReadOnlyList<MitigationRefusal> Refused);

/// <summary>The desk. Make one with <see cref="OpenAsync"/>.</summary>
public sealed partial class MitigationController : IMitigationLedger, IDisposable
{
    /// <summary>How long those that are over stay listed.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(90);

    /// <summary>Newer evidence is written down when it is this much newer.</summary>
    private static readonly TimeSpan EvidenceGrain = TimeSpan.FromHours(1);

    private readonly IMitigationJournal _journal;
    private readonly IAuditLog _audit;
    private readonly IDomainFeeds _feeds;
    private readonly MitigationOptions _options;

    /// <summary>How routes are written.</summary>
    internal RouteOptions Routes => _options.Routes;
    private readonly TimeProvider _time;
    private readonly ILogger<MitigationController> _log;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ImmutableDictionary<LeaseId, Lease> _leases = ImmutableDictionary<LeaseId, Lease>.Empty;
    private string _lost = "";
    private DateTimeOffset _lostAt;
    private string? _stopped;
    private long _refused;

    private MitigationController(
        IMitigationJournal journal, IAuditLog audit, IDomainFeeds feeds, MitigationOptions options, TimeProvider time,
        ILogger<MitigationController> log) =>
            (_journal, _audit, _feeds, _options, _time, _log) = (journal, audit, feeds, options, time, log);

    /// <summary>Something changed that routers and resolvers should hold.</summary>
    public event Action? Changed;

    /// <summary>Our clock.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>All leases, also those that are over; safe to read from other threads.</summary>
    public IReadOnlyCollection<Lease> Leases => [.. Volatile.Read(ref _leases).Values];

    /// <summary>Why nothing stands any more; empty while the journal is whole.</summary>
    public string Lost => Volatile.Read(ref _lost);

    /// <summary>Whether routers and resolvers are told at all.</summary>
    public bool IsEnforced => _options.Enforce;

    /// <summary>How counts of subjects are shown to people.</summary>
    public CountRounding Shown => _options.Shown;

    /// <summary>Plans and orders that were refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>The leases that routers and resolvers should hold now: none under dry run, none once the
    /// journal is lost.</summary>
    public IReadOnlyList<Lease> Active
    {
        get
        {
            var now = _time.GetUtcNow();
            return !_options.Enforce || Lost.Length > 0 ? [] : [.. Leases.Where(lease => lease.IsActiveAt(now))];
        }
    }

    /// <summary>Opens the desk with what the journal holds. A journal that cannot be read leaves it open with nothing
    /// in force, so that routers are swept.</summary>
    public static async Task<MitigationController> OpenAsync(
        IMitigationJournal journal, IAuditLog audit, IDomainFeeds feeds, MitigationOptions options, TimeProvider time,
        ILogger<MitigationController> log, CancellationToken cancel)
    {
        var desk = new MitigationController(journal, audit, feeds, options, time, log);
        try
        {
            var rows = await journal.LoadAsync(time.GetUtcNow() - Remembered, cancel);
            desk._leases = rows.Select(row => desk.AsItStands(row.ToLease())).ToImmutableDictionary(lease => lease.Id);
        }
        catch (Exception fault) when (fault is MitigationJournalException or FormatException)
        {
            desk.Lose(fault);
        }

        return desk;
    }

    /// <summary>A lease by its number.</summary>
    public Lease? Find(LeaseId id) => Volatile.Read(ref _leases).GetValueOrDefault(id);

    /// <summary>What speaks against a block, without writing anything down.</summary>
    public IReadOnlyList<MitigationRefusal> Weigh(MitigationTarget target, Justification justification) =>
        Guardrails.Check(target, justification, Leases, _feeds, _options, _time.GetUtcNow());

    /// <summary>Writes a plan down, for two people to approve.</summary>
    /// <exception cref="AuditException">A refusal could not be recorded.</exception>
    /// <exception cref="MitigationJournalException">It could not be written.</exception>
    public async Task<MitigationResult> PlanAsync(
        MitigationTarget target, Justification justification, Weir.Contracts.Scopes.CaseId forCase, string actor,
        string role, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        var now = _time.GetUtcNow();
        var lease = new Lease
        {
            Id = FreshId(), Target = target, Justification = justification, Case = forCase, State = LeaseState.Planned,
            PlannedBy = actor, PlannedAt = now, EndsAt = now + _options.PlanValidFor, StateAt = now, EvidenceAt = now,
        };
        var refused = Guardrails.Check(target, justification, Leases, _feeds, _options, now, forCase);
        if (refused.Count > 0)
        {
            return await RefuseAsync(lease, refused, actor, role, cancel);
        }

        await SaveAsync([lease], cancel);
        return new(lease, []);
    }

    /// <summary>Forgets a plan that no second person could be asked about: nobody can approve it, and it was never
    /// one.</summary>
    /// <exception cref="MitigationJournalException">It could not be written; nothing stands any more.</exception>
    public async Task DiscardAsync(LeaseId id, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        if (Find(id) is not { State: LeaseState.Planned } planned)
        {
            return;
        }

        try
        {
            await _journal.DeleteAsync(planned.Id.Number, cancel);
        }
        catch (MitigationJournalException fault)
        {
            Lose(fault);
            Changed?.Invoke();
            throw;
        }

        Volatile.Write(ref _leases, _leases.Remove(id));
    }

    /// <summary>Puts a planned block in force by an order, which carries the leave of two people. The rails are asked
    /// again: time has passed.</summary>
    /// <exception cref="AuditException">It could not be recorded; nothing happened.</exception>
    /// <exception cref="MitigationJournalException">It could not be written; nothing stands any more.</exception>
    public async Task<MitigationResult> ApproveAsync(
        MitigationOrder order, string actor, string role, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        var now = _time.GetUtcNow();
        if (Find(order.Lease) is not { State: LeaseState.Planned } planned || planned.EndsAt <= now)
        {
            return new(null, [new(MitigationRefusal.Unknown, $"{order.Lease} is no plan that waits; plan it again")]);
        }

        var others = Leases.Where(l => l.Id != planned.Id).ToList();
        List<MitigationRefusal> refused = [.. Guardrails.Check(
            planned.Target, planned.Justification, others, _feeds, _options, now, planned.Case)];
        if (order.EndsAt <= now || order.EndsAt - now > _options.MaxLifetime)
        {
            refused.Add(
                new(MitigationRefusal.TooLong, $"a block ends within {_options.MaxLifetime.TotalDays:0.#} d from now"));
        }

        if (refused.Count > 0)
        {
            return await RefuseAsync(planned, refused, actor, role, cancel);
        }

        var approved = planned with
        {
            State = LeaseState.Approved, StateAt = now, ApprovedAt = now, EndsAt = order.EndsAt, EvidenceAt = now,
            ApprovedBy = order.ApprovedBy, Reason = _options.Enforce ? LeaseReasonCode.None : LeaseReasonCode.DryRun,
        };
        _ = await _audit.AppendAsync(
            MitigationAuditEntries.Entry(
                approved, AuditActions.Block, _options.Enforce ? AuditActions.Allow : "dry-run",
                $"approved by {approved.ApprovedBy}{(order.Grounds.Length > 0 ? $", {order.Grounds}" : "")}",
                actor, role) with
            {
                Approval = order.Approval,
            },
            cancel);
        await SaveAsync([approved], cancel);
        Changed?.Invoke();
        return new(approved, []);
    }

    /// <summary>Takes blocks back before their end.</summary>
    /// <returns>How many were not over.</returns>
    public async Task<int> WithdrawAsync(
        IReadOnlyCollection<LeaseId> ids, LeaseReason why, string actor, string role, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        var ended = await EndAsync(
            [.. ids.Select(Find).OfType<Lease>()], new(LeaseState.Withdrawn, why), actor, role, cancel);
        Changed?.Invoke();
        return ended;
    }

    /// <summary>Emergency stop: everything is taken back, plans too. It goes ahead whatever becomes of the record; a
    /// record that fails is logged and thrown afterwards.</summary>
    /// <returns>How many leases ended.</returns>
    public async Task<int> StopAllAsync(string why, string actor, string role, CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        var open = Leases.Where(l => !LeaseStateMachine.IsOver(l.State)).ToList();
        try
        {
            return await EndAsync(
                open, new(LeaseState.Withdrawn, new(LeaseReasonCode.EmergencyStop, why)), actor, role, cancel);
        }
        catch (Exception fault) when (fault is AuditException or MitigationJournalException)
        {
            _stopped = why;
            Lose(fault);
            throw;
        }
        finally
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Ends what is due: by time, and where the evidence stopped; and everything, where the journal is lost.
    /// Called at every round.</summary>
    public async Task ExpireAsync(CancellationToken cancel)
    {
        using var turn = await LockAsync(cancel);
        if (Lost.Length > 0 ? !await TryHealAsync(now: _time.GetUtcNow(), cancel) : !await ProbeAsync(cancel))
        {
            return;
        }

        var now = _time.GetUtcNow();
        var open = Leases.Where(l => !LeaseStateMachine.IsOver(l.State)).ToList();
        _ = await EndAsync(
            [.. open.Where(l => l.EndsAt <= now)], new(LeaseState.Expired, LeaseReasonCode.TimeOver),
            MitigationLog.Machine, MitigationLog.MachineRole, cancel);
        var quiet = open.Where(
            l => l.EndsAt > now && l.State != LeaseState.Planned && now - l.EvidenceAt > _options.EvidenceStops)
            .ToList();
        _ = await EndAsync(
            quiet, new(LeaseState.Withdrawn, LeaseReasonCode.EvidenceStopped), MitigationLog.Machine,
            MitigationLog.MachineRole, cancel);
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Under dry run nothing is announced, whatever was before.</summary>
    private Lease AsItStands(Lease lease) => !_options.Enforce
        && lease.State is LeaseState.Announced or LeaseState.Verified
        ? lease with { State = LeaseState.Approved, Reason = LeaseReasonCode.DryRun, Confirmed = default }
        : lease;

    private static LeaseId FreshId()
    {
        Span<byte> octets = stackalloc byte[8];
        RandomNumberGenerator.Fill(octets);
        return new(BitConverter.ToUInt64(octets));
    }

    private async Task<MitigationResult> RefuseAsync(
        Lease lease, IReadOnlyList<MitigationRefusal> refused, string actor, string role, CancellationToken cancel)
    {
        _ = Interlocked.Increment(ref _refused);
        _ = await _audit.AppendAsync(
            MitigationAuditEntries.Entry(
                lease, AuditActions.Block, refused[0].Code, string.Join("; ", refused.Select(r => r.Code)),
                actor, role),
            cancel);
        return new(null, refused);
    }

    /// <summary>Audit, journal, memory, in this order.</summary>
    private async Task<int> EndAsync(
        IReadOnlyCollection<Lease> leases, LeaseEnd end, string actor, string role, CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        var ending = leases.Where(l => LeaseStateMachine.MayGo(l.State, end.To)).ToList();
        if (ending.Count == 0)
        {
            return 0;
        }

        _ = await AuditAsync(
            ending.Where(l => l.State != LeaseState.Planned)
                .Select(l => MitigationAuditEntries.EndOf(l, now, end, actor, role)),
            cancel);
        await SaveAsync([.. ending.Select(lease => Ended(lease, end, now))], cancel);
        return ending.Count;
    }

    private Task<AuditReceipt[]> AuditAsync(IEnumerable<AuditEntry> entries, CancellationToken cancel) =>
        Task.WhenAll(entries.Select(entry => _audit.AppendAsync(entry, cancel)));

    private async Task SaveAsync(List<Lease> leases, CancellationToken cancel)
    {
        if (leases.Count == 0)
        {
            return;
        }

        if (Lost.Length > 0)
        {
            throw new MitigationJournalException(Lost);
        }

        try
        {
            await _journal.WriteAsync([.. leases.Select(LeaseRow.From)], cancel);
        }
        catch (MitigationJournalException fault)
        {
            Lose(fault);
            Changed?.Invoke();
            throw;
        }

        Volatile.Write(ref _leases, _leases.SetItems(leases.Select(l => KeyValuePair.Create(l.Id, l))));
    }

    private async Task<bool> ProbeAsync(CancellationToken cancel)
    {
        try
        {
            await _journal.ProbeAsync(cancel);
            return true;
        }
        catch (MitigationJournalException fault)
        {
            Lose(fault);
            Changed?.Invoke();
            return false;
        }
    }

    private void Lose(Exception fault)
    {
        _log.JournalLost(fault.Message);
        _lostAt = _time.GetUtcNow();
        Volatile.Write(
            ref _lost, $"{fault.Message}. Nothing is blocked until it can be used; that is tried again by itself.");
    }

    private async Task<IDisposable> LockAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        return new MitigationLockReleaser(_turn);
    }

    private sealed class MitigationLockReleaser(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
