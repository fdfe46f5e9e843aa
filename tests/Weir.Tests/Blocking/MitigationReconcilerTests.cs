// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Hosting.Blocking;
using Weir.Hosting.Health;
using Weir.Tests.Support;

namespace Weir.Tests.Blocking;

/// <summary>The round that keeps every backend, whatever kind it is.</summary>
public sealed class MitigationReconcilerTests : IAsyncLifetime
{
    private const string Rule = "flowspec 198.51.100.7/32 tcp 443 discard";
    private const string Hole = "blackhole 198.51.100.8/32";

    private readonly FakeMitigationRecords _records = new();
    private readonly PauseLog _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly FakeMitigationBackend _backend = new();
    private MitigationController _desk = null!;
    private MitigationReconciler _keeper = null!;

    public async ValueTask InitializeAsync()
    {
        _desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        _keeper = new(_backend, _desk, _time, NullLogger<MitigationReconciler>.Instance);
    }

    public ValueTask DisposeAsync()
    {
        _keeper.Dispose();
        _desk.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_is_approved_is_announced_read_back_and_then_verified()
    {
        var lease = await BlockAsync(Rule);

        Assert.True(await RoundAsync());

        Assert.Equal(["read", "announce", "read", "reach"], _backend.Calls);
        Assert.Equal((LeaseState.Verified, new(LeaseReasonCode.None, "")), StandingOf(lease));
        Assert.Equal(new(1, 1), _desk.Find(lease.Id)!.Confirmed);
        Assert.Equal((1, 1, 0, 1L, 0L), Figures());
        Assert.True(_keeper.Status.IsReachable);

        _backend.Calls.Clear();
        Assert.True(await RoundAsync());
        Assert.Equal(["read", "reach"], _backend.Calls);
    }

    [Fact]
    public async Task What_reaches_nobody_is_announced_and_no_more()
    {
        _backend.Reaches = false;
        var lease = await BlockAsync(Rule);

        Assert.True(await RoundAsync());

        Assert.Equal((LeaseState.Announced, new(LeaseReasonCode.NoNeighbour, "")), StandingOf(lease));
        Assert.False(_keeper.Status.IsEverywhere);
        Assert.Contains("has no peer", _keeper.Status.HealthOf(_backend).Reason, StringComparison.Ordinal);
        _backend.Reaches = true;
        Assert.True(await RoundAsync());
        Assert.Equal(ComponentHealth.Ok, _keeper.Status.HealthOf(_backend));
    }

    [Fact]
    public async Task What_ends_is_withdrawn_and_what_others_put_there_stays()
    {
        _backend.Foreign = 3;
        var kept = await BlockAsync(Rule);
        var over = await BlockAsync(Hole);
        _ = await RoundAsync();
        _ = await _desk.WithdrawAsync([over.Id], LeaseReasonCode.Appeal, "otto", "operator", default);

        Assert.True(await RoundAsync());

        Assert.Equal([kept.Target.ToString()], _backend.Ours.Keys);
        Assert.Equal((1, 1, 3, 2L, 1L), Figures());
    }

    /// <summary>A withdrawal needs no record; an announcement does.</summary>
    [Fact]
    public async Task Nothing_is_announced_that_cannot_be_recorded_and_orphans_go_all_the_same()
    {
        using var dry = await FakeMitigationRecords.DeskAsync(
            _records, _time, MitigationSamples.Options with { Enforce = false });
        _ = await BlockAsync(Rule, dry);
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        using var keeper = new MitigationReconciler(
            _backend, desk, _time, NullLogger<MitigationReconciler>.Instance);
        _backend.Ours["blackhole 198.51.100.99/32"] = "Discard";
        _records.AuditFails = true;

        Assert.False(await keeper.RoundAsync(default));

        Assert.Empty(_backend.Ours);
        Assert.Contains("audit", keeper.Status.Fault, StringComparison.Ordinal);
        _records.AuditFails = false;
        Assert.True(await keeper.RoundAsync(default));
        Assert.Equal([Rule], _backend.Ours.Keys);
    }

    [Fact]
    public async Task What_a_backend_lost_is_put_back_and_what_it_changed_is_put_right()
    {
        _ = await BlockAsync(Rule);
        var hole = await BlockAsync(Hole);
        _ = await RoundAsync();
        _backend.Ours.Remove(hole.Target.ToString());
        _backend.Ours[Rule] = "something else";

        Assert.True(await RoundAsync());

        Assert.Equal([hole.Target.ToString(), Rule], _backend.Ours.Keys.Cast<string>().Order());
        Assert.Equal("Discard", _backend.Ours[Rule]);
        Assert.Equal(4, _keeper.Status.Announced);
    }

    [Fact]
    public async Task What_is_refused_waits_with_the_backends_word_and_holds_nothing_else_up()
    {
        var (rule, hole) = (await BlockAsync(Rule), await BlockAsync(Hole));
        _ = _backend.Refuses.Add(Rule);

        Assert.True(await RoundAsync());

        Assert.Equal((LeaseState.Approved, new(LeaseReasonCode.NotTaken, "its table is full")), StandingOf(rule));
        Assert.Equal(LeaseState.Verified, _desk.Find(hole.Id)!.State);
        Assert.Equal(1, _keeper.Status.Refused);
    }

    [Fact]
    public async Task What_does_not_let_go_is_tried_again()
    {
        var lease = await BlockAsync(Rule);
        _ = await RoundAsync();
        _ = _backend.Clings.Add(Rule);
        _ = await _desk.WithdrawAsync([lease.Id], LeaseReasonCode.Appeal, "otto", "operator", default);

        Assert.False(await RoundAsync());
        Assert.Equal(0, _keeper.Status.Withdrawn);
        _backend.Clings.Clear();
        Assert.True(await RoundAsync());
        Assert.Empty(_backend.Ours);
    }

    [Fact]
    public async Task Nothing_is_verified_at_a_backend_that_does_not_answer()
    {
        var lease = await BlockAsync(Rule);
        _ = await RoundAsync();
        _backend.IsAway = true;
        var waiting = await BlockAsync(Hole);

        Assert.False(await RoundAsync());

        Assert.Equal((LeaseState.Announced, new(LeaseReasonCode.NoAnswer, "")), StandingOf(lease));
        Assert.Equal((LeaseState.Approved, new(LeaseReasonCode.NoAnswer, "")), StandingOf(waiting));
        Assert.Equal("fake memory: memory is away", _keeper.Status.HealthOf(_backend).Reason);

        _backend.IsAway = false;
        Assert.True(await RoundAsync());
        Assert.Equal(LeaseState.Verified, _desk.Find(lease.Id)!.State);
        Assert.Equal("", _keeper.Status.Fault);
    }

    [Fact]
    public async Task A_lost_journal_leaves_nothing_anywhere()
    {
        _ = await BlockAsync(Rule);
        _ = await RoundAsync();
        _records.JournalFails = true;

        Assert.True(await RoundAsync());

        Assert.Empty(_backend.Ours);
    }

    [Fact]
    public async Task Two_backends_hold_what_is_theirs_and_a_lease_in_several_entries_stands_as_the_least_of_them()
    {
        var whole = new HalfReachedBackend();
        using var keeper = new MitigationReconciler(
            whole, _desk, _time, NullLogger<MitigationReconciler>.Instance);
        var lease = await BlockAsync(Rule);

        Assert.True(await keeper.RoundAsync(default));

        Assert.Equal((LeaseState.Announced, new(LeaseReasonCode.NotEverywhere, "")), StandingOf(lease));
        Assert.Equal(new(1, 2), _desk.Find(lease.Id)!.Confirmed);
    }

    /// <summary>A round comes each minute; the end of a lease is not waited for until the next.</summary>
    [Fact]
    public async Task An_end_and_a_change_are_not_waited_for_until_the_next_round()
    {
        using var end = new CancellationTokenSource();
        var running = _keeper.RunAsync(end.Token);
        _ = await BlockAsync(Rule, length: TimeSpan.FromSeconds(20));
        await Until.IsSoAsync(() => Task.FromResult(_backend.Ours.Count == 1), "the change is taken at once");

        // The clock stands still, so the pause is to the end of the lease, and a tenth of a second more.
        await Until.IsSoAsync(() => _time.Pauses.Contains(TimeSpan.FromSeconds(20.1)), "a round at the end is due");
        _time.Advance(TimeSpan.FromSeconds(20.1));
        await Until.IsSoAsync(() => Task.FromResult(_backend.Ours.Count == 0), "the end is taken");

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void After_a_difference_is_made_good_there_is_none() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<Dictionary<byte, bool>>(), ArbMap.Default.ArbFor<Dictionary<byte, bool>>(),
            (planned, held) =>
            {
                static Block[] Blocks(Dictionary<byte, bool> of) =>
                    [.. of.Select(one => new Block(one.Key, one.Value))];
                var (plan, there) = (Blocks(planned), Blocks(held));

                var difference = BlockDifference.Between(plan, there);
                var after = there.Except(difference.Orphans.Cast<Block>())
                    .Where(block => difference.Missing.All(missing => !missing.Key.Equals(((IHeldBlock)block).Key)))
                    .Concat(difference.Missing.Cast<Block>()).ToList();
                var next = BlockDifference.Between(plan, after);

                Assert.Equal(plan.ToHashSet(), after.ToHashSet());
                Assert.Empty(next.Missing);
                Assert.Empty(next.Orphans);
                Assert.Equal(plan.Length, next.Held.Count);
                Assert.DoesNotContain(difference.Orphans, orphan => planned.ContainsKey((byte)orphan.Key));
            }).QuickCheckThrowOnFailure();

    private Task<bool> RoundAsync() => _keeper.RoundAsync(default);

    private (LeaseState, LeaseReason) StandingOf(Lease lease) =>
        (_desk.Find(lease.Id)!.State, _desk.Find(lease.Id)!.Reason);

    private (int, int, int, long, long) Figures()
    {
        var status = _keeper.Status;
        return (status.Planned, status.Held, status.Foreign, status.Announced, status.Withdrawn);
    }

    private async Task<Lease> BlockAsync(string target, MitigationController? desk = null, TimeSpan? length = null)
    {
        var now = _time.GetUtcNow();
        var planned = (await (desk ?? _desk).PlanAsync(
            MitigationTarget.Parse(target), MitigationSamples.CountedAt(now), default, "ann", "analyst",
            default)).Lease!;
        var end = now + (length ?? TimeSpan.FromHours(1));
        return (await (desk ?? _desk).ApproveAsync(
            new(MitigationSamples.Approval(planned.Target.ToString(), end), planned, end), "otto", "operator",
            default)).Lease!;
    }

    /// <summary>A clock that knows for how long somebody waits.</summary>
    private sealed class PauseLog(DateTimeOffset now) : FakeTimeProvider(now)
    {
        public System.Collections.Concurrent.ConcurrentQueue<TimeSpan> Pauses { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Pauses.Enqueue(dueTime);
            return timer;
        }
    }

    private sealed record Block(byte Name, bool Content) : IPlannedBlock, IHeldBlock
    {
        public System.Collections.Immutable.ImmutableArray<LeaseId> Leases => [];

        object IPlannedBlock.Key => Name;

        object IHeldBlock.Key => Name;

        bool IPlannedBlock.IsHeldAs(IHeldBlock held) => held is Block there && there.Content == Content;
    }

    /// <summary>Two entries a lease, of which the first alone reaches anybody.</summary>
    private sealed class HalfReachedBackend : IMitigationBackend
    {
        private readonly HashSet<IHeldBlock> _held = [];

        public string Name => "half";

        public string Address => "memory";

        public string Entries => "entries";

        public string Peer => "peer";

        public LeaseReasonCode Unreached => LeaseReasonCode.NotEverywhere;

        public IReadOnlyList<IPlannedBlock> Plan(IReadOnlyList<Lease> leases, DateTimeOffset now) =>
            [.. leases.SelectMany(lease => new[] { new Half(1, [lease.Id]), new Half(2, [lease.Id]) })];

        public Task<HeldBlocks> ReadAsync(CancellationToken cancel) => Task.FromResult(new HeldBlocks([.. _held]));

        public Task<IReadOnlyList<BlockRefusal>> WithdrawAsync(
            IReadOnlyList<IHeldBlock> orphans, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyList<BlockRefusal>>([]);

        public Task<IReadOnlyList<BlockRefusal>> AnnounceAsync(
            IReadOnlyList<IPlannedBlock> missing, CancellationToken cancel)
        {
            _held.UnionWith(missing.Cast<IHeldBlock>());
            return Task.FromResult<IReadOnlyList<BlockRefusal>>([]);
        }

        public Task<BlockReach> ReachAsync(IReadOnlyList<IPlannedBlock> plan, CancellationToken cancel) =>
            Task.FromResult(new BlockReach(
                new Dictionary<object, int> { [1] = 2, [2] = 1 }, Needed: 2,
                [new("a", true, true, ""), new("b", true, false, "")]));

        private sealed record Half(int Number, System.Collections.Immutable.ImmutableArray<LeaseId> Leases)
            : IPlannedBlock, IHeldBlock
        {
            object IPlannedBlock.Key => Number;

            object IHeldBlock.Key => Number;

            bool IPlannedBlock.IsHeldAs(IHeldBlock held) => true;
        }
    }
}
