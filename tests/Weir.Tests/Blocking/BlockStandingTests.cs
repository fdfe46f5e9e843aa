// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Mitigation;
using Weir.Desk.Api.Blocks;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Enforcing;
using Weir.Hosting.Blocking;
using Weir.Hosting.Health;
using Weir.Tests.Hosting;

namespace Weir.Tests.Blocking;

/// <summary>What people and metrics are shown of backends: the same for every one, and the whole of it.</summary>
public sealed class BlockStandingTests
{
    private const string Rule = "flowspec 198.51.100.7/32 tcp 443 discard";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly FakeMitigationBackend _backend = new() { Foreign = 2 };

    [Fact]
    public async Task Everything_that_stands_is_shown_and_counted()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(new FakeMitigationRecords(), _time);
        using var keepers = new BlockKeepers(
            [_backend], desk, _time, NullLogger<MitigationReconciler>.Instance);
        using var counted = new Counted();
        _ = new MitigationMetrics(counted.Meters, () => desk, () => keepers.All);
        await BlockAsync(desk, Rule);
        await BlockAsync(desk, "blackhole 198.51.100.8/32");
        _ = _backend.Refuses.Add(Rule);

        _ = await keepers.All[0].RoundAsync(default);

        Assert.Equal(
            [
                new("blocks", false, "1 in force, 1 ordered that no router or resolver confirmed", null),
                new("fake", false, "1 of 2 entries held, 1 refused, 2 of others left alone", _time.GetUtcNow()),
                new("peer one", true, "", _time.GetUtcNow()),
            ],
            new BlockStanding(desk, keepers.All).Parts());
        Assert.Equal(ComponentHealth.Ok, keepers.Check());
        _ = counted["weir.blocking.leases"];
        Assert.Equal(
            """
            weir.blocking.backend_reachable{backend=fake} 1
            weir.blocking.entries_announced{backend=fake} 1
            weir.blocking.entries_held{backend=fake} 1
            weir.blocking.entries_planned{backend=fake} 2
            weir.blocking.entries_withdrawn{backend=fake} 0
            weir.blocking.journal_lost 0
            weir.blocking.leases_held_in_part 0
            weir.blocking.leases_not_in_force 1
            weir.blocking.leases{state=announced} 0
            weir.blocking.leases{state=approved} 1
            weir.blocking.leases{state=expired} 0
            weir.blocking.leases{state=planned} 0
            weir.blocking.leases{state=verified} 1
            weir.blocking.leases{state=withdrawn} 0
            weir.blocking.peers_behind{backend=fake} 0
            weir.blocking.peers{backend=fake} 1
            weir.blocking.refused_requests 0
            """,
            counted.All);
    }

    [Fact]
    public async Task A_backend_that_is_away_is_named_with_its_fault_everywhere()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(new FakeMitigationRecords(), _time);
        using var keepers = new BlockKeepers(
            [_backend], desk, _time, NullLogger<MitigationReconciler>.Instance);
        _backend.IsAway = true;

        _ = await keepers.All[0].RoundAsync(default);

        Assert.Equal(ComponentHealth.Degraded("fake memory: memory is away"), keepers.Check());
        Assert.Equal(
            new("fake", false, "memory is away", _time.GetUtcNow()),
            new BlockStanding(desk, keepers.All).Parts().Last());
    }

    [Fact]
    public async Task A_dry_run_and_a_lost_journal_are_said_first()
    {
        var records = new FakeMitigationRecords();
        using var dry = await FakeMitigationRecords.DeskAsync(
            records, _time, MitigationSamples.Options with { Enforce = false });
        Assert.Equal(BlockStanding.DryRun, new BlockStanding(dry, []).Parts().Single().State);

        records.JournalFails = true;
        using var lost = await FakeMitigationRecords.DeskAsync(records, _time);
        using var keepers = new BlockKeepers([], lost, _time, NullLogger<MitigationReconciler>.Instance);
        Assert.False(new BlockStanding(lost, []).Parts().Single().IsSound);
        Assert.Contains("Nothing is blocked until", keepers.Check().Reason, StringComparison.Ordinal);
    }

    private async Task BlockAsync(MitigationController desk, string target)
    {
        var now = _time.GetUtcNow();
        var planned = (await desk.PlanAsync(
            MitigationTarget.Parse(target), MitigationSamples.CountedAt(now), default, "ann", "analyst",
            default)).Lease!;
        var end = now.AddHours(1);
        _ = await desk.ApproveAsync(
            new(MitigationSamples.Approval(planned.Target.ToString(), end), planned, end), "otto", "operator", default);
    }
}
