// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Blocking;

public class MitigationControllerTests
{
    private const string Rule = "flowspec 198.51.100.7/32 tcp 443 discard";
    private const string LineRule = "flowspec 198.51.100.7/32 tcp 443 discard line=100.64.0.9/32";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly FakeMitigationRecords _records = new();

    [Fact]
    public async Task A_block_goes_from_plan_to_approval_and_the_record_is_there_first()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);

        var lease = await BlockAsync(desk, Rule);

        Assert.Equal(["journal planned", "audit block allow", "journal approved"], _records.Order);
        Assert.Equal("ann, otto", lease.ApprovedBy);
        Assert.Equal(lease.Id, Assert.Single(desk.Active).Id);
        Assert.DoesNotContain("198.51", string.Concat(_records.Entries.Select(e => e.ToString())));
    }

    [Fact]
    public async Task An_order_is_for_what_was_approved_and_ends_with_its_approval()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var planned = (await PlanAsync(desk, Rule)).Lease!;
        var end = _time.GetUtcNow() + TimeSpan.FromDays(1);

        _ = Assert.Throws<ArgumentException>(
            () => new MitigationOrder(MitigationSamples.Approval(LineRule, end), planned, end));
        _ = Assert.Throws<ArgumentException>(
            () => new MitigationOrder(MitigationSamples.Approval(Rule, end, isForBlock: false), planned, end));
        _ = Assert.Throws<ArgumentOutOfRangeException>(
            () => new MitigationOrder(MitigationSamples.Approval(Rule, end), planned, end.AddTicks(1)));
        var late = end + TimeSpan.FromDays(14);
        var refused = await desk.ApproveAsync(
            new(MitigationSamples.Approval(Rule, late), planned, late), "otto", "operator", CancellationToken.None);
        Assert.Equal(MitigationRefusal.TooLong, refused.Refused.Single().Code);
        Assert.Empty(desk.Active);
    }

    [Fact]
    public async Task A_refusal_is_recorded_and_counted_and_nothing_is_written_down()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);

        var step = await desk.PlanAsync(
            MitigationTarget.Parse(Rule),
            MitigationSamples.Form with { Collateral = new(4_711, 100_000, _time.GetUtcNow()) },
            default, "ann", "analyst", CancellationToken.None);

        Assert.Contains("4711", step.Refused.Single().Why);
        Assert.Equal(["audit block collateral"], _records.Order);
        Assert.Equal(1, desk.Refused);
        Assert.Empty(_records.Rows);
    }

    [Fact]
    public async Task What_cannot_be_audited_does_not_happen()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var planned = (await PlanAsync(desk, Rule)).Lease!;
        _records.AuditFails = true;

        _ = await Assert.ThrowsAsync<AuditException>(() => ApproveAsync(desk, planned));

        Assert.Empty(desk.Active);
        Assert.Equal(LeaseState.Planned, desk.Find(planned.Id)!.State);
        Assert.Equal("", desk.Lost);
    }

    [Fact]
    public async Task Time_ends_a_block_even_where_its_end_cannot_be_recorded_and_the_record_follows()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var lease = await BlockAsync(desk, LineRule);
        await desk.SeenAsync(Seen(lease.Id, LeaseState.Verified, new(1, 1)), CancellationToken.None);
        _time.Advance(TimeSpan.FromHours(1));
        _records.AuditFails = true;

        _ = await Assert.ThrowsAsync<AuditException>(() => desk.ExpireAsync(CancellationToken.None));
        Assert.Empty(desk.Active);

        _records.AuditFails = false;
        await desk.ExpireAsync(CancellationToken.None);
        Assert.Equal(LeaseState.Expired, desk.Find(lease.Id)!.State);
        Assert.Equal(3_600, _records.Entries.Last().LifetimeSeconds);
        Assert.DoesNotContain("100.64", _records.Rows.Single().Target);
        await desk.ExpireAsync(CancellationToken.None);
        Assert.Equal(1, _records.Entries.Count(e => e.Act == "unblock"));
    }

    [Fact]
    public async Task Where_the_evidence_stops_the_block_is_withdrawn_and_fresh_evidence_keeps_it()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var lease = await BlockAsync(desk, Rule, TimeSpan.FromDays(14));
        _time.Advance(TimeSpan.FromDays(6));
        await desk.SawAsync(
            [new Endpoint(IpKey.Parse("198.51.100.7"), 443, Protocols.Tcp)], _time.GetUtcNow(), CancellationToken.None);
        _time.Advance(TimeSpan.FromDays(6));
        await desk.SawAsync(
            [new Endpoint(IpKey.Parse("198.51.100.7"), 80, Protocols.Tcp)], _time.GetUtcNow(), CancellationToken.None);
        await desk.ExpireAsync(CancellationToken.None);
        Assert.Single(desk.Active);

        _time.Advance(TimeSpan.FromDays(1.5));
        await desk.ExpireAsync(CancellationToken.None);

        Assert.Empty(desk.Active);
        Assert.Equal(
            (LeaseState.Withdrawn, LeaseReasonCode.EvidenceStopped),
            (desk.Find(lease.Id)!.State, desk.Find(lease.Id)!.Reason.Code));
    }

    [Fact]
    public async Task An_emergency_stop_ends_everything_and_goes_ahead_without_a_record()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        _ = await BlockAsync(desk, Rule);
        _ = await PlanAsync(desk, LineRule);
        _records.AuditFails = true;

        _ = await Assert.ThrowsAsync<AuditException>(
            () => desk.StopAllAsync("drill", "otto", "operator", CancellationToken.None));
        Assert.Empty(desk.Active);
        Assert.NotEqual("", desk.Lost);
    }

    [Fact]
    public async Task A_lost_journal_leaves_nothing_in_force_now_and_after_a_restart()
    {
        var changes = 0;
        using (var desk = await FakeMitigationRecords.DeskAsync(_records, _time))
        {
            _ = await BlockAsync(desk, Rule);
            desk.Changed += () => changes++;
            _records.JournalFails = true;
            _ = await Assert.ThrowsAsync<MitigationJournalException>(() => PlanAsync(desk, LineRule));
            Assert.Empty(desk.Active);
            Assert.Equal(1, changes);
        }

        using (var blind = await FakeMitigationRecords.DeskAsync(_records, _time))
        {
            Assert.Empty(blind.Active);
            Assert.Contains("disk is gone", blind.Lost);
        }

        _records.JournalFails = false;
        using var mended = await FakeMitigationRecords.DeskAsync(_records, _time);
        Assert.Single(mended.Active);
    }

    [Fact]
    public async Task A_journal_that_goes_away_is_noticed_at_the_next_round()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        _ = await BlockAsync(desk, Rule);
        _records.JournalFails = true;
        Assert.Single(desk.Active);

        await desk.ExpireAsync(CancellationToken.None);

        Assert.Empty(desk.Active);
    }

    [Fact]
    public async Task A_journal_that_comes_back_puts_in_force_what_stood_and_is_an_alarm_until_then()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var stands = await BlockAsync(desk, Rule);
        _records.JournalFails = true;
        await desk.ExpireAsync(CancellationToken.None);
        await desk.ExpireAsync(CancellationToken.None);
        Assert.Equal("journal-lost", Assert.Single(desk.Alarms).Kind);

        _records.Forget(); // the file was removed with its disk
        _records.JournalFails = false;
        await desk.ExpireAsync(CancellationToken.None);

        Assert.Equal(("", stands.Id), (desk.Lost, Assert.Single(desk.Active).Id));
        Assert.Empty(desk.Alarms);
        Assert.Equal(stands.Id.Number, Assert.Single(_records.Rows).Id);

        using var blind = await LostAtTheStartAsync();
        await blind.ExpireAsync(CancellationToken.None);
        Assert.Equal(stands.Id, Assert.Single(blind.Active).Id);
    }

    [Fact]
    public async Task An_emergency_stop_without_a_record_is_not_undone_when_the_journal_can_be_written_again()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        _ = await BlockAsync(desk, Rule);
        _records.AuditFails = true;
        _ = await Assert.ThrowsAsync<AuditException>(
            () => desk.StopAllAsync("drill", "otto", "operator", CancellationToken.None));
        await desk.ExpireAsync(CancellationToken.None);
        Assert.NotEqual("", desk.Lost);

        _records.AuditFails = false;
        await desk.ExpireAsync(CancellationToken.None);
        Assert.Equal("", desk.Lost);
        Assert.Empty(desk.Active);
        Assert.Equal(LeaseReasonCode.EmergencyStop, Assert.Single(desk.Leases).Reason.Code);
    }

    private async Task<MitigationController> LostAtTheStartAsync()
    {
        _records.JournalFails = true;
        var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        _records.JournalFails = false;
        return desk;
    }

    [Fact]
    public async Task Dry_run_is_the_default_and_announces_nothing()
    {
        Assert.False(new MitigationOptions().Enforce);
        using var desk = await FakeMitigationRecords.DeskAsync(
            _records, _time, MitigationSamples.Options with { Enforce = false });

        var lease = await BlockAsync(desk, Rule);

        Assert.Equal(LeaseState.Approved, lease.State);
        Assert.Equal(LeaseReasonCode.DryRun, lease.Reason.Code);
        Assert.Contains("audit block dry-run", _records.Order);
        Assert.Empty(desk.Active);

        using var enforced = await FakeMitigationRecords.DeskAsync(_records, _time);
        Assert.Single(enforced.Active);
        await enforced.BeginAsync([lease.Id], "a router", CancellationToken.None);
        Assert.Equal("audit block allow", _records.Order.Last());
        await enforced.SeenAsync(
            Seen(lease.Id, LeaseState.Verified, new(1, 2)),
            CancellationToken.None);
        var recorded = _records.Entries.Count;
        await enforced.BeginAsync([lease.Id], "a router", CancellationToken.None);
        Assert.Equal(recorded, _records.Entries.Count);
    }

    [Fact]
    public async Task A_plan_is_approved_once_and_is_void_after_a_day()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var planned = (await PlanAsync(desk, Rule)).Lease!;
        _ = await ApproveAsync(desk, planned);
        Assert.Equal(MitigationRefusal.Unknown, (await ApproveAsync(desk, planned)).Refused.Single().Code);

        var other = (await PlanAsync(desk, LineRule)).Lease!;
        _time.Advance(TimeSpan.FromHours(24));
        Assert.Equal(MitigationRefusal.Unknown, (await ApproveAsync(desk, other)).Refused.Single().Code);
    }

    [Fact]
    public async Task What_was_read_back_moves_a_lease_and_nothing_else_does()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var lease = await BlockAsync(desk, Rule);
        await desk.SeenAsync(
            Seen(lease.Id, LeaseState.Verified, new(1, 2)),
            CancellationToken.None);
        Assert.Equal(LeaseState.Verified, desk.Find(lease.Id)!.State);

        var written = _records.Order.Count;
        await desk.SeenAsync(
            Seen(lease.Id, LeaseState.Verified, new(1, 2)),
            CancellationToken.None);
        Assert.Equal(written, _records.Order.Count);

        _ = await desk.WithdrawAsync([lease.Id], LeaseReasonCode.Appeal, "otto", "operator", CancellationToken.None);
        await desk.SeenAsync(
            Seen(lease.Id, LeaseState.Verified, new(1, 2)),
            CancellationToken.None);
        Assert.Equal(LeaseState.Withdrawn, desk.Find(lease.Id)!.State);
    }

    [Fact]
    public async Task What_no_router_confirmed_was_never_in_force()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var lease = await BlockAsync(desk, Rule);
        await desk.SeenAsync(Seen(lease.Id, LeaseState.Announced, new(0, 2)), default);
        Assert.False(desk.Find(lease.Id)!.IsInForceAt(_time.GetUtcNow()));
        _time.Advance(TimeSpan.FromMinutes(3));
        _ = await desk.WithdrawAsync([lease.Id], LeaseReasonCode.Appeal, "otto", "operator", default);

        Assert.Null(_records.Entries.Last(e => e.Act == AuditActions.Unblock).LifetimeSeconds);
        Assert.DoesNotContain(_records.Entries, e => e.Act == AuditActions.BlockInForce);
    }

    [Fact]
    public async Task It_is_in_force_from_the_first_answer_on_and_who_holds_it_is_known_after_a_start()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var lease = await BlockAsync(desk, Rule);
        _time.Advance(TimeSpan.FromMinutes(1));
        await desk.SeenAsync(Seen(lease.Id, LeaseState.Verified, new(1, 2)), default);
        await desk.SeenAsync(Seen(lease.Id, LeaseState.Announced, new(0, 2)), default);
        await desk.SeenAsync(Seen(lease.Id, LeaseState.Verified, new(2, 2)), default);

        Assert.Equal("1 of 2 hold it", Assert.Single(_records.Entries, e => e.Act == AuditActions.BlockInForce)
            .Reason[$"{lease.Id}: ".Length..]);
        using var again = await FakeMitigationRecords.DeskAsync(_records, _time);
        Assert.Equal(new Confirmation(2, 2), again.Find(lease.Id)!.Confirmed);
        _time.Advance(TimeSpan.FromMinutes(2));
        _ = await again.WithdrawAsync([lease.Id], LeaseReasonCode.Appeal, "otto", "operator", default);
        Assert.Equal(120, _records.Entries.Last(e => e.Act == AuditActions.Unblock).LifetimeSeconds);
    }

    private static Dictionary<LeaseId, LeaseStanding> Seen(LeaseId id, LeaseState state, Confirmation confirmed) =>
        new()
        {
            [id] = new(state, state == LeaseState.Verified ? LeaseReasonCode.None : LeaseReasonCode.NoNeighbour, confirmed),
        };

    private Task<MitigationResult> PlanAsync(MitigationController desk, string target) =>
        desk.PlanAsync(
            MitigationTarget.Parse(target),
            MitigationSamples.Form with { Collateral = new(0, 100_000, _time.GetUtcNow()) },
            default, "ann", "analyst", CancellationToken.None);

    private Task<MitigationResult> ApproveAsync(MitigationController desk, Lease planned, TimeSpan? length = null)
    {
        var end = _time.GetUtcNow() + (length ?? TimeSpan.FromHours(1));
        return desk.ApproveAsync(
            new(MitigationSamples.Approval(planned.Target.ToString(), end), planned, end), "otto", "operator",
            CancellationToken.None);
    }

    private async Task<Lease> BlockAsync(MitigationController desk, string target, TimeSpan? length = null)
    {
        var planned = await PlanAsync(desk, target);
        Assert.Empty(planned.Refused);
        var step = await ApproveAsync(desk, planned.Lease!, length);
        Assert.Empty(step.Refused);
        return step.Lease!;
    }
}
