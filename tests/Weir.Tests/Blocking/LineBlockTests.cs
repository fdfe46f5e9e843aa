// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Rpz;
using Weir.Desk.Policy;
using Weir.Hosting.GoBgp;
using Weir.Hosting.Sections;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Blocking;

/// <summary>A machine's order, a line that moves, and what is exempt.</summary>
public sealed class LineBlockTests
{
    private static readonly CaseId Case = new(7);
    private static readonly FlowPredicate Decided = new()
    {
        Direction = Direction.Both,
        Protocol = Protocols.Tcp,
        RemotePorts = [443],
        Remotes = [IpKey.Parse("198.51.100.7")]
    };
    private static readonly MitigationTarget Target = MitigationTarget.EndpointForOneLine(
        Prefix.Parse("198.51.100.7"), Protocols.Tcp, [443]);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly FakeMitigationRecords _records = new();

    [Fact]
    public void The_rules_leave_is_for_just_what_was_decided_for_that_case_and_one_line()
    {
        var end = DateTimeOffset.UnixEpoch.AddDays(14);
        var leave = Leave(Decided);
        var planned = MitigationSamples.Lease(Target.ToString(), state: LeaseState.Planned) with { Case = Case };

        Assert.Equal("weir", new MitigationOrder(leave, planned, end).ApprovedBy);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new MitigationOrder(leave, planned, end.AddTicks(1)));
        _ = Assert.Throws<ArgumentException>(() => new MitigationOrder(leave, planned with { Case = new(8) }, end));
        foreach (var other in new[]
        {
            "flowspec 198.51.100.7/32 tcp 443 discard", "flowspec 198.51.100.8/32 tcp 443 discard line=erased",
            "flowspec 198.51.100.7/32 tcp * discard line=erased",
            "flowspec 198.51.100.7/32 udp 443 discard line=erased",
            "flowspec 198.51.100.7/32 tcp 80,443 discard line=erased",
            "flowspec * tcp 443 discard line=erased", "blackhole 198.51.100.7/32",
        })
        {
            _ = Assert.Throws<ArgumentException>(
                () => new MitigationOrder(leave, planned with { Target = MitigationTarget.Parse(other) }, end));
        }

        _ = Assert.Throws<ArgumentException>(
            () => new MitigationOrder(Leave(Decided, ScopeActions.Notify), planned, end));
    }

    [Fact]
    public async Task Two_cases_may_close_the_same_endpoint_each_for_its_own_line_and_each_once()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var first = await desk.PlanAsync(Target, MitigationSamples.Form, Case, "weir", "machine", default);
        Assert.NotNull(first.Lease);
        Assert.NotNull(
            (await desk.PlanAsync(Target, MitigationSamples.Form, new(8), "weir", "machine", default)).Lease);
        Assert.Equal(Weir.Desk.Mitigation.MitigationRefusal.Known, (await desk.PlanAsync(
            Target, MitigationSamples.Form, Case, "weir", "machine", default)).Refused.Single().Code);
    }

    [Fact]
    public async Task A_block_of_a_line_is_none_of_the_desks_own_routes_and_stands_as_it_was_read_back()
    {
        using var desk = await FakeMitigationRecords.DeskAsync(_records, _time);
        var planned = (await desk.PlanAsync(Target, MitigationSamples.Form, Case, "weir", "machine", default)).Lease!;
        Assert.Empty(desk.LineRoutes);
        _ = await desk.ApproveAsync(
            new(Leave(Decided), planned, _time.GetUtcNow().AddDays(14)), "weir", "machine", default);
        Assert.Empty(desk.Active);
        Assert.Equal(planned.Id, Assert.Single(desk.LineRoutes).Id);

        await desk.SeenAsync(
            new Dictionary<LeaseId, LeaseStanding> { [planned.Id] = new(LeaseState.Verified, LeaseReasonCode.None) }, default);
        Assert.Equal(LeaseState.Verified, desk.Find(planned.Id)!.State);

        _ = await desk.OverturnAsync([planned.Id], LeaseReasonCode.Appeal, "weir", "machine", default);
        Assert.Empty(desk.LineRoutes);
    }

    [Theory]
    [InlineData("flowspec 198.51.100.53/32 udp 53 discard", true)]
    [InlineData("blackhole 198.51.100.53/32", true)]
    [InlineData("flowspec 203.0.113.9/32 udp 5060,7703 discard", true)]
    [InlineData("name update.vendor.example nxdomain", true)]
    [InlineData("name a.update.vendor.example nxdomain", true)]
    [InlineData("name vendor.example nxdomain", true)]
    [InlineData("name update.vendor.example pass", false)]
    [InlineData("flowspec 203.0.113.9/32 tcp 5060 discard", false)]
    [InlineData("flowspec 203.0.113.9/32 udp 7703 discard", false)]
    public void What_is_exempt_is_no_target_of_a_block(string target, bool refused)
    {
        var options = MitigationSamples.Options with { Exempt = Exempt() };
        Assert.Equal(
            refused ? Weir.Desk.Mitigation.MitigationRefusal.Exempt : null,
            Guardrails.Exempt(MitigationTarget.Parse(target), options)?.Code);
        Assert.Equal(
            refused,
            Guardrails.Check(
                MitigationTarget.Parse(target), MitigationSamples.Form, [], _records, options, DateTimeOffset.UnixEpoch)
                .Any(r => r.Code == Weir.Desk.Mitigation.MitigationRefusal.Exempt));
    }

    [Fact]
    public void The_policy_zone_passes_what_is_exempt()
    {
        var options = new RpzOptions { File = "zone", Exempt = Exempt() };
        var zone = PolicyZone.Write(
            PolicyZone.Plan([MitigationSamples.Lease("name bad.example nxdomain")], options), 1, options);
        Assert.Contains("\nupdate.vendor.example CNAME rpz-passthru.\n", zone, StringComparison.Ordinal);
        Assert.Contains("\n*.update.vendor.example CNAME rpz-passthru.\n", zone, StringComparison.Ordinal);
        Assert.Contains("\n32.53.100.51.198.rpz-ip CNAME rpz-passthru.\n", zone, StringComparison.Ordinal);
        Assert.Contains("\nbad.example CNAME .\n", zone, StringComparison.Ordinal);
    }

    [Fact]
    public void No_listing_shows_a_line()
    {
        Assert.Equal(
            "flowspec 198.51.100.7/32 tcp 443 discard line=hidden", Target.ForLine(Prefix.Parse("100.64.0.9")).Shown);
        Assert.Equal(Target, MitigationTarget.Parse(Target.Shown));
    }

    private static AutomaticAuthorization Leave(FlowPredicate decided, ScopeActions action = ScopeActions.Block) =>
        new(Case, new(1), action, decided, "two lists", DateTimeOffset.UnixEpoch.AddDays(14));

    private static ExemptOptions Exempt() => new()
    {
        Networks = [Prefix.Parse("198.51.100.53")],
        Services = [new(Protocols.Udp, 5_060)],
        Domains = ["update.vendor.example"]
    };
}
