// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.GoBgp;
using Weir.Tests.Blocking;
using Weir.Tests.Cases;
using Weir.Tests.Support;
using Weir.Wire;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Escalating;

/// <summary>From the first notice to an endpoint that is closed for one line, and why it is not.</summary>
public sealed class EscalationControllerTests
{
    private const string Rule = "flowspec 198.51.100.7/32 tcp 443 discard line=erased";

    /// <summary>What delay and span of evidence hold back no ladder tells: not yet, and never where it never will be due.
    /// </summary>
    [Fact]
    public async Task The_first_notice_waits_until_it_is_due_and_goes_once()
    {
        await using var place = await EscalationFixture.OpenAsync();
        place.Notices.Due = null;
        await place.Cases.HandleAsync(EscalationFixture.Contact(1));
        await place.RoundAsync();
        Assert.Equal(EscalationLevel.Told, place.Ladder.Rung);
        Assert.Empty(place.Notices.Steps);

        place.Notices.Due = true;
        await place.RoundAsync();
        await place.RoundAsync();
        Assert.Equal([NoticeStep.Found], place.Notices.Steps);

        await using var never = await EscalationFixture.OpenAsync();
        never.Notices.Due = false;
        await never.Cases.HandleAsync(EscalationFixture.Contact(1));
        await never.RoundAsync();
        never.Notices.Due = true;
        await never.RoundAsync();
        Assert.Empty(never.Notices.Steps);
    }

    [Fact]
    public async Task A_confirmed_and_dedicated_endpoint_is_closed_for_the_line_after_the_notice_had_its_time()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.Cases.HandleAsync(EscalationFixture.Contact(1));
        await place.RoundAsync();
        Assert.Equal((EscalationLevel.Told, EscalationState.Standing), (place.Ladder.Rung, place.Ladder.State));
        await place.RoundAsync(TimeSpan.FromHours(23));
        Assert.Empty(place.Blocks.Leases);

        await place.RoundAsync(TimeSpan.FromHours(2));

        var lease = Assert.Single(place.Open);
        Assert.Equal(Rule, lease.Target.ToString());
        Assert.Equal(("weir", "weir", place.File.Id), (lease.PlannedBy, lease.ApprovedBy, lease.Case));
        Assert.Equal(TimeSpan.FromDays(14), lease.EndsAt - lease.ApprovedAt);
        Assert.Equal([NoticeStep.Found, NoticeStep.EndpointBlocked], place.Notices.Steps);
        Assert.StartsWith(
            "closed-for-line 198.51.100.7:443/tcp ", place.Notices.Told[1].Done.Single().ToString(),
            StringComparison.Ordinal);
        Assert.Equal(lease.Id, Assert.Single(place.Lines.Routes).Key);

        // The act rests on a decision about the scope, and neither it nor any listing holds the line.
        Assert.Contains(place.Cases.Audit.EntriesOf(AuditActions.Block), e =>
            e is { Outcome: AuditActions.Allow, Actor: "weir" } && e.Scope == place.File.Scopes[0].Scope.Id.ToString());
        Assert.Contains(place.Journal.Entries, e => e.Act == AuditActions.Block
            && e.Reason.Contains("confirmed by feodo and threatfox", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "100.64", string.Concat(place.Journal.Entries.Concat(place.Cases.Audit.Entries).Select(e => e.ToString()))
            + lease.Target.Shown + string.Concat(place.Desk.ActiveMeasures(place.File.Id)));
    }

    [Fact]
    public async Task A_mail_says_blocked_only_once_routers_hold_it()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.Cases.HandleAsync(EscalationFixture.Contact(1));
        await place.RoundAsync(verified: false);
        await place.RoundAsync(TimeSpan.FromHours(25), verified: false);

        Assert.Equal(EscalationLevel.Blocked, place.Ladder.Rung);
        Assert.Equal([NoticeStep.Found], place.Notices.Steps);
        await place.RoundAsync();
        Assert.Equal([NoticeStep.Found, NoticeStep.EndpointBlocked], place.Notices.Steps);
    }

    [Theory]
    [InlineData("", false, 0, "not confirmed")]
    [InlineData("feodo", true, 0, "too many others")]
    [InlineData("feodo", false, 4_711, "4711 subjects without a case")]
    public async Task What_is_not_confirmed_or_not_dedicated_is_not_closed_and_the_ladder_says_why(
        string confirmed, bool shared, int others, string why)
    {
        await using var place = await EscalationFixture.OpenAsync();
        (place.Standings.Confirmed, place.Standings.IsShared, place.Standings.Others) = (confirmed, shared, others);

        await place.ToldAsync();

        Assert.Empty(place.Blocks.Leases);
        Assert.Equal(EscalationLevel.Told, place.Ladder.Rung);
        Assert.Contains(why, place.Ladder.Why, StringComparison.Ordinal);
        Assert.Equal(1, place.Desk.NotBlocked);
        Assert.Contains(place.Cases.Audit.EntriesOf(AuditActions.Block), e => e.Outcome
            is Weir.Desk.Mitigation.MitigationRefusal.Collateral or Weir.Desk.Mitigation.MitigationRefusal.NotListed);
        await place.RoundAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(1, place.Desk.NotBlocked); // looked at again every hour, not every round

        (place.Standings.Confirmed, place.Standings.IsShared, place.Standings.Others) = ("feodo", false, 0);
        await place.RoundAsync(TimeSpan.FromHours(1));
        Assert.Single(place.Open);
    }

    [Fact]
    public async Task What_is_exempt_is_not_closed()
    {
        await using var place = await EscalationFixture.OpenAsync(p => p.Blocking =
            MitigationSamples.Options with { Exempt = new() { Networks = [Prefix.Parse("198.51.100.0/24")] } });

        await place.ToldAsync();

        Assert.Empty(place.Open);
        Assert.Contains("exempt", place.Ladder.Why, StringComparison.Ordinal);
        Assert.Contains(place.Journal.Entries, e => e.Outcome == Weir.Desk.Mitigation.MitigationRefusal.Exempt);
    }

    [Fact]
    public async Task A_policy_that_names_no_block_as_automatic_closes_nothing_and_one_that_names_no_notice_tells_nobody()
    {
        await using var told = await EscalationFixture.OpenAsync(p => p.Policy = PolicyProfile.EuProvider);
        await told.ToldAsync();
        Assert.Equal(EscalationLevel.Told, told.Ladder.Rung);
        Assert.Empty(told.Blocks.Leases);

        await using var silent = await EscalationFixture.OpenAsync(
            p => p.Policy = PolicyProfile.UsProvider with { Automatic = AutomaticActions.None });
        await silent.ToldAsync();
        Assert.Empty(silent.Notices.Told);
        Assert.Equal(EscalationLevel.None, silent.Desk.Find(silent.File.Id)?.Rung ?? EscalationLevel.None);
    }

    [Fact]
    public async Task Under_a_dry_run_and_after_an_emergency_stop_Weir_closes_nothing_by_itself()
    {
        await using var dry = await EscalationFixture.OpenAsync(
            p => p.Blocking = MitigationSamples.Options with { Enforce = false });
        await dry.ToldAsync();
        Assert.Empty(dry.Blocks.Leases);
        Assert.Equal(0, dry.Lines.Asked);

        await using var stopped = await EscalationFixture.OpenAsync();
        await stopped.ToldAsync();
        await stopped.Blocks.StopAllAsync("drill", "olaf", "operator", default);
        await stopped.AgainAsync(2);
        await stopped.RoundAsync(TimeSpan.FromHours(2));
        Assert.Empty(stopped.Open);
    }

    [Fact]
    public async Task A_notice_that_does_not_arrive_has_a_longer_time()
    {
        await using var place = await EscalationFixture.OpenAsync(p => p.Notices.Arrives = false);
        await place.ToldAsync();
        Assert.Empty(place.Blocks.Leases);
        await place.RoundAsync(TimeSpan.FromHours(48));
        Assert.Single(place.Open);
    }

    [Fact]
    public async Task A_block_stands_as_the_vault_read_it_back_and_what_the_vault_lost_is_told_again()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        var id = Assert.Single(place.Open).Id;
        Assert.Equal(LeaseState.Verified, place.Blocks.Find(id)!.State);
        Assert.Null(place.Blocks.Find(id)!.Target.Line);

        place.Lines.Standing = new(LeaseState.Approved, LeaseReasonCode.NoAddress);
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(LeaseState.Approved, place.Blocks.Find(id)!.State);
        Assert.Equal(LeaseReasonCode.NoAddress, place.Blocks.Find(id)!.Reason);

        place.Lines.Routes.Clear();
        place.Lines.IsDown = true;
        await place.RoundAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(place.Lines.Routes);
        place.Lines.IsDown = false;
        await place.RoundAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(id, Assert.Single(place.Lines.Routes).Key);
        Assert.Equal(LeaseState.Verified, place.Blocks.Find(id)!.State);

        await place.Blocks.StopAllAsync("drill", "olaf", "operator", default);
        await place.RoundAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(place.Lines.Routes);
    }

    [Fact]
    public async Task What_a_person_took_back_Weir_does_not_put_back()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        await place.Blocks.WithdrawAsync(
            [place.Open.Single().Id], new(LeaseReasonCode.Ordered, "a mistake"), "olaf", "operator", default);
        await place.RoundAsync(TimeSpan.FromHours(2));
        Assert.Empty(place.Open);
        Assert.All(place.Journal.Rows, row => Assert.DoesNotContain("100.64", row.Target, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(AutomaticActions.None)]
    [InlineData(AutomaticActions.Notify)]
    public async Task What_two_people_ordered_for_a_line_stands_whatever_the_policy_does_by_itself_and_goes_with_its_case(AutomaticActions automatic)
    {
        await using var place = await EscalationFixture.OpenAsync(
            p => p.Policy = p.Policy with { Automatic = automatic });
        await place.Cases.HandleAsync(Flood(1, 7));
        await place.RoundAsync();
        var requests = RequestsOf(place);
        var planned = Assert.Single(await requests.PlanForLineAsync(
            Ana, place.File.Scopes[0].Scope.Id, new("floods", "the uplink is full", "none"), default)).Lease!;
        Assert.NotNull((await requests.ApproveAsync(Olaf, planned.Id, null, default)).Lease);
        await place.RoundAsync(TimeSpan.FromMinutes(1));
        await place.RoundAsync(TimeSpan.FromHours(2));

        Assert.Equal(
            "flowspec 203.0.113.9/32 udp 7703 discard line=erased",
            Assert.Single(place.Lines.Routes).Value.Target.ToString());
        if (automatic == AutomaticActions.Notify)
        {
            await place.Cases.Desk.CloseAsync(
                Ana, place.File.Id, CaseClosureReason.FalsePositive, "it was a backup", default);
            await place.RoundAsync(TimeSpan.FromMinutes(1));
        }
        else
        {
            Assert.NotNull((await requests.WithdrawAsync(Olaf, planned.Id, "it is over", default)).Lease);
        }

        Assert.Empty(place.Open);
    }

    [Fact]
    public async Task Why_a_case_has_no_ladder_is_said_and_of_a_sealed_one_that_it_is_sealed()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.Cases.HandleAsync(Flood(1, 7) with { Doubt = EvidenceDoubt.NewStream });
        await place.RoundAsync();
        Assert.Contains("its grounds were told by a stream", WhyNot(), StringComparison.Ordinal);
        Assert.Equal(
            DenyCode.NotCorroborated, place.Desk.RefuseLadder(place.File.Id, TimeSpan.FromSeconds(10)).Code);

        await using var fresh = await EscalationFixture.OpenAsync();
        await fresh.Cases.HandleAsync(Flood(1, 7));
        Assert.Contains("begins within 10 s", fresh.Desk.WhyNoLadder(
            fresh.File.Id, TimeSpan.FromSeconds(10)), StringComparison.Ordinal);

        string WhyNot() => place.Desk.WhyNoLadder(place.File.Id, TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Letting_a_line_out_takes_back_what_two_people_closed_before_and_not_what_they_close_after(
        bool isChecked)
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        await place.Cases.HandleAsync(Flood(2, 7));
        var requests = RequestsOf(place);
        var scope = place.File.Scopes.Single(s => s.Scope.Purpose == Purpose.DdosSource).Scope.Id;
        var before = await CloseAsync(requests, scope);
        if (isChecked)
        {
            Assert.Null((await place.Desk.FixedAsync(CustomerActs.Fixed(place.File.Id), null, default)).Refused);
        }

        await place.RoundAsync(TimeSpan.FromMinutes(1));
        Assert.Null((await place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.None, "a mistake", default)).Refused);
        Assert.Empty(place.Open);
        Assert.Equal(LeaseReasonCode.LetOut, place.Blocks.Find(before)!.Reason.Code);

        place.Cases.Clock.Advance(TimeSpan.FromMinutes(1));
        var after = await CloseAsync(requests, scope);
        await place.RoundAsync(TimeSpan.FromMinutes(1));
        await place.RestartAsync();
        await place.RoundAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(after, Assert.Single(place.Open).Id);
        Assert.Equal(after, Assert.Single(place.Lines.Routes).Key);
    }

    [Fact]
    public async Task Nothing_is_closed_for_a_line_that_an_appeal_freed_that_is_clean_or_whose_case_is_over()
    {
        await using var place = await EscalationFixture.OpenAsync(p => p.Protected.Is = true);
        await place.ToldAsync();
        var id = place.File.Id;
        Assert.Null(place.Desk.WhyNotForLine(id));
        Assert.Null((await place.Desk.AppealAsync(CustomerActs.Appeal(id, "an alarm"), default)).Refused);
        Assert.Contains("--uphold", place.Desk.WhyNotForLine(id), StringComparison.Ordinal);

        Assert.Null((await place.Desk.GardenAsync(Ana, id, WalledGarden.None, "it is one", default)).Refused);
        Assert.Null(place.Desk.WhyNotForLine(id));
        Assert.Null((await place.Desk.FixedAsync(CustomerActs.Fixed(id), null, default)).Refused);
        await place.RoundAsync(TimeSpan.FromDays(7.5));
        Assert.Equal(EscalationState.Clean, place.Ladder.State);
        Assert.Contains("clean", place.Desk.WhyNotForLine(id), StringComparison.Ordinal);
        Assert.Contains("is over", place.Desk.WhyNotForLine(new(4)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_s_class_is_closed_for_its_line_where_that_is_configured_and_nothing_beside_it()
    {
        await using var place = await EscalationFixture.OpenAsync(
            p => p.Options = p.Options with { BlocksFloods = true });
        await place.Cases.HandleAsync(Flood(1, 7));
        await place.RoundAsync();
        await place.RoundAsync(TimeSpan.FromHours(25));

        Assert.Equal(
            "flowspec 203.0.113.9/32 udp 7703 discard line=erased", Assert.Single(place.Open).Target.ToString());
    }

    [Fact]
    public async Task A_stop_between_the_block_and_the_ladder_s_record_is_taken_up_and_nothing_is_done_twice()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.Cases.HandleAsync(EscalationFixture.Contact(1));
        await place.RoundAsync();
        place.Cases.Clock.Advance(TimeSpan.FromHours(25));
        var planned = await place.Blocks.PlanAsync(
            MitigationTarget.EndpointForOneLine(Prefix.Parse("198.51.100.7"), Tcp, [443]), MitigationSamples.Form,
            place.File.Id, "weir", "machine", default);
        Assert.NotNull(planned.Lease);

        await place.RestartAsync();
        await place.RoundAsync();
        Assert.Equal(planned.Lease.Id, Assert.Single(place.Open).Id);
        Assert.Equal(EscalationLevel.Blocked, place.Ladder.Rung);

        await place.RestartAsync();
        await place.RoundAsync();
        Assert.Single(place.Blocks.Leases);
        Assert.Equal([NoticeStep.Found, NoticeStep.EndpointBlocked], place.Notices.Steps);
    }

    private static BlockRequests RequestsOf(EscalationFixture place) => new(new()
    {
        Cases = place.Cases.Desk,
        Blocks = place.Blocks,
        Collateral = new FakeCollateralCounts(),
        IsListed = _ => false,
        Length = TimeSpan.FromDays(3),
        Longest = TimeSpan.FromDays(14),
        WhyNotForLine = place.Desk.WhyNotForLine,
    });

    private static async Task<LeaseId> CloseAsync(BlockRequests requests, ScopeId scope)
    {
        var planned = Assert.Single(await requests.PlanForLineAsync(
            Ana, scope, new("floods", "the uplink is full", "none"), default)).Lease!;
        return (await requests.ApproveAsync(Olaf, planned.Id, null, default)).Lease!.Id;
    }
}
