// SPDX-License-Identifier: Apache-2.0
//
// Keeps one backend at the plan. Every minute, at start and whenever the ledger changes it reads what the backend
// holds, withdraws what is ours and not planned, announces what is planned and missing, and reads again: only what was
// read back counts as announced, only what reached whoever acts by it as verified. A backend that does not answer is
// tried again every few seconds; entries of others are never touched. Withdrawals come first and wait for no record.
using Microsoft.Extensions.Logging;
using Weir.Contracts.Mitigation;

namespace Weir.Hosting.Blocking;

/// <summary>The keeper of one backend.</summary>
public sealed class MitigationReconciler : IDisposable
{
    /// <summary>A block is in force, or gone, within a minute of any mishap.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    /// <summary>A lease that ends is taken away so long after its end.</summary>
    private static readonly TimeSpan EndPause = TimeSpan.FromMilliseconds(100);

    /// <summary>And one whose end came while a round went on, so long after that round.</summary>
    private static readonly TimeSpan OverduePause = TimeSpan.FromSeconds(1);

    private readonly IMitigationLedger _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger<MitigationReconciler> _log;
    private readonly SemaphoreSlim _nudged = new(0, 1);
    private MitigationStatus _status;
    private long _moved;
    private DateTimeOffset _movedAt;

    /// <param name="backend">What holds blocks.</param>
    /// <param name="ledger">What should be held.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="log">Where mishaps are told.</param>
    public MitigationReconciler(
        IMitigationBackend backend, IMitigationLedger ledger, TimeProvider time, ILogger<MitigationReconciler> log)
    {
        (Backend, _ledger, _time, _log) = (backend, ledger, time, log);
        _status = new(false, time.GetUtcNow(), "not asked yet");
        ledger.Changed += Trigger;
    }

    /// <summary>What it keeps.</summary>
    public IMitigationBackend Backend { get; }

    /// <summary>How it stands; safe to read from other threads.</summary>
    public MitigationStatus Status => Volatile.Read(ref _status);

    /// <summary>Round after round until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var pause = PauseAfter(await RoundAsync(cancel));
            using var nudged = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var tick = Task.Delay(pause, _time, nudged.Token);
            _ = await Task.WhenAny(tick, _nudged.WaitAsync(nudged.Token));
            await nudged.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One round.</summary>
    /// <returns>Whether the backend is as planned; where not, the fault is in <see cref="Status"/> and the round is
    /// worth trying again soon.</returns>
    public async Task<bool> RoundAsync(CancellationToken cancel)
    {
        var leases = await _ledger.TakeActiveAsync(cancel);
        IReadOnlyList<IPlannedBlock> plan = [];
        try
        {
            plan = Backend.Plan(leases, _time.GetUtcNow());
            var round = await RunAsync(plan, cancel);
            await _ledger.SeenAsync(StandingsOf(plan, round), cancel);
            Publish(plan, round);
            return round.IsAsPlanned;
        }
        catch (MitigationLedgerException fault)
        {
            Fail(fault.Message);
            return false;
        }
        catch (MitigationBackendException fault)
        {
            Fail(fault.Message);
            await DoubtAsync(leases, plan, cancel);
            return false;
        }
    }

    public void Dispose()
    {
        _ledger.Changed -= Trigger;
        _nudged.Dispose();
    }

    private async Task<Round> RunAsync(IReadOnlyList<IPlannedBlock> plan, CancellationToken cancel)
    {
        var before = await Backend.ReadAsync(cancel);
        var done = BlockDifference.Between(plan, before.Ours);
        var clung = done.Orphans.Count == 0 ? [] : await Backend.WithdrawAsync(done.Orphans, cancel);
        IReadOnlyList<BlockRefusal> refused = [];
        if (done.Missing.Count > 0)
        {
            await _ledger.BeginAsync([.. done.Missing.SelectMany(block => block.Leases)], Backend.Address, cancel);
            refused = await Backend.AnnounceAsync(done.Missing, cancel);
        }

        var isTouched = done.Orphans.Count + done.Missing.Count > 0;
        var held = isTouched ? await Backend.ReadAsync(cancel) : before;
        var after = isTouched ? BlockDifference.Between(plan, held.Ours) : done;
        return new(done, after, held.Foreign, clung.Count, refused, await Backend.ReachAsync(plan, cancel));
    }

    private Dictionary<LeaseId, LeaseStanding> StandingsOf(IReadOnlyList<IPlannedBlock> plan, Round round)
    {
        var refused = round.Refused.DistinctBy(one => one.Key).ToDictionary(one => one.Key, one => one.Why);
        return WorstOf(plan, block =>
        {
            var confirmed = round.Reach.Of(block.Key);
            return !round.After.Held.Contains(block.Key) ? new(
                    LeaseState.Approved,
                    refused.TryGetValue(block.Key, out var why)
                        ? new LeaseReason(LeaseReasonCode.NotTaken, why)
                        : LeaseReasonCode.NotHeld,
                    confirmed with { Held = 0 })
                : confirmed.Held >= round.Reach.Needed ? new(LeaseState.Verified, LeaseReasonCode.None, confirmed)
                : new(LeaseState.Announced, Backend.Unreached, confirmed);
        });
    }

    /// <summary>A lease of several entries stands as the least of them.</summary>
    private static Dictionary<LeaseId, LeaseStanding> WorstOf(
        IReadOnlyList<IPlannedBlock> plan, Func<IPlannedBlock, LeaseStanding> standingOf)
    {
        Dictionary<LeaseId, LeaseStanding> standings = [];
        foreach (var block in plan)
        {
            var standing = standingOf(block);
            foreach (var lease in block.Leases)
            {
                if (!standings.TryGetValue(lease, out var other)
                    || (standing.State, standing.Confirmed.Held).CompareTo((other.State, other.Confirmed.Held)) < 0)
                {
                    standings[lease] = standing;
                }
            }
        }

        return standings;
    }

    /// <summary>Of what does not answer nobody knows whether it holds anything: nothing there is verified.</summary>
    private async Task DoubtAsync(
        IReadOnlyList<Lease> leases, IReadOnlyList<IPlannedBlock> plan, CancellationToken cancel)
    {
        var states = leases.ToDictionary(lease => lease.Id, lease => lease.State);
        var standings = plan.SelectMany(block => block.Leases).Distinct().ToDictionary(
            lease => lease,
            lease => new LeaseStanding(
                states[lease] == LeaseState.Verified ? LeaseState.Announced : states[lease],
                LeaseReasonCode.NoAnswer));
        try
        {
            await _ledger.SeenAsync(standings, cancel);
        }
        catch (MitigationLedgerException fault)
        {
            _log.NotRecorded(fault.Message);
        }
    }

    /// <summary>
    /// Until the next round: soon where something is amiss, and for a minute after a change until everybody has what is
    /// planned; no later than the next lease ends.
    /// </summary>
    private TimeSpan PauseAfter(bool isAsPlanned)
    {
        var now = _time.GetUtcNow();
        var status = Status;
        if (!isAsPlanned || status.Announced + status.Withdrawn != _moved)
        {
            (_moved, _movedAt) = (status.Announced + status.Withdrawn, now);
        }

        var pause = isAsPlanned && (status.IsEverywhere || now - _movedAt >= Period) ? Period : RetryPause;

        // Not of those in force: one whose time passed while this round went on is not in force any more, and its entry
        // stands still.
        var untilEnd = _ledger.NextEnd is { } end ? end - now : pause;
        untilEnd = untilEnd < TimeSpan.Zero ? OverduePause : untilEnd + EndPause;
        return untilEnd < pause ? untilEnd : pause;
    }

    private void Publish(IReadOnlyList<IPlannedBlock> plan, Round round)
    {
        var last = Status;
        var now = _time.GetUtcNow();
        var announced = round.Done.Missing.Count - round.Refused.Count;
        var withdrawn = round.Done.Orphans.Count - round.Clung;
        if (!last.IsReachable)
        {
            _log.BackendBack(Backend.Name, Backend.Address);
        }

        if (announced + withdrawn > 0)
        {
            _log.BackendMended(Backend.Name, Backend.Address, announced, withdrawn, round.After.Held.Count);
        }

        if (round.Refused is [var first, ..] && round.Refused.Count != last.Refused)
        {
            _log.BlocksRefused(round.Refused.Count, Backend.Name, Backend.Address, first.Why);
        }

        foreach (var behind in round.Reach.Peers.Where(peer => !peer.IsSound && !last.Peers.Contains(peer)))
        {
            _log.PeerBehind(Backend.Peer, behind.Name, behind.Text);
        }

        Volatile.Write(ref _status, new(true, last.IsReachable ? last.Since : now, "", now)
        {
            Planned = plan.Count,
            Held = round.After.Held.Count,
            Foreign = round.Foreign,
            Refused = round.Refused.Count,
            Peers = round.Reach.Peers,
            Text = round.Reach.Text,
            Announced = last.Announced + announced,
            Withdrawn = last.Withdrawn + withdrawn,
        });
    }

    private void Fail(string reason)
    {
        var last = Status;
        if (last.Fault != reason)
        {
            _log.BackendDown(Backend.Name, RetryPause.TotalSeconds, reason);
        }

        var now = _time.GetUtcNow();
        Volatile.Write(ref _status, last with
        {
            IsReachable = false, Since = last.IsReachable ? now : last.Since, Fault = reason, Peers = [], RoundAt = now,
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
            // A round is due already.
        }
    }

    /// <summary>What a round did and found.</summary>
    private sealed record Round(
        BlockDifference Done, BlockDifference After, int Foreign, int Clung, IReadOnlyList<BlockRefusal> Refused,
        BlockReach Reach)
    {
        /// <summary>Whether the backend is as planned, but for what it refuses.</summary>
        public bool IsAsPlanned => After.Missing.Count <= Refused.Count && After.Orphans.Count == 0;
    }
}

/// <summary>Event ids 9102 to 9108.</summary>
internal static partial class MitigationReconcilerLog
{
    [LoggerMessage(EventId = 9102, Level = LogLevel.Warning,
        Message = "the {Backend} cannot be told; it is tried again every {Seconds} s: {Reason}")]
    public static partial void BackendDown(this ILogger log, string backend, double seconds, string reason);

    [LoggerMessage(EventId = 9103, Level = LogLevel.Information, Message = "the {Backend} answers at {Address}")]
    public static partial void BackendBack(this ILogger log, string backend, string address);

    [LoggerMessage(EventId = 9104, Level = LogLevel.Information,
        Message = "{Backend} {Address}: {Announced} announced, {Withdrawn} withdrawn, {Held} held")]
    public static partial void BackendMended(
        this ILogger log, string backend, string address, int announced, int withdrawn, int held);

    [LoggerMessage(EventId = 9105, Level = LogLevel.Error,
        Message = "{Refused} blocks were refused by the {Backend} {Address}, the first: {Reason}")]
    public static partial void BlocksRefused(
        this ILogger log, int refused, string backend, string address, string reason);

    [LoggerMessage(EventId = 9106, Level = LogLevel.Error,
        Message = "blocks cannot be recorded, so nothing new is announced: {Reason}")]
    public static partial void NotRecorded(this ILogger log, string reason);

    [LoggerMessage(EventId = 9108, Level = LogLevel.Warning,
        Message = "a {Peer} has not what is planned: {Name}: {Reason}")]
    public static partial void PeerBehind(this ILogger log, string peer, string name, string reason);
}
