// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Tests.Hosting;
using Weir.Desk.Mitigation.Enforcing;
using Weir.Desk.Api.Blocks;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Requests;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Cases;
using Weir.Tests.Support;
using Weir.Wire;
using Refusal = Weir.Desk.Mitigation.MitigationRefusal;

namespace Weir.Tests.Blocking;

/// <summary>Two people in two roles put a block in force, one takes it back, and all of it is in the audit.</summary>
public sealed class BlockRequestsTests : IAsyncLifetime
{
    private const string Endpoint = "flowspec 203.0.113.9/32 udp 7703 discard";

    private static readonly Prefix Line = Prefix.Parse("100.64.0.9/32");
    private static readonly Actor Ana = CaseHandlerFixture.Ana;
    private static readonly Actor Olaf = CaseHandlerFixture.Olaf;

    private readonly FakeMitigationRecords _records = new();
    private readonly FakeCollateralCounts _collateral = new();
    private CaseHandlerFixture _place = null!;
    private MitigationController _blocks = null!;
    private bool _isListed = true;
    private string? _whyNot;

    public async ValueTask InitializeAsync() => _place = await CaseHandlerFixture.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        _blocks?.Dispose();
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task An_analyst_plans_and_an_operator_approves()
    {
        var requests = await OpenAsync();
        var planned = (await PlanAsync(requests, Ana)).Lease!;
        Assert.Equal((LeaseState.Planned, "ana"), (planned.State, planned.PlannedBy));
        Assert.Empty(_blocks.Active);

        var approved = (await requests.ApproveAsync(Olaf, planned.Id, null, default)).Lease!;

        Assert.Equal((LeaseState.Approved, "ana, olaf"), (approved.State, approved.ApprovedBy));
        Assert.Equal(_place.Clock.GetUtcNow() + TimeSpan.FromDays(3), approved.EndsAt);
        Assert.Equal(planned.Id, Assert.Single(_blocks.Active).Id);
        Assert.Contains(
            _place.Audit.EntriesOf(AuditActions.ApproveBlock), e => e is { Actor: "ana", Outcome: AuditActions.Allow });
        Assert.Contains(_place.Audit.EntriesOf(AuditActions.ApproveBlock), e =>
            e is { Actor: "olaf", Outcome: AuditActions.Allow });
        Assert.Equal("olaf", Assert.Single(_place.Audit.EntriesOf(AuditActions.Block)).Actor);
    }

    [Fact]
    public async Task One_user_twice_or_two_of_a_role_or_a_role_that_may_not_put_nothing_in_force()
    {
        var requests = await OpenAsync();
        var planned = (await PlanAsync(requests, Ana)).Lease!;

        foreach (var (actor, code) in new[]
        {
            (Ana, DenyCode.SecondPersonNeeded), (new Actor("ana", Role.Operator), DenyCode.SecondPersonNeeded),
            (new Actor("bea", Role.Analyst), DenyCode.SecondPersonNeeded),
            (CaseHandlerFixture.Adam, DenyCode.RoleMayNot),
        })
        {
            Assert.Equal(code, (await requests.ApproveAsync(actor, planned.Id, null, default)).Refused?.Code);
            Assert.Contains(_place.Audit.EntriesOf(AuditActions.ApproveBlock), e =>
                e.Actor == actor.Name && e.Outcome == DenyCodes.ToName(code));
        }

        Assert.Equal(DenyCode.RoleMayNot, (await PlanAsync(requests, CaseHandlerFixture.Petra)).Refused?.Code);
        Assert.Equal(LeaseState.Planned, _blocks.Find(planned.Id)!.State);
        Assert.NotNull((await requests.ApproveAsync(Olaf, planned.Id, null, default)).Lease);
        Assert.Equal(DenyCode.Unknown, (await requests.ApproveAsync(Olaf, planned.Id, null, default)).Refused?.Code);
    }

    [Fact]
    public async Task A_shared_host_is_refused_and_the_refusal_says_how_many_it_would_hit()
    {
        var requests = await OpenAsync();
        _collateral.Hit = 231;

        var answer = await PlanAsync(requests, Ana);

        Assert.Null(answer.Lease);
        var against = Assert.Single(answer.Against);
        Assert.Equal(MitigationRefusal.Collateral, against.Code);
        Assert.Contains("231 subjects", against.Why, StringComparison.Ordinal);
        Assert.Equal(MitigationRefusal.Collateral, Assert.Single(_place.Audit.EntriesOf(AuditActions.Block)).Outcome);
        Assert.Empty(_place.Desk.Asked);
    }

    [Fact]
    public async Task Subjects_of_cases_are_left_out_of_the_count_and_unlisted_endpoints_are_never_counted()
    {
        await _place.HandleAsync(CaseHandlerFixture.Flood(1, 7), CaseHandlerFixture.Flood(2, 8));
        var requests = await OpenAsync();
        _ = await PlanAsync(requests, Ana);
        Assert.Equal([CaseHandlerFixture.Subject(7), CaseHandlerFixture.Subject(8)], _collateral.LeftOut.Order());

        _collateral.LeftOut = [];
        _isListed = false;
        Assert.Equal(
            DenyCode.ActionNotAllowed, (await PlanAsync(requests, Ana, "blackhole 198.51.100.1/32")).Refused?.Code);
        _isListed = true;
        Assert.Equal(
            DenyCode.ActionNotAllowed,
            (await PlanAsync(requests, Ana, $"{Endpoint} line=100.64.0.9/32")).Refused?.Code);
        Assert.Empty(_collateral.LeftOut);
    }

    [Fact]
    public async Task A_name_of_a_feed_is_planned_without_a_count()
    {
        var requests = await OpenAsync();

        Assert.Null((await PlanAsync(requests, Ana, "name cc.example nxdomain")).Lease!.Justification.Collateral);
        Assert.Equal(
            MitigationRefusal.NotListed, (await PlanAsync(requests, Ana, "name shop.test nxdomain")).Against[0].Code);
    }

    [Fact]
    public async Task A_case_that_is_not_there_and_a_length_beyond_the_policy_are_refused()
    {
        var requests = await OpenAsync();
        Assert.Equal(DenyCode.Unknown, (await requests.PlanAsync(
            Ana, MitigationTarget.Parse(Endpoint), new("t", "n", "a"), new CaseId(9), default)).Refused?.Code);
        var planned = (await PlanAsync(requests, Ana)).Lease!;

        Assert.Equal(
            DenyCode.ActionNotAllowed,
            (await requests.ApproveAsync(Olaf, planned.Id, TimeSpan.FromDays(15), default)).Refused?.Code);
        Assert.Equal(
            _place.Clock.GetUtcNow() + TimeSpan.FromHours(6),
            (await requests.ApproveAsync(Olaf, planned.Id, TimeSpan.FromHours(6), default)).Lease!.EndsAt);
    }

    [Fact]
    public async Task One_person_takes_a_block_back_and_another_role_may_not()
    {
        var requests = await OpenAsync();
        var planned = (await PlanAsync(requests, Ana)).Lease!;
        _ = await requests.ApproveAsync(Olaf, planned.Id, null, default);

        Assert.Equal(
            DenyCode.RoleMayNot,
            (await requests.WithdrawAsync(CaseHandlerFixture.Aud, planned.Id, "why", default)).Refused?.Code);
        Assert.Single(_blocks.Active);
        Assert.Equal(
            LeaseState.Withdrawn, (await requests.WithdrawAsync(Ana, planned.Id, "taken down", default)).Lease!.State);
        Assert.Empty(_blocks.Active);
        Assert.Equal(DenyCode.Unknown, (await requests.WithdrawAsync(Ana, planned.Id, "again", default)).Refused?.Code);
        Assert.Equal("taken down", _place.Audit
            .EntriesOf(AuditActions.WithdrawBlocks).First(e => e.Outcome == AuditActions.Allow).Reason);
    }

    [Fact]
    public async Task The_emergency_stop_takes_all_back_for_who_may_even_where_nothing_can_be_recorded()
    {
        var requests = await OpenAsync();
        var planned = (await PlanAsync(requests, Ana)).Lease!;
        _ = await requests.ApproveAsync(Olaf, planned.Id, null, default);
        _ = await PlanAsync(requests, Ana, "name cc.example nxdomain");

        Assert.Equal(
            DenyCode.RoleMayNot, (await requests.StopAllAsync(CaseHandlerFixture.Adam, "why", default)).Refused?.Code);
        Assert.Single(_blocks.Active);

        _place.Audit.Breaks = _ => true;
        _ = await Assert.ThrowsAsync<AuditException>(() => requests.StopAllAsync(Olaf, "mail is blocked", default));
        Assert.Empty(_blocks.Active);
    }

    [Fact]
    public async Task The_emergency_stop_says_how_many_it_took_back()
    {
        var requests = await OpenAsync();
        _ = await PlanAsync(requests, Ana);
        _ = await PlanAsync(requests, Ana, "name cc.example nxdomain");

        Assert.Equal((2, null), await requests.StopAllAsync(Ana, "mail is blocked", default));
        Assert.Contains(_place.Audit.EntriesOf(AuditActions.WithdrawBlocks), e =>
            e is { Actor: "ana", Outcome: AuditActions.Allow, Reason: "mail is blocked" });
    }

    [Fact]
    public async Task Under_dry_run_nothing_is_in_force_and_the_lease_says_so()
    {
        var requests = await OpenAsync(MitigationSamples.Options with { Enforce = false });
        var planned = (await PlanAsync(requests, Ana)).Lease!;

        Assert.Equal(
            LeaseReasonCode.DryRun, (await requests.ApproveAsync(Olaf, planned.Id, null, default)).Lease!.Reason.Code);
        Assert.Empty(_blocks.Active);
        Assert.Equal("dry-run", Assert.Single(_place.Audit.EntriesOf(AuditActions.Block)).Outcome);
    }

    [Fact]
    public async Task For_one_line_two_people_close_what_its_scope_names_and_nothing_beside_it()
    {
        await _place.HandleAsync(CaseHandlerFixture.Flood(1, 7), CaseHandlerFixture.Flood(2, 8));
        var requests = await OpenAsync();
        var (one, other) = (_place.Scopes.First(s => s.Event == 1).Scope, _place.Scopes.First(s => s.Event == 2).Scope);

        var planned = Assert.Single(await PlanForLineAsync(requests, Ana, one.Id)).Lease!;
        var second = Assert.Single(await PlanForLineAsync(requests, Ana, other.Id)).Lease!;

        Assert.Equal((true, (byte)17, one.Case), (planned.Target.IsForOneLine, planned.Target.Protocol, planned.Case));
        Assert.Equal(MitigationTarget.Flood(one.Class, null), [planned.Target]);
        Assert.Equal(planned.Target, second.Target);
        Assert.Equal(
            DenyCode.SecondPersonNeeded, (await requests.ApproveAsync(Ana, second.Id, null, default)).Refused?.Code);
        Assert.Equal(
            DenyCode.SecondPersonNeeded,
            (await requests.ApproveAsync(new("bea", Role.Analyst), second.Id, null, default)).Refused?.Code);

        // The one that was approved is in force, and only that: the other line sends the same.
        Assert.Equal("ana, olaf", (await requests.ApproveAsync(Olaf, second.Id, null, default)).Lease!.ApprovedBy);
        Assert.Equal((LeaseState.Planned, LeaseState.Approved), (
            _blocks.Find(planned.Id)!.State, _blocks.Find(second.Id)!.State));

        // The vault announces it; the desk has no route of its own for it.
        Assert.Empty(_blocks.Active);
        Assert.Equal(second.Id, Assert.Single(_blocks.LineRoutes).Id);

        // What is shown and counted of it: ordered, then held by one of two.
        var standing = new BlockStanding(_blocks, []);
        Assert.Equal("0 in force, 1 ordered that no router or resolver confirmed", standing.Parts().First().State);
        await _blocks.SeenAsync(
            new Dictionary<LeaseId, LeaseStanding>
            {
                [second.Id] = new(LeaseState.Verified, LeaseReasonCode.None, new(1, 2)),
            },
            default);
        Assert.Equal(
            [
                new("blocks", true, "1 in force", null),
                new("the vault's routes", false, "1 of 1 routes of lines held, sent to 1 of 2 neighbours", null),
            ],
            standing.Parts());
        Assert.Equal(1, _blocks.HeldInPart);
        Assert.Empty(_blocks.LineStatus!.Peers); // who they are the vault alone knows
        Assert.Equal(new(2, 1, 1), _blocks.LineStatus.Reached);
        using var counted = new Counted();
        _ = new MitigationMetrics(counted.Meters, () => _blocks, () => []);
        _ = counted["weir.blocking.leases"];
        Assert.Contains("weir.blocking.entries_held{backend=vault} 1", counted.All, StringComparison.Ordinal);
        Assert.Contains("weir.blocking.peers_behind{backend=vault} 1", counted.All, StringComparison.Ordinal);
        Assert.Contains("weir.blocking.leases_held_in_part 1", counted.All, StringComparison.Ordinal);
        Assert.NotNull((await requests.ApproveAsync(Olaf, planned.Id, null, default)).Lease);
    }

    [Fact]
    public async Task In_the_record_of_a_lines_block_the_decision_is_no_act_and_the_act_is_what_two_people_sign()
    {
        await _place.HandleAsync(CaseHandlerFixture.Flood(1, 7));
        var requests = await OpenAsync();
        var planned = Assert.Single(await PlanForLineAsync(requests, Ana, _place.Scopes.Single().Scope.Id)).Lease!;
        Assert.NotNull((await requests.ApproveAsync(Olaf, planned.Id, null, default)).Lease);

        var folder = Directory.CreateTempSubdirectory("weir-line-block-").FullName;
        await using (var log = FileAuditLog.Open(
            new AuditOptions { Directory = folder }, _place.Clock, NullLogger<FileAuditLog>.Instance))
        {
            foreach (var entry in _place.Audit.Entries)
            {
                _ = await log.AppendAsync(entry, default);
            }
        }

        // A lab signs nothing, so the act is named; what the policy engine granted before it is not.
        var fault = Assert.Single(ApprovalVerifier.Verify(folder, [People.Lab]).Faults);
        var blocks = AuditReader.Entries(folder).Where(record => record.Entry.Act == AuditActions.Block).ToList();
        Directory.Delete(folder, recursive: true);
        Assert.Equal([AuditActions.Granted, ""], blocks.Select(record => record.Entry.Result));
        Assert.StartsWith(
            $"entry {blocks[1].Sequence} (block {planned.Case}): nobody signed it", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_nobody_can_be_asked_about_leaves_no_trace_in_the_list()
    {
        var requests = await OpenAsync();
        _place.Audit.Breaks = entry => entry.Act == AuditActions.ApproveBlock && entry.Result != AuditActions.Granted;
        _ = await Assert.ThrowsAsync<AuditException>(() => PlanAsync(requests, Ana));
        _place.Audit.Breaks = _ => false;
        Assert.Empty(_blocks.Leases);
        Assert.Empty(_records.Rows);

        // Two people are two keys, and no vault keeps what they sign.
        using var signing = await CaseHandler.OpenAsync(
            (await _place.PartsAsync()) with { People = new(new People("example-net", [])) }, default);
        _ = await Assert.ThrowsAsync<VaultRefusedException>(() => PlanAsync(Requests(signing), Ana));
        Assert.Empty(_blocks.Leases);
        Assert.Empty(_records.Rows);
        Assert.NotNull((await PlanAsync(requests, Ana)).Lease);
    }

    [Fact]
    public async Task What_the_next_round_would_take_back_is_refused_when_it_is_planned_and_when_it_is_approved()
    {
        await _place.HandleAsync(CaseHandlerFixture.Flood(1, 7));
        var requests = await OpenAsync();
        var scope = _place.Scopes.Single().Scope.Id;
        var planned = Assert.Single(await PlanForLineAsync(requests, Ana, scope)).Lease!;
        _whyNot = "an appeal waits";

        Assert.Equal(
            "an appeal waits", (await requests.ApproveAsync(Olaf, planned.Id, null, default)).Refused?.Why);
        Assert.Equal(
            "an appeal waits", Assert.Single(await PlanForLineAsync(requests, Ana, scope)).Refused?.Why);
        Assert.Equal(LeaseState.Planned, Assert.Single(_blocks.Leases).State);
        _whyNot = null;
        Assert.NotNull((await requests.ApproveAsync(Olaf, planned.Id, null, default)).Lease);
    }

    [Fact]
    public async Task A_scope_that_is_not_there_or_that_names_nothing_the_line_sends_closes_nothing()
    {
        await _place.HandleAsync(
            CaseHandlerFixture.Event(1, 7, RuleId.FloodIn, CaseHandlerFixture.Class(Direction.In, 17, [123])));
        var requests = await OpenAsync();

        Assert.Equal(
            DenyCode.ActionNotAllowed,
            Assert.Single(await PlanForLineAsync(requests, Ana, _place.Scopes.Single().Scope.Id)).Refused?.Code);
        Assert.Equal(
            DenyCode.ActionNotAllowed,
            Assert.Single(await PlanForLineAsync(requests, Ana, new ScopeId(5))).Refused?.Code);
        Assert.Equal(
            DenyCode.RoleMayNot,
            Assert.Single(await PlanForLineAsync(requests, CaseHandlerFixture.Petra, new ScopeId(5))).Refused?.Code);
        Assert.Empty(_place.Desk.Asked);
    }

    private static Task<IReadOnlyList<BlockAnswer>> PlanForLineAsync(
        BlockRequests requests, Actor actor, ScopeId scope) =>
            requests.PlanForLineAsync(
                actor, scope, new("floods udp/7703", "the uplink is full", "mail, not answered"), default);

    private static Task<BlockAnswer> PlanAsync(BlockRequests requests, Actor actor, string target = Endpoint) =>
        requests.PlanAsync(
            actor, MitigationTarget.Parse(target),
            new("a command server", "customers are steered from it", "mail, not answered"), null, default);

    private async Task<BlockRequests> OpenAsync(MitigationOptions? options = null)
    {
        _collateral.Now = _place.Clock.GetUtcNow();
        _blocks = await MitigationController.OpenAsync(
            _records, _place.Audit, _records, options ?? MitigationSamples.Options, _place.Clock,
            NullLogger<MitigationController>.Instance, default);
        return Requests(_place.Desk);
    }

    private BlockRequests Requests(CaseHandler cases) => new(new()
    {
        Cases = cases,
        Blocks = _blocks,
        Collateral = _collateral,
        IsListed = _ => _isListed,
        Length = TimeSpan.FromDays(3),
        Longest = TimeSpan.FromDays(14),
        WhyNotForLine = _ => _whyNot,
    });
}
