// SPDX-License-Identifier: Apache-2.0
//
// Where the ladders of all cases live. One step at a time: leave, record, then the act; and what is in force is brought
// to what the record says, round after round, so that a stop between the two loses nothing. What the customer is told
// is what routers and the access system really did.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Desk.Escalations;

/// <summary>What the desk works with.</summary>
public sealed record EscalationDependencies
{
    public required CaseHandler Cases { get; init; }

    public required MitigationController Blocks { get; init; }

    public required IEscalationRecords Records { get; init; }

    public required IAuditLog Audit { get; init; }

    public required INoticeScheduler Notices { get; init; }

    public required IAccessControlGateway Lines { get; init; }

    public required IEndpointStatusLookup Endpoints { get; init; }

    public required IProtectedSubscriberLines Protected { get; init; }

    public required PolicyProfile Policy { get; init; }

    public required EscalatingOptions Options { get; init; }

    /// <summary>What every garden leaves open, as written in the configuration.</summary>
    public IReadOnlyList<string> Exempt { get; init; } = [];

    public required TimeProvider Time { get; init; }

    public required ILogger<EscalationController> Log { get; init; }
}

/// <summary>What came of a request: the ladder as it stands, a request that waits for a second
/// person, or a refusal.</summary>
public sealed record EscalationResult(Escalation? Ladder, StoredApproval? Waits, Decision.Deny? Refused);

/// <summary>The desk. Make one with <see cref="OpenAsync"/>; safe for many callers at once.</summary>
public sealed partial class EscalationController : ILineStanding, IDisposable
{
    private readonly EscalationDependencies _parts;
    private readonly ConcurrentDictionary<CaseId, Escalation> _ladders = [];
    private readonly SemaphoreSlim _turn = new(1, 1);

    private EscalationController(EscalationDependencies parts) => _parts = parts;

    /// <summary>All ladders that are not ended.</summary>
    public IReadOnlyCollection<Escalation> All => [.. _ladders.Values];

    /// <summary>Gardens that the access system confirmed since the start, ways out among them.</summary>
    public long Gardens => Interlocked.Read(ref _gardens);

    /// <summary>Tries of a garden that failed.</summary>
    public long GardensFailed => Interlocked.Read(ref _gardensFailed);

    /// <summary>Appeals since the start.</summary>
    public long Appeals => Interlocked.Read(ref _appeals);

    /// <summary>Endpoints that Weir would not close by itself.</summary>
    public long NotBlocked => Interlocked.Read(ref _notBlocked);

    public static async Task<EscalationController> OpenAsync(EscalationDependencies parts, CancellationToken cancel)
    {
        var desk = new EscalationController(parts);
        foreach (var ladder in await parts.Records.LoadAsync(cancel))
        {
            desk._ladders[ladder.Case] = ladder;
        }

        return desk;
    }

    /// <summary>Where a case stands; null where the ladder has not begun, or is over.</summary>
    public Escalation? Find(CaseId id) => _ladders.GetValueOrDefault(id);

    /// <summary>What is in force for the line of a case, each as it really stands; what the customer is told.</summary>
    public IReadOnlyList<ActionTaken> ActiveMeasures(CaseId id) =>
    [
        .. Held(id).Select(l => new ActionTaken(ActionKind.ClosedForLine, EndpointOf(l.Target), l.EndsAt)),
        .. Find(id) is not { } ladder ? [] : ladder.Confirmed switch
        {
            WalledGarden.Leaky => [new(ActionKind.LeakyGarden, "", ladder.Since)],
            WalledGarden.Strict => [new(ActionKind.StrictGarden, "", ladder.Since)],
            _ => Array.Empty<ActionTaken>()
        },
    ];

    public void Dispose() => _turn.Dispose();

    /// <summary>Blocks that were ordered for the line and that no router confirmed, each with why: they are not in
    /// force.</summary>
    public IReadOnlyList<string> NotInForce(CaseId id) =>
    [
        .. OpenBlocks(id).Where(l => l.State != LeaseState.Planned && !l.IsInForceAt(Now)).Select(l =>
            $"{EndpointOf(l.Target)}: {LeaseReasonText.Format(l.Reason)}".TrimEnd(' ', ':')),
    ];

    /// <summary>Blocks of the line that a neighbour of the router is sent.</summary>
    private IEnumerable<Lease> Held(CaseId id) => _parts.Blocks.ForLine(id).Where(l => l.IsInForceAt(Now));

    /// <summary>The far end of a block: <c>203.0.113.9:443/tcp</c>, without what is any.</summary>
    internal static string EndpointOf(MitigationTarget target)
    {
        var remote = target.Remote is { } far
            ? far.Length != 128 ? far.ToString() : far.IsV4 ? far.Network.ToString() : $"[{far.Network}]"
            : "*";
        var ports = target.Ports.IsEmpty ? "" : ":" + string.Join(',', target.Ports);
        return $"{remote}{ports}{(target.Protocol == 0 ? "" : "/" + Protocols.ToName(target.Protocol))}";
    }

    private IEnumerable<Lease> OpenBlocks(CaseId id) => _parts.Blocks.ForLine(id).Where(
        l => !LeaseStateMachine.IsOver(l.State) && (l.State != LeaseState.Planned || l.PlannedBy == Actor.Weir.Name));

    private DateTimeOffset Now => _parts.Time.GetUtcNow();

    /// <summary>Takes a step by its row and writes it down.</summary>
    /// <exception cref="InvalidOperationException">There is no such row, or the leave does not cover it.</exception>
    private async Task<Escalation> ApplyAsync(
        Escalation ladder, EscalationStep step, EscalationAuthorization leave, string why, CancellationToken cancel,
        Func<Escalation, Escalation>? change = null)
    {
        if (EscalationStateMachine.Find(step, ladder.Rung, ladder.State) is not { } row || !leave.Covers(row.Leave))
        {
            throw new InvalidOperationException(
                $"{ladder.Case}: {EscalationStateMachine.ToName(step)} may not follow "
                    + $"{EscalationStateMachine.ToName(ladder.Rung)}, "
                    + $"{EscalationStateMachine.ToName(ladder.State)}, by leave of {leave.Kind}.");
        }

        var next = ladder with { Rung = row.To ?? ladder.Rung, State = row.Next, Since = Now, Why = why };
        next = change?.Invoke(next) ?? next;
        _ = _triedAt.Remove(next.Case);
        await SaveAsync(next, new(next.Case, Now, step, next.Rung, leave.By, why), cancel);
        _parts.Log.Stepped(next.Case, step, next.Rung, next.State, leave.By);
        return next;
    }

    private async Task<Escalation> SaveAsync(Escalation ladder, EscalationStepRecord? mark, CancellationToken cancel)
    {
        await _parts.Records.WriteAsync(ladder, mark, cancel);
        if (ladder.State == EscalationState.Ended
            && ladder.Confirmed == WalledGarden.None && !OpenBlocks(ladder.Case).Any())
        {
            _ = _ladders.TryRemove(ladder.Case, out _);
        }
        else
        {
            _ladders[ladder.Case] = ladder;
        }

        return ladder;
    }

    /// <summary>The scope that an act of the ladder rests on: the latest that events opened.</summary>
    private static CaseScope? ScopeOf(CaseFile file, ScopeActions action) =>
        file.Scopes.Where(s => s.MayAct && (s.Scope.Actions & action) != 0)
            .MaxBy(s => (s.State == ScopeState.Open, s.LastMs));

    private static ImmutableArray<NoticeStep> AddPending(Escalation ladder, NoticeStep step) =>
        ladder.PendingNotices.Contains(step) ? ladder.PendingNotices : ladder.PendingNotices.Add(step);

    private async Task<IDisposable> LockAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        return new EscalationLockReleaser(_turn);
    }

    private sealed class EscalationLockReleaser(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
