// SPDX-License-Identifier: Apache-2.0
//
// Beside the way: keeps one GoBGP at the plan. Every minute, at start and whenever the desk changes it reads what the
// router holds, withdraws what is ours and not planned, announces what is planned and missing, and reads again: only
// what was read back counts as announced, only what is sent to a neighbour as verified. A router that does not answer
// is tried again every few seconds; routes of others are never touched. Withdrawals come first and wait for no record.
using Microsoft.Extensions.Logging;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Auditing;
using Weir.Hosting.GoBgp;

namespace Weir.Desk.Mitigation.GoBgp;

/// <summary>How a router stands; what the screen shows.</summary>
/// <param name="IsReachable">Whether the last round came through.</param>
/// <param name="Since">Since when it is so.</param>
/// <param name="Fault">Why not, in words; empty where it is.</param>
/// <param name="Planned">Routes it should hold.</param>
/// <param name="Held">Routes of ours it holds as planned, read back.</param>
/// <param name="Foreign">Routes of others beside them.</param>
/// <param name="Refused">Routes it will not take.</param>
/// <param name="Peers">Its neighbours.</param>
/// <param name="RoundAt">When the last round ended; none before the first.</param>
public sealed record RouterStatus(
    bool IsReachable, DateTimeOffset Since, string Fault, int Planned, int Held, int Foreign, int Refused,
    IReadOnlyList<RouterPeer> Peers, DateTimeOffset? RoundAt)
{
    /// <summary>Rounds, routes announced and withdrawn since the start.</summary>
    public long Rounds { get; init; }

    public long Announced { get; init; }

    public long Withdrawn { get; init; }
}

/// <summary>The keeper of one router. The constructor is inert.</summary>
public sealed class RouteReconciler : IDisposable
{
    /// <summary>A block is in force, or gone, within a minute of any mishap.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    /// <summary>A lease that ends is taken away so long after its end.</summary>
    private static readonly TimeSpan EndPause = TimeSpan.FromMilliseconds(100);

    /// <summary>And one whose end came while a round went on, so long after that round.</summary>
    private static readonly TimeSpan OverduePause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MitigationController _desk;
    private readonly RouteOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RouteReconciler> _log;
    private readonly GoBgpClient _router;
    private readonly SemaphoreSlim _nudged = new(0, 1);
    private RouterStatus _standing;
    private long _moved;
    private DateTimeOffset _movedAt;

    /// <param name="desk">What should stand.</param>
    /// <param name="router">GoBGP's gRPC address, 127.0.0.1:50051 by its own default.</param>
    /// <param name="options">How routes are written.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="log">Where mishaps are told.</param>
    public RouteReconciler(
        MitigationController desk, GoBgpAddress router, RouteOptions options, TimeProvider time,
        ILogger<RouteReconciler> log)
    {
        (_desk, _options, _time, _log) = (desk, options, time, log);
        _router = new GoBgpClient(router, Patience);
        _standing = new(false, time.GetUtcNow(), "not asked yet", 0, 0, 0, 0, [], null);
        desk.Changed += Trigger;
    }

    /// <summary>How the router stands; safe to read from other threads.</summary>
    public RouterStatus Status => Volatile.Read(ref _standing);

    /// <summary>Round after round until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var pause = PauseAfter(await RoundAsync(cancel));
            using var nudged = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var tick = Task.Delay(pause, _time, nudged.Token);
            var nudge = _nudged.WaitAsync(nudged.Token);
            _ = await Task.WhenAny(tick, nudge);
            await nudged.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One round.</summary>
    /// <returns>Whether the router is as planned; where not, the fault is in <see cref="Status"/> and the round is
    /// worth trying again soon.</returns>
    public async Task<bool> RoundAsync(CancellationToken cancel)
    {
        await ExpireAsync(cancel);
        try
        {
            var plan = RoutePlan.Create(_desk.Active, _options, _time.GetUtcNow());
            var round = await RouteRound.RunAsync(
                _router, plan, _options, missing => AnnounceAsync(missing, cancel), cancel);
            await NotifyDeskAsync(plan, round, cancel);
            PublishStatus(plan, round);
            return round.IsAsPlanned;
        }
        catch (Exception fault) when (fault is RouterDownException
            or RouterRefusedException or AuditException or MitigationJournalException)
        {
            Fail(fault.Message);
            return false;
        }
    }

    public void Dispose()
    {
        _desk.Changed -= Trigger;
        _router.Dispose();
        _nudged.Dispose();
    }

    /// <summary>
    /// Until the next round: soon where something is amiss, and for a minute after a change until the neighbours are
    /// sent what is planned; no later than the next lease ends.
    /// </summary>
    private TimeSpan PauseAfter(bool isAsPlanned)
    {
        var now = _time.GetUtcNow();
        var standing = Status;
        if (!isAsPlanned || standing.Announced + standing.Withdrawn != _moved)
        {
            (_moved, _movedAt) = (standing.Announced + standing.Withdrawn, now);
        }

        var isSent = standing.Peers.All(peer => peer.IsEstablished && peer.Advertised >= standing.Planned);
        var pause = isAsPlanned && (isSent || now - _movedAt >= Period) ? Period : RetryPause;

        // Not those in force: one whose time passed while this round went on is not in force any more, and its route
        // stands still.
        var ends = _desk.IsEnforced && _desk.Lost.Length == 0
            ? _desk.Leases.Where(lease => !LeaseStateMachine.IsOver(lease.State) && lease.State != LeaseState.Planned)
            : [];
        var untilEnd = ends.Select(lease => lease.EndsAt - now).DefaultIfEmpty(pause).Min();
        untilEnd = untilEnd < TimeSpan.Zero ? OverduePause : untilEnd + EndPause;
        return untilEnd < pause ? untilEnd : pause;
    }

    /// <summary>What is due ends by the plan even where it cannot be recorded now; the record is tried again at
    /// the next round.</summary>
    private async Task ExpireAsync(CancellationToken cancel)
    {
        try
        {
            await _desk.ExpireAsync(cancel);
        }
        catch (Exception fault) when (fault is AuditException or MitigationJournalException)
        {
            _log.NotRecorded(fault.Message);
        }
    }

    private async Task<IReadOnlyDictionary<RouteKey, string>> AnnounceAsync(
        IReadOnlyList<PlannedRoute> missing, CancellationToken cancel)
    {
        await _desk.BeginAsync([.. missing.SelectMany(route => route.Leases)], _router.Address, cancel);
        var refused = await _router.AnnounceAsync(missing, _options.Instance, cancel);
        if (refused.Count > 0)
        {
            _log.RoutesRefused(refused.Count, _router.Address, refused[0].Why);
        }

        return refused.ToDictionary(r => r.Route.Key, r => r.Why);
    }

    private Task NotifyDeskAsync(RoutePlan plan, RouteRound round, CancellationToken cancel)
    {
        var held = round.After.Held.Select(h => h.Key).ToHashSet();
        var seen = new Dictionary<LeaseId, LeaseStanding>();
        foreach (var route in plan.Routes)
        {
            var confirmed = new Confirmation(round.Sent.GetValueOrDefault(route.Key), round.Peers.Count);
            var standing = !held.Contains(route.Key)
                ? new LeaseStanding(
                    LeaseState.Approved,
                    round.Refused.TryGetValue(route.Key, out var why)
                        ? new LeaseReason(LeaseReasonCode.NotTaken, why)
                        : LeaseReasonCode.NotHeld,
                    confirmed with { Held = 0 })
                : confirmed.Held > 0 ? new(LeaseState.Verified, LeaseReasonCode.None, confirmed)
                : new(LeaseState.Announced, LeaseReasonCode.NoNeighbour, confirmed);
            foreach (var lease in route.Leases)
            {
                seen[lease] = standing;
            }
        }

        return _desk.SeenAsync(seen, cancel);
    }

    private void PublishStatus(RoutePlan plan, RouteRound round)
    {
        var (done, after, refused) = (round.Done, round.After, round.Refused.Count);
        var last = Status;
        var now = _time.GetUtcNow();
        var announced = done.Missing.Count - refused;
        var withdrawn = done.Orphans.Count - round.Clung;
        if (!last.IsReachable)
        {
            _log.RouterBack(_router.Address);
        }

        if (announced + withdrawn > 0)
        {
            _log.RoutesMended(_router.Address, announced, withdrawn, after.Held.Count, after.Foreign);
        }

        Volatile.Write(ref _standing, new(true, last.IsReachable
            ? last.Since
            : now, "", plan.Routes.Length, after.Held.Count, after.Foreign, refused, round.Peers, now)
        {
            Rounds = last.Rounds + 1, Announced = last.Announced + announced, Withdrawn = last.Withdrawn + withdrawn,
        });
    }

    private void Fail(string reason)
    {
        var last = Status;
        if (last.Fault != reason)
        {
            _log.RouterDown(RetryPause.TotalSeconds, reason);
        }

        var now = _time.GetUtcNow();
        Volatile.Write(ref _standing, last with
        {
            IsReachable = false,
            Since = last.IsReachable ? now : last.Since,
            Fault = reason,
            Peers = [],
            Rounds = last.Rounds + 1,
            RoundAt = now
        });
    }

    private void Trigger()
    {
        try
        {
            _ = _nudged.Release();
        }
        catch (SemaphoreFullException)
        {
            // a round is due already
        }
    }
}
